// SPDX-License-Identifier: Apache-2.0
// NewObject: what a resource that somebody makes over mIa stands for on the device (rem.md 2.2, 2.5). On the writer's thread.
#pragma once

#include <optional>

#include <nscl/rem/mapping.h>
#include <nscl/store/store.h>

#include "effect.h"

namespace nscl::rem {

/// By its originalMO: an object or parameter that has to be there, or a table of which the device makes an instance, if there are values for
/// one; of OMA-DM any node, if there are values. Without one: the device makes an instance in the parent's object. bad_request, not_implemented: as DeviceMapping::addition().
Result<Task> task_for_new(store::Transaction& transaction, const DeviceMapping& mapping, const model::Resource& resource);

/// What is to be done once such an operation found nothing: a node of OMA-DM is made, with nothing in it. nullopt: that it is not there is the end.
std::optional<Task> made_instead(const store::Operation& operation);

/// A report of such a task that is done, and found nothing: what it failed with.
std::optional<Report> not_there(const store::Operation& operation, const Report& report);

}  // namespace nscl::rem
