// SPDX-License-Identifier: Apache-2.0
// XML -> Value, guided by the descriptors.
#pragma once

#include <nscl/codec/codec.h>

namespace nscl::codec {

Result<Document> decode_xml(std::string_view text, std::span<const model::ResourceType* const> candidates, const Limits& limits);
Result<model::Value> decode_xml_attribute(std::string_view text, const model::Field& field, const Limits& limits);

}  // namespace nscl::codec
