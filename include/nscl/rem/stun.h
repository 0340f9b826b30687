// SPDX-License-Identifier: Apache-2.0
// StunServer: tells devices behind a NAT under which address they are seen (RFC 3489, RFC 5389), and remembers it, so that they can
// be called there from the same socket (TR-069 annex G).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>

#include <nscl/base/secret.h>
#include <nscl/base/time.h>
#include <nscl/net/async.h>

namespace nscl::rem {

struct StunOptions {
  std::string address;                 ///< IPv4 or IPv6
  std::uint16_t port = 3478;           ///< 0: the system chooses
  std::size_t bindings = 100'000;      ///< remembered at once; what is new beyond is not
  std::chrono::seconds binding_life{3600};   ///< since it was last seen
  unsigned requests = 30;              ///< in ten seconds from one address; more are dropped
};

/// One socket, on the thread of `context`. Answers Binding requests alone, to where they came from, and never with more than twice
/// the octets that came.
class StunServer {
 public:
  /// The password of who uses this name; nothing if it is not known.
  using Passwords = std::function<std::optional<Secret>(const std::string& user)>;

  /// `passwords` may be empty. Throws std::runtime_error naming the address if it cannot be bound.
  StunServer(boost::asio::io_context& context, const Clock& clock, StunOptions options, Passwords passwords);
  ~StunServer();
  StunServer(const StunServer&) = delete;
  StunServer& operator=(const StunServer&) = delete;

  void start();
  void stop();
  std::uint16_t port() const;

  /// Where a device of this name was seen last. Unless its MESSAGE-INTEGRITY was right anybody could have said so.
  std::optional<boost::asio::ip::udp::endpoint> binding(const std::string& user) const;
  /// True if the system took the datagram.
  net::Task<bool> send(boost::asio::ip::udp::endpoint to, std::string datagram);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace nscl::rem
