// SPDX-License-Identifier: Apache-2.0
// How a DM client proves who it is, and judges who the server is (rem.md 3.4). Nonces last from session to session.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nscl/base/secret.h>
#include <nscl/rem/simulator/dm_client.h>

namespace nscl::rem::simulator {

/// What was thought of the server's credentials.
struct DmVerdict {
  bool is_good = false;
  std::string status;                    ///< of its header, and of its commands if it is not good
  std::optional<omadm::Chal> chal = {};
};

class DmLogin {
 public:
  using Type = omadm::DmAuthentication;
  explicit DmLogin(const DmClientOptions& options) : options_(options), type_(options.begins_with) {}

  /// As whom, towards whom; an empty password: without.
  struct Names {
    std::string user, server;
    Secret password, server_password;
  };
  void begin_session(Names names);
  /// As it left the factory: without nonces.
  void reset();

  /// Of the next message. Adds a Cred, unless the server said that it has seen enough, or mac_of() proves the message.
  void sign(omadm::SyncHdr& header);
  /// x-syncml-hmac of the message that was signed last, by its octets; empty: it has none.
  std::string mac_of(std::string_view octets);

  /// `again`: the whole package; `once_more`: the last message, as the server believed those before it.
  enum class Outcome { good, again, once_more, refused };
  /// What the server says of our header.
  Outcome take(const omadm::StatusElement& status);

  /// A message of the server as it came; `hmac`: its x-syncml-hmac, empty: none.
  struct Octets {
    std::string_view body, hmac;
  };
  DmVerdict judge(const omadm::SyncHdr& header, const Octets& octets);
  /// The server has proven in this session who it is, with its last message if by MAC, or nobody has to.
  bool is_believed() const { return is_believed_ || is_proven_; }
  /// What the server has to use next.
  const std::string& server_nonce() const { return server_nonce_; }

 private:
  bool is_right(const omadm::Cred& cred) const;
  bool is_right_mac(const Octets& octets) const;
  Type shown_type(const omadm::SyncHdr& header, const Octets& octets) const;
  bool errs(DmMacMistake mistake);
  omadm::Chal challenge();

  const DmClientOptions& options_;
  Names names_;
  Type type_;
  std::string nonce_, server_nonce_;     ///< octets: the server gave it, we gave it
  std::string issued_;                   ///< the server does not have it yet: it goes with the next message
  std::string last_nonce_;               ///< our last MAC was made with it
  std::string last_server_nonce_;        ///< the server's, if it did not take our last message
  unsigned refusals_ = 0;                ///< since the server took a message of this session
  bool is_settled_ = false, is_believed_ = false, is_proven_ = false;
  bool is_welcome_ = false;              ///< the server took a message of this session
  bool has_erred_ = false;               ///< in this session, as it is made to
};

}  // namespace nscl::rem::simulator
