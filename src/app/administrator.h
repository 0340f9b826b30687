// SPDX-License-Identifier: Apache-2.0
// The first administrator: made when a store has no principal yet, its password in a file only the owner can read.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <nscl/base/secret.h>
#include <nscl/security/audit.h>
#include <nscl/store/store.h>

namespace nscl::app {

inline constexpr std::string_view administrator_name = "admin";

std::filesystem::path administrator_password_file(const std::filesystem::path& directory);

/// Returns the password if an administrator was made. Throws std::runtime_error if the file or the store cannot be
/// written.
std::optional<std::string> make_first_administrator(store::Store& store, const std::filesystem::path& directory);

/// Replaces `file` by one of mode 0600 that holds `text`: after a crash there is the old content or the new one.
void write_secret_file(const std::filesystem::path& file, std::string_view text);

/// What such a file holds; nullopt if there is none. Throws std::runtime_error (text for the operator) if it cannot be read,
/// is no regular file, is longer than 64 KiB, or if anybody but its owner may open it.
std::optional<Secret> read_secret_file(const std::filesystem::path& file);

}  // namespace nscl::app
