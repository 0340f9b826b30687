// SPDX-License-Identifier: Apache-2.0
// Quoting of JSON strings and the scalars that the wire form and the stored form share.
#pragma once

#include <string>
#include <string_view>

#include <nscl/model/value.h>

namespace nscl::codec {

/// Appends `text` with quotes and escapes.
void append_json_string(std::string& out, std::string_view text);

/// Appends text, octets (as base64), boolean and integer; false if `value` is none of these.
bool append_json_scalar(std::string& out, const model::Value& value);

}  // namespace nscl::codec
