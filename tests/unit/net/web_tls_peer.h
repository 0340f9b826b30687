// SPDX-License-Identifier: Apache-2.0
// The server's side of TLS on a connection of a scripted peer, with whatever a server may do wrong; and what a caller needs for https.
#pragma once

#include <string>

#include "certificates.h"
#include "web_peer.h"

namespace nscl::net::test {

struct TlsPeerOptions {
  const Certified* own = nullptr;          ///< null: no certificate
  int lowest = TLS1_2_VERSION, highest = TLS1_3_VERSION;
  std::string client_ca;                   ///< PEM file; not empty: clients must have a certificate
  std::string key;                         ///< a pre-shared one, of whoever asks; empty: none
};

/// Blocking, on the thread of the peer's script.
class TlsConversation {
 public:
  TlsConversation(Conversation conversation, const TlsPeerOptions& options);

  bool is_open() const { return is_open_; }
  std::string server_name() const;
  SSL* ssl() { return ssl_.get(); }
  /// The head of the next request, which has no body; empty if there is none.
  std::string read();
  void send(std::string_view octets);
  /// Ends with close_notify.
  void finish();
  /// Ends without.
  void cut() { conversation_.close(); }

 private:
  TlsPeerOptions options_;
  Conversation conversation_;
  SslContextPtr context_;
  SslPtr ssl_;
  bool is_open_ = false;
};

CertificateRequest authority_request(std::string name);
/// For localhost and 127.0.0.1.
CertificateRequest server_request();

/// Options of a client that trusts `ca`, of no other authority.
WebClientOptions trusting(const std::string& ca);
WebClientOptions speaking(const OutgoingTls::Options& options);

std::string https(std::uint16_t port, const std::string& path = "/", const std::string& host = "127.0.0.1");

}  // namespace nscl::net::test
