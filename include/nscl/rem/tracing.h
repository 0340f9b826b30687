// SPDX-License-Identifier: Apache-2.0
// Tracing: who is told of what a session of a management protocol says and hears, without its secrets.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/io_context.hpp>

namespace nscl::rem {

/// Where a session comes from.
struct SessionOrigin {
  std::string device, user, peer;   ///< user: that was proved; empty: nobody is asked
  bool is_tls = false;
};

/// A message as it may be shown.
struct TracedMessage {
  bool is_from_device = false;
  std::string name, id = {};        ///< what its protocol calls it
  std::string text = {};            ///< without secrets
  bool is_problem = false;          ///< it tells of one
};

/// Something else than a message.
struct SessionRemark {
  bool is_from_device = false;
  unsigned status = 0;        ///< of HTTP; 0: the device's
  std::string_view what;      ///< without content: "nothing", "503: ..."
  bool is_problem = false;
};

/// One session's; told in the order in which it happens, by one thread at a time.
class SessionTrace {
 public:
  virtual ~SessionTrace() = default;
  /// Octets of a message that are kept; the rest may be left out.
  virtual std::size_t most() const = 0;
  virtual void add(TracedMessage message) = 0;
  /// Why the device called.
  virtual void add_event(std::string code) = 0;
  virtual void remark(const SessionRemark& remark) = 0;
  /// The last call; without it the session never began.
  virtual void end(std::string_view how, bool is_problem) = 0;
};

/// Decides what sessions are traced. Any thread.
class Tracing {
 public:
  virtual ~Tracing() = default;
  /// Null: nobody wants to know. `context` is this thread's, whose next reads may see the same. Throws store::StoreError.
  virtual std::unique_ptr<SessionTrace> trace(SessionOrigin origin, boost::asio::io_context& context) = 0;
};

}  // namespace nscl::rem
