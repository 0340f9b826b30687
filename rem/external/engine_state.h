// SPDX-License-Identifier: Apache-2.0
// What the parts of ExternalEngine share. Frames of coroutines keep it until their context goes.
#pragma once

#include <optional>
#include <set>

#include <nscl/net/awaiting.h>
#include <nscl/rem/external_acs.h>


namespace nscl::rem {

struct ExternalEngine::State {
  /// Begins a session, unless the device is in one. False: as many devices are as may.
  static bool open(const std::shared_ptr<State>& state, ExternalDevice device);
  static net::Task<void> run_session(std::shared_ptr<State> state, ExternalDevice device);
  static net::Task<void> run_lists(std::shared_ptr<State> state);

  net::Task<void> perform(ExternalDevice device, Assignment assignment);
  /// Until it ended, or nobody waits for it any more.
  net::Task<std::optional<Report>> follow(ExternalDevice device, Assignment assignment, ExternalProgress progress);
  net::Task<Withdrawal> withdraw(ExternalDevice device, Assignment assignment, std::string ticket);
  net::Task<void> pause(std::chrono::milliseconds time);

  Contact contact_of(const ExternalDevice& device);
  /// Whether a device of the list has something to tell here.
  bool is_news(const ExternalDevice& device);
  net::Task<Result<void>> read_list(std::shared_ptr<State> self);
  net::Task<Result<void>> resume();

  TicketedWork& work;
  store::Store& store;
  const Clock& clock;
  boost::asio::io_context& home;
  std::unique_ptr<ExternalAcs> acs;   ///< gone with the engine
  const ExternalOptions options;
  std::set<std::string> sessions = {};   ///< devices in one
  bool is_stopping = false;
};

}  // namespace nscl::rem
