// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/stun.h>

#include <array>
#include <stdexcept>

#include <boost/asio/basic_datagram_socket.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <nscl/base/log.h>
#include <nscl/net/awaiting.h>

#include "bindings.h"
#include "stun_message.h"
#include "udp_request.h"

namespace nscl::rem {
namespace {

namespace asio = boost::asio;
namespace ip = asio::ip;
using Socket = asio::basic_datagram_socket<ip::udp, net::Executor>;

constexpr std::size_t largest_datagram = 2048;   // longer ones are cut, and are none then
constexpr std::chrono::milliseconds pause_after_error{100};

Socket bound_socket(asio::io_context& context, const StunOptions& options) {
  try {
    Socket socket(context.get_executor());
    const ip::udp::endpoint endpoint{ip::make_address(options.address), options.port};
    socket.open(endpoint.protocol());
    socket.bind(endpoint);
    return socket;
  } catch (const boost::system::system_error& problem) {
    throw std::runtime_error("cannot receive STUN on " + options.address + ", UDP port " + std::to_string(options.port) + ": " + problem.code().message());
  }
}

}  // namespace

// Frames of coroutines keep it until their context goes, but not its socket and timer.
struct StunServer::State {
  State(asio::io_context& context, const Clock& c, const StunOptions& options, Passwords p)
      : clock(c), passwords(std::move(p)), socket(bound_socket(context, options)), timer(std::in_place, context.get_executor()), bindings(options.bindings, options.binding_life),
        pace(options.requests) {}

  static net::Task<void> serve(std::shared_ptr<State> state);
  std::string answer(std::string_view datagram, const ip::udp::endpoint& from);

  const Clock& clock;
  const Passwords passwords;
  std::optional<Socket> socket;
  std::optional<net::Timer> timer;
  Bindings bindings;
  Pace pace;
  const bool is_v6 = socket->local_endpoint().protocol() == ip::udp::v6();
  bool is_stopped = false;
};

/// Empty: none is given.
std::string StunServer::State::answer(std::string_view datagram, const ip::udp::endpoint& from) {
  const auto now = clock.now();
  if (from.port() == 0 || !pace.admits(from.address(), now)) return {};
  const auto request = parse_stun_request(datagram);
  if (!request) return {};
  if (!request->unknown.empty()) return stun_refusal(*request, StunError::unknown_attribute);
  std::optional<Secret> password;
  if (request->integrity && passwords) password = passwords(request->user);
  if (password && !has_integrity(datagram, *request, *password)) return stun_refusal(*request, StunError::unauthorised);
  if (request->keeps_way && !request->user.empty()) bindings.note(request->user, from, password.has_value(), now);
  return stun_answer(*request, from, password ? &*password : nullptr);
}

net::Task<void> StunServer::State::serve(std::shared_ptr<State> state) {
  std::array<char, largest_datagram> octets;
  ip::udp::endpoint from;
  while (!state->is_stopped) {
    const auto [error, size] = co_await state->socket->async_receive_from(asio::buffer(octets), from, net::awaited);
    if (state->is_stopped) co_return;
    if (error) {   // of a datagram that was sent before, or the system is short of something
      state->timer->expires_after(pause_after_error);
      co_await state->timer->async_wait(net::awaited);
      continue;
    }
    std::string reply;
    try {
      reply = state->answer(std::string_view(octets.data(), size), from);
    } catch (const std::exception& problem) {
      log::warning("stun.unanswered", {{"reason", problem.what()}});
    }
    if (!reply.empty()) co_await state->socket->async_send_to(asio::buffer(reply), from, net::awaited);
  }
}

StunServer::StunServer(asio::io_context& context, const Clock& clock, StunOptions options, Passwords passwords)
    : state_(std::make_shared<State>(context, clock, options, std::move(passwords))) {}

StunServer::~StunServer() {
  stop();
  state_->socket.reset();
  state_->timer.reset();
}

void StunServer::start() { asio::co_spawn(state_->socket->get_executor(), State::serve(state_), asio::detached); }

void StunServer::stop() {
  if (state_->is_stopped) return;
  state_->is_stopped = true;
  boost::system::error_code ignored;
  state_->socket->close(ignored);
  state_->timer->cancel();
}

std::uint16_t StunServer::port() const { return state_->socket->local_endpoint().port(); }

std::optional<ip::udp::endpoint> StunServer::binding(const std::string& user) const { return state_->bindings.find(user, state_->clock.now()); }

net::Task<bool> StunServer::send(ip::udp::endpoint to, std::string datagram) {
  const auto state = state_;
  if (state->is_stopped) co_return false;
  if (state->is_v6 && to.address().is_v4()) to.address(ip::make_address_v6(ip::v4_mapped, to.address().to_v4()));
  const auto [error, size] = co_await state->socket->async_send_to(asio::buffer(datagram), to, net::awaited);
  co_return !error && size == datagram.size();
}

}  // namespace nscl::rem
