// SPDX-License-Identifier: Apache-2.0
#include "simulate_fleet.h"

#include <charconv>
#include <csignal>
#include <iostream>
#include <thread>

#include <nscl/base/log.h>
#include <nscl/net/web_client.h>

#include "command_store.h"
#include "loop.h"
#include "process.h"

namespace nscl::app {
namespace {

namespace sim = rem::simulator;

constexpr std::size_t most_told = 10;   ///< devices whose sessions are told of one by one
constexpr std::size_t longest_name = 58;
constexpr std::chrono::seconds drain_time{5};

std::shared_ptr<const net::OutgoingTls> tls_for(const std::string& url, const std::string& ca) {
  if (!url.starts_with("https:")) return nullptr;
  net::OutgoingTls::Options options;
  options.usual.ca = ca;
  return std::make_shared<const net::OutgoingTls>(net::OutgoingTls::read(options));
}

void tell(const sim::SimulatedDevice& device, const FleetWords& words) {
  const auto& failure = device.failure();
  std::cout << device.serial() + ": " + device.events() + ": " + std::to_string(device.requests()) + " " + std::string(words.requests) + ": " +
                   (failure ? "failed: " + *failure : "ok") + '\n'
            << std::flush;
}

void tell(const sim::FleetFigures& figures, const FleetWords& words) {
  std::cout << "sessions " << figures.sessions << ", failed " << figures.failures << ", told to wait " << figures.waits << ", open " << figures.open
            << ", " << words.requests << " " << figures.asked << ", files " << figures.files << ", " << words.calls << " " << figures.requests << '\n'
            << std::flush;
}

/// Until a signal, the end of the time, or of everything there is to do.
void watch(const sim::Fleet& fleet, std::size_t devices, const SimulatePace& pace, const FleetWords& words, const sigset_t& signals) {
  using Clock = std::chrono::steady_clock;
  const auto ends = Clock::now() + std::chrono::seconds(pace.seconds);
  auto told = Clock::now();
  for (;;) {
    constexpr timespec pause{.tv_sec = 0, .tv_nsec = 50'000'000};
    if (::sigtimedwait(&signals, nullptr, &pause) > 0) return;
    const auto figures = fleet.figures();
    if (pace.is_once && figures.done >= devices) return;
    if (pace.seconds != 0 && Clock::now() >= ends) return;
    if (devices > most_told && Clock::now() - told >= std::chrono::seconds(1)) {
      tell(figures, words);
      told = Clock::now();
    }
  }
}

void wait_until_closed(const sim::Fleet& fleet) {
  const auto ends = std::chrono::steady_clock::now() + drain_time;
  while (fleet.figures().open != 0 && std::chrono::steady_clock::now() < ends) std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

}  // namespace

Secret simulated_password(const std::string& file) {
  if (file.empty()) return {};
  auto text = read_secret_line(file, "password", "");
  Secret out(text);
  wipe(text);
  return out;
}

sim::CallAddress call_address(std::string_view option, const std::string& text) {
  sim::CallAddress out;
  if (text.empty()) return out;
  const auto colon = text.rfind(':');
  out.address = text.substr(0, colon);
  const auto port = colon == text.npos ? std::string() : text.substr(colon + 1);
  if (out.address.starts_with('[') && out.address.ends_with(']')) out.address = out.address.substr(1, out.address.size() - 2);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  const bool is_good = !out.address.empty() && error == std::errc{} && end == port.data() + port.size();
  if (!is_good) throw UsageError(std::string(option) + ": \"" + text + "\" is not ADDR:PORT");
  return out;
}

void check_simulated(std::string_view option, const std::string& url, std::initializer_list<const std::string*> names) {
  if (const auto objection = net::objection_to(url)) throw UsageError(std::string(option) + ": " + objection->detail);
  for (const auto* text : names) {
    if (text->size() > longest_name) throw UsageError("\"" + *text + "\" is longer than " + std::to_string(longest_name) + " characters");
  }
}

int play(const SimulatePace& pace, const FleetWords& words, const std::string& url,
         const std::function<sim::Crew(boost::asio::io_context&)>& make) {
  const auto signals = block_signals({SIGPIPE}, {SIGTERM, SIGINT});
  raise_limit_of_files();
  sim::FleetOptions options;
  options.rate = pace.rate;
  options.parallel = pace.parallel;
  options.is_once = pace.is_once;
  options.tls = tls_for(url, pace.ca);
  log::start(log::Form::text, log::Level::warning);
  const auto loops = make_loops(1);
  auto crew = make(loops.front()->context);
  const auto devices = crew.devices.size();
  if (crew.entrance) std::cout << crew.entrance->places() << std::flush;
  sim::Fleet fleet(loops.front()->context, std::move(options), std::move(crew), [&](const sim::SimulatedDevice& device) {
    if (devices <= most_told) tell(device, words);
  });
  fleet.start();
  start_threads(loops);
  watch(fleet, devices, pace, words, signals);
  fleet.stop();
  wait_until_closed(fleet);
  loops.front()->context.stop();
  loops.front()->thread.join();
  const auto figures = fleet.figures();
  if (devices > most_told) tell(figures, words);
  return figures.failures == 0 && figures.sessions != 0 ? exit_ok : exit_failure;
}

}  // namespace nscl::app
