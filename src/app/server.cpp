// SPDX-License-Identifier: Apache-2.0
// The object graph, from the store up to the listeners, and the threads that drive it.
#include <nscl/app/server.h>

#include <algorithm>

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <thread>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <nscl/core/pipeline.h>
#include <nscl/delivery/delivery.h>
#include <nscl/delivery/fan_out.h>
#include <nscl/http/http_binding.h>
#include <nscl/http/http_transport.h>
#include <nscl/resources/all.h>

#include "administrator.h"
#include "health.h"
#include "provisioning.h"

namespace nscl::app {
namespace {

using SteadyClock = std::chrono::steady_clock;
using Timer = boost::asio::basic_waitable_timer<SteadyClock, boost::asio::wait_traits<SteadyClock>, net::Executor>;
constexpr boost::asio::as_tuple_t<boost::asio::use_awaitable_t<net::Executor>> awaited{};

constexpr std::chrono::milliseconds pulse_time{500};
constexpr std::chrono::seconds housekeeping_time{1};
constexpr std::chrono::milliseconds key_watch_time{250};   // a revoked key ends its sessions within a second
constexpr std::chrono::seconds silence_allowed{10};  ///< of a thread, before it counts as stuck

/// When something last made progress; written by one thread, read by another.
class Pulse {
 public:
  void beat() { last_.store(SteadyClock::now().time_since_epoch().count(), std::memory_order_relaxed); }
  bool is_recent() const {
    const SteadyClock::time_point last{SteadyClock::duration(last_.load(std::memory_order_relaxed))};
    return SteadyClock::now() - last < silence_allowed;
  }

 private:
  std::atomic<SteadyClock::rep> last_{SteadyClock::now().time_since_epoch().count()};
};

/// One I/O thread: its context, and whether it still turns.
struct Loop {
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<net::Executor> work{context.get_executor()};
  Pulse pulse;
  std::thread thread;
};

net::Task<void> keep_pulse(Loop& loop) {
  Timer timer(loop.context.get_executor());
  for (;;) {
    loop.pulse.beat();
    timer.expires_after(pulse_time);
    co_await timer.async_wait(awaited);
  }
}

/// A broken invariant in one handler must not take the thread with it.
void run(Loop& loop) {
  while (!loop.context.stopped()) {
    try {
      loop.context.run();
    } catch (const std::exception& error) {
      log::error("I/O thread caught an exception", {{"what", error.what()}});
    }
  }
}

unsigned thread_count(unsigned wanted) {
  return wanted != 0 ? wanted : std::max(1u, std::thread::hardware_concurrency());
}

Config with_readers(Config config) {
  config.store.readers = thread_count(config.threads);
  return config;
}

}  // namespace

struct Server::State {
  State(const Config& wanted, const Clock& clock);
  ~State() { stop(); }

  std::vector<boost::asio::io_context*> contexts() const;
  void open_ways_out(const Clock& clock);
  void open_listeners();
  std::unique_ptr<net::WebHandler> handler_of(const ListenerConfig& listener);
  http::Authentication ways_of(const ListenerConfig& listener) const;
  void start();
  void stop();
  void wait_until_drained();
  void reload_certificates(const Config& wanted);

  void housekeep();
  void probe_store();
  void end_outdated_sessions();
  static net::Task<void> keep_house(State& state);
  static net::Task<void> watch_keys(State& state);

  Config config;
  model::Registry registry;
  Health health;
  std::unique_ptr<store::Store> store;
  security::Keystore keystore;   ///< before anything is written: a start with a wrong master key changes nothing
  std::optional<std::string> new_password;
  core::Pipeline pipeline;
  delivery::FanOut groups;
  Provisioning provisioning;
  // From here on destroyed first, in this order from below: listeners, then verifications, then the coroutines that
  // still wait in the loops, then what they refer to.
  std::vector<std::unique_ptr<Loop>> loops;
  std::unique_ptr<http::HttpTransport> transport;
  std::unique_ptr<delivery::Delivery> delivery;
  std::unique_ptr<security::Credentials> credentials;
  std::vector<std::unique_ptr<net::WebHandler>> bindings;   // one for each listener
  std::vector<std::unique_ptr<net::Listener>> listeners;

  Pulse writer_pulse;
  std::uint64_t writer_progress = 0;
  bool is_probing = false;  ///< io[0] only
  std::uint64_t seen_key_change = 0;   ///< likewise, once started
  bool is_stopped = false;
};

Server::State::State(const Config& wanted, const Clock& clock)
    : config(with_readers(wanted)),
      registry(resources::all()),
      health(config.store.directory),
      store(store::open_sqlite(config.store, registry, clock)),
      keystore(*store, keystore_options(config), clock),
      pipeline(registry, *store, clock, std::make_shared<const core::Policy>(config.policy)),
      groups(pipeline, registry, *store, clock),
      provisioning(config, *store, keystore, pipeline, clock) {
  if (const Result<void> prepared = pipeline.prepare_tree(); !prepared) {
    throw std::runtime_error("the tree cannot be prepared: " + prepared.error().detail);
  }
  credentials = std::make_unique<security::Credentials>(*store, config.credentials);
  for (unsigned i = thread_count(config.threads); i > 0; --i) loops.push_back(std::make_unique<Loop>());
  open_ways_out(clock);
  open_listeners();
  // Last, so that a start that failed before has not used up the one showing of the password.
  new_password = make_first_administrator(*store, config.store.directory);
}

std::vector<boost::asio::io_context*> Server::State::contexts() const {
  std::vector<boost::asio::io_context*> all;
  for (const auto& loop : loops) all.push_back(&loop->context);
  return all;
}

void Server::State::open_ways_out(const Clock& clock) {
  transport = std::make_unique<http::HttpTransport>(contexts(), config.outgoing);
  auto options = config.delivery;
  options.answer_time = config.outgoing_time;
  delivery = std::make_unique<delivery::Delivery>(registry, *store, clock, pipeline, *transport, groups, loops.front()->context, options);
  pipeline.set_outbound(delivery.get());
}

void Server::State::open_listeners() {
  for (const ListenerConfig& listener : config.listeners) {
    const bool has_keys = listener.tls.mode == net::TlsOptions::Mode::psk;
    bindings.push_back(handler_of(listener));
    std::shared_ptr<net::PskLookup> lookup;
    if (has_keys) lookup = keystore.lookup(key_kinds_of(listener), loops.front()->context);
    listeners.push_back(std::make_unique<net::Listener>(contexts(), options_of(listener), *bindings.back(), std::move(lookup)));
  }
  store->read([this](store::View& view) { seen_key_change = view.last_key_change(); });
}

std::unique_ptr<net::WebHandler> Server::State::handler_of(const ListenerConfig& listener) {
  if (listener.purpose != ListenerConfig::Purpose::tree) return provisioning.handler_of(listener);
  return std::make_unique<http::HttpBinding>(pipeline, *credentials, *delivery, *store, [this] { return health.look(*store); }, ways_of(listener));
}

http::Authentication Server::State::ways_of(const ListenerConfig& listener) const {
  if (listener.tls.mode == net::TlsOptions::Mode::psk) return {.basic = false, .bearer = false, .certificate = false};
  const auto has = [&](std::string_view way) { return std::ranges::find(listener.authentication, way) != listener.authentication.end(); };
  return {.basic = has("basic"), .bearer = has("bearer"), .certificate = has("certificate")};
}

/// Who has a connection by a key that was revoked or replaced, here or by the command line, loses it.
void Server::State::end_outdated_sessions() {
  constexpr std::size_t batch = 1000;
  const auto changes = std::make_shared<net::Listener::KeyChanges>();
  store->read([&](store::View& view) {
    for (const auto& key : view.keys_changed_after(seen_key_change, batch)) {
      const bool is_good = key.state != store::KeyState::revoked;
      (*changes)[key.identity] = is_good ? std::optional(key.generation) : std::nullopt;
      seen_key_change = key.change;
    }
  });
  if (changes->empty()) return;
  for (const auto& listener : listeners) listener->close_sessions(changes);
}

void Server::State::start() {
  for (const auto& listener : listeners) listener->start();
  const auto ended = [](const std::exception_ptr&) {};  // the loops below end with their context only
  for (const auto& loop : loops) boost::asio::co_spawn(loop->context, keep_pulse(*loop), ended);
  boost::asio::co_spawn(loops.front()->context, keep_house(*this), ended);
  boost::asio::co_spawn(loops.front()->context, watch_keys(*this), ended);
  delivery->start();
  for (std::size_t i = 0; i < loops.size(); ++i) {
    Loop& loop = *loops[i];
    loop.pulse.beat();
    loop.thread = std::thread([&loop] { run(loop); });
    pthread_setname_np(loop.thread.native_handle(), ("nscl-io-" + std::to_string(i)).c_str());
  }
  writer_pulse.beat();
  health.set_listening();
}

net::Task<void> Server::State::keep_house(State& state) {
  Timer timer(state.loops.front()->context.get_executor());
  for (;;) {
    state.housekeep();
    timer.expires_after(housekeeping_time);
    co_await timer.async_wait(awaited);
  }
}

net::Task<void> Server::State::watch_keys(State& state) {
  Timer timer(state.loops.front()->context.get_executor());
  for (;;) {
    try {
      state.end_outdated_sessions();
    } catch (const std::exception& error) {
      log::error("sessions of changed keys not ended", {{"what", error.what()}});
    }
    timer.expires_after(key_watch_time);
    co_await timer.async_wait(awaited);
  }
}

void Server::State::housekeep() {
  try {
    pipeline.sweep(loops.front()->context);
    delivery->expire();
    credentials->poll_changes();
    probe_store();
    keystore.sweep(loops.front()->context);
  } catch (const std::exception& error) {
    log::error("housekeeping failed", {{"what", error.what()}});
  }
}

/// Gives the writer something to do that writes nothing, so that silence means that it is stuck. A store that says
/// itself that it cannot commit is not: a restart would not help it.
void Server::State::probe_store() {
  const store::WriterFigures figures = store->figures();
  const std::uint64_t progress = figures.jobs + figures.commits + figures.failed_commits;
  const bool is_healthy = store->is_healthy();
  if (progress != writer_progress || !is_healthy) writer_pulse.beat();
  writer_progress = progress;
  if (is_probing || !is_healthy) return;
  is_probing = true;
  store->write([](store::Transaction&) -> Result<void> { return {}; }, loops.front()->context,
               [this](const Result<void>&) { is_probing = false; });
}

void Server::State::reload_certificates(const Config& wanted) {
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    const auto tls = options_of(wanted.listeners[i]).tls;
    if (tls.mode == net::TlsOptions::Mode::none) continue;
    try {
      listeners[i]->reload_tls(tls);
    } catch (const std::runtime_error& error) {
      throw ConfigError("listener[" + std::to_string(i) + "]: " + error.what());
    }
  }
}

void Server::State::wait_until_drained() {
  const auto deadline = SteadyClock::now() + config.stop_time;
  for (const auto& listener : listeners) {
    while (!listener->is_drained() && SteadyClock::now() < deadline)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void Server::State::stop() {
  if (is_stopped) return;
  is_stopped = true;
  health.set_draining();
  const bool is_running = !loops.empty() && loops.front()->thread.joinable();
  if (is_running) {
    for (const auto& listener : listeners) listener->stop();
    delivery->let_polls_go();
    wait_until_drained();
  }
  store->stop();  // what was acknowledged is on disk; completions still find their contexts
  for (const auto& loop : loops) {
    loop->context.stop();
    if (loop->thread.joinable()) loop->thread.join();
  }
}

Server::Server(const Config& config, const Clock& clock) : state_(std::make_unique<State>(config, clock)) {}
Server::~Server() = default;

std::optional<std::string> Server::new_administrator_password() const { return state_->new_password; }

void Server::start() { state_->start(); }

std::vector<std::uint16_t> Server::ports() const {
  std::vector<std::uint16_t> out;
  for (const auto& listener : state_->listeners) out.push_back(listener->port());
  return out;
}

void Server::stop() { state_->stop(); }

void Server::reload(const Config& config) {
  std::string text;
  for (const std::string& key : keys_that_need_a_restart(state_->config, config)) {
    text += (text.empty() ? "" : "\n") + key + ": changed, which takes a restart";
  }
  if (!text.empty()) throw ConfigError(text);
  state_->reload_certificates(config);
  state_->pipeline.set_policy(std::make_shared<const core::Policy>(config.policy));
  state_->credentials->set_limits(config.credentials.usual, config.credentials.special);
  log::set_level(config.log_level);
  state_->config = config;
}

bool Server::is_alive() const {
  for (const auto& loop : state_->loops) {
    if (!loop->pulse.is_recent()) return false;
  }
  return state_->writer_pulse.is_recent();
}

}  // namespace nscl::app
