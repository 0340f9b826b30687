// SPDX-License-Identifier: Apache-2.0
// Reading: a regular file opened for reading, from its front or anywhere in it. Free for all threads once opened, but for each_piece().
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>
#include <utility>

#include <sys/stat.h>

#include <nscl/base/error.h>

namespace nscl::rem {

class Reading {
 public:
  /// not_found with the reason. A FIFO does not block it.
  static Result<Reading> open(const std::filesystem::path& path);
  ~Reading();
  Reading(Reading&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)), status_(other.status_) {}
  Reading& operator=(Reading&&) = delete;
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  const struct ::stat& status() const { return status_; }
  std::uint64_t size() const { return static_cast<std::uint64_t>(status_.st_size); }

  /// Octets from `offset` on; fewer than `room` at the end of the file, or where it cannot be read.
  std::size_t read(std::uint64_t offset, char* into, std::size_t room) const;
  /// All of it, until `use` fails; service_unavailable if it cannot be read.
  Result<void> each_piece(const std::function<Result<void>(std::string_view)>& use) const;

 private:
  Reading(int descriptor, const struct ::stat& status) : descriptor_(descriptor), status_(status) {}

  int descriptor_;
  struct ::stat status_;
};

}  // namespace nscl::rem
