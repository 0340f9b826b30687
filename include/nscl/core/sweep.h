// SPDX-License-Identifier: Apache-2.0
// The sweeper's work: found on a view, done by the writer.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include <nscl/base/time.h>
#include <nscl/core/policy.h>
#include <nscl/model/registry.h>
#include <nscl/store/store.h>

namespace nscl::core {

class Outbound;

struct Sweep {
  std::vector<std::string> expired;     ///< paths whose expirationTime has passed
  std::vector<std::uint64_t> aged;      ///< containers with an instance older than maxInstanceAge
};

/// Notices when the system's clock is turned. A step forward makes much expire at once that may be in its time again a
/// moment later: so the clock is doubted until it has gone on for five minutes of the monotonic clock.
class ClockWatch {
 public:
  using Monotonic = std::chrono::steady_clock::time_point;

  /// To be called with both clocks, as they are now; logs a step. True while the clock is doubtful.
  bool is_doubtful(Time now, Monotonic monotonic);

 private:
  std::optional<Time::duration> offset_;   ///< between the clocks, when it was last believed
  Monotonic doubtful_until_ = Monotonic::min();
};

struct SweepContext {
  std::shared_ptr<const Policy> policy;
  boost::asio::io_context& context;
  Time now;
  Outbound* outbound = nullptr;
  bool is_clock_doubtful = false;
};

/// With a doubtful clock nothing ages, and nothing expires if more than a hundred resources would.
Sweep find_work(store::View& view, const Policy& policy, Time now, bool is_clock_doubtful = false);
store::WriteJob expire_job(const model::Registry& registry, std::shared_ptr<const Policy> policy, std::string path, Time now, Outbound* outbound = nullptr);
store::WriteJob ageing_job(std::shared_ptr<const Policy> policy, std::uint64_t container, Time now);

/// Posts the jobs that are due; does not wait for them.
void sweep(const model::Registry& registry, store::Store& store, const SweepContext& where);

}  // namespace nscl::core
