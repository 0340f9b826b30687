// SPDX-License-Identifier: Apache-2.0
// OutgoingTls: what TLS is spoken with when other hosts are called.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/base/published.h>
#include <nscl/base/secret.h>
#include <nscl/net/tls.h>

namespace nscl::net {

/// Either certificates or a pre-shared key; with a key no certificate proves the other side.
struct OutgoingTlsOptions {
  std::string ca;                      ///< PEM file: who may sign certificates of servers; empty: whom the system trusts
  std::string certificate;             ///< PEM file: for servers that ask for one, then those that signed it; empty: none is shown
  std::string private_key;             ///< PEM file, guarded as that of a listener
  std::string psk_identity;            ///< shown before anything is encrypted; empty: no key
  std::shared_ptr<const Secret> psk;   ///< 16 to 64 octets
};

class OutgoingContext;

/// Thread-safe.
class OutgoingTls {
 public:
  /// A host and port that other options hold for.
  struct Destination {
    std::string name;   ///< for texts: "peer[0]"
    std::string uri;    ///< of anything there
    OutgoingTlsOptions tls;
    bool is_known_by_certificate = false;   ///< whoever is there takes its certificate for who asks
  };
  struct Options {
    OutgoingTlsOptions usual;
    std::vector<Destination> special;
  };

  /// What is read from the files, once for all connections.
  struct Contexts;
  /// Throws std::runtime_error with everything that is wrong, one problem a line: "peer[0].certificate: FILE: why".
  static std::shared_ptr<const Contexts> read(const Options& options);

  explicit OutgoingTls(std::shared_ptr<const Contexts> contexts) : contexts_(std::move(contexts)) {}

  /// For new connections; those that are open end with the exchange in progress.
  void use(std::shared_ptr<const Contexts> contexts);

  /// For a host in lower case, an IPv6 address without its brackets.
  std::shared_ptr<OutgoingContext> context_for(const std::string& host, std::uint16_t port) const;

  /// Whether this is so of the host and port of this URI.
  bool is_known_by_certificate(std::string_view uri) const;

 private:
  Published<Contexts> contexts_;
};

}  // namespace nscl::net
