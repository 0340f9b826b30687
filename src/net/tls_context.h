// SPDX-License-Identifier: Apache-2.0
// TlsContext: what the connections of one listener have in common, made of TlsOptions once and again at a reload. Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <nscl/net/tls.h>

#include "line_quota.h"
#include "openssl.h"
#include "tls_state.h"
#include "tls_tickets.h"

namespace nscl::net {

class TlsContext {
 public:
  /// Throws std::runtime_error that names what is wrong: a file and the reason.
  TlsContext(TlsOptions options, std::string listener, std::shared_ptr<PskLookup> lookup);
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  const TlsOptions& options() const { return options_; }
  PskLookup* lookup() const { return tickets_.lookup; }
  void renew_ticket_keys() { tickets_.keys.renew(); }

  /// The server's side of a connection on this descriptor; null if there is no memory. `state` has to outlive it.
  SslPtr accept(int descriptor, TlsState& state) const;

  /// One line in the log, unless there were too many of them lately.
  void tell_failure(const std::string& peer, std::string_view identity, std::string_view reason);

 private:
  const TlsOptions options_;
  const std::shared_ptr<PskLookup> keeps_lookup_;
  Tickets tickets_;
  SslContextPtr context_;

  LineQuota lines_;
};

}  // namespace nscl::net
