// SPDX-License-Identifier: Apache-2.0
// Files that the process trusts: what others could have changed, or could read, is refused before it is used.
#pragma once

#include <cstddef>
#include <filesystem>

#include <nscl/base/secret.h>

namespace nscl {

/// What a file is kept from. Owner and root are nobody's others.
enum class Guard {
  change,  ///< everybody may read it
  sight,   ///< and none but the owner, or a group that this process is in, may read it
};

/// The whole content. Throws std::runtime_error ("PATH: why, and what to do") if `path` is a symbolic link or no regular
/// file, is larger than `most` octets, is open to others by `guard`, or check_folders_above() refuses it.
Secret read_guarded_file(const std::filesystem::path& path, Guard guard, std::size_t most);

/// Throws std::runtime_error if others could put something else in the place of `path`: a folder above it is writable by
/// everybody and not sticky. Folders that do not exist are not looked at.
void check_folders_above(const std::filesystem::path& path);

/// True if everybody may read `path`; false as well if there is none.
bool is_readable_by_everybody(const std::filesystem::path& path);

}  // namespace nscl
