// SPDX-License-Identifier: Apache-2.0
// Fields of complex types, as the schemas declare them: there from `min` to `max` times.
#pragma once

#include <nscl/model/data_type.h>

namespace nscl::model {

inline Field element(std::string_view name, const DataType& type, int min = 0, int max = 1) {
  return {.name = name, .type = &type, .min = min, .max = max};
}

/// An element of a local declaration: in no namespace.
inline Field local(std::string_view name, const DataType& type, int min = 0, int max = 1) {
  return {.name = name, .type = &type, .min = min, .max = max, .qualified = false};
}

}  // namespace nscl::model
