// SPDX-License-Identifier: Apache-2.0
// Health: what /readyz says, from the state of the store, of the listeners and of the disk.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <mutex>

#include <nscl/http/http_binding.h>
#include <nscl/store/store.h>

namespace nscl::app {

/// Asked from every I/O thread.
class Health {
 public:
  static constexpr std::uint64_t needed_octets = 64u << 20;

  explicit Health(std::filesystem::path directory, std::uint64_t needed = needed_octets)
      : directory_(std::move(directory)), needed_(needed) {}

  void set_listening() { listening_ = true; }
  void set_draining() { draining_ = true; }

  http::Readiness look(const store::Store& store);

 private:
  /// Free octets on the file system of the store; looked up once a second at most.
  std::uint64_t free_octets();

  std::filesystem::path directory_;
  std::uint64_t needed_;
  std::atomic<bool> listening_{false}, draining_{false};
  std::mutex mutex_;
  std::chrono::steady_clock::time_point looked_{};
  std::uint64_t free_ = 0;
};

}  // namespace nscl::app
