// SPDX-License-Identifier: Apache-2.0
// A page of a longer list, in JSON.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <nscl/rem/device_json.h>
#include <nscl/rem/fleet.h>

namespace nscl::http {

inline constexpr std::size_t most_entries = 1000, usual_entries = 100;   ///< of a page

/// {"NAME":[...],"next":...}; one entry more than the limit says that there is a next page, whose mark `mark` gives.
template <class Entry, class Mark>
std::string page_of(const char* name, std::vector<Entry> entries, std::size_t limit, const Mark& mark) {
  const bool has_more = entries.size() > limit;
  if (has_more) entries.pop_back();
  std::string out = std::string("{\"") + name + "\":[";
  for (std::size_t i = 0; i < entries.size(); ++i) out += (i == 0 ? "" : ",") + rem::to_json(entries[i]);
  return out + "],\"next\":" + (has_more ? nlohmann::json(mark(entries.back())).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) : "null") + "}";
}

}  // namespace nscl::http
