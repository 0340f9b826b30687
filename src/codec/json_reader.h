// SPDX-License-Identifier: Apache-2.0
// JSON -> Value, guided by the descriptors (docs/json.md).
#pragma once

#include <nscl/codec/codec.h>

namespace nscl::codec {

Result<Document> decode_json(std::string_view text, std::span<const model::ResourceType* const> candidates, const Limits& limits);
Result<model::Value> decode_json_attribute(std::string_view text, const model::Field& field, const Limits& limits);

}  // namespace nscl::codec
