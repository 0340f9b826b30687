// SPDX-License-Identifier: Apache-2.0
// `nscl simulate cpe`: devices of TR-069 on one I/O thread, while the main thread takes signals and tells what happens.
#include <sys/resource.h>

#include <charconv>
#include <csignal>
#include <iostream>
#include <thread>

#include <nscl/app/commands.h>
#include <nscl/base/log.h>
#include <nscl/rem/simulator/fleet.h>
#include <nscl/rem/simulator/gateway.h>

#include "command_store.h"
#include "loop.h"

namespace nscl::app {
namespace {

namespace sim = rem::simulator;

constexpr std::string_view name_of_command = "nscl simulate cpe";
constexpr std::size_t most_told = 10;   ///< devices whose sessions are told of one by one
constexpr std::chrono::seconds drain_time{5};

Secret password_in(const std::string& file) {
  if (file.empty()) return {};
  auto text = read_secret_line(file, "password", "");
  Secret out(text);
  wipe(text);
  return out;
}

void check(const SimulateCommand& command) {
  if (const auto objection = net::objection_to(command.acs)) throw UsageError("--acs: " + objection->detail);
  if (command.oui.size() != 6 && !command.oui.empty()) throw UsageError("--oui has six hexadecimal digits");
  for (const auto* text : {&command.serial_prefix, &command.manufacturer, &command.product_class}) {
    if (text->size() > 58) throw UsageError("\"" + *text + "\" is longer than 58 characters");
  }
}

std::size_t devices_of(const SimulateCommand& command) { return command.count * (1 + command.callers); }

sim::CpeOptions options_of(const SimulateCommand& command, const sim::BehindGateway& behind) {
  sim::CpeOptions out;
  out.acs_url = command.acs;
  out.user = command.user;
  out.password = password_in(command.password_file);
  out.style = sim::style_named(command.style).value();
  const bool is_old_style = out.style == sim::Style::netcwmp || out.style == sim::Style::genieacs_sim;
  const bool is_old = command.model.empty() ? is_old_style : command.model == "tr098";
  out.model = sim::gateway_model(is_old ? sim::ModelKind::tr098 : sim::ModelKind::tr181, out.style == sim::Style::netcwmp, behind);
  if (!command.manufacturer.empty()) out.id.manufacturer = command.manufacturer;
  if (!command.oui.empty()) out.id.oui = command.oui;
  if (!command.product_class.empty()) out.id.product_class = command.product_class;
  out.connection_request_user = command.connection_user;
  out.connection_request_password = password_in(command.connection_password_file);
  if (command.interval != 0) out.interval = command.interval;
  out.retry_scale = command.retry_scale;
  return out;
}

void add_callers(const SimulateCommand& command, sim::FleetOptions& fleet) {
  if (command.callers == 0) return;
  auto kind = options_of(command, {});
  kind.id.product_class = sim::caller_class;
  fleet.caller = std::make_shared<const sim::CpeOptions>(std::move(kind));
  fleet.callers = command.callers;
}

/// "127.0.0.1:7547" or "[::1]:7547"
void take_address(const std::string& text, sim::FleetOptions& fleet) {
  if (text.empty()) return;
  const auto colon = text.rfind(':');
  auto address = text.substr(0, colon);
  const auto port = colon == text.npos ? std::string() : text.substr(colon + 1);
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), fleet.listen_port);
  const bool is_good = !address.empty() && error == std::errc{} && end == port.data() + port.size();
  if (!is_good) throw UsageError("--connection-requests: \"" + text + "\" is not ADDR:PORT");
  fleet.listen_address = address;
}

std::shared_ptr<const net::OutgoingTls> tls_of(const SimulateCommand& command) {
  if (!command.acs.starts_with("https:")) return nullptr;
  net::OutgoingTls::Options options;
  options.usual.ca = command.ca;
  return std::make_shared<const net::OutgoingTls>(net::OutgoingTls::read(options));
}

void tell(const sim::Cpe& cpe) {
  const auto& failure = cpe.failure();
  std::cout << cpe.serial() + ": " + cpe.events() + ": " + std::to_string(cpe.rpcs()) + " RPCs: " + (failure ? "failed: " + *failure : "ok") + '\n' << std::flush;
}

void tell(const sim::FleetFigures& figures) {
  std::cout << "sessions " << figures.sessions << ", failed " << figures.failures << ", told to wait " << figures.waits << ", open " << figures.open
            << ", RPCs " << figures.rpcs << ", files " << figures.files << ", connection requests " << figures.requests << '\n' << std::flush;
}

sigset_t block_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT}) sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);   // before any thread
  return set;
}

void raise_limit_of_files() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
    files.rlim_cur = files.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &files);
  }
}

/// Until a signal, the end of the time, or of everything there is to do.
void watch(const sim::Fleet& fleet, const SimulateCommand& command, const sigset_t& signals) {
  using Clock = std::chrono::steady_clock;
  const auto ends = Clock::now() + std::chrono::seconds(command.seconds);
  auto told = Clock::now();
  for (;;) {
    constexpr timespec pause{.tv_sec = 0, .tv_nsec = 50'000'000};
    if (::sigtimedwait(&signals, nullptr, &pause) > 0) return;
    const auto figures = fleet.figures();
    if (command.is_once && figures.done >= devices_of(command)) return;
    if (command.seconds != 0 && Clock::now() >= ends) return;
    if (devices_of(command) > most_told && Clock::now() - told >= std::chrono::seconds(1)) {
      tell(figures);
      told = Clock::now();
    }
  }
}

void wait_until_closed(const sim::Fleet& fleet) {
  const auto ends = std::chrono::steady_clock::now() + drain_time;
  while (fleet.figures().open != 0 && std::chrono::steady_clock::now() < ends) std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

}  // namespace

int simulate_cpes(const SimulateCommand& command) {
  return guarded(name_of_command, [&] {
    check(command);
    const auto signals = block_signals();
    raise_limit_of_files();
    sim::FleetOptions options;
    options.cpe = std::make_shared<const sim::CpeOptions>(options_of(command, {command.embedded, command.callers}));
    options.count = command.count;
    add_callers(command, options);
    options.serial_prefix = command.serial_prefix;
    options.rate = command.rate;
    options.parallel = command.parallel;
    options.is_once = command.is_once;
    options.tls = tls_of(command);
    take_address(command.connection_requests, options);
    log::start(log::Form::text, log::Level::warning);
    const auto loops = make_loops(1);
    sim::Fleet fleet(loops.front()->context, std::move(options), [&](const sim::Cpe& cpe) {
      if (devices_of(command) <= most_told) tell(cpe);
    });
    if (fleet.port() != 0) std::cout << "connection requests on port " << fleet.port() << '\n' << std::flush;
    fleet.start();
    start_threads(loops);
    watch(fleet, command, signals);
    fleet.stop();
    wait_until_closed(fleet);
    loops.front()->context.stop();
    loops.front()->thread.join();
    const auto figures = fleet.figures();
    if (devices_of(command) > most_told) tell(figures);
    return figures.failures == 0 && figures.sessions != 0 ? exit_ok : exit_failure;
  });
}

}  // namespace nscl::app
