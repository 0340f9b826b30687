// SPDX-License-Identifier: Apache-2.0
// The published schemas and the recordings: NSCL_SHARED, default ../shared beside the sources.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace nscl::test {

inline std::filesystem::path shared() {
  const char* given = std::getenv("NSCL_SHARED");
  const std::filesystem::path where = given ? given : "../shared";
  return where.is_absolute() ? where : std::filesystem::path(NSCL_SOURCE_DIR) / where;
}

inline std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace nscl::test
