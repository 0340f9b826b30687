// SPDX-License-Identifier: Apache-2.0
// Whether a value may be set, and the form in which it is kept.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <nscl/rem/simulator/data_model.h>

namespace nscl::rem::simulator {

/// 0, or 9006 (type) or 9007 (value). The type "string" goes with every parameter, since a value without xsi:type has it.
std::uint32_t objection_to_value(const Node& node, const tr069::ParameterValueStruct& given);

/// Booleans as true and false, numbers in their shortest form; everything else as it came.
std::string canonical_value(std::string_view type, std::string_view value);

}  // namespace nscl::rem::simulator
