// SPDX-License-Identifier: Apache-2.0
// PrivateFile: a file with secrets, opened for reading only if nobody else can read or replace it.
#pragma once

#include <filesystem>
#include <string>

#include <nscl/base/secret.h>

namespace nscl::security {

/// Whom the file may belong to and who may read it.
enum class Privacy {
  owner_only,      ///< no access for group and others
  group_readable,  ///< the same, or mode 0440 with the own group: a secret mounted into a container
  by_directory     ///< the directory protects it, as that of systemd's credentials does
};

class PrivateFile {
 public:
  /// Throws std::runtime_error that names the file and what to mend: it is missing, a symbolic link, no regular file, of another
  /// user, open to others, or in a directory that everybody may write.
  PrivateFile(const std::filesystem::path& path, Privacy privacy);
  PrivateFile(const PrivateFile&) = delete;
  PrivateFile& operator=(const PrivateFile&) = delete;
  ~PrivateFile();

  /// Reads on, `size` octets at most; 0 at the end. Throws std::runtime_error.
  std::size_t read(unsigned char* to, std::size_t size);
  void rewind();
  /// All of it; refuses more than `limit` octets.
  Secret read_all(std::size_t limit);

 private:
  std::string path_;
  int descriptor_;
};

}  // namespace nscl::security
