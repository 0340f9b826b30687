// SPDX-License-Identifier: Apache-2.0
#include "wake.h"

#include <nscl/base/log.h>

namespace nscl::app {
namespace {

std::unique_ptr<rem::StunServer> make_stun(const WakeConfig& config, store::Store& store, const Clock& clock, boost::asio::io_context& home, const rem::Logins& logins) {
  if (!config.is_on || config.stun.address.empty()) return nullptr;
  // A device that proves itself does so as its id, by the password of its connection requests.
  auto passwords = [&store, &home, logins](const std::string& user) {
    std::optional<rem::Login> login;
    store.read([&](store::View& view) {
      const auto device = view.management().device(user);
      if (device && logins) login = logins(view, *device);
    }, home);
    return login ? std::optional(std::move(login->password)) : std::nullopt;
  };
  return std::make_unique<rem::StunServer>(home, clock, config.stun, std::move(passwords));
}

rem::CallOptions with_tls(rem::CallOptions options, std::shared_ptr<const net::OutgoingTls> tls) {
  options.tls = std::move(tls);
  return options;
}

}  // namespace

Wake::Wake(const WakeConfig& config, store::Store& store, const Clock& clock, boost::asio::io_context& home, rem::Logins logins, rem::Pushes pushes,
           std::shared_ptr<const net::OutgoingTls> tls, std::map<std::string, rem::ConnectionRequester*> external)
    : is_on_(config.is_on),
      stun_(make_stun(config, store, clock, home, logins)),
      caller_(home, clock, with_tls(config.calls, std::move(tls)), stun_.get()),
      router_(caller_, std::move(external)),
      waker_(store, clock, home, router_, std::move(logins), config.wake, std::move(pushes)) {}

Wake::~Wake() { stop(); }

void Wake::start() {
  if (!is_on_) return;
  if (stun_) {
    stun_->start();
    log::info("stun.listening", {{"port", unsigned{stun_->port()}}});
  }
  waker_.start();
}

void Wake::stop() {
  waker_.stop();
  caller_.stop();
  if (stun_) stun_->stop();
}

void Wake::poke() { waker_.poke(); }

std::optional<std::uint16_t> Wake::stun_port() const { return stun_ ? std::optional(stun_->port()) : std::nullopt; }

}  // namespace nscl::app
