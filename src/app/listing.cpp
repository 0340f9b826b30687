// SPDX-License-Identifier: Apache-2.0
#include "listing.h"

#include <iostream>

#include <nlohmann/json.hpp>

namespace nscl::app {

std::string shown(const std::string& text) {
  if (text.empty()) return "-";
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet <= ' ' || octet >= 0x7F || c == '"' || c == '\\') return nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  }
  return text;
}

Listing::Listing(bool is_json) : is_json_(is_json) {
  if (is_json_) std::cout << '[';
}

void Listing::add(const std::vector<std::string>& words, const std::function<std::string()>& json) {
  if (is_json_) {
    std::cout << (is_first_ ? "\n" : ",\n") << json();
  } else {
    for (std::size_t i = 0; i < words.size(); ++i) std::cout << (i == 0 ? "" : "\t") << (words[i].empty() ? "-" : words[i]);
    std::cout << '\n';
  }
  is_first_ = false;
}

void Listing::end() {
  if (is_json_) std::cout << (is_first_ ? "]\n" : "\n]\n");
}

}  // namespace nscl::app
