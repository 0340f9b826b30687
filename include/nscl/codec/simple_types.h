// SPDX-License-Identifier: Apache-2.0
// Simple types: text -> Value, the same for all syntaxes.
#pragma once

#include <string_view>

#include <nscl/base/error.h>
#include <nscl/model/data_type.h>
#include <nscl/model/value.h>

namespace nscl::codec {

/// Value of a simple type. The detail of an error begins with "must"; who calls puts the subject in front.
Result<model::Value> parse_text(const model::DataType& type, std::string_view text);

}  // namespace nscl::codec
