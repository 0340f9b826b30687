// SPDX-License-Identifier: Apache-2.0
// What the parts of Nrem share.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include <nscl/core/procedure.h>
#include <nscl/rem/gateway_lists.h>
#include <nscl/rem/mapping.h>
#include <nscl/rem/nrem.h>
#include <nscl/rem/transfer_planner.h>

#include "effect.h"
#include "fleet_members.h"
#include "objects.h"
#include "tree.h"
#include "waiters.h"

namespace nscl::rem {

inline constexpr std::size_t pending_looked_at = 1000, most_open_fleets = 100;

/// Devices in session, and when those were seen whose contact is not written yet. Any thread.
class Presence {
 public:
  void begin(const std::string& device) { change(device, 1); }
  void end(const std::string& device) { change(device, -1); }
  bool is_in_session(const std::string& device) const;

  void note(const std::string& device, Time now);
  /// At most `limit` of those that were noted; they are forgotten here.
  std::map<std::string, Time> take(std::size_t limit);

 private:
  void change(const std::string& device, int by);

  mutable std::mutex mutex_;
  std::unordered_map<std::string, int> sessions_;
  std::map<std::string, Time> seen_;
};

/// Resources whose values were read from, or set on, their device just now. Any thread.
class Freshness {
 public:
  void note(const std::string& path, Time now);
  bool is_fresh(const std::string& path, Time now) const;
  /// Forgets those that are not fresh any more.
  void forget(Time now);

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Time> read_;
};

/// What a RETRIEVE can read from the device.
struct DeviceReading {
  std::optional<store::ManagedDevice> device;   ///< none: nothing can be read now
  std::vector<std::string> paths;
  std::optional<core::Ticket> ticket;           ///< it is being read already
};

/// How an operation ended, for whoever asked for it; nothing if it has not.
std::optional<Result<void>> end_of(const std::optional<store::Operation>& operation);
/// The operation, or the newer one that it ends with.
std::optional<store::Operation> newest(store::ManagementReads& management, core::Ticket ticket);
/// A DOWNLOAD, SCHEDULEDOWNLOAD or UPLOAD; with `is_upload` only if its file goes that way.
bool is_transfer(const store::Operation& operation, std::optional<bool> is_upload = {});
/// An end that the device has no part in.
Report refused(const Error& error);
/// The request of a requestor from which an operation came, when another one follows from it.
core::RequestIndication request_from(std::string requester);

/// A group whose members a fleet work gathers.
struct FleetGroup {
  store::FleetMember row;
  std::optional<security::Requestor> from;   ///< by whose rights; none: it is nobody's any more
  Result<model::ResourcePtr> group;          ///< or why it may not be asked
};

struct Nrem::State {
  const model::Registry& registry;
  store::Store& store;
  const Clock& clock;
  core::Pipeline& pipeline;
  core::Outbound& outbound;
  std::shared_ptr<const MappingTable> table;
  boost::asio::io_context& home;   ///< that outlives everything here
  const NremOptions options;
  Waiters waiters;
  std::vector<core::Ticket>* concluded = nullptr;   ///< by the job that runs; on the writer's thread
  Presence presence;
  Freshness freshness;
  Time next_round{}, next_contacts{};   ///< of what is written now and then; on the thread of `home`
  core::Delegate* self = nullptr;   ///< what this is the state of
  std::uint64_t begun_for = 0;      ///< the fleet work for which the job that runs begins something; on the writer's thread
  /// On the thread of `home`. A round may end after everything here is gone.
  const std::shared_ptr<bool> has_fleet_round = std::make_shared<bool>(false);
  Time fleet_round{};               ///< the last one
  double fleet_tokens = 0;          ///< members that may be begun now
  std::string watch_cursor;   ///< of find_stale()

  Tree tree(store::Transaction& transaction) const { return {registry, pipeline.policy(), outbound, transaction, clock.now()}; }
  /// Runs the job; who waits for what it concluded is woken once that is durable.
  net::Task<Result<void>> write(store::WriteJob job, boost::asio::io_context& context);

  // work.cpp
  net::Task<void> prepare(const std::string& body);
  /// On the writer's thread. Nothing if it failed before the device was told of it.
  Result<std::optional<Assignment>> assign(store::Transaction& transaction, store::Operation operation);

  // operations.cpp: on the writer's thread
  /// Queues an operation and has its device called. service_unavailable: too many wait.
  Result<std::uint64_t> enqueue(store::Transaction& transaction, const store::ManagedDevice& device, const Task& task, const Effect& effect,
                                std::string resource, const core::RequestIndication& request, std::chrono::seconds life);
  /// An operation that nothing has to be done for on the device.
  Result<std::optional<core::Ticket>> conclude_at_once(store::Transaction& transaction, const store::ManagedDevice& device, const Effect& effect,
                                                       std::string resource, const core::RequestIndication& request);
  /// Ends an operation for good, with what becomes of the tree.
  Result<void> conclude(store::Transaction& transaction, store::Operation operation, store::OperationState state, const Report& report);
  Result<void> conclude(store::Transaction& transaction, store::Operation operation, const Report& report);
  /// What a session, or a device later on, told of an operation.
  Result<void> take_report(store::Transaction& transaction, store::Operation operation, const Report& report);
  Result<void> go_on_with(store::Transaction& transaction, store::Operation operation, const Task& task);
  Result<void> expire(store::Transaction& transaction, store::Operation operation);

  // cancelling.cpp: on the writer's thread
  /// How the device ends a command that it has begun; nothing: it cannot.
  std::optional<Cancel> way_to_cancel(const store::ManagedDevice& device, const store::Operation& operation) const;
  Result<void> cancel(store::Transaction& transaction, store::Operation operation, const core::RequestIndication& request);
  /// True for a cancel of what has ended meanwhile: the device is not told of it.
  bool is_cancel_of_nothing(store::Transaction& transaction, const Task& task, const Effect& effect) const;

  // answers.cpp
  /// Tells those their outcome who were promised it. On the writer's thread; the operation is over.
  void tell(store::Transaction& transaction, store::Operation& operation, Effect& effect);
  /// The request is answered STATUS_ACCEPTED, and its contact told the outcome. A value: it has ended meanwhile, and is answered so.
  net::Task<std::optional<Result<void>>> promise(core::Ticket ticket, const core::RequestIndication& request, boost::asio::io_context& context);

  // rediscovery.cpp: on the writer's thread
  /// The device does not have what the operation is about: true if it is asked what it has, and the operation done once more.
  Result<bool> try_again(store::Transaction& transaction, const store::Operation& operation, const Report& report);

  // downloads.cpp: on the writer's thread
  /// The device has come back with another version: downloads of that version have succeeded, if nothing else is reported soon.
  Result<void> note_version(store::Transaction& transaction, const std::string& device, const std::string& version);
  /// Whether the device has fetched the whole file that the operation brings it.
  bool was_fetched(store::Transaction& transaction, const store::Operation& operation, const Task& task) const;

  // superseding.cpp: on the writer's thread
  /// UPDATEs of the resource that are not over, in their order.
  std::vector<store::Operation> updates_of(store::Transaction& transaction, std::string_view resource) const;
  /// Takes out of older UPDATEs what the newer one decides (rem.md 5.3 rule 8).
  Result<void> supersede(store::Transaction& transaction, std::uint64_t newer, std::vector<store::Operation> older);

  // changes.cpp: on the writer's thread
  using Taken = Result<std::optional<core::Ticket>>;
  Taken take(store::Transaction& transaction, const core::Change& wanted, const core::RequestIndication& request);
  Taken take_changed(store::Transaction& transaction, const store::ManagedDevice& device, const model::Resource& before, const model::Resource& after,
                     const core::RequestIndication& request);
  Taken take_new(store::Transaction& transaction, const store::ManagedDevice& device, const model::Resource& resource, const core::RequestIndication& request);
  Taken take_gone(store::Transaction& transaction, const store::ManagedDevice& device, const model::Resource& resource, const core::RequestIndication& request);
  Result<void> forget_instances(store::Transaction& transaction, const model::Resource& resource, const core::RequestIndication& request);
  Result<void> forget(store::Transaction& transaction, std::string_view path, const core::RequestIndication& request);
  /// Has the device asked what it is and has, unless that is to be done already. `priority`: at the latest.
  Result<void> discover(store::Transaction& transaction, const store::ManagedDevice& device, int priority = 0);

  // actions.cpp: on the writer's thread
  Result<core::Started> start(store::Transaction& transaction, const model::Resource& resource, std::string_view attribute, const core::RequestIndication& request);
  Result<core::Started> end_command(store::Transaction& transaction, const model::Resource& instance, const core::RequestIndication& request);
  Result<core::Started> run_command(store::Transaction& transaction, const store::ManagedDevice& device, const model::Resource& mgmt_cmd,
                                    const core::RequestIndication& request);
  Result<core::Started> act(store::Transaction& transaction, const store::ManagedDevice& device, const model::Resource& triggers, std::string_view attribute,
                            const core::RequestIndication& request);
  /// Whether a command can be sent, as far as it can be told before.
  Result<void> check(store::Transaction& transaction, const store::ManagedDevice& device, const Command& command) const;
  Result<void> show_begun(Tree& where, const Effect& effect);
  Result<std::vector<Task>> tasks_of(store::Transaction& transaction, const store::ManagedDevice& device, const ActionPlan& plan, Effect& effect) const;
  // software.cpp
  /// A swInstance that an application made is the deployment unit from now on that its action installed.
  Result<void> bind_unit(Tree& where, const store::Operation& operation, const Effect& effect, const Report& report);
  Result<void> end_action(Tree& where, const store::Operation& operation, const Effect& effect, const Report& report);
  Result<void> go_on(Tree& where, const store::Operation& operation, Effect& effect, const Report& report);

  /// Writes when devices were last seen, a part of them if there are many. On the thread of `home`.
  void note_contacts(Time now);
  // attached.cpp: on the writer's thread
  /// What a gateway's lists say is behind it, as attachedDevices.
  Result<void> know_lists(Tree& where, const store::ManagedDevice& gateway, const Report& report);
  Result<void> know_caller(Tree& where, const store::ManagedDevice& gateway, const std::string& collection, const std::string& id);
  Result<void> know_rows(Tree& where, const store::ManagedDevice& gateway, const std::string& collection, const std::vector<ListedEmbedded>& rows);
  /// Gives a device behind a gateway its place in the tree.
  Result<void> settle_behind(Tree& where, store::ManagedDevice device);
  /// The objects of embedded devices, as they were read.
  Result<void> know_embedded(Tree& where, const store::ManagedDevice& gateway, const DeviceMapping& mapping, const Report& report);
  /// Values that a gateway told, in the objects of what is behind it.
  Result<void> apply_embedded(Tree& where, const store::ManagedDevice& gateway, const DeviceMapping& mapping, const std::vector<Leaf>& leaves);
  /// An attachedDevice goes: what waits for it does too.
  Result<void> drop_queue(store::Transaction& transaction, const model::Resource& attached_device, const core::RequestIndication& request);
  Result<void> drop(store::Transaction& transaction, store::Operation operation, const core::RequestIndication& request);

  // processing.cpp: on the writer's thread
  Result<void> await_processing(store::Transaction& transaction, store::Operation operation, Effect effect, const Report& report);
  Result<void> take_look(store::Transaction& transaction, store::Operation operation, const Effect& effect, const Report& look);
  void hasten_looks(store::Transaction& transaction, const Contact& contact);

  // nrem.cpp
  DeviceReading reading_of(store::View& view, std::string_view path, bool has_to) const;
  bool has_value(const core::Target& target);

  // unseen.cpp
  /// Raises the alarm for devices that did not call for too long: of a slice at each call, and then not for a while. On the thread of `home`.
  void look_for_unseen(Time now);
  struct Unseen {
    Time next{};              ///< look then
    Time contact{};           ///< the last device of the slice before
    std::string device;
  } unseen;                   ///< on the thread of `home`

  // calls.cpp
  /// Has the device called later if a session left something undone. On the writer's thread.
  void plan_call(store::Transaction& transaction, const std::string& device) const;
  /// Whether plan_call may have something to do. Any thread.
  bool has_left_work(const std::string& device) const;
  /// Whether a request may hope that its device begins a session while it waits. On the thread of `context`.
  bool may_come_soon(const std::string& device, boost::asio::io_context& context) const;
  /// The same, and has it called if a session of it ended just when the work was queued.
  net::Task<bool> comes_soon(std::string device, boost::asio::io_context& context);
  /// Whether it is worth to call the device.
  bool can_be_called(store::View& view, const store::ManagedDevice& device) const;

  // effects.cpp: on the writer's thread
  /// `effect` loses its addressees if another operation goes on with it.
  Result<void> realise(Tree& tree, const store::Operation& operation, Effect& effect, const Report& report);
  Result<void> know(Tree& where, store::ManagedDevice device, const Report& report);
  Result<void> give_login(Tree& where, const store::ManagedDevice& device, const DeviceFacts& facts);
  Result<void> keep_or_drop_login(Tree& where, const store::Operation& operation, const Report& report);
  Result<void> note_accepted(Tree& tree, const store::Operation& operation, const Effect& effect);

  // fleets.cpp
  Result<bool> is_for_fleet(store::View& view, const core::RequestIndication& request, const core::Target& target) const;
  net::Task<void> work_on(store::FleetWork fleet, std::size_t& budget, boost::asio::io_context& context);
  net::Task<void> gather(std::uint64_t id, boost::asio::io_context& context);
  net::Task<std::size_t> begin_members(std::uint64_t id, std::size_t count, boost::asio::io_context& context);

  // fleet_jobs.cpp: on the writer's thread, but for next_group()
  Result<std::uint64_t> put_new_fleet(store::Transaction& transaction, const core::RequestIndication& request, const core::Target& target);
  std::optional<FleetGroup> next_group(store::View& view, std::uint64_t id) const;
  Result<void> keep_members(store::Transaction& transaction, const FleetGroup& of, const std::vector<store::FleetMember>& members, bool is_last);
  Result<core::Outcome> execute(store::Transaction& transaction, const core::RequestIndication& request, std::uint64_t for_fleet);
  Result<void> begin_member(store::Transaction& transaction, const store::FleetMember& which, std::optional<Error>& refusal);
  Result<void> refuse_member(store::Transaction& transaction, const store::FleetMember& which, const Error& refusal);
  /// Some of those whose devices were not told, if the work is to stop; how many.
  Result<std::size_t> cancel_queued(store::Transaction& transaction, std::uint64_t id);
  Result<void> count_lost(store::Transaction& transaction, std::uint64_t id);
  /// The next state, if nothing is left to do in the present one.
  Result<void> advance(store::Transaction& transaction, std::uint64_t id);
  /// An operation has ended: so has the member that it was for, if it was its last.
  void count_end(store::Transaction& transaction, const store::Operation& operation);
  /// The member goes on with another operation.
  void follow(store::Transaction& transaction, const store::Operation& operation, std::uint64_t next);

  // watches.cpp: on the writer's thread, but for find_stale()
  /// What the device is to tell of because of a subscription that comes, changes or goes. Never refuses it.
  void follow_subscription(store::Transaction& transaction, const core::Change& wanted);
  /// Puts what `owner` wishes in the place of what it wished before, and has the device told of what that changes.
  Result<void> watch(store::Transaction& transaction, const store::ManagedDevice& device, const std::string& owner, const std::vector<WatchedLeaf>& wished);
  /// The device may have forgotten all that it was asked to tell of.
  Result<void> watch_again(Tree& where, const store::ManagedDevice& device);
  /// Has the device asked for what is wished of these leaves when it is sent.
  Result<void> ask_to_tell(store::Transaction& transaction, const store::ManagedDevice& device, const std::string& about, std::vector<WatchedLeaf> leaves);
  /// Owners of wishes that their subscriptions do not ask for any more; a page of them at each call. On the thread of `home`.
  std::vector<std::string> find_stale();
  Result<void> settle_stale(store::Transaction& transaction, const std::vector<std::string>& owners);

  // nodes.cpp: on the writer's thread
  /// Traps tell of an alert that came from their nodes.
  Result<void> note_alert(store::Transaction& transaction, const Completion& alert);
  /// A device of OMA-DM is asked what it has, once an operation has given it something else.
  Result<void> look_anew(store::Transaction& transaction, const store::Operation& operation, const Effect& effect, const Report& report);
  /// The states of its actions under way are read in this session.
  Result<void> look_at_actions(store::Transaction& transaction, const store::ManagedDevice& device, const DeviceFacts& facts);

  // traps.cpp: on the writer's thread
  /// An event of a trap, now.
  Result<void> note_event(Tree& where, std::string_view trap);
  Result<void> note_changes(Tree& where, const store::ManagedDevice& device, const std::vector<Leaf>& leaves);
  Result<void> read_alarms(store::Transaction& transaction, const store::ManagedDevice& device);
  Result<void> note_alarms(Tree& where, const store::ManagedDevice& device, const Report& report);

  // transfer_effects.cpp: on the writer's thread
  /// A transfer has come further: the action that it is a part of shows it.
  Result<void> show_moved(store::Transaction& transaction, const store::Transfer& transfer);
  /// What a session read for an UPLOAD, on the disk, and out of the report. Nothing: there is none, or it could not be kept, and the report says so.
  net::Task<std::optional<KeptOctets>> keep_read(std::uint64_t operation, Report& report, boost::asio::io_context& context);
  /// The file that the device sent, as logData. not_found: it sent none.
  Result<model::Value> log_data_of(store::View& view, const store::Operation& operation) const;

  // contact.cpp: on the writer's thread
  Result<Welcome> note_contact(store::Transaction& transaction, const Contact& contact);
  /// Values that came along with a contact.
  Result<void> show_told(store::Transaction& transaction, const store::ManagedDevice& device, const DeviceFacts& facts, std::vector<Leaf> leaves);
  /// True if one of them is the end of a factory reset.
  Result<bool> finish_by_events(store::Transaction& transaction, const Contact& contact);
};

/// tickets.cpp: what hold() kept last; empty: nothing.
std::string external_ticket_of(const store::Operation& operation);

}  // namespace nscl::rem
