// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include <nscl/base/bytes.h>
#include <nscl/rem/file_store.h>

namespace nscl::rem {
namespace {

constexpr std::size_t name_length = 26;

tl::unexpected<Error> disk_failure() {
  return failure(Status::service_unavailable, errno == ENOSPC || errno == EDQUOT ? "there is no space for the file" : "the file cannot be written");
}

bool sync_folder(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool is_synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  if (descriptor >= 0) ::close(descriptor);
  return is_synced;
}

}  // namespace

NewFile::NewFile(const std::filesystem::path& directory)
    : directory_(directory), path_(directory / ("new-" + random_name(name_length))),
      descriptor_(::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)) {
  if (descriptor_ < 0) throw std::runtime_error(path_.string() + " cannot be made: " + std::generic_category().message(errno));
}

NewFile::~NewFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!is_kept_) ::unlink(path_.c_str());
}

Result<void> NewFile::add(std::string_view octets) {
  digest_.add(octets);
  size_ += octets.size();
  while (!octets.empty()) {
    const auto written = ::write(descriptor_, octets.data(), octets.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return disk_failure();
    octets.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<std::string> NewFile::keep() {
  auto sha256 = digest_.finish();
  const auto name = directory_ / hex_encode(sha256);
  if (::fsync(descriptor_) != 0 || ::rename(path_.c_str(), name.c_str()) != 0) return disk_failure();
  is_kept_ = true;
  if (!sync_folder(directory_)) return disk_failure();
  return sha256;
}

}  // namespace nscl::rem
