// SPDX-License-Identifier: Apache-2.0
// OutgoingContext: what the connections to some hosts have in common, made of OutgoingTlsOptions. Thread-safe.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include <nscl/net/outgoing_tls.h>

#include "line_quota.h"
#include "openssl.h"
#include "tls_state.h"

namespace nscl::net {

class OutgoingContext {
 public:
  /// `authorities`: those of options.ca; null with a pre-shared key. Throws TlsFileError, or std::runtime_error.
  OutgoingContext(OutgoingTlsOptions options, X509_STORE* authorities);
  OutgoingContext(const OutgoingContext&) = delete;
  OutgoingContext& operator=(const OutgoingContext&) = delete;

  const OutgoingTlsOptions& options() const { return options_; }

  /// The client's side of a connection to `host`, whose name or address the certificate must have; null if there is no memory.
  /// `state` has to outlive it.
  SslPtr connect(int descriptor, const std::string& host, TlsState& state) const;

  /// Why a finished handshake proves nothing; empty if it does.
  std::string_view objection_to(const SSL* ssl) const;

  /// One line in the log, unless there were too many of them lately.
  void tell_failure(const std::string& host, std::uint16_t port, std::string_view reason);

  /// The files were read anew: connections of this one are not used for further requests.
  void retire() { is_retired_ = true; }
  bool is_retired() const { return is_retired_; }

 private:
  void enable_key();
  bool has_key() const { return !options_.psk_identity.empty(); }
  bool set_name(SSL* ssl, const std::string& host) const;

  const OutgoingTlsOptions options_;
  SslContextPtr context_;
  LineQuota lines_;
  std::atomic<bool> is_retired_{false};
};

}  // namespace nscl::net
