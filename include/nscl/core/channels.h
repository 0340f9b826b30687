// SPDX-License-Identifier: Apache-2.0
// What notificationChannel and communicationChannel have in common (TS 102 921 10.37, 10.42).
#pragma once

#include <nscl/core/hooks.h>
#include <nscl/model/resource_type.h>

namespace nscl::core {

/// Descriptor of a channel type called `name` in the collection `parent`; its two URIs are the SCL's to choose.
model::ResourceType channel_type(std::string_view name, std::string_view parent, std::string_view id_prefix);

}  // namespace nscl::core
