// SPDX-License-Identifier: Apache-2.0
// External ACS: devices that another server manages, and what is done on them through its north-bound interface (docs/external-acs.md).
//
// An ACS elsewhere is an engine like the one of this program (rem.md 2.11): it works through Work, and what that section asks of an adapter is
// Work from the other side. submit(device, operation) is next() followed by ExternalAcs::submit(), event(ticket, result) is finish(),
// deviceEvent(device) is begin(). A driver is what is left: how to hand an operation to one kind of server, and to find out what became of it.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include <nscl/rem/connection_request.h>
#include <nscl/rem/ticketed_work.h>
#include <nscl/store/store.h>

namespace nscl::rem {

/// A device as an external ACS knows it.
struct ExternalDevice {
  std::string id;
  DeviceFacts facts;                      ///< without `external`, which the engine sets
  Time last_contact{}, last_boot{}, last_bootstrap{};   ///< the epoch: it does not say
};

/// How far the ACS has come with an operation.
struct ExternalProgress {
  bool is_waiting = false;                ///< it has the operation: look() again, with `ticket`
  std::string ticket;                     ///< what the ACS calls it, as long as it has it; empty, and waiting: it is not known whether it has
  Report report;                          ///< how it ended, if it is not waiting; with a ticket, it has to be withdrawn
};

/// What became of the wish that the ACS forget an operation.
enum class Withdrawal : unsigned char { withdrawn, absent, not_now };

/// A driver: one external ACS. On the thread of its io_context; all calls come to an end in bounded time.
class ExternalAcs {
 public:
  virtual ~ExternalAcs() = default;

  /// Nothing: the ACS does not know the device. service_unavailable: it does not answer; bad_gateway: it answers something else.
  virtual net::Task<Result<std::optional<ExternalDevice>>> find(std::string device) = 0;
  /// Devices behind `after` in the order of their ids. Errors of find().
  virtual net::Task<Result<std::vector<ExternalDevice>>> list(std::string after, std::size_t limit) = 0;

  /// Hands an operation over, unless the ACS has it already.
  virtual net::Task<ExternalProgress> submit(ExternalDevice device, Assignment assignment) = 0;
  virtual net::Task<ExternalProgress> look(ExternalDevice device, Assignment assignment, std::string ticket) = 0;
  /// Has the ACS forget the operation, so that what was not done then is not done any more.
  virtual net::Task<Withdrawal> withdraw(ExternalDevice device, Assignment assignment, std::string ticket) = 0;

  /// Ends what is under way.
  virtual void stop() = 0;
};

struct ExternalOptions {
  std::string name;                              ///< as [[external_acs]] and DeviceFacts::external have it
  bool takes_all = false;                        ///< also devices that nobody announced, by NremOptions::unknown
  std::chrono::milliseconds poll_time{10'000};   ///< between two looks at an operation that the ACS has; longer the longer it waits
  std::chrono::milliseconds list_time{300'000};  ///< between two readings of the list of devices
  std::size_t sessions = 10'000;                 ///< devices that something is done for at once
};

/// What works through `work` for the devices of one external ACS. request() begins what is a session elsewhere: operations of a device
/// are handed over one after the other, and each waited for.
class ExternalEngine final : public ConnectionRequester {
 public:
  /// On the thread of `home`. All references outlive the object, which goes before `home`.
  ExternalEngine(TicketedWork& work, store::Store& store, const Clock& clock, boost::asio::io_context& home, std::unique_ptr<ExternalAcs> acs,
                 ExternalOptions options);
  ~ExternalEngine() override;

  net::Task<CallOutcome> request(Call call) override;

  /// From now on the list of devices is read, at once and then every list_time. What the last process had handed over is looked for.
  void start();
  /// Begins nothing more. Any thread, if `home` does not run any more.
  void stop();

  /// Reads the list once: who called the ACS since the last time has called here too. Errors of ExternalAcs::list().
  net::Task<Result<void>> read_list();
  /// Has devices called again that something waits for, and that nobody would call: after a restart.
  net::Task<Result<void>> resume();
  bool is_idle() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// Calls devices of external ACSs through these, and others as usual.
class ExternalRouter final : public ConnectionRequester {
 public:
  /// `usual` outlives this object, as do the requesters.
  ExternalRouter(ConnectionRequester& usual, std::map<std::string, ConnectionRequester*> by_name);

  net::Task<CallOutcome> request(Call call) override;

 private:
  ConnectionRequester& usual_;
  const std::map<std::string, ConnectionRequester*> by_name_;
};

}  // namespace nscl::rem
