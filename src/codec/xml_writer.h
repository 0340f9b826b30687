// SPDX-License-Identifier: Apache-2.0
// Value -> XML, in schema order, with the qualification of the schema.
#pragma once

#include <nscl/codec/codec.h>

namespace nscl::codec {

std::string encode_xml(const model::ResourceType& type, const model::Object& representation, const Style& style);
std::string encode_xml_attribute(const model::Field& field, const model::Value& value, const Style& style);

}  // namespace nscl::codec
