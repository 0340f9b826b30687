// SPDX-License-Identifier: Apache-2.0
// TLS of a listener: what it offers, and what a finished handshake told of the other side.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/net/psk_lookup.h>

namespace nscl::net {

/// Keys and certificates never meet on one listener: who failed with a key would be let in by the certificate.
struct TlsOptions {
  enum class Mode { none, psk, certificate };
  Mode mode = Mode::none;

  std::string certificate;                            ///< PEM file: the server's, then those that signed it
  std::string private_key;                            ///< PEM file, not encrypted; refused if everybody may read or write it
  std::string client_ca;                              ///< PEM file: who may sign certificates of clients; empty: no client is asked for one
  std::string client_crl;                             ///< PEM file: a list of each of these authorities; empty: nothing is revoked
  bool require_client_certificate = false;            ///< else a client without one is served, and has no name

  bool allow_no_forward_secrecy = false;              ///< also the plain PSK suites of TLS 1.2
  unsigned tickets = 1;                               ///< that a finished handshake gives; 0: nothing is resumed
  std::string psk_hint;                               ///< shown to clients of TLS 1.2; empty: none

  std::size_t handshakes = 256;                       ///< in progress at once; more connections are closed at accept
  std::chrono::milliseconds handshake_time{10'000};   ///< for a whole handshake
  std::chrono::milliseconds session_time{std::chrono::hours{24}};   ///< then a connection ends, after the answer in progress
};

/// A file of TlsOptions or OutgoingTlsOptions cannot be used; what() names it and the reason.
struct TlsFileError : std::runtime_error {
  TlsFileError(const char* its_option, const std::string& text) : std::runtime_error(text), option(its_option) {}
  const char* option;   ///< in which it stands: "certificate"
};

/// The other side of a finished handshake. Lives as long as its connection.
struct TlsPeer {
  PskHolderPtr psk;                  ///< whose key it has; null on listeners with a certificate
  /// Of a verified client certificate: "URI:...", "DNS:...", or "CN:..." if it has no alternative names. Empty: there was no
  /// certificate, or none of these in it.
  std::vector<std::string> names;
  std::string_view protocol;         ///< "TLSv1.3"; static text, as that of cipher
  std::string_view cipher;           ///< "TLS_AES_128_GCM_SHA256"
  bool is_resumed = false;           ///< by a ticket
  std::chrono::steady_clock::time_point ends = std::chrono::steady_clock::time_point::max();   ///< the session's, or the key's
  mutable std::shared_ptr<const void> attachment;   ///< what the layer above made of this peer; for its I/O thread only
};

}  // namespace nscl::net
