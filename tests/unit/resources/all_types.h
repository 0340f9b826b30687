// SPDX-License-Identifier: Apache-2.0
// registry(): every type of resource that there is.
#pragma once

#include <nscl/model/registry.h>
#include <nscl/resources/all.h>

namespace nscl::test {

inline const model::Registry& registry() {
  static const model::Registry all(resources::all());
  return all;
}

}  // namespace nscl::test
