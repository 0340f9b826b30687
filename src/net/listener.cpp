// SPDX-License-Identifier: Apache-2.0
// Listener: one accepting socket, one sweeper and one set of sessions for each I/O thread.
#include <nscl/net/listener.h>

#include <algorithm>
#include <list>
#include <mutex>
#include <optional>
#include <stdexcept>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include <nscl/base/log.h>
#include <nscl/net/awaiting.h>
#include <nscl/net/connection.h>
#include <nscl/net/peer_network.h>

#include "bound_sockets.h"
#include "http_session.h"
#include "peer_counts.h"
#include "tcp_socket.h"
#include "tls_connection.h"

namespace nscl::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = Connection::Clock;

constexpr auto accept_pause = std::chrono::milliseconds{100};
constexpr auto stop_interval = std::chrono::milliseconds{50};
constexpr unsigned most_accepted_at_once = 64;   // before others on the thread have their turn
constexpr auto last_answer_time = std::chrono::milliseconds{500};   // of a session whose key is good no more

/// What belongs to one I/O thread; only that thread touches it once the listener has started.
struct Lane {
  Lane(asio::io_context& its_context, const SessionContext& its_session_context)
      : context(its_context), session_context(its_session_context) {}

  asio::io_context& context;
  SessionContext session_context;
  std::optional<Acceptor> acceptor;
  std::optional<Timer> pause, tick;
  std::list<HttpSession*> sessions;
  Clock::time_point drained_by = Clock::time_point::max();
};

/// A session's entry in its lane.
class Listing {
 public:
  Listing(std::list<HttpSession*>& sessions, HttpSession& session)
      : sessions_(sessions), place_(sessions.insert(sessions.end(), &session)) {}
  ~Listing() { sessions_.erase(place_); }
  Listing(const Listing&) = delete;
  Listing& operator=(const Listing&) = delete;

 private:
  std::list<HttpSession*>& sessions_;
  std::list<HttpSession*>::iterator place_;
};

}  // namespace

struct Listener::State {
  using Ptr = std::shared_ptr<State>;
  class Place;

  State(ListenerOptions its_options, WebHandler& its_handler) : options(std::move(its_options)), handler(its_handler) {}

  void take(BoundAddress::Sockets sockets);
  void enable_tls(std::shared_ptr<PskLookup> its_lookup);
  void reload_tls(const TlsOptions& tls);
  std::shared_ptr<TlsContext> tls_context() const;
  std::unique_ptr<Connection> connection_on(TcpSocket socket, HandshakePlace handshake);
  void stop_lane(Lane& lane) const;
  std::chrono::milliseconds sweep_interval() const;

  static Task<void> accept_on(Ptr state, Lane& lane);
  static void adopt_waiting(const Ptr& state, Lane& lane);
  static void adopt(const Ptr& state, Lane& lane, TcpSocket socket);
  static Task<void> serve(std::unique_ptr<Place> place, Lane& lane, std::unique_ptr<Connection> connection);
  static Task<void> sweep(Ptr state, Lane& lane);

  const ListenerOptions options;
  WebHandler& handler;
  ListenerFigures figures;
  std::atomic<std::size_t> bytes_in_flight{0};
  PeerCounts peers;
  std::shared_ptr<PskLookup> lookup;
  mutable std::mutex tls_mutex;
  std::shared_ptr<TlsContext> tls;         ///< of new connections; null without TLS
  std::vector<std::unique_ptr<Lane>> lanes;
  std::atomic<std::size_t> accepting{0};   ///< lanes that may still accept
  std::atomic<bool> stopping{false};
  std::uint16_t port = 0;
};

/// One connection's place in the counts; left when the session has ended, however it ends.
class Listener::State::Place {
 public:
  explicit Place(Ptr state) : state_(std::move(state)) {}
  ~Place() {
    if (peer_) state_->peers.remove(*peer_);
    if (is_counted_) state_->figures.open.fetch_sub(1);
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  HandshakePlace& handshake() { return handshake_; }

  bool take(const asio::ip::address& peer) {
    is_counted_ = true;
    if (state_->figures.open.fetch_add(1) >= state_->options.connections) return false;
    if (state_->options.tls.mode != TlsOptions::Mode::none) {
      handshake_ = HandshakePlace(state_->figures.handshakes);
      if (state_->figures.handshakes > state_->options.tls.handshakes) return false;
    }
    if (!state_->peers.add(peer, state_->options.connections_per_peer)) return false;
    peer_ = peer;
    return true;
  }

 private:
  Ptr state_;
  bool is_counted_ = false;
  HandshakePlace handshake_;
  std::optional<asio::ip::address> peer_;
};

void Listener::State::take(BoundAddress::Sockets sockets) {
  port = sockets.port;
  for (auto& socket : sockets.all) {
    lanes.push_back(std::make_unique<Lane>(socket.context, SessionContext{options, handler, figures, bytes_in_flight}));
    lanes.back()->acceptor.emplace(std::move(socket.acceptor));
    lanes.back()->acceptor->non_blocking(true);
    lanes.back()->pause.emplace(socket.context);
    lanes.back()->tick.emplace(socket.context);
  }
}

void Listener::State::enable_tls(std::shared_ptr<PskLookup> its_lookup) {
  if (options.tls.mode == TlsOptions::Mode::none) return;
  lookup = std::move(its_lookup);
  tls = std::make_shared<TlsContext>(options.tls, address_text(options.address, port), lookup);
}

void Listener::State::reload_tls(const TlsOptions& its_tls) {
  if (options.tls.mode == TlsOptions::Mode::none || its_tls.mode != options.tls.mode)
    throw std::runtime_error("the mode of TLS cannot change while " + address_text(options.address, port) + " is open");
  auto made = std::make_shared<TlsContext>(its_tls, address_text(options.address, port), lookup);
  const std::lock_guard lock{tls_mutex};
  tls = std::move(made);
}

std::shared_ptr<TlsContext> Listener::State::tls_context() const {
  const std::lock_guard lock{tls_mutex};
  return tls;
}

std::unique_ptr<Connection> Listener::State::connection_on(TcpSocket socket, HandshakePlace handshake) {
  if (options.tls.mode == TlsOptions::Mode::none) return make_tcp_connection(std::move(socket));
  return make_tls_connection(std::move(socket), tls_context(), std::move(handshake));
}

std::chrono::milliseconds Listener::State::sweep_interval() const {
  using std::chrono::milliseconds;
  const auto shortest =
      std::min({options.head_time, options.body_time, options.idle_time, options.write_time, options.tls.handshake_time});
  return std::clamp(shortest / 4, milliseconds{10}, milliseconds{1000});
}

Task<void> Listener::State::accept_on(Ptr state, Lane& lane) {
  for (bool was_failing = false; !lane.session_context.stopping;) {
    auto [error, socket] = co_await lane.acceptor->async_accept(awaited);
    if (lane.session_context.stopping) break;
    if (!error) {
      was_failing = false;
      adopt(state, lane, std::move(socket));
      adopt_waiting(state, lane);
    } else if (error != asio::error::connection_aborted) {
      // Out of descriptors or memory: trying again at once would only burn time that could free some.
      if (!was_failing) log::warning("accept failed", {{"address", address_text(state->options.address, state->port)}, {"cause", error.message()}});
      was_failing = true;
      lane.pause->expires_after(accept_pause);
      co_await lane.pause->async_wait(awaited);
    }
  }
  state->accepting.fetch_sub(1);
}

/// The rest of those that came together. Were one accepted in each turn of the loop, work would be done between them in a storm, until the
/// system's queue is full: it drops who comes then, and he tries again seconds later, or believes to be connected and is reset. With many
/// handshakes under way they had better wait there than be closed here.
void Listener::State::adopt_waiting(const Ptr& state, Lane& lane) {
  const auto has_room = [&] { return 2 * state->figures.handshakes < state->options.tls.handshakes; };
  for (unsigned more = 0; more < most_accepted_at_once && has_room(); ++more) {
    error_code error;
    auto socket = lane.acceptor->accept(error);
    if (error) return;   // none waits; of anything else the next async_accept tells
    adopt(state, lane, std::move(socket));
  }
}

/// Starts the session of a new connection, if the limits admit it; else closes it.
void Listener::State::adopt(const Ptr& state, Lane& lane, TcpSocket socket) {
  state->figures.accepted.fetch_add(1, std::memory_order_relaxed);
  error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  if (error) return;
  auto place = std::make_unique<Place>(state);
  if (place->take(peer_network(endpoint.address()))) {
    auto connection = state->connection_on(std::move(socket), std::move(place->handshake()));
    asio::co_spawn(lane.context, serve(std::move(place), lane, std::move(connection)), asio::detached);
  } else {
    state->figures.refused_connections.fetch_add(1, std::memory_order_relaxed);
  }
}

Task<void> Listener::State::serve(std::unique_ptr<Place> place, Lane& lane, std::unique_ptr<Connection> connection) {
  const auto held = std::move(place);
  HttpSession session{lane.session_context, std::move(connection)};
  const Listing listing{lane.sessions, session};
  co_await session.run();
}

Task<void> Listener::State::sweep(Ptr state, Lane& lane) {
  const auto interval = state->sweep_interval();
  while (!lane.session_context.stopping || !lane.sessions.empty()) {
    lane.tick->expires_after(lane.session_context.stopping ? std::min(interval, stop_interval) : interval);
    co_await lane.tick->async_wait(awaited);
    const auto now = Clock::now();
    for (auto* session : lane.sessions) {
      if (now >= lane.drained_by) {
        session->close();
      } else if (session->deadline() <= now) {
        session->expire();
      }
    }
  }
}

void Listener::State::stop_lane(Lane& lane) const {
  lane.session_context.stopping = true;
  lane.drained_by = Clock::now() + options.drain_time;
  error_code ignored;
  lane.acceptor->close(ignored);
  lane.pause->cancel();
  lane.tick->cancel();
  for (auto* session : lane.sessions) session->close_if_idle();
}

Listener::Listener(BoundAddress address, ListenerOptions options, WebHandler& handler, std::shared_ptr<PskLookup> lookup)
    : state_(std::make_shared<State>(std::move(options), handler)) {
  state_->take(std::move(*address.sockets_));
  state_->enable_tls(std::move(lookup));
}

Listener::Listener(const std::vector<asio::io_context*>& contexts, ListenerOptions options, WebHandler& handler,
                   std::shared_ptr<PskLookup> lookup)
    : Listener(BoundAddress(contexts, options.address, options.port), options, handler, std::move(lookup)) {}

Listener::~Listener() {
  for (const auto& lane : state_->lanes) {   // sessions may keep the state until the contexts go; sockets must not outlive them
    lane->acceptor.reset();
    lane->pause.reset();
    lane->tick.reset();
  }
}

void Listener::start() {
  state_->accepting = state_->lanes.size();
  for (const auto& lane : state_->lanes) {
    asio::co_spawn(lane->context, State::accept_on(state_, *lane), asio::detached);
    asio::co_spawn(lane->context, State::sweep(state_, *lane), asio::detached);
  }
}

void Listener::stop() {
  if (state_->stopping.exchange(true)) return;
  for (const auto& lane : state_->lanes)
    asio::post(lane->context, [state = state_, &lane = *lane] { state->stop_lane(lane); });
}

void Listener::reload_tls(const TlsOptions& options) { state_->reload_tls(options); }

void Listener::renew_ticket_keys() {
  if (const auto tls = state_->tls_context()) tls->renew_ticket_keys();
}

void Listener::close_sessions(std::shared_ptr<const KeyChanges> changes) {
  for (const auto& lane : state_->lanes) {
    const auto end = [state = state_, &lane = *lane, changes](void (HttpSession::*how)()) {
      for (auto* session : lane.sessions)
        if (session->is_outdated(*changes)) (session->*how)();
    };
    asio::post(lane->context, [&lane = *lane, end] {
      end(&HttpSession::close_after_answer);   // it may have asked for the end of its own key, and is told that it has come
      const auto timer = std::make_shared<Timer>(lane.context, last_answer_time);
      timer->async_wait([timer, end](const boost::system::error_code&) { end(&HttpSession::close); });
    });
  }
}

bool Listener::is_drained() const { return state_->stopping && state_->accepting == 0 && state_->figures.open == 0; }

std::uint16_t Listener::port() const { return state_->port; }

const ListenerFigures& Listener::figures() const { return state_->figures; }

}  // namespace nscl::net
