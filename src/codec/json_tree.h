// SPDX-License-Identifier: Apache-2.0
// A checked JSON document as a tree: nlohmann's parser with limits, and with the refusals that it leaves to us.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/codec/codec.h>

namespace nscl::codec {

struct JsonNode {
  enum class Kind : unsigned char { null, boolean, integer, string, array, object } kind = Kind::null;
  bool flag = false;
  std::int64_t number = 0;
  std::string text;
  std::vector<std::string> names;   ///< of an object's members
  std::vector<JsonNode> items;      ///< of an array, or the members' values
};

/// Refuses what is not JSON, repeated names, numbers other than 64-bit integers, text that XML could not carry, and what
/// is beyond the limits.
Result<JsonNode> parse_json(std::string_view text, const Limits& limits);

/// The same for a text that we wrote ourselves: any size, any characters.
Result<JsonNode> parse_own_json(std::string_view text);

}  // namespace nscl::codec
