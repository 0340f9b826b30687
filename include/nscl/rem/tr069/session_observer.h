// SPDX-License-Identifier: Apache-2.0
// Who is told of what a session says and hears: traces, and tests.
#pragma once

#include <memory>
#include <string_view>

#include <nscl/rem/tr069/rpc.h>
#include <nscl/rem/tracing.h>

namespace nscl::rem::tr069 {

/// Told in the order in which it happens, by one thread at a time. Messages hold passwords.
class SessionObserver {
 public:
  virtual ~SessionObserver() = default;
  virtual void heard(const Header& header, const Message& message) = 0;
  virtual void said(const Header& header, const Message& message) = 0;
  virtual void remarked(const SessionRemark& remark) = 0;
  /// The last call; without it the session never began.
  virtual void ended(std::string_view how, bool is_problem) = 0;
};

/// Has `trace` keep it, without secrets.
std::unique_ptr<SessionObserver> observer_of(std::unique_ptr<SessionTrace> trace);

}  // namespace nscl::rem::tr069
