// SPDX-License-Identifier: Apache-2.0
// SimulatedDevice: what a Fleet plays, free of sockets. It says what to post, is given what came back, and tells when it wants what.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include <nscl/base/secret.h>
#include <nscl/base/time.h>
#include <nscl/net/web_client.h>
#include <nscl/rem/tr069/transfers.h>

namespace nscl::rem::simulator {

inline constexpr std::chrono::milliseconds answer_time{60'000};   ///< that a server has

/// A file to be fetched or brought, because the server told the device to.
struct FileCall {
  std::uint64_t job = 0;
  net::Method method = net::Method::get;
  std::string url;
  std::string user;
  Secret password;
  std::string content;    ///< to be brought
};
/// What came of it.
struct FileOutcome {
  tr069::FaultStruct fault;   ///< 0: good. In codes of CWMP, whatever the device speaks
  std::string content;        ///< that was fetched
};

class SimulatedDevice {
 public:
  virtual ~SimulatedDevice() = default;

  /// Whom a line of output is about.
  virtual const std::string& serial() const = 0;
  /// The earliest time at which wants_session() or next_file() may say yes; `never` if only somebody else can change that.
  virtual Time next() const = 0;
  virtual bool wants_session(Time now) = 0;
  /// The first POST of a session.
  virtual net::WebCall begin(Time now) = 0;
  /// The next POST, if the session goes on.
  virtual std::optional<net::WebCall> take(const net::WebAnswer& answer, Time now) = 0;
  /// There was no answer.
  virtual void fail(std::string reason, Time now) = 0;

  /// Of the last session: nothing if it ended as it should.
  virtual const std::optional<std::string>& failure() const = 0;
  /// Whether it failed because the server is busy and said when to come again (503 with Retry-After).
  virtual bool is_told_to_wait() const = 0;
  /// Number of requests (RPCs, commands) it was sent in the last session, and what it began with: "0 BOOTSTRAP, 1 BOOT".
  virtual std::size_t requests() const = 0;
  virtual const std::string& events() const = 0;

  virtual std::optional<FileCall> next_file(Time now) = 0;
  virtual void file_done(std::uint64_t job, FileOutcome outcome, Time now) = 0;
};

}  // namespace nscl::rem::simulator
