// SPDX-License-Identifier: Apache-2.0
#include "data_directory.h"

#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nscl/base/guarded_file.h>

namespace nscl::store::sqlite {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& path, const std::string& why) { throw std::runtime_error(path.string() + " " + why); }
std::string reason(int error) { return std::generic_category().message(error); }

// "data/" and "data/." would make lstat look through a symbolic link.
fs::path without_trailing_slash(const fs::path& path) {
  const auto normal = fs::absolute(path).lexically_normal();
  return normal.has_filename() ? normal : normal.parent_path();
}

/// Private ones, whatever the umask. What fails here is told by the mkdir() that comes next.
void make_folders(const fs::path& path) {
  if (::access(path.c_str(), F_OK) == 0 || !path.has_relative_path()) return;
  make_folders(path.parent_path());
  (void)::mkdir(path.c_str(), 0700);
}

struct ::stat checked_status(const fs::path& path) {
  struct ::stat status {};
  if (::lstat(path.c_str(), &status) != 0) refuse(path, "cannot be used: " + reason(errno));
  if (S_ISLNK(status.st_mode)) refuse(path, "is a symbolic link; name the place itself");
  if (status.st_mode & S_IWOTH) refuse(path, "is writable by everybody; take that permission away (chmod o-w)");
  return status;
}

int open_private(const fs::path& path) {
  const auto file = ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) refuse(path, errno == ELOOP ? "is a symbolic link; name the place itself" : "cannot be opened: " + reason(errno));
  return file;
}

// A file that exists is not opened here: closing it again would release the locks that SQLite holds on it in this process.
void make_empty(const fs::path& path) {
  const auto file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file >= 0) ::close(file);
  else if (errno != EEXIST) refuse(path, "cannot be made: " + reason(errno));
}

/// What SQLite would open by its name alone: a regular file, and private also if a restored copy brought another mode.
void check_private_file(const fs::path& path) {
  struct ::stat status {};
  if (::lstat(path.c_str(), &status) != 0 && errno == ENOENT) return;
  status = checked_status(path);
  if (!S_ISREG(status.st_mode)) refuse(path, "is not a regular file");
  const bool is_private = (status.st_mode & (S_IRWXG | S_IRWXO)) == 0;
  if (!is_private && ::chmod(path.c_str(), 0600) != 0) refuse(path, "is open to others and cannot be made private: " + reason(errno));
}

std::string owner_of(int lock) {
  char text[16];
  const auto length = ::pread(lock, text, sizeof text, 0);
  std::string pid(text, length > 0 ? static_cast<std::size_t>(length) : 0);
  return pid.substr(0, pid.find_first_not_of("0123456789"));
}

}  // namespace

DataDirectory::DataDirectory(fs::path path) : path_(without_trailing_slash(path)) {
  make_folders(path_.parent_path());
  check_folders_above(path_);
  if (::mkdir(path_.c_str(), 0700) != 0 && errno != EEXIST) refuse(path_, "cannot be made: " + reason(errno));
  if (!S_ISDIR(checked_status(path_).st_mode)) refuse(path_, "is not a directory");
  make_empty(file());
  for (const char* name : {"nscl.db", "nscl.db-wal", "nscl.db-shm", "lock"}) check_private_file(path_ / name);
}

DataDirectory::~DataDirectory() { unlock(); }

void DataDirectory::lock() {
  const auto file = open_private(path_ / "lock");
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    const auto taken = errno == EWOULDBLOCK;
    const auto why = taken ? "is in use by another nscl (pid " + owner_of(file) + ")" : "cannot be locked: " + reason(errno);
    ::close(file);
    refuse(path_, why);
  }
  lock_ = file;
  const auto pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(lock_, 0) != 0 || ::pwrite(lock_, pid.data(), pid.size(), 0) < 0) {
    // The pid only serves the text of the refusal above: a full disk must not keep the daemon from starting.
  }
}

void DataDirectory::unlock() {
  if (lock_ >= 0) ::close(lock_);
  lock_ = -1;
}

}  // namespace nscl::store::sqlite
