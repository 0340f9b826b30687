// SPDX-License-Identifier: Apache-2.0
// Traces: the last sessions of devices, without secrets, for operators (docs/devices.md). They are written once a second, for all sessions
// that ended; a crash loses those of the last.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <vector>

#include <boost/asio/io_context.hpp>

#include <nscl/base/time.h>
#include <nscl/rem/tracing.h>
#include <nscl/store/store.h>

namespace nscl::rem {

struct TraceOptions {
  /// Whose sessions: those of the devices that an operator chose; and of all others none, those with a problem, or all.
  enum class Of : unsigned char { chosen, problems, all };
  std::size_t kept = 5;               ///< sessions of each device; 0: no traces
  Of of = Of::problems;
  std::size_t octets = 64 * 1024;     ///< of the messages of one session; the oldest lose their text beyond
  std::size_t message = 8 * 1024;     ///< of one message; what is longer is cut
};

class Traces final : public Tracing {
 public:
  /// Both outlive it; it outlives the sessions.
  Traces(store::Store& store, const Clock& clock, TraceOptions options);

  std::unique_ptr<SessionTrace> trace(SessionOrigin origin, boost::asio::io_context& context) override;

  /// Every second or so, on the thread of `context`: writes the sessions that ended.
  void keep(boost::asio::io_context& context);

 private:
  void take(store::ManagementTrace trace);

  store::Store& store_;
  const Clock& clock_;
  const TraceOptions options_;
  std::mutex mutex_;
  std::vector<store::ManagementTrace> ended_;
  std::size_t lost_ = 0;
};

}  // namespace nscl::rem
