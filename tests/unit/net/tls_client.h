// SPDX-License-Identifier: Apache-2.0
// A client over TLS, blocking, with whatever a peer may do wrong; and keys that the server of a test knows.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <nscl/net/psk_lookup.h>

#include "openssl.h"
#include "test_server.h"

namespace nscl::net::test {

/// Knows "dev1" (16 octets) and what is added; decoys for the rest, and nothing for what is longer than 128 octets, as tickets are.
class Keys final : public PskLookup {
 public:
  Keys() { add("dev1", key); }
  Found find(std::string_view identity) override;
  PskHolderPtr holder(std::string_view identity) override;
  void note_use(const PskHolder& holder) override;

  using Time = std::chrono::system_clock::time_point;
  void add(const std::string& identity, const std::string& octets, std::uint64_t generation = 1, Time not_after = Time::max());
  void revoke(const std::string& identity);
  std::vector<std::string> asked() const;
  std::vector<std::string> used() const;
  /// Revokes a key as soon as it has been given out.
  void revoke_after_find() { revokes_after_find_ = true; }

  static inline const std::string key = "0123456789abcdef";

 private:
  struct Row {
    std::string octets;
    PskHolderPtr holder;
  };
  mutable std::mutex mutex_;
  std::map<std::string, Row, std::less<>> rows_;
  std::vector<std::string> asked_, used_;
  bool revokes_after_find_ = false;
};

struct TlsClientOptions {
  int version = TLS1_3_VERSION;
  int lowest = 0;                         ///< 0: `version` too
  std::string identity = "dev1", key = Keys::key;
  bool offers_key = true;
  bool is_key_of_sha384 = false;          ///< TLS 1.3
  std::string suites;                     ///< of TLS 1.2; empty: OpenSSL's, with all of PSK
  std::string ca;                         ///< PEM file to judge the server by; empty: not judged
  std::string certificate, private_key;   ///< PEM files
  SSL_SESSION* session = nullptr;         ///< to resume
  int receive_buffer = 0;
  std::string server_name;
  bool has_extended_master_secret = true;
  std::string early_data;
  std::string groups;                     ///< the first is tried; empty: OpenSSL's
};

class TlsClient final : public Client {
 public:
  explicit TlsClient(const Server& server, const TlsClientOptions& options = {});
  ~TlsClient() override;

  bool is_open() const { return is_open_; }
  bool is_resumed() const { return SSL_session_reused(ssl_.get()) == 1; }
  /// The last alert that the server sent; -1: none, 0: close_notify.
  int alert() const { return alert_; }
  SSL* ssl() { return ssl_.get(); }
  /// The newest session with a ticket, once an answer was read; null if there is none.
  SslSessionPtr ticket();
  int descriptor() const { return socket_; }
  /// Ends the stream of TLS; the socket stays open.
  void notify_close() { SSL_shutdown(ssl_.get()); }
  std::string exported(const std::string& label, const std::string& context, std::size_t size);

 private:
  long get(void* octets, std::size_t room) override;
  long put(const void* octets, std::size_t size) override;
  void offer_key();
  static TlsClient& of(const SSL* ssl) { return *static_cast<TlsClient*>(SSL_get_app_data(ssl)); }

  TlsClientOptions options_;
  SslContextPtr context_;
  SslPtr ssl_;
  SslSessionPtr ticket_;
  bool is_open_ = false;
  int alert_ = -1;
};

/// A listener for pre-shared keys.
ListenerOptions psk_options();

}  // namespace nscl::net::test
