// SPDX-License-Identifier: Apache-2.0
// Value -> JSON, in schema order (docs/json.md).
#pragma once

#include <nscl/codec/codec.h>

namespace nscl::codec {

std::string encode_json(const model::ResourceType& type, const model::Object& representation);
std::string encode_json_attribute(const model::Field& field, const model::Value& value);

}  // namespace nscl::codec
