// SPDX-License-Identifier: Apache-2.0
// All questions about a file are asked of its descriptor, so that nobody can change the answer in between.
#include <nscl/base/guarded_file.h>

#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nscl {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& path, const std::string& why) { throw std::runtime_error(path.string() + ": " + why); }
std::string reason(int error) { return std::generic_category().message(error); }

/// A file opened for reading. A FIFO does not block it, a terminal does not become that of the process.
class Opened {
 public:
  explicit Opened(const fs::path& path) : fd_(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)) {
    if (fd_ < 0) refuse(path, errno == ELOOP ? "is a symbolic link; name the file itself" : "cannot be read: " + reason(errno));
  }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  ~Opened() { ::close(fd_); }
  int get() const { return fd_; }

 private:
  int fd_;
};

bool is_group_of_process(gid_t group) { return group == ::getegid() || ::group_member(group) != 0; }

void check_status(const fs::path& path, const struct ::stat& status, Guard guard) {
  if (S_ISDIR(status.st_mode)) refuse(path, "is a directory");
  if (!S_ISREG(status.st_mode)) refuse(path, "is not a regular file");
  if (status.st_mode & S_IWOTH) refuse(path, "is writable by everybody; take that permission away (chmod o-w)");
  if (guard == Guard::change) return;
  if (status.st_mode & S_IRWXO) refuse(path, "holds a secret and is open to everybody; take that away (chmod o=)");
  if (status.st_mode & (S_IWGRP | S_IXGRP)) refuse(path, "holds a secret and its group may change it; take that away (chmod g-wx)");
  if ((status.st_mode & S_IRGRP) && !is_group_of_process(status.st_gid))
    refuse(path, "holds a secret and another group may read it; take that away (chmod g=)");
  const auto self = ::geteuid();
  if (self != 0 && status.st_uid != self && status.st_uid != 0) refuse(path, "holds a secret and belongs to another user");
}

Secret content_of(const fs::path& path, int file, std::size_t most) {
  Secret buffer(most + 1);
  std::size_t size = 0;
  while (size <= most) {
    const auto count = ::read(file, buffer.data() + size, buffer.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) refuse(path, "cannot be read: " + reason(errno));
    if (count == 0) return Secret(buffer.view().substr(0, size));
    size += static_cast<std::size_t>(count);
  }
  refuse(path, "is larger than " + std::to_string(most) + " octets");
}

}  // namespace

Secret read_guarded_file(const fs::path& path, Guard guard, std::size_t most) {
  const Opened file(path);
  struct ::stat status {};
  if (::fstat(file.get(), &status) != 0) refuse(path, "cannot be read: " + reason(errno));
  check_status(path, status, guard);
  check_folders_above(path);
  return content_of(path, file.get(), most);
}

void check_folders_above(const fs::path& path) {
  std::error_code error;
  auto folder = fs::weakly_canonical(fs::absolute(path).lexically_normal().parent_path(), error);
  if (error) refuse(path, "cannot be used: " + error.message());
  for (;; folder = folder.parent_path()) {
    struct ::stat status {};
    if (::stat(folder.c_str(), &status) == 0 && (status.st_mode & S_IWOTH) && !(status.st_mode & S_ISVTX))
      refuse(path, "lies in " + folder.string() + ", which is writable by everybody; take that permission away (chmod o-w)");
    if (folder == folder.root_path()) return;
  }
}

bool is_readable_by_everybody(const fs::path& path) {
  struct ::stat status {};
  return ::stat(path.c_str(), &status) == 0 && (status.st_mode & S_IROTH);
}

}  // namespace nscl
