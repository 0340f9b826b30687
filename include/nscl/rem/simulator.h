// SPDX-License-Identifier: Apache-2.0
// Cpe: a simulated device of TR-069, free of sockets. It says what to post, is given what came back, and tells when it wants what.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <nscl/base/secret.h>
#include <nscl/base/time.h>
#include <nscl/net/web_client.h>
#include <nscl/rem/simulator/data_model.h>
#include <nscl/rem/tr069/device_id.h>
#include <nscl/rem/tr069/transfers.h>

namespace nscl::rem::simulator {

/// As the standard wants it, or with the habits of an open client (docs/simulator.md).
enum class Style { plain, netcwmp, genieacs_sim, cwmp_sim };
/// "plain", "netcwmp", "genieacs-sim", "cwmp-sim"
std::optional<Style> style_named(std::string_view name);

/// What all devices of a kind have in common.
struct CpeOptions {
  std::string acs_url;
  std::string user;        ///< for the ACS; empty: the device's id in its printable form, if there is a password
  Secret password;         ///< empty: no authentication
  Style style = Style::plain;
  std::shared_ptr<const ModelTree> model;
  tr069::DeviceIdStruct id{"NSCL Simulator", "00A0C9", "SIM", ""};   ///< without a serial number
  std::string connection_request_user;   ///< until the ACS sets others; empty: none is let in before
  Secret connection_request_password;
  std::optional<std::uint32_t> interval; ///< PeriodicInformInterval in seconds, at least 1; none: that of the model
  double retry_scale = 1;                ///< what the pauses after failed sessions (7 s, 15 s, 30 s ... 3840 s) are multiplied by
  std::chrono::milliseconds reboot_time{2'000};
};

/// A file to be fetched or brought, for a Download, an Upload or a ChangeDUState.
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
  tr069::FaultStruct fault;   ///< 0: good
  std::string content;        ///< that was fetched
};

class Cpe {
 public:
  /// `connection_request_url`: where this device can be called; empty: nowhere. It wants its first session at once.
  Cpe(std::shared_ptr<const CpeOptions> options, std::string serial, std::string connection_request_url, Time now);
  ~Cpe();
  Cpe(Cpe&&) noexcept;
  Cpe& operator=(Cpe&&) noexcept;

  const std::string& serial() const;
  DataModel& model();

  /// The earliest time at which wants_session() or next_file() may say yes; `never` if only a connection request can change that.
  Time next() const;
  bool wants_session(Time now);
  /// The first POST of a session.
  net::WebCall begin(Time now);
  /// The next POST, if the session goes on.
  std::optional<net::WebCall> take(const net::WebAnswer& answer, Time now);
  /// There was no answer.
  void fail(std::string reason, Time now);

  bool is_in_session() const;
  /// Of the last session: nothing if it ended as it should.
  const std::optional<std::string>& failure() const;
  /// Whether it failed because the ACS is busy and said when to come again (503 with Retry-After).
  bool is_told_to_wait() const;
  /// Number of RPCs it was sent in the last session, and the events it began with: "0 BOOTSTRAP, 1 BOOT".
  std::size_t rpcs() const;
  const std::string& events() const;

  std::optional<FileCall> next_file(Time now);
  void file_done(std::uint64_t job, FileOutcome outcome, Time now);

  /// Somebody whose credentials were right wants a session. False: not now, it is in one or reboots.
  bool request_connection(Time now);
  /// The device changes a value by itself, which its ACS may want to know. `name` without the root. False: there is none.
  bool change(std::string_view name, std::string_view value);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nscl::rem::simulator
