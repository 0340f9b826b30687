// SPDX-License-Identifier: Apache-2.0
// JSON as the store keeps it.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace nscl::rem {

inline std::string dump(const nlohmann::json& json) { return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace); }

/// An empty member is left out: most have few.
inline void put(nlohmann::json& out, const char* name, const std::string& text) {
  if (!text.empty()) out[name] = text;
}

}  // namespace nscl::rem
