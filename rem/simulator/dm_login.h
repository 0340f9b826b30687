// SPDX-License-Identifier: Apache-2.0
// How a DM client proves who it is, and judges who the server is (rem.md 3.4). Nonces last from session to session.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nscl/base/secret.h>
#include <nscl/rem/simulator/dm_client.h>

namespace nscl::rem::simulator {

/// What was thought of the server's Cred.
struct DmVerdict {
  bool is_good = false;
  std::string status;                    ///< of its header, and of its commands if it is not good
  std::optional<omadm::Chal> chal = {};
};

class DmLogin {
 public:
  explicit DmLogin(const DmClientOptions& options) : options_(options), uses_md5_(!options.begins_with_basic) {}

  /// As whom, towards whom; an empty password: without.
  struct Names {
    std::string user, server;
    Secret password, server_password;
  };
  void begin_session(Names names);
  /// As it left the factory: without nonces.
  void reset();

  /// Of the next message. Adds a Cred, unless the server said that it has seen enough.
  void sign(omadm::SyncHdr& header);
  enum class Outcome { good, again, refused };
  /// What the server says of our header.
  Outcome take(const omadm::StatusElement& status);
  DmVerdict judge(const omadm::SyncHdr& header);
  /// The server has proven in this session who it is, or nobody has to.
  bool is_believed() const { return is_believed_; }
  /// What the server has to use next.
  const std::string& server_nonce() const { return server_nonce_; }

 private:
  bool is_right(const omadm::Cred& cred) const;
  omadm::Chal challenge();

  const DmClientOptions& options_;
  Names names_;
  bool uses_md5_;
  std::string nonce_, server_nonce_;     ///< octets: the server gave it, we gave it
  std::string issued_;                   ///< the server does not have it yet: it goes with the next message
  unsigned refusals_ = 0;                ///< of this session
  bool is_settled_ = false, is_believed_ = false;
};

}  // namespace nscl::rem::simulator
