// SPDX-License-Identifier: Apache-2.0
// Descriptors for the tests of the codec: the shape of the resources, without their behaviour.
#pragma once

#include <span>

#include <nscl/model/resource_type.h>

namespace nscl::test {

/// Every sample type, and each by name (throws if there is none).
std::span<const model::ResourceType* const> sample_types();
const model::ResourceType& sample_type(std::string_view name);

}  // namespace nscl::test
