// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/smpp.h>

#include <array>
#include <map>
#include <stdexcept>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/write.hpp>

#include <nscl/base/log.h>
#include <nscl/net/awaiting.h>
#include <nscl/net/connection.h>

#include "smpp_pdu.h"

namespace nscl::rem {
namespace {

namespace asio = boost::asio;
namespace ip = asio::ip;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t most_to_write = 64 * 1024;   // a centre that asks without end and takes no answers
constexpr std::uint32_t last_sequence = 0x7FFF'FFFF;

ip::tcp::endpoint place_of(const SmppOptions& options) {
  boost::system::error_code error;
  const auto address = ip::make_address(options.address, error);
  if (error) throw std::invalid_argument("\"" + options.address + "\" is no address of a message centre");
  return {address, options.port};
}

bool is_passing(std::uint32_t status) { return status == smpp::throttled || status == smpp::queue_full || status == smpp::system_error; }

}  // namespace

// Frames of coroutines keep it until their context goes, but not its socket and timers.
struct SmppClient::State {
  State(asio::io_context& c, SmppOptions o) : options(std::move(o)), place(place_of(options)), context(&c), change(std::in_place, c, SteadyClock::time_point::max()) {}

  struct Waiter {
    net::Timer timer;
    std::optional<std::uint32_t> status = {};
  };
  struct Link {
    explicit Link(net::TcpSocket s) : socket(std::move(s)), pulse(socket.get_executor()) {}
    net::TcpSocket socket;
    net::Timer pulse;
    std::string to_write = {};
    bool is_writing = false, is_bound = false, has_heard = true, is_leaving = false, is_over = false;
  };

  static net::Task<SmppOutcome> submit(std::shared_ptr<State> state, std::string number, std::string message);
  static net::Task<void> await_turn(std::shared_ptr<State> state);
  static net::Task<bool> bind(std::shared_ptr<State> state);
  static net::Task<bool> connect(std::shared_ptr<State> state, std::shared_ptr<Link> link);
  static net::Task<std::optional<std::uint32_t>> ask(std::shared_ptr<State> state, std::shared_ptr<Link> link, std::uint32_t command, std::string body);
  static net::Task<void> read(std::shared_ptr<State> state, std::shared_ptr<Link> link);
  static net::Task<void> write(std::shared_ptr<State> state, std::shared_ptr<Link> link);
  static net::Task<void> watch(std::shared_ptr<State> state, std::shared_ptr<Link> link);

  void send(const std::shared_ptr<State>& self, const std::shared_ptr<Link>& of, const SmppPdu& pdu);
  void take(const std::shared_ptr<State>& self, const std::shared_ptr<Link>& of, const SmppPdu& pdu);
  void tell() {
    if (change) change->cancel();
  }
  void drop(Link& of, const std::string& reason);
  std::uint32_t next_sequence() { return sequence = sequence == last_sequence ? 1 : sequence + 1; }

  const SmppOptions options;
  const ip::tcp::endpoint place;
  asio::io_context* const context;
  std::optional<net::Timer> change;               ///< cancelled when a connection came or went, or an answer
  std::shared_ptr<Link> link = {};
  std::map<std::uint32_t, Waiter> waiters = {};   ///< by the sequence number of what is to be answered
  std::uint32_t sequence = 0;
  SteadyClock::time_point not_before = {};        ///< after a failure
  bool is_stopped = false;
};

/// Ends a connection, and tells those who wait for answers of it.
void SmppClient::State::drop(Link& of, const std::string& reason) {
  if (of.is_over) return;
  of.is_over = true;
  boost::system::error_code ignored;
  of.socket.close(ignored);
  of.pulse.cancel();
  if (link.get() == &of) link.reset();
  for (auto& [number, waiter] : waiters) waiter.timer.cancel();
  tell();
  if (is_stopped) return;
  not_before = SteadyClock::now() + options.pause;
  log::warning("smpp.connection_ended", {{"reason", reason}});
}

void SmppClient::State::send(const std::shared_ptr<State>& self, const std::shared_ptr<Link>& of, const SmppPdu& pdu) {
  if (of->is_over) return;
  of->to_write += write_pdu(pdu);
  if (of->to_write.size() > most_to_write) return drop(*of, "the message centre takes nothing");
  if (of->is_writing) return;
  of->is_writing = true;
  asio::co_spawn(*context, write(self, of), asio::detached);
}

net::Task<void> SmppClient::State::write(std::shared_ptr<State> state, std::shared_ptr<Link> link) {
  while (!link->to_write.empty() && !link->is_over) {
    const auto octets = std::exchange(link->to_write, {});
    const auto [error, size] = co_await asio::async_write(link->socket, asio::buffer(octets), net::awaited);
    if (error) state->drop(*link, "it cannot be written to: " + error.message());
  }
  link->is_writing = false;
  if (link->is_leaving) state->drop(*link, "the message centre took leave");
}

void SmppClient::State::take(const std::shared_ptr<State>& self, const std::shared_ptr<Link>& of, const SmppPdu& pdu) {
  if ((pdu.command & smpp::answer) != 0) {
    const auto waiter = waiters.find(pdu.sequence);
    if (waiter == waiters.end()) return;
    waiter->second.status = pdu.command == smpp::generic_nack && pdu.status == smpp::ok ? smpp::invalid_command : pdu.status;
    waiter->second.timer.cancel();
    return;
  }
  of->is_leaving = of->is_leaving || pdu.command == smpp::unbind;   // once that is answered
  const bool is_known = pdu.command == smpp::enquire_link || pdu.command == smpp::unbind;
  send(self, of, {.command = is_known ? pdu.command | smpp::answer : smpp::generic_nack, .status = is_known ? smpp::ok : smpp::invalid_command, .sequence = pdu.sequence});
}

net::Task<void> SmppClient::State::read(std::shared_ptr<State> state, std::shared_ptr<Link> link) {
  std::array<char, 2048> octets;
  std::string come;
  while (!link->is_over) {
    const auto [error, size] = co_await link->socket.async_read_some(asio::buffer(octets), net::awaited);
    if (error) {
      state->drop(*link, "the message centre is gone: " + error.message());
      co_return;
    }
    link->has_heard = true;
    come.append(octets.data(), size);
    for (auto pdu = take_pdu(come); pdu && !link->is_over; pdu = take_pdu(come)) state->take(state, link, *pdu);
    if (is_garbage(come)) state->drop(*link, "the message centre does not speak SMPP");
  }
}

/// Asks whether the centre is still there when nothing has come for a while.
net::Task<void> SmppClient::State::watch(std::shared_ptr<State> state, std::shared_ptr<Link> link) {
  bool has_asked = false;
  while (!link->is_over) {
    link->pulse.expires_after(state->options.idle_time);
    co_await link->pulse.async_wait(net::awaited);
    if (link->is_over) co_return;
    const bool has_heard = std::exchange(link->has_heard, false);
    if (!has_heard && has_asked) {
      state->drop(*link, "the message centre says nothing");
      co_return;
    }
    has_asked = !has_heard;
    const SmppPdu question{.command = smpp::enquire_link, .sequence = state->next_sequence()};
    if (has_asked) state->send(state, link, question);
  }
}

/// The status that answers it; nothing if there is none in time.
net::Task<std::optional<std::uint32_t>> SmppClient::State::ask(std::shared_ptr<State> state, std::shared_ptr<Link> link, std::uint32_t command, std::string body) {
  const auto number = state->next_sequence();
  const auto place = state->waiters.emplace(number, Waiter{net::Timer(*state->context, state->options.answer_time)}).first;
  const SmppPdu question{.command = command, .sequence = number, .body = std::move(body)};
  state->send(state, link, question);
  if (!link->is_over) co_await place->second.timer.async_wait(net::awaited);
  if (state->is_stopped) co_return std::nullopt;   // and there is no such waiter any more
  const auto status = place->second.status;
  state->waiters.erase(place);
  state->tell();
  co_return status;
}

net::Task<bool> SmppClient::State::connect(std::shared_ptr<State> state, std::shared_ptr<Link> link) {
  link->pulse.expires_after(state->options.connect_time);
  link->pulse.async_wait([link](const boost::system::error_code& error) {
    boost::system::error_code ignored;
    if (!error) link->socket.close(ignored);
  });
  const auto [error] = co_await link->socket.async_connect(state->place, net::awaited);
  link->pulse.cancel();
  if (error) state->drop(*link, "it cannot be connected to: " + error.message());
  co_return !error && !link->is_over;
}

/// Until a connection is not in the making, and fewer messages than may wait for their answers do.
net::Task<void> SmppClient::State::await_turn(std::shared_ptr<State> state) {
  const auto deadline = SteadyClock::now() + state->options.connect_time + 2 * state->options.answer_time;
  const auto has_to_wait = [&] { return (state->link && !state->link->is_bound) || state->waiters.size() >= state->options.window; };
  while (has_to_wait() && !state->is_stopped && SteadyClock::now() < deadline) co_await state->change->async_wait(net::awaited);
}

/// Whether there is a connection that is bound, made here if need be.
net::Task<bool> SmppClient::State::bind(std::shared_ptr<State> state) {
  if (state->link) co_return state->link->is_bound;
  if (state->is_stopped || SteadyClock::now() < state->not_before) co_return false;
  const auto link = state->link = std::make_shared<Link>(net::TcpSocket(*state->context));
  const bool is_connected = co_await connect(state, link);
  if (!is_connected) co_return false;
  asio::co_spawn(*state->context, read(state, link), asio::detached);
  auto body = bind_body(state->options);
  const auto status = co_await ask(state, link, smpp::bind_transmitter, std::move(body));
  link->is_bound = status == smpp::ok && !link->is_over;
  state->tell();
  if (!link->is_bound) {
    state->drop(*link, status ? "the message centre refuses to be bound to: status " + std::to_string(*status) : "the message centre does not answer");
    co_return false;
  }
  asio::co_spawn(*state->context, watch(state, link), asio::detached);
  log::info("smpp.bound", {{"system", state->options.system_id}});
  co_return true;
}

net::Task<SmppOutcome> SmppClient::State::submit(std::shared_ptr<State> state, std::string number, std::string message) {
  co_await await_turn(state);
  const bool is_bound = co_await bind(state);
  if (!is_bound) co_return SmppOutcome{SmppOutcome::End::later, "there is no connection to the message centre"};
  if (state->waiters.size() >= state->options.window) co_return SmppOutcome{SmppOutcome::End::later, "the message centre has not answered enough of what it was sent"};
  auto body = submit_body(state->options, number, message);
  const auto status = co_await ask(state, state->link, smpp::submit_sm, std::move(body));
  SmppOutcome outcome{SmppOutcome::End::sent, {}};
  if (!status) outcome = {SmppOutcome::End::later, "the message centre does not answer"};
  else if (*status != smpp::ok) outcome = {is_passing(*status) ? SmppOutcome::End::later : SmppOutcome::End::refused, "the message centre answers with status " + std::to_string(*status)};
  co_return outcome;
}

SmppClient::SmppClient(asio::io_context& context, SmppOptions options) : state_(std::make_shared<State>(context, std::move(options))) {}

SmppClient::~SmppClient() {
  stop();
  state_->waiters.clear();
  state_->change.reset();
}

net::Task<SmppOutcome> SmppClient::submit(std::string number, std::string message) { return State::submit(state_, std::move(number), std::move(message)); }

void SmppClient::stop() {
  if (std::exchange(state_->is_stopped, true)) return;
  const auto link = state_->link;
  if (!link) return;
  boost::system::error_code ignored;
  const auto leave = write_pdu({.command = smpp::unbind, .sequence = state_->next_sequence()});
  if (link->is_bound && !link->is_writing) {
    link->socket.non_blocking(true, ignored);
    link->socket.write_some(asio::buffer(leave), ignored);
  }
  state_->drop(*link, {});
}

}  // namespace nscl::rem
