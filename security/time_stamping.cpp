// SPDX-License-Identifier: Apache-2.0
#include <nscl/security/time_stamping.h>

#include <algorithm>
#include <stdexcept>

#include "private_file.h"

namespace nscl::security {
namespace {

constexpr std::size_t longest_file = 1 << 20;

std::unique_ptr<TimeStamper> make_stamper(const TimeStamping::Options& options, store::Store& store, const Clock& clock) try {
  if (options.certificate.empty()) return nullptr;
  // Everybody may read the certificate; what it is good for depends on the key.
  const Secret certificates = PrivateFile(options.certificate, Privacy::by_directory).read_all(longest_file);
  const Secret key = PrivateFile(options.private_key, Privacy::group_readable).read_all(longest_file);
  return std::make_unique<TimeStamper>(store, clock, certificates.view(), key, options.stamper);
} catch (const std::runtime_error& error) {
  throw std::runtime_error("[timestamp]: " + std::string(error.what()));
}

}  // namespace

/// A credential of limited scope is for resources, and this is none.
bool StampUsers::has(const Requestor& requestor) const {
  if (requestor.grant && requestor.grant->is_scoped()) return false;
  return requestor.is_operator || std::ranges::find(principals_, requestor.principal) != principals_.end();
}

std::chrono::nanoseconds StampUsers::take(const Requestor& requestor, Meter::Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  return meters_.try_emplace(requestor.principal, rate).first->second.take(now);
}

TimeStamping::TimeStamping(const Options& options, store::Store& store, const Clock& clock)
    : users(options.principals), stamper(make_stamper(options, store, clock)) {}

}  // namespace nscl::security
