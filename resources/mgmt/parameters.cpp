// SPDX-License-Identifier: Apache-2.0
// parameters: a part of a management object, to any depth.  TS 102 921 10.30
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& parameters() {
  static const auto type = core::parameters_type("parameters");
  return type;
}

}  // namespace nscl::resources
