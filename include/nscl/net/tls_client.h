// SPDX-License-Identifier: Apache-2.0
// TlsClient: one TLS connection to an HTTP server, blocking, for commands that play a device. The daemon does not use it.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nscl/base/secret.h>
#include <nscl/net/web.h>
#include <nscl/net/web_client.h>

namespace nscl::net {

struct TlsClientOptions {
  std::string host, port;
  // a server with a certificate, which is judged, its name too
  std::string ca;                           ///< PEM file: who may have signed it
  std::string certificate, private_key;     ///< PEM files, if the client shows one too
  // or one that has the same key: nothing else is accepted then
  std::string identity;                     ///< 1 to 128 octets; empty: no key
  Secret key;
  std::chrono::seconds patience{10};        ///< for each wait on the socket
};

/// Throws std::runtime_error with a text for whoever runs the command. For one thread.
class TlsClient {
 public:
  explicit TlsClient(TlsClientOptions options);
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  using Fields = std::vector<std::pair<std::string, std::string>>;
  /// A request and its answer, of at most 64 KiB.
  WebAnswer ask(Method method, const std::string& target, std::string_view body = {}, const Fields& fields = {});

  /// As Connection::export_secret.
  std::optional<Secret> export_secret(std::string_view label, std::string_view context, std::size_t size);
  /// "TLSv1.3 TLS_AES_128_GCM_SHA256".
  std::string description() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nscl::net
