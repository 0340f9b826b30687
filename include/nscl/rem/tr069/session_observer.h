// SPDX-License-Identifier: Apache-2.0
// Who is told of what a session says and hears: traces, and tests.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <nscl/rem/tr069/rpc.h>

namespace nscl::rem::tr069 {

/// Told in the order in which it happens, by one thread at a time. Messages hold passwords.
class SessionObserver {
 public:
  /// Something else than a message of CWMP.
  struct Remark {
    bool is_from_device = false;
    unsigned status = 0;        ///< of HTTP; 0: the device's
    std::string_view what;      ///< without content: "nothing", "503: ..."
    bool is_problem = false;
  };

  virtual ~SessionObserver() = default;
  virtual void heard(const Header& header, const Message& message) = 0;
  virtual void said(const Header& header, const Message& message) = 0;
  virtual void remarked(const Remark& remark) = 0;
  /// The last call; without it the session never began.
  virtual void ended(std::string_view how, bool is_problem) = 0;
};

/// Where a session comes from.
struct SessionOrigin {
  std::string device, user, peer;   ///< user: that was proved; empty: nobody is asked
  bool is_tls = false;
};

/// Decides what sessions are observed. Any thread.
class Tracing {
 public:
  virtual ~Tracing() = default;
  /// Null: nobody wants to know. Throws store::StoreError.
  virtual std::unique_ptr<SessionObserver> observe(SessionOrigin origin) = 0;
};

}  // namespace nscl::rem::tr069
