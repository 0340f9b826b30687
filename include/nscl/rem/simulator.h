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
#include <nscl/rem/simulator/data_model.h>
#include <nscl/rem/simulator/simulated_device.h>
#include <nscl/rem/tr069/device_id.h>

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

class Cpe final : public SimulatedDevice {
 public:
  /// `connection_request_url`: where this device can be called; empty: nowhere. It wants its first session at once.
  Cpe(std::shared_ptr<const CpeOptions> options, std::string serial, std::string connection_request_url, Time now);
  ~Cpe() override;
  Cpe(Cpe&&) noexcept;
  Cpe& operator=(Cpe&&) noexcept;

  DataModel& model();
  bool is_in_session() const;

  const std::string& serial() const override;
  Time next() const override;
  bool wants_session(Time now) override;
  net::WebCall begin(Time now) override;
  std::optional<net::WebCall> take(const net::WebAnswer& answer, Time now) override;
  void fail(std::string reason, Time now) override;
  const std::optional<std::string>& failure() const override;
  bool is_told_to_wait() const override;
  std::size_t requests() const override;
  const std::string& events() const override;
  std::optional<FileCall> next_file(Time now) override;
  void file_done(std::uint64_t job, FileOutcome outcome, Time now) override;

  /// Somebody whose credentials were right wants a session. False: not now, it is in one or reboots.
  bool request_connection(Time now);
  /// The device changes a value by itself, which its ACS may want to know. `name` without the root. False: there is none.
  bool change(std::string_view name, std::string_view value);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nscl::rem::simulator
