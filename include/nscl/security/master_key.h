// SPDX-License-Identifier: Apache-2.0
// The master key: 32 octets from outside the database, as 32 octets or as 64 hexadecimal digits. docs/keys.md has the sources.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <nscl/base/secret.h>

namespace nscl::security {

/// What is wrong with the name of a source: "file:/path", "credential:NAME", "command:/path"; nullopt if nothing is.
inline std::optional<std::string> problem_of_master_source(std::string_view source) {
  const auto has_path = [&](std::string_view scheme) { return source.starts_with(scheme) && source.substr(scheme.size()).starts_with('/'); };
  constexpr std::string_view credential = "credential:";
  const std::string_view name = source.starts_with(credential) ? source.substr(credential.size()) : std::string_view{};
  const bool is_name = !name.empty() && name.find('/') == name.npos && name != "." && name != "..";
  if (source.find('\0') == source.npos && (has_path("file:") || has_path("command:") || is_name)) return std::nullopt;
  return "is none of file:/PATH, credential:NAME, command:/PATH";
}

/// Reads the key from a source. Throws std::runtime_error with a text for the operator: no such file, one that others may read,
/// a program that fails or takes longer than 10 seconds, not 32 octets.
/// command: starts a program and waits for it, so it is for the start of the process.
Secret load_master_key(const std::string& source);

/// Where the key is when no source is named.
std::filesystem::path master_key_file(const std::filesystem::path& directory);

/// Makes that file with a random key, mode 0600, of the owner of its directory, and on disk when this returns. A file that is there,
/// also by another process in this moment, is left as it is. Throws std::runtime_error.
void make_master_key(const std::filesystem::path& file);

}  // namespace nscl::security
