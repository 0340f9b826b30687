// SPDX-License-Identifier: Apache-2.0
// The object graph, from the store up to the listeners, and the threads that drive it.
#include <nscl/app/server.h>

#include <algorithm>

#include <chrono>
#include <iterator>
#include <thread>

#include <boost/asio/co_spawn.hpp>

#include <nscl/core/pipeline.h>
#include <nscl/delivery/delivery.h>
#include <nscl/delivery/fan_out.h>
#include <nscl/http/http_binding.h>
#include <nscl/http/http_transport.h>
#include <nscl/app/commands.h>
#include <nscl/base/bytes.h>
#include <nscl/resources/all.h>
#include <nscl/security/audit_keeper.h>
#include <nscl/security/integrity.h>
#include <nscl/security/pseudonyms.h>

#include "administrator.h"
#include "audit_files.h"
#include "external.h"
#include "health.h"
#include "loop.h"
#include "management.h"
#include "outgoing_tls.h"
#include "provisioning.h"
#include "wake.h"

namespace nscl::app {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::string_view file_secret_name = "file-transfers";
constexpr std::chrono::seconds housekeeping_time{1};
constexpr std::chrono::milliseconds access_watch_time{250};   // what is revoked is of no use, and its sessions end, within a second

/// What is there before the store is: the loops of the I/O threads, not yet running, and the addresses of the listeners.
struct Front {
  explicit Front(const Config& config) : loops(make_loops(config.threads)) {
    for (const auto& listener : config.listeners) addresses.emplace_back(contexts_of(loops), listener.address, listener.port);
  }

  Loops loops;
  std::vector<net::BoundAddress> addresses;
};

Config with_readers(Config config) {
  config.store.readers = thread_count(config.threads);
  return config;
}

}  // namespace

struct Server::State {
  State(const Config& wanted, const Clock& clock, Front front);
  ~State() { stop(); }

  void open_ways_out(const Clock& clock);
  void open_files(const Clock& clock);
  Secret secret_named(std::string_view name);
  void open_listeners(std::vector<net::BoundAddress> addresses);
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
  static net::Task<void> watch_access(State& state);

  Config config;
  std::shared_ptr<net::OutgoingTls> outgoing_tls;
  model::Registry registry;
  std::shared_ptr<const rem::MappingTable> mappings;
  Health health;
  std::unique_ptr<store::Store> store;
  security::Keystore keystore;   ///< before anything is written: a start with a wrong master key changes nothing
  security::Audit audit;
  security::Integrity integrity;
  std::optional<std::string> new_password;
  core::Pipeline pipeline;
  delivery::FanOut groups;
  Provisioning provisioning;
  std::unique_ptr<Management> management;   ///< sessions of devices refer to it as long as there are loops
  // From here on destroyed first, in this order from below: listeners, then verifications and time stamps, then the coroutines that
  // still wait in the loops, then what they refer to.
  Loops loops;
  std::unique_ptr<http::HttpTransport> transport;
  std::unique_ptr<delivery::Delivery> delivery;
  std::unique_ptr<External> external;
  std::unique_ptr<Wake> wake;
  std::unique_ptr<security::Credentials> credentials;
  std::unique_ptr<security::TimeStamping> stamping;
  std::unique_ptr<rem::Files> files;
  std::vector<std::unique_ptr<net::WebHandler>> bindings;   // one for each listener
  std::vector<std::unique_ptr<net::Listener>> listeners;

  Pulse writer_pulse;
  std::uint64_t writer_progress = 0;
  bool is_probing = false;  ///< io[0] only
  std::uint64_t seen_key_change = 0;   ///< likewise, once started
  std::vector<std::string> isolated;   ///< likewise: ids of SCLs that were quarantined, and may have sessions
  bool is_stopped = false;
};

Server::State::State(const Config& wanted, const Clock& clock, Front front)
    : config(with_readers(wanted)),
      outgoing_tls(std::make_shared<net::OutgoingTls>(read_outgoing_tls(config))),
      registry(resources::all()),
      mappings(mappings_of(config, registry)),
      health(config.store.directory),
      store(store::open_sqlite(config.store, registry, clock)),
      keystore(*store, keystore_options(config), clock),
      audit(*store, clock, open_audit_key(config.store.directory), config.audit_retention),
      integrity(*store, keystore),
      pipeline(registry, *store, clock, std::make_shared<const core::Policy>(config.policy)),
      groups(pipeline, registry, *store, clock),
      provisioning(config, *store, keystore, pipeline, audit, clock),
      loops(std::move(front.loops)) {
  if (const Result<void> prepared = pipeline.prepare_tree(); !prepared) {
    throw std::runtime_error("the tree cannot be prepared: " + prepared.error().detail);
  }
  security::Credentials::Keys keys{&keystore, keystore.lookup({store::KeyKind::application}, loops.front()->context)};
  credentials = std::make_unique<security::Credentials>(*store, config.credentials, std::move(keys));
  open_files(clock);
  open_ways_out(clock);
  stamping = std::make_unique<security::TimeStamping>(config.timestamp, *store, clock);
  open_listeners(std::move(front.addresses));
  // Last, so that a start that failed before has not used up the one showing of the password.
  new_password = make_first_administrator(*store, config.store.directory);
}

/// One that stays the same over restarts, made when it is first needed.
Secret Server::State::secret_named(std::string_view name) {
  Result<Secret> secret;
  const auto done = store->write_and_wait([&](store::Transaction& transaction) -> Result<void> {
    secret = keystore.secret(transaction, name);
    return secret ? Result<void>{} : tl::unexpected(secret.error());
  });
  if (!done) throw std::runtime_error("there is no secret for " + std::string(name) + ": " + done.error().detail);
  return *std::move(secret);
}

void Server::State::open_files(const Clock& clock) {
  auto options = files_options(config);
  options.scheme = [mappings = mappings](const rem::DeviceFacts& facts) { return rem::model_options(*mappings, facts).download_scheme; };
  files = std::make_unique<rem::Files>(std::move(options), *store, audit, secret_named(file_secret_name), clock);
  files->verify_all();
}

void Server::State::open_ways_out(const Clock& clock) {
  auto ways = config.outgoing;
  ways.tls = outgoing_tls;
  transport = std::make_unique<http::HttpTransport>(contexts_of(loops), ways);
  auto options = config.delivery;
  options.answer_time = config.outgoing_time;
  if (!options.anonymous.empty()) options.pseudonym_secret = std::make_shared<const Secret>(secret_named(security::pseudonym_secret_name));
  delivery = std::make_unique<delivery::Delivery>(registry, *store, clock, pipeline, *transport, groups, loops.front()->context, options);
  pipeline.set_outbound(delivery.get());
  pipeline.set_integrity(&integrity);
  const Management::Around around{config, registry, mappings, *store, keystore, audit, clock, pipeline, *delivery, *files, loops.front()->context};
  management = std::make_unique<Management>(around);
  pipeline.set_delegate(&management->delegate());
  auto& home = loops.front()->context;
  external = std::make_unique<External>(config, management->work(), *files, *store, clock, home, outgoing_tls);
  wake = std::make_unique<Wake>(config.wake, *store, clock, home, management->logins(), management->pushes(), outgoing_tls, external->requesters());
}

void Server::State::open_listeners(std::vector<net::BoundAddress> addresses) {
  for (std::size_t i = 0; i < config.listeners.size(); ++i) {
    const ListenerConfig& listener = config.listeners[i];
    const bool has_keys = listener.tls.mode == net::TlsOptions::Mode::psk;
    bindings.push_back(handler_of(listener));
    std::shared_ptr<net::PskLookup> lookup;
    if (has_keys) lookup = keystore.lookup(key_kinds_of(listener), loops.front()->context);
    listeners.push_back(std::make_unique<net::Listener>(std::move(addresses[i]), options_of(listener), *bindings.back(), std::move(lookup)));
  }
  store->read([this](store::View& view) { seen_key_change = view.last_key_change(); });
}

std::unique_ptr<net::WebHandler> Server::State::handler_of(const ListenerConfig& listener) {
  if (listener.purpose == ListenerConfig::Purpose::acs) return management->handler();
  if (listener.purpose == ListenerConfig::Purpose::dm) return management->dm_handler();
  if (listener.purpose == ListenerConfig::Purpose::files) return files->handler();
  if (listener.purpose != ListenerConfig::Purpose::tree) return provisioning.handler_of(listener);
  auto binding = std::make_unique<http::HttpBinding>(pipeline, *credentials, *delivery, *store, *stamping, audit, [this] { return health.look(*store); },
                                                     ways_of(listener));
  binding->add({rem::Files::is_for_operators, [this](const net::WebRequest& request, security::RequestorPtr requestor) {
                  return files->answer_operator(request, std::move(requestor));
                }});
  return binding;
}

http::Authentication Server::State::ways_of(const ListenerConfig& listener) const {
  if (listener.tls.mode == net::TlsOptions::Mode::psk) return {.basic = false, .digest = false, .bearer = false, .hmac = false, .certificate = false, .from_one_address = listener.from_one_address};
  const auto has = [&](std::string_view way) { return std::ranges::find(listener.authentication, way) != listener.authentication.end(); };
  return {.basic = has("basic"), .digest = has("digest"), .bearer = has("bearer"), .hmac = has("hmac"), .certificate = has("certificate")};
}

/// Who has a connection by a key that was revoked or replaced, or proves an SCL that was quarantined, here or by the command
/// line, loses it.
void Server::State::end_outdated_sessions() {
  constexpr std::size_t batch = 1000;
  const auto changes = std::make_shared<net::Listener::KeyChanges>();
  std::ranges::move(integrity.quarantine().poll(), std::back_inserter(isolated));
  store->read([&](store::View& view) {
    for (const auto& key : view.keys_changed_after(seen_key_change, batch)) {
      const bool is_good = key.state != store::KeyState::revoked;
      (*changes)[key.identity] = is_good ? std::optional(key.generation) : std::nullopt;
      seen_key_change = key.change;
    }
    for (const auto& scl : isolated) {
      for (const auto& key : view.keys_of_entity("scls/" + scl)) (*changes)[key.identity] = std::nullopt;
    }
  });
  isolated.clear();
  if (changes->empty()) return;
  for (const auto& listener : listeners) listener->close_sessions(changes);
}

/// What happened to the daemon itself.
security::AuditEntry daemon_entry(std::string_view event, std::string_view request = {}) {
  static const std::string version = version_text();
  security::AuditEntry entry;
  entry.event = event;
  entry.request = request;
  entry.detail = version;
  return entry;
}

void Server::State::start() {
  if (const auto recorded = audit.record(daemon_entry("daemon.started", sha256(to_toml(config)))); !recorded)
    throw std::runtime_error("the audit trail cannot be written: " + recorded.error().detail);
  for (const auto& listener : listeners) listener->start();
  const auto ended = [](const std::exception_ptr&) {};  // the loops below end with their context only
  boost::asio::co_spawn(loops.front()->context, keep_house(*this), ended);
  boost::asio::co_spawn(loops.front()->context, watch_access(*this), ended);
  delivery->start();
  external->start();
  wake->start();
  start_threads(loops);
  writer_pulse.beat();
  health.set_listening();
}

net::Task<void> Server::State::keep_house(State& state) {
  net::Timer timer(state.loops.front()->context.get_executor());
  for (;;) {
    state.housekeep();
    timer.expires_after(housekeeping_time);
    co_await timer.async_wait(net::awaited);
  }
}

net::Task<void> Server::State::watch_access(State& state) {
  net::Timer timer(state.loops.front()->context.get_executor());
  for (;;) {
    try {
      state.credentials->poll_changes();
      state.end_outdated_sessions();
    } catch (const std::exception& error) {
      log::error("changes of keys and principals not followed", {{"what", error.what()}});
    }
    timer.expires_after(access_watch_time);
    co_await timer.async_wait(net::awaited);
  }
}

void Server::State::housekeep() {
  try {
    pipeline.sweep(loops.front()->context);
    delivery->expire();
    management->keep();
    probe_store();
    keystore.sweep(loops.front()->context);
    audit.keep(loops.front()->context);
    files->keep(loops.front()->context);
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
    if (const auto recorded = audit.finish(daemon_entry("daemon.stopped")); !recorded) log::error("the stop could not be recorded", {{"reason", recorded.error().detail}});
  }
  store->stop();  // what was acknowledged is on disk; completions still find their contexts
  for (const auto& loop : loops) {
    loop->context.stop();
    if (loop->thread.joinable()) loop->thread.join();
  }
}

Server::Server(const Config& config, const Clock& clock, const std::function<void()>& when_bound) {
  Front front(config);
  if (when_bound) when_bound();
  state_ = std::make_unique<State>(config, clock, std::move(front));
}
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
  auto contexts = read_outgoing_tls(config);
  state_->reload_certificates(config);
  if (const auto recorded = state_->audit.record(daemon_entry("configuration.reloaded", sha256(to_toml(config)))); !recorded)
    throw ConfigError("the audit trail cannot be written: " + recorded.error().detail);
  state_->outgoing_tls->use(std::move(contexts));
  state_->audit.set_retention(config.audit_retention);
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
