// SPDX-License-Identifier: Apache-2.0
// What the parts of Nrem share.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include <nscl/rem/mapping.h>
#include <nscl/rem/nrem.h>

#include "effect.h"
#include "tree.h"
#include "waiters.h"

namespace nscl::rem {

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
  Time next_round{};   ///< of what is written now and then; on the thread of `home`
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
  Result<void> cancel(store::Transaction& transaction, store::Operation operation, const core::RequestIndication& request);

  // changes.cpp: on the writer's thread
  using Taken = Result<std::optional<core::Ticket>>;
  Taken take(store::Transaction& transaction, const core::Change& wanted, const core::RequestIndication& request);
  Taken take_changed(store::Transaction& transaction, const store::ManagedDevice& device, const model::Resource& before, const model::Resource& after,
                     const core::RequestIndication& request);
  Taken take_new(store::Transaction& transaction, const store::ManagedDevice& device, const model::Resource& resource, const core::RequestIndication& request);
  Taken take_gone(store::Transaction& transaction, const store::ManagedDevice& device, const model::Resource& resource, const core::RequestIndication& request);
  Result<void> forget_instances(store::Transaction& transaction, const model::Resource& resource, const core::RequestIndication& request);
  Result<void> forget(store::Transaction& transaction, std::string_view path, const core::RequestIndication& request);
  /// Has the device asked what it is and has, unless that is to be done already.
  Result<void> discover(store::Transaction& transaction, const store::ManagedDevice& device);

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
  Result<void> end_action(Tree& where, const store::Operation& operation, const Effect& effect, const Report& report);
  Result<void> go_on(Tree& where, const store::Operation& operation, Effect effect, const Report& report);

  // nrem.cpp
  DeviceReading reading_of(store::View& view, std::string_view path, bool has_to) const;
  bool has_value(const core::Target& target);

  // calls.cpp
  /// Has the device called later if a session left something undone. On the writer's thread.
  void plan_call(store::Transaction& transaction, const std::string& device) const;
  /// Whether plan_call may have something to do. Any thread.
  bool has_left_work(const std::string& device) const;
  /// Whether a request may hope that its device begins a session while it waits. On the thread of `context`.
  bool may_come_soon(const std::string& device, boost::asio::io_context& context) const;
  /// Whether it is worth to call the device.
  bool can_be_called(const store::ManagedDevice& device) const;

  // effects.cpp: on the writer's thread
  Result<void> realise(Tree& tree, const store::Operation& operation, const Effect& effect, const Report& report);
  Result<void> know(Tree& where, store::ManagedDevice device, const Report& report);
  Result<void> give_login(Tree& where, const store::ManagedDevice& device, const DeviceFacts& facts);
  Result<void> keep_or_drop_login(Tree& where, const store::Operation& operation, const Report& report);
  Result<void> note_accepted(Tree& tree, const store::Operation& operation, const Effect& effect);

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

  // traps.cpp: on the writer's thread
  Result<void> note_changes(Tree& where, const store::ManagedDevice& device, const std::vector<Leaf>& leaves);
  Result<void> read_alarms(store::Transaction& transaction, const store::ManagedDevice& device);
  Result<void> note_alarms(Tree& where, const store::ManagedDevice& device, const Report& report);

  // transfer_effects.cpp: on the writer's thread
  /// A transfer has come further: the action that it is a part of shows it.
  Result<void> show_moved(store::Transaction& transaction, const store::Transfer& transfer);
  /// The file that the device sent, as logData. not_found: it sent none.
  Result<model::Value> log_data_of(store::View& view, const store::Operation& operation) const;

  // contact.cpp: on the writer's thread
  Result<Welcome> note_contact(store::Transaction& transaction, const Contact& contact);
  Result<void> finish_by_events(store::Transaction& transaction, const Contact& contact);
};

}  // namespace nscl::rem
