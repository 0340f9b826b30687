// SPDX-License-Identifier: Apache-2.0
#include "health.h"

#include <nscl/base/log.h>

namespace nscl::store::sqlite {

bool Health::is_good(std::string* reason) const {
  if (is_good_) return true;
  if (reason) {
    const std::lock_guard lock(mutex_);
    *reason = reason_;
  }
  return false;
}

void Health::succeed() {
  if (!is_good_.exchange(true)) log::info("store works again");
}

void Health::fail(const std::string& reason) {
  {
    const std::lock_guard lock(mutex_);
    reason_ = reason;
  }
  if (is_good_.exchange(false)) log::error("store failed, writes are refused", {{"reason", reason}});
}

}  // namespace nscl::store::sqlite
