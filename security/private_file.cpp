// SPDX-License-Identifier: Apache-2.0
#include "private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace nscl::security {
namespace {

[[noreturn]] void refuse_file(const std::string& path, const std::string& why) { throw std::runtime_error(path + " " + why); }
std::string reason() { return std::generic_category().message(errno); }

void check_directory(const std::filesystem::path& path) {
  const auto directory = std::filesystem::absolute(path).parent_path().string();
  struct ::stat status {};
  if (::stat(directory.c_str(), &status) != 0) refuse_file(directory, "cannot be looked at: " + reason());
  if ((status.st_mode & S_IWOTH) != 0 && (status.st_mode & S_ISVTX) == 0) {
    refuse_file(directory, "is writable by everybody, who could so replace the file in it (chmod o-w)");
  }
}

void check_privacy(const std::string& path, const struct ::stat& status, Privacy privacy) {
  if (status.st_uid != 0 && status.st_uid != ::geteuid()) refuse_file(path, "belongs to another user; it has to be root's or the own one's");
  const auto mode = status.st_mode & 07777;
  const bool is_mounted = privacy == Privacy::group_readable && (mode & ~0440u) == 0 && status.st_gid == ::getegid();
  if ((mode & 077) != 0 && !is_mounted) refuse_file(path, "is open to others than its owner (chmod 600)");
}

}  // namespace

PrivateFile::PrivateFile(const std::filesystem::path& path, Privacy privacy)
    : path_(path.string()), descriptor_(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)) {
  if (descriptor_ < 0) refuse_file(path_, errno == ELOOP ? "is a symbolic link; name the file itself" : "cannot be read: " + reason());
  try {
    struct ::stat status {};
    if (::fstat(descriptor_, &status) != 0) refuse_file(path_, "cannot be looked at: " + reason());
    if (!S_ISREG(status.st_mode)) refuse_file(path_, "is not a regular file");
    if (privacy == Privacy::by_directory) return;
    check_privacy(path_, status, privacy);
    check_directory(path);
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

PrivateFile::~PrivateFile() { ::close(descriptor_); }

std::size_t PrivateFile::read(unsigned char* to, std::size_t size) {
  for (;;) {
    const auto count = ::read(descriptor_, to, size);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) refuse_file(path_, "cannot be read: " + reason());
  }
}

void PrivateFile::rewind() {
  if (::lseek(descriptor_, 0, SEEK_SET) != 0) refuse_file(path_, "cannot be read again: " + reason());
}

Secret PrivateFile::read_all(std::size_t limit) {
  Secret all(limit + 1);
  std::size_t size = 0;
  while (size < all.size()) {
    const auto count = read(all.data() + size, all.size() - size);
    if (count == 0) return Secret(all.view().substr(0, size));
    size += count;
  }
  refuse_file(path_, "has more than " + std::to_string(limit) + " octets");
}

}  // namespace nscl::security
