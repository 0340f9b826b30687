// SPDX-License-Identifier: Apache-2.0
// owner_of: the application or SCL whose resources are counted together.
#pragma once

#include <string_view>

namespace nscl::store {

/// "scls/ID" or "applications/ID" that this path is or lies below; empty: neither.
constexpr std::string_view owner_of(std::string_view path) {
  for (const std::string_view collection : {"scls/", "applications/"}) {
    if (path.starts_with(collection)) return path.substr(0, path.find('/', collection.size()));
  }
  return {};
}

}  // namespace nscl::store
