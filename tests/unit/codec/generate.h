// SPDX-License-Identifier: Apache-2.0
// Random representations of a resource type, in the form that decoding gives them.
#pragma once

#include <rapidcheck.h>

#include <nscl/model/resource_type.h>
#include <nscl/model/value.h>

namespace nscl::test {

/// Only inside rc::check. With `sendable`, what the schema of v2.1.1 allows: no v1 content, no empty choice.
model::Object any_representation(const model::ResourceType& type, bool sendable);

}  // namespace nscl::test
