// SPDX-License-Identifier: Apache-2.0
// Values as the device wants them, before they are sent.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/rem/task.h>
#include <nscl/rem/tr069/faults.h>
#include <nscl/rem/tr069/parameters.h>
#include <nscl/rem/tr069/values.h>

#include "value_reader.h"

namespace nscl::rem::tr069 {

/// `value` as a value of the type: integers in range, dates in UTC. nullopt: it is none.
std::optional<std::string> value_for(std::string_view type, std::string_view value, const ValueStyle& style);

/// True if both are the same value of the type, however they are written.
bool same_value(std::string_view type, std::string_view a, std::string_view b);

/// What is to be set, in the order in which it was wanted.
struct Prepared {
  std::vector<ParameterValueStruct> values;
  std::vector<ParameterValueStruct> before;   ///< of the same parameters, as the device showed them
  bool changes = false;                       ///< some differ from what the device has
};

/// `now` has read all the leaves. The fault names every leaf that it cannot be done with: one that is wanted twice, that the
/// device does not have, or whose value does not fit the type.
tl::expected<Prepared, Fault> prepare(const std::vector<Leaf>& wanted, const ValueReader& now, const ValueStyle& style);

/// The `count` values from `first` on, as one request.
SetParameterValues part_of(const std::vector<ParameterValueStruct>& values, std::size_t first, std::size_t count, const std::string& key);

/// As a report tells them.
std::vector<Leaf> leaves_of(const std::vector<ParameterValueStruct>& values);

}  // namespace nscl::rem::tr069
