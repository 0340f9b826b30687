// SPDX-License-Identifier: Apache-2.0
// The descriptors of all resource types, one per file of resources/.
#pragma once

#include <span>

#include <nscl/model/resource_type.h>

namespace nscl::resources {

std::span<const model::ResourceType* const> all();

}  // namespace nscl::resources
