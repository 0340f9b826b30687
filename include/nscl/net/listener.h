// SPDX-License-Identifier: Apache-2.0
// Listener: accepts on one address for every I/O thread and runs the HTTP sessions.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/asio/io_context.hpp>

#include <nscl/net/bound_address.h>
#include <nscl/net/head_check.h>
#include <nscl/net/tls.h>
#include <nscl/net/web.h>

namespace nscl::net {

struct ListenerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;                     ///< 0: the system chooses (tests); see Listener::port
  HeadLimits head;
  std::size_t body_limit = 1u << 20;             ///< octets of one request body
  std::size_t pipelined = 64 * 1024;             ///< octets read ahead of the request in progress
  std::size_t connections = 10'000;              ///< open at once; more are closed at accept
  std::size_t connections_per_peer = 1'000;
  std::size_t bytes_in_flight = 256u << 20;      ///< request bodies held at once over all connections: then 503
  std::chrono::milliseconds head_time{10'000};   ///< for a whole head, from its first octet
  std::chrono::milliseconds body_time{60'000};   ///< for a whole body
  std::chrono::milliseconds idle_time{75'000};   ///< keep-alive without a request
  std::chrono::milliseconds write_time{60'000};  ///< for a response to be taken
  std::chrono::milliseconds drain_time{5'000};   ///< for requests in progress when stopping
  TlsOptions tls;
};

/// Counters for tests and readiness.
struct ListenerFigures {
  std::atomic<std::uint64_t> accepted{0}, open{0}, requests{0}, refused_connections{0};
  std::atomic<std::uint64_t> handshakes{0};          ///< of TLS, in progress
  std::atomic<std::uint64_t> failed_handshakes{0};
};

class Listener {
 public:
  /// Takes over the sockets of `address`, whatever `options` says of it. Throws std::runtime_error naming the file of TLS and the
  /// cause. `lookup` is asked for pre-shared keys, on all contexts' threads.
  Listener(BoundAddress address, ListenerOptions options, WebHandler& handler, std::shared_ptr<PskLookup> lookup = nullptr);
  /// Binds the address of `options` first: throws what BoundAddress throws as well.
  Listener(const std::vector<boost::asio::io_context*>& contexts, ListenerOptions options, WebHandler& handler,
           std::shared_ptr<PskLookup> lookup = nullptr);
  /// Once the contexts' threads have ended, before the contexts themselves.
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// Begins to accept, on the contexts' threads. Call once.
  void start();

  /// Stops accepting, lets requests in progress finish within drain_time, then closes everything. Thread-safe; returns
  /// at once, `is_drained()` tells when no connection is left.
  void stop();
  bool is_drained() const;

  /// Reads certificates, keys and lists again, for new connections; all tickets given until now are void. Only what concerns
  /// handshakes and tickets is taken from `options`: neither the mode nor limits and times of handshakes change. Thread-safe. Throws
  /// std::runtime_error naming the file and the cause, and then nothing has changed. Reads files: not for I/O threads.
  void reload_tls(const TlsOptions& options);
  /// What happens by itself every 12 hours: tickets given before the time before this are void. Thread-safe.
  void renew_ticket_keys();
  /// The pre-shared keys that changed: for each identity the generation that is good, if one is.
  using KeyChanges = std::unordered_map<std::string, std::optional<std::uint64_t>>;
  /// Ends the connections that were made with other generations of these keys; what is being handled has half a second to be
  /// answered, and nothing after it is taken. Thread-safe; returns at once. Handshakes in progress ask the lookup once more before they end: change the keys there first.
  void close_sessions(std::shared_ptr<const KeyChanges> changes);

  std::uint16_t port() const;
  const ListenerFigures& figures() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace nscl::net
