// SPDX-License-Identifier: Apache-2.0
// Files of the operator that decide about security: read whole, and only if nobody else could have read or exchanged them.
#pragma once

#include <filesystem>

#include <nscl/base/secret.h>

namespace nscl::app {

enum class Readers { anybody, owner_and_group };

/// The content of a regular file of at most 1 MiB that is no symbolic link, that its owner alone may write and that
/// `readers` may read. Throws std::runtime_error that names the file and what to mend.
Secret read_trusted_file(const std::filesystem::path& file, Readers readers);

}  // namespace nscl::app
