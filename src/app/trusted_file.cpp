// SPDX-License-Identifier: Apache-2.0
#include "trusted_file.h"

#include <sys/stat.h>

#include <stdexcept>

#include "descriptor.h"

namespace nscl::app {
namespace {

constexpr off_t largest_file = 1 << 20;

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& text) { throw std::runtime_error(file.string() + ": " + text); }

void check(const std::filesystem::path& file, const struct stat& state, Readers readers) {
  if (!S_ISREG(state.st_mode)) refuse(file, "is not a regular file");
  if ((state.st_mode & (S_IWGRP | S_IWOTH)) != 0) refuse(file, "others than its owner may write it (chmod go-w)");
  if (readers == Readers::owner_and_group && (state.st_mode & S_IROTH) != 0) refuse(file, "everybody may read it (chmod o-r)");
  if (state.st_size > largest_file) refuse(file, "is larger than 1 MiB");
}

}  // namespace

Secret read_trusted_file(const std::filesystem::path& file, Readers readers) {
  if (std::filesystem::is_symlink(std::filesystem::symlink_status(file))) refuse(file, "is a symbolic link");
  const Descriptor in(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);   // nobody lets us wait at a FIFO
  struct stat state {};
  if (::fstat(in.get(), &state) != 0) refuse(file, "cannot be read");
  check(file, state, readers);
  Secret content(static_cast<std::size_t>(state.st_size));
  std::size_t size = 0;
  while (size < content.size()) {
    const auto count = ::read(in.get(), content.data() + size, content.size() - size);
    if (count <= 0) refuse(file, "cannot be read");
    size += static_cast<std::size_t>(count);
  }
  return content;
}

}  // namespace nscl::app
