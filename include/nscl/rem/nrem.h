// SPDX-License-Identifier: Apache-2.0
// Nrem: remote entity management of the network (TS 102 690, 5.6). Turns operations on management objects and commands into
// operations on devices, hands those to the engines of the management protocols, and brings what devices say back into the tree.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include <boost/asio/io_context.hpp>

#include <nscl/base/secret.h>
#include <nscl/core/delegate.h>
#include <nscl/core/pipeline.h>
#include <nscl/rem/mapping_table.h>
#include <nscl/rem/ticketed_work.h>
#include <nscl/rem/transfer_planner.h>
#include <nscl/store/store.h>

namespace nscl::rem {

/// What becomes of a device that nobody announced: it is refused, known but not managed, or managed at once as an scl of its own.
enum class UnknownDevices : unsigned char { reject, quarantine, adopt };

struct NremOptions {
  UnknownDevices unknown = UnknownDevices::quarantine;
  std::chrono::milliseconds live_wait{10'000};     ///< a request waits so long for its device before it is answered 202
  std::size_t queue = 256;                         ///< operations of a device that are not over
  std::chrono::seconds change_life{7 * 86'400};    ///< of an UPDATE, CREATE or DELETE that waits for its device
  std::chrono::seconds action_life{86'400};        ///< of an EXECUTE that does
  std::chrono::seconds report_time{86'400};        ///< within which a device has to tell how an action ended
  std::chrono::seconds instance_life{30 * 86'400}; ///< of an execInstance, from its start and again from its end
  std::size_t events = 200;                        ///< kept of each device
  std::chrono::seconds not_seen_after{25 * 3600};  ///< an adopted device that did not call for so long is an alarm
  unsigned attempts = 10;                          ///< at an operation
  unsigned fleet_rate = 50;                        ///< members that fleet works begin in a second, all together
  std::size_t fleet_in_progress = 10'000;          ///< operations of one fleet work that are not over
  bool calls_devices = false;                      ///< connection requests are made
  /// Whoever subscribes to a management object expects to be told when the device changes, and not only when somebody reads it.
  bool notify_on_device_change = true;
  bool gives_logins = true;                        ///< a device that nobody knows how to call is given credentials for it
  /// Keeps them, wrapped. Empty: none are given.
  std::function<Result<void>(store::Transaction&, store::ManagementCredential, const Secret&)> keep_login = {};
  TransferPlanner* transfers = nullptr;            ///< outlives Nrem; null: commands cannot name files kept here
};

class Nrem final : public core::Delegate, public TicketedWork {
 public:
  /// `pipeline` gives the policy in force; `home` outlives this object. Doubts what earlier sessions of an ended process had (rem.md 5.5).
  Nrem(const model::Registry& registry, store::Store& store, const Clock& clock, core::Pipeline& pipeline, core::Outbound& outbound,
       std::shared_ptr<const MappingTable> table, boost::asio::io_context& home, NremOptions options);
  ~Nrem() override;

  Result<std::optional<core::Ticket>> take(store::Transaction& transaction, const core::Change& wanted, const core::RequestIndication& request) override;
  Result<core::Started> start(store::Transaction& transaction, const model::Resource& resource, std::string_view attribute,
                              const core::RequestIndication& request) override;
  bool may_refresh(const core::RequestIndication& request, const core::Target& target) const override;
  net::Task<Result<void>> refresh(const core::RequestIndication& request, const core::Target& target, boost::asio::io_context& context) override;
  net::Task<std::optional<Result<void>>> settled(core::Ticket ticket, const core::RequestIndication& request, boost::asio::io_context& context) override;
  net::Task<Result<std::optional<std::string>>> start_at_members(const core::RequestIndication& request, const core::Target& target,
                                                                 boost::asio::io_context& context) override;

  net::Task<Result<Welcome>> begin(Contact contact, boost::asio::io_context& context) override;
  net::Task<Result<std::optional<Assignment>>> next(std::string device, boost::asio::io_context& context) override;
  net::Task<Result<void>> finish(std::string device, std::uint64_t operation, Report report, boost::asio::io_context& context) override;
  net::Task<Result<void>> complete(Completion completion, boost::asio::io_context& context) override;
  void end(const std::string& device, std::optional<std::uint64_t> operation) override;
  net::Task<Result<void>> hold(std::string device, std::uint64_t operation, std::string ticket, boost::asio::io_context& context) override;
  Standing standing(const std::string& device, std::uint64_t operation, boost::asio::io_context& context) const override;

  /// Now and then, on the thread of `context`, which is `home`: ends what has waited for too long, and writes when devices were last seen.
  void keep(boost::asio::io_context& context);

  /// A round of all fleet works, which keep() begins too: some of their members are begun. No effect while another one is under way. On the thread of `context`, which is `home`.
  net::Task<void> work_on_fleets(boost::asio::io_context& context);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nscl::rem
