// SPDX-License-Identifier: Apache-2.0
// Fuzz target: a configuration file, and behind a NUL each further text as an environment variable. What is accepted
// must survive being printed and read again.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include <nscl/app/config.h>

namespace {

/// The parts of `text` between NUL octets.
std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\0', begin), text.size());
    parts.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // The octets are characters to the parser.
  std::vector<std::string> parts = split({reinterpret_cast<const char*>(data), size});
  const std::string file = parts.front();
  std::vector<char*> environment;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (parts[i].find("_FILE=") == std::string::npos) environment.push_back(parts[i].data());   // no file is read
  }
  environment.push_back(nullptr);
  try {
    const std::string printed = nscl::app::to_toml(nscl::app::parse_config(file, "fuzz.toml", environment.data()));
    if (nscl::app::to_toml(nscl::app::parse_config(printed, "printed.toml")) != printed) std::abort();
  } catch (const nscl::app::ConfigError& error) {
    if (std::string_view(error.what()).empty()) std::abort();
  }
  return 0;
}
