// SPDX-License-Identifier: Apache-2.0
// Wake: how devices are called in one daemon, by [management] and [stun].
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include <boost/asio/io_context.hpp>

#include <nscl/app/config.h>
#include <nscl/net/outgoing_tls.h>
#include <nscl/rem/external_acs.h>
#include <nscl/rem/wake.h>
#include <nscl/store/store.h>

namespace nscl::app {

class Wake {
 public:
  /// On the thread of `home`; store, clock and home outlive it. `logins` may be empty. Throws std::runtime_error if the port of STUN
  /// is taken. `pushes`: what is sent in place of a call. With management.connection_requests = false it does nothing. `external`: through whom devices of external ACSs are called; they outlive it.
  Wake(const WakeConfig& config, store::Store& store, const Clock& clock, boost::asio::io_context& home, rem::Logins logins, rem::Pushes pushes,
       std::shared_ptr<const net::OutgoingTls> tls, std::map<std::string, rem::ConnectionRequester*> external = {});
  ~Wake();

  /// Before the thread of `home` runs, or on it; stop() likewise, or when it does not run any more.
  void start();
  void stop();
  /// Any thread: a device may be due. Without it that is noticed within a second.
  void poke();

  /// UDP port of the STUN server; nothing if there is none.
  std::optional<std::uint16_t> stun_port() const;

 private:
  const bool is_on_;
  std::unique_ptr<rem::StunServer> stun_;
  rem::DeviceCaller caller_;
  rem::ExternalRouter router_;
  rem::Waker waker_;
};

}  // namespace nscl::app
