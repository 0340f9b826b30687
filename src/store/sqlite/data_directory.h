// SPDX-License-Identifier: Apache-2.0
// DataDirectory: the folder of the database, private to the user of the daemon, and the lock that keeps a second
// daemon out.
#pragma once

#include <filesystem>

namespace nscl::store::sqlite {

class DataDirectory {
 public:
  /// Makes the directory (0700) and an empty database file (0600) if they are missing; files of SQLite and the lock that
  /// others may read become private. Throws std::runtime_error if one of them is a symbolic link, is writable by
  /// everybody, is of another kind, or cannot be made, or if check_folders_above() refuses the directory.
  explicit DataDirectory(std::filesystem::path path);
  DataDirectory(const DataDirectory&) = delete;
  DataDirectory& operator=(const DataDirectory&) = delete;
  ~DataDirectory();

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path file() const { return path_ / "nscl.db"; }

  /// Takes the lock until unlock() or destruction; throws std::runtime_error with the pid of the owner if it is taken.
  void lock();
  void unlock();

 private:
  std::filesystem::path path_;
  int lock_ = -1;
};

}  // namespace nscl::store::sqlite
