// SPDX-License-Identifier: Apache-2.0
// StampSerials: serial numbers of time stamps, each given once, whatever happens to the process or to the store.
#pragma once

#include <cstdint>

#include <nscl/base/error.h>
#include <nscl/base/time.h>
#include <nscl/store/store.h>

namespace nscl::security {

/// For one thread. Numbers are taken from the store by the block, so that a token costs no commit; what was left of a
/// block when the process ended is never given.
class StampSerials {
 public:
  StampSerials(store::Store& store, const Clock& clock, std::uint64_t block) : store_(store), clock_(clock), block_(block) {}

  /// Waits for a commit when a block is used up.
  Result<std::uint64_t> next();

 private:
  Result<void> reserve();

  store::Store& store_;
  const Clock& clock_;
  const std::uint64_t block_;
  std::uint64_t next_ = 0, end_ = 0;
};

}  // namespace nscl::security
