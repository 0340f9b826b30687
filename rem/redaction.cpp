// SPDX-License-Identifier: Apache-2.0
#include "redaction.h"

#include <algorithm>

#include <nscl/rem/secret_names.h>

namespace nscl::rem {
namespace {

constexpr std::size_t shortest_known = 4;    ///< what is shorter stands in many texts that tell nothing of it
constexpr std::size_t most_known = 64;

/// Elements of RPCs that are credentials, or (Value, of RequestDownload) may be one.
bool is_secret_element(std::string_view name) { return name == "Username" || name == "Value"; }

/// Elements that say where files are; who knows such a URI may have the file.
bool is_place(std::string_view name) { return name.ends_with("URL") && name.find('.') == name.npos; }

/// "http://host:8080/(hidden)"; the whole is hidden if that cannot be told.
std::string place_shown(std::string_view uri) {
  const auto scheme = uri.find("://");
  if (scheme == uri.npos) return std::string(hidden);
  const auto begin = scheme + 3, end = std::min(uri.find_first_of("/?#", begin), uri.size());
  auto authority = uri.substr(begin, end - begin);
  authority.remove_prefix(authority.rfind('@') + 1);   // npos + 1 is 0
  return std::string(uri.substr(0, begin)).append(authority).append("/").append(hidden);
}

bool has_transfer(std::string_view text) { return text.find("/files/") != text.npos || text.find("/uploads/") != text.npos; }

}  // namespace

std::string_view Redaction::hide(std::string_view secret) {
  if (secret.empty()) return {};
  const bool is_new = std::ranges::none_of(known_, [&](const Secret& each) { return each.view() == secret; });
  if (is_new && secret.size() >= shortest_known && secret.size() <= most_ && known_.size() < most_known) known_.emplace_back(secret);
  return hidden;
}

bool Redaction::holds_known(std::string_view text) const {
  return std::ranges::any_of(known_, [&](const Secret& each) { return text.find(each.view()) != text.npos; });
}

std::string Redaction::shown(std::string_view name, std::string_view text) {
  if (text.empty()) return {};
  if (is_secret(name) || is_secret_element(name)) return std::string(hide(text));
  if (is_place(name)) {
    hide(text);
    return place_shown(text);
  }
  if (has_password(text) || has_transfer(text) || holds_known(text)) return std::string(hidden);
  return std::string(text.substr(0, most_));
}

}  // namespace nscl::rem
