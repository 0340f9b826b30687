// SPDX-License-Identifier: Apache-2.0
#include <nscl/security/time_stamping.h>

#include <algorithm>

namespace nscl::security {

/// A credential of limited scope is for resources, and this is none.
bool StampUsers::has(const Requestor& requestor) const {
  if (requestor.grant && requestor.grant->is_scoped()) return false;
  return requestor.is_operator || std::ranges::find(principals_, requestor.principal) != principals_.end();
}

std::chrono::nanoseconds StampUsers::take(const Requestor& requestor, Meter::Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  return meters_.try_emplace(requestor.principal, rate).first->second.take(now);
}

}  // namespace nscl::security
