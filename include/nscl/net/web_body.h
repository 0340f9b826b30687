// SPDX-License-Identifier: Apache-2.0
// Bodies that are too large to be held: read piece by piece while an answer is written, or taken piece by piece while a request arrives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <nscl/net/async.h>

namespace nscl::net {

/// Octets of a body in one piece: what each download and each upload holds of it in memory. A thousand of them take 64 MiB, and a peer
/// that takes one within write_time, or sends one within body_time, is not too slow.
inline constexpr std::size_t body_piece = 64 * 1024;

/// The body of an answer.
class WebBody {
 public:
  virtual ~WebBody() = default;

  virtual std::uint64_t size() const = 0;

  /// Fills `into` with the next octets, as many as there are up to `room`; all of them have been written when it is called again. Fewer
  /// than that: they cannot be had, and the connection ends in the middle of the answer. Must not block the thread.
  virtual Task<std::size_t> read(char* into, std::size_t room) = 0;
};

/// Where the body of a request goes. If it is destroyed before handle() has taken it, the body did not arrive whole.
class WebSink {
 public:
  virtual ~WebSink() = default;

  /// The largest body that it takes; beyond it the answer is 413.
  virtual std::uint64_t limit() const = 0;

  /// What ends a request early: status 0 for nothing.
  struct Refusal {
    unsigned status = 0;
    std::string reason = {};
  };
  /// Takes the next octets, which are there until it returns. Must not block the thread.
  virtual Task<Refusal> take(std::string_view octets) = 0;
};

}  // namespace nscl::net
