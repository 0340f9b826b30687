// SPDX-License-Identifier: Apache-2.0
// WebClient: the one way out. Pooled HTTP/1.1 connections to other hosts, guarded, bounded and timed.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <tl/expected.hpp>

#include <nscl/net/async.h>
#include <nscl/net/outgoing_tls.h>
#include <nscl/net/web.h>

namespace nscl::net {

struct WebCall {
  Method method = Method::post;
  std::string uri;   ///< absolute http or https URI, 8 KiB at most; path and query are sent exactly as given
  /// Further fields. Host, Content-Length, Connection and other fields of the connection are the client's own.
  std::vector<std::pair<std::string, std::string>> fields;
  std::shared_ptr<const std::string> body;   ///< null: none (POST, PUT and PATCH then say Content-Length: 0)
  std::chrono::milliseconds time{30'000};    ///< for everything, from the call to the last octet of the answer
  bool is_once = false;                      ///< never sent again: whoever gets it twice would do it twice
};

/// A final answer of whatever status; a redirect is not followed.
struct WebAnswer {
  unsigned status = 0;
  std::string content_type;   ///< as received, empty if there is none
  std::vector<std::pair<std::string, std::string>> fields;   ///< as received, without those of the connection
  std::string body;           ///< decoded from chunks

  /// Value of the first field of that name, in any case of letters; null if there is none.
  const std::string* find(std::string_view name) const;
  /// Values of all fields of that name, as they came.
  std::vector<std::string> find_all(std::string_view name) const;
};

/// Why there is no answer.
struct WebFailure {
  enum class Kind {
    bad_uri,             ///< the call itself is malformed: its URI or one of its fields
    not_supported,       ///< a scheme or a method that the client does not speak
    forbidden_address,   ///< every address of the host is one that is not called
    unresolvable,        ///< the name has no address
    refused,             ///< nobody listens there, or there is no way to it
    timed_out,           ///< the call's time, or the time to connect, is over
    insecure,            ///< the host did not prove who it is, or has no TLS that is good enough; the log tells why
    reset,               ///< the connection ended before the answer did
    garbage,             ///< the answer is no HTTP/1.1
    too_large,           ///< its head or its body is beyond the limits
    busy,                ///< too many calls wait for that destination, or too many names to be resolved
    stopping             ///< the client was stopped
  };
  Kind kind = Kind::garbage;
  std::string detail;   ///< for operators and errorInfo: no secret, no address
};

/// Why no call to `uri` could ever be made, by its form alone; nothing if one could. Any thread.
std::optional<WebFailure> objection_to(std::string_view uri);

using WebResult = tl::expected<WebAnswer, WebFailure>;

struct WebClientOptions {
  std::size_t connections_per_destination = 10;   ///< a destination is a scheme, a host and a port
  std::size_t connections = 1000;                 ///< to all of them, idle ones included
  std::size_t waiting_per_destination = 1000;     ///< calls that wait for a connection; beyond: busy
  std::size_t head_limit = 32 * 1024;             ///< octets of an answer's head
  std::size_t body_limit = 4u << 20;              ///< octets of an answer's body
  std::chrono::milliseconds connect_time{5'000};  ///< for one connection with its handshake, all addresses of the host together
  std::chrono::milliseconds idle_time{20'000};    ///< of a connection between two calls
  /// CIDR, such as "127.0.0.0/8", "::1/128": what the guard would forbid and the operator allows.
  std::vector<std::string> allowed_networks;
  bool allow_every_address = false;
  std::shared_ptr<const OutgoingTls> tls;         ///< null: https is not spoken
};

/// One per I/O thread, used on that thread alone, and gone before its io_context.
/// Calls to addresses that only lead inside (loopback, private, link-local, ...) are refused unless allowed; the address
/// that was judged is the one connected to. A call that fails on a kept connection before any octet of the answer came
/// is sent once more, on a new connection, unless it is_once.
class WebClient {
 public:
  /// Throws std::invalid_argument if an allowed network is none.
  WebClient(boost::asio::io_context& context, WebClientOptions options);
  ~WebClient();
  WebClient(const WebClient&) = delete;
  WebClient& operator=(const WebClient&) = delete;

  /// Calls to one destination begin in the order in which they are made.
  Task<WebResult> call(WebCall call);

  /// Ends everything; calls in progress fail with `stopping`, and so do later ones.
  void stop();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace nscl::net
