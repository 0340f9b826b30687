// SPDX-License-Identifier: Apache-2.0
#include "reading.h"

#include <cerrno>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace nscl::rem {
namespace {

constexpr std::size_t piece = 256 * 1024;

}  // namespace

Result<Reading> Reading::open(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (descriptor < 0) return failure(Status::not_found, "cannot be read: " + std::generic_category().message(errno));
  struct ::stat status {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor);
    return failure(Status::not_found, "is no regular file");
  }
  (void)::posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
  return Reading(descriptor, status);
}

Reading::~Reading() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::size_t Reading::read(std::uint64_t offset, char* into, std::size_t room) const {
  std::size_t size = 0;
  while (size < room) {
    const auto octets = ::pread(descriptor_, into + size, room - size, static_cast<off_t>(offset + size));
    if (octets < 0 && errno == EINTR) continue;
    if (octets <= 0) break;
    size += static_cast<std::size_t>(octets);
  }
  return size;
}

Result<void> Reading::each_piece(const std::function<Result<void>(std::string_view)>& use) const {
  std::string octets(piece, '\0');
  for (std::uint64_t offset = 0; offset < size();) {
    const auto part = read(offset, octets.data(), octets.size());
    if (part == 0) return failure(Status::service_unavailable, "the file cannot be read");
    if (auto used = use(std::string_view(octets).substr(0, part)); !used) return used;
    offset += part;
  }
  return {};
}

}  // namespace nscl::rem
