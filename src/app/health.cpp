// SPDX-License-Identifier: Apache-2.0
// Readiness: the first reason not to send requests here, if there is one.
#include "health.h"

#include <sys/statvfs.h>

namespace nscl::app {

std::uint64_t Health::free_octets() {
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  if (looked_ == std::chrono::steady_clock::time_point{} || now - looked_ >= std::chrono::seconds(1)) {
    struct statvfs figures {};
    free_ = ::statvfs(directory_.c_str(), &figures) == 0 ? std::uint64_t{figures.f_bavail} * figures.f_frsize : 0;
    looked_ = now;
  }
  return free_;
}

http::Readiness Health::look(const store::Store& store) {
  http::Readiness out;
  if (draining_) {
    out.reason = "stopping";
  } else if (!listening_) {
    out.reason = "not all listeners accept yet";
  } else if (!store.is_healthy()) {
    out.reason = "the store cannot commit; the log says why";   // SQLite's words are not for everybody
  } else if (const std::uint64_t free = free_octets(); free < needed_) {
    out.reason = "the file system of the store has only " + std::to_string(free >> 20) + " MiB left";
  } else {
    out.ready = true;
  }
  return out;
}

}  // namespace nscl::app
