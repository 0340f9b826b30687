// SPDX-License-Identifier: Apache-2.0
// Connection requests: how this SCL asks a device to begin a session (TR-069 3.2.2, annex G; package 0 of OMA-DM; docs/connection-requests.md).
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include <nscl/base/error.h>
#include <nscl/base/secret.h>
#include <nscl/base/time.h>
#include <nscl/net/async.h>
#include <nscl/net/outgoing_tls.h>
#include <nscl/rem/device_facts.h>
#include <nscl/rem/smpp.h>
#include <nscl/rem/stun.h>
#include <nscl/store/management.h>

namespace nscl::rem {

/// As who this SCL calls a device.
struct Login {
  std::string user;
  Secret password;
  bool allow_basic = false;     ///< Basic is answered to its model whatever CallOptions say
};

/// What is sent to a device that does not know this SCL yet.
struct Push {
  std::string address;          ///< "udp://1.2.3.4:2948", "tel:+49123"
  Secret octets;                ///< a WSP push of a bootstrap document; empty: it does not open
};

/// Whether so many octets can be pushed to that address. bad_request: why not.
Result<void> check_push(std::string_view address, std::size_t octets);

/// A device that is to be called, and what is known of it. Nearly all of it was said by devices, and is hostile.
struct Call {
  std::string device;           ///< its id
  DeviceFacts facts;
  std::string trigger;          ///< remTriggerAddr of its scl; empty: not set
  std::optional<Login> login;   ///< nothing: it is called without credentials
  store::ManagementProtocol protocol = store::ManagementProtocol::bbf_tr069;
  unsigned attempt = 1;         ///< calls in a row, this one included
  Time last_contact{};          ///< the epoch: never
  std::string nonce;            ///< OMA-DM: that the device issued last
  std::optional<Push> push;     ///< OMA-DM: this is sent in place of a notification
};

struct CallOutcome {
  enum class End : unsigned char {
    accepted,    ///< the device says that it will call
    sent,        ///< by a way that has no answer
    busy,        ///< not now: it is in a session, or sleeps
    failed,      ///< there was no answer, or one that means nothing
    refused,     ///< it does not take these credentials
    forbidden,   ///< its address is one that is not called
    impossible,  ///< there is no way to call it
    not_implemented   ///< there is one, which this SCL does not go (STATUS_NOT_IMPLEMENTED)
  };
  End end = End::failed;
  std::string detail;           ///< for the operator; no secret in it
};

/// One way to call devices, on the thread of its io_context.
class ConnectionRequester {
 public:
  virtual ~ConnectionRequester() = default;
  /// Comes to an end in bounded time.
  virtual net::Task<CallOutcome> request(Call call) = 0;
};

struct CallOptions {
  std::vector<std::string> networks;   ///< CIDR: where devices may be called whatever address their sessions come from
  bool allow_basic = false;            ///< Basic is answered where a device does not offer Digest: whoever listens has the password
  std::size_t parallel = 50;           ///< connections
  std::chrono::milliseconds connect_time{2000}, answer_time{5000};
  std::shared_ptr<const net::OutgoingTls> tls;   ///< null: https is not spoken
  SmppOptions smpp;                    ///< for short messages to devices of OMA-DM
};

/// Chooses a way for each device: remTriggerAddr if it is set, UDP for a device behind a NAT if there is a STUN server and its
/// password is known, else HTTP. A device of OMA-DM is sent a notification, and only to its remTriggerAddr; or a document that
/// makes this SCL known to it, by UDP or short message.
class DeviceCaller final : public ConnectionRequester {
 public:
  /// `stun` may be null; it outlives this object, as `clock` does. Throws std::invalid_argument if a network, or the address
  /// of the message centre, is none.
  DeviceCaller(boost::asio::io_context& context, const Clock& clock, CallOptions options, StunServer* stun);
  ~DeviceCaller() override;

  net::Task<CallOutcome> request(Call call) override;
  /// Ends what is under way.
  void stop();

 private:
  struct Ways;
  std::unique_ptr<Ways> ways_;
};

}  // namespace nscl::rem
