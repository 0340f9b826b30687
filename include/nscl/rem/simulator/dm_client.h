// SPDX-License-Identifier: Apache-2.0
// DmClient: a simulated client of OMA-DM, free of sockets.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <nscl/base/secret.h>
#include <nscl/base/time.h>
#include <nscl/rem/omadm/model_options.h>
#include <nscl/rem/omadm/syncml.h>
#include <nscl/rem/simulator/dm_tree.h>
#include <nscl/rem/simulator/gateway.h>
#include <nscl/rem/simulator/simulated_device.h>

namespace nscl::rem::simulator {

/// As the standard wants it, or with the habits of an open client (docs/simulator.md).
enum class DmStyle { plain, libdmclient };
/// "plain", "libdmclient"
std::optional<DmStyle> dm_style_named(std::string_view name);

/// What goes wrong with the x-syncml-hmac of one message of each session, the first after the server has taken one. `tampered`: the message
/// changes on its way; `reused`: it is made with the nonce of the message before.
enum class DmMacMistake { none, tampered, reused };
/// "tampered", "reused"; `none` for all else.
DmMacMistake dm_mac_mistake_named(std::string_view name);
/// "basic", "md5", "mac"; nothing for all else.
std::optional<omadm::DmAuthentication> dm_authentication_named(std::string_view name);

/// What all devices of a kind have in common.
struct DmClientOptions {
  std::string url;                 ///< of the server
  std::string user;                ///< LocName, and the name in the credentials; empty: the device's id is that
  Secret password;                 ///< empty: no Cred
  std::string server_id = "nscl";  ///< as whom the server proves who it is, and calls
  Secret server_password;          ///< empty: everybody is believed
  omadm::DmAuthentication begins_with = omadm::DmAuthentication::md5;   ///< what it shows until the server asks for another type; not `off`
  /// What it asks the server for, and the least that it takes of it; not `off`. With `mac` each message has to be proved.
  omadm::DmAuthentication server_shows = omadm::DmAuthentication::md5;
  bool hmac_by_rfc_2104 = false;   ///< x-syncml-hmac of both sides
  DmMacMistake mac_mistake = DmMacMistake::none;
  std::string manufacturer;        ///< ./DevInfo/Man; empty: that of the tree
  omadm::Encoding encoding = omadm::Encoding::xml;
  DmStyle style = DmStyle::plain;
  std::shared_ptr<const DmFactoryTree> tree;
  BehindGateway behind;            ///< the tree has dm_gateway_nodes() of it
  std::uint64_t message_size = 16'384, object_size = 1u << 20;   ///< MaxMsgSize, MaxObjSize that it tells; octets
  std::chrono::seconds interval{0};   ///< between two sessions that it begins by itself; 0: it has but its first
  double retry_scale = 1;             ///< what the pauses after failed sessions (7 s, 15 s, 30 s ... 3840 s) are multiplied by
  unsigned result = 0;                ///< of FUMO: what each download or update ends with; 0: what really becomes of it
  std::chrono::milliseconds action_time{1'000};   ///< from a command to its download, and for each installation
  std::chrono::milliseconds reboot_time{2'000};
};

class DmClient final : public SimulatedDevice {
 public:
  /// `id`: Source of its messages, and ./DevInfo/DevId. It wants its first session at once.
  DmClient(std::shared_ptr<const DmClientOptions> options, std::string id, Time now);
  ~DmClient() override;
  DmClient(DmClient&&) noexcept;
  DmClient& operator=(DmClient&&) noexcept;

  DmTree& tree();
  bool is_in_session() const;

  /// Somebody sent it a package 0. False: it is none, of somebody else, or it comes at the wrong time (in a session, while it boots).
  bool take_notification(std::string_view octets, Time now);

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

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nscl::rem::simulator
