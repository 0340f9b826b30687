// SPDX-License-Identifier: Apache-2.0
// Health: whether commits succeed. Logs each change of that, not each failure.
#pragma once

#include <atomic>
#include <mutex>
#include <string>

namespace nscl::store::sqlite {

class Health {
 public:
  bool is_good(std::string* reason = nullptr) const;
  void succeed();
  void fail(const std::string& reason);

 private:
  std::atomic<bool> is_good_{true};
  mutable std::mutex mutex_;
  std::string reason_;
};

}  // namespace nscl::store::sqlite
