// SPDX-License-Identifier: Apache-2.0
// What devices are asked to tell of by themselves. A wish stands in the store with who has it; what a device is asked for is the highest
// level that is wished when it is asked.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nscl/model/resource.h>
#include <nscl/rem/task.h>
#include <nscl/store/management.h>
#include <nscl/store/transaction.h>

namespace nscl::rem {

/// The levels that are wished now.
void fill_levels(store::ManagementReads& management, const std::string& device, SetNotifications& task);

/// An action that changes what its object, `owner`, wishes.
void begin_watching(store::ManagementWrites& management, const std::string& device, const std::string& owner, const std::vector<WatchedLeaf>& wished);
/// It is over: the values that were read are the known ones; what failed is as it was before.
void end_watching(store::ManagementWrites& management, const store::Operation& operation, const std::vector<WatchedLeaf>& wished, const Report& report);

/// The attributes by which an action on `object` is planned: a trap that an application made on an alarm is that of the alarm.
model::Object attributes_of_trap(store::Transaction& transaction, const model::Resource& object);

}  // namespace nscl::rem
