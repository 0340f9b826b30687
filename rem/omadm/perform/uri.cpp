// SPDX-License-Identifier: Apache-2.0
#include "uri.h"

#include <algorithm>

namespace nscl::rem::omadm {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::string uri_of(std::string_view path) {
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return std::string(path);
}

std::string object_of(std::string_view uri) { return std::string(uri).append(uri.ends_with('/') ? "" : "/"); }

std::string child_of(std::string_view uri, std::string_view name) { return object_of(uri).append(name); }

std::string parent_of(std::string_view uri) {
  const auto slash = uri.rfind('/');
  return slash == uri.npos || slash == 0 ? std::string(".") : std::string(uri.substr(0, slash));
}

std::string_view name_in(std::string_view uri) {
  const auto slash = uri.rfind('/');
  return slash == uri.npos ? uri : uri.substr(slash + 1);
}

std::size_t depth_of(std::string_view uri) { return static_cast<std::size_t>(std::ranges::count(uri, '/')); }

std::vector<std::string> steps_of(std::string_view path) {
  std::vector<std::string> out;
  while (!path.empty()) {
    const auto slash = path.find('/');
    if (slash != 0) out.emplace_back(path.substr(0, slash));
    path.remove_prefix(slash == path.npos ? path.size() : slash + 1);
  }
  return out;
}

bool equal_in_any_case(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, {}, lower, lower); }

}  // namespace nscl::rem::omadm
