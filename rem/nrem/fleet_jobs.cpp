// SPDX-License-Identifier: Apache-2.0
// What is written of fleet works. Each job leaves them so that work goes on from there, whatever ends the process.
#include <algorithm>

#include <nlohmann/json.hpp>

#include <nscl/base/unexpected.h>
#include <nscl/core/procedure.h>
#include <nscl/rem/cancellation.h>

#include "state.h"

namespace nscl::rem {
namespace {

using store::FleetMember;
using store::FleetMemberState;
using store::FleetState;
using store::FleetWork;

constexpr std::size_t most_open_of_one = 10;
constexpr std::uint64_t most_members = 1'000'000, most_groups = 1000;
constexpr std::size_t cancelled_at_once = 50;   // others write meanwhile
constexpr std::size_t longest_text = 500;

/// The requester as he is now; none: the principal is gone, quarantined, or another entity by now.
std::optional<security::Requestor> requestor_of(const core::Pipeline& pipeline, store::View& view, const FleetWork& fleet, Time now) {
  const auto found = security::requestor_named(view, fleet.principal, now);
  if (found && pipeline.is_quarantined(found->entity)) return std::nullopt;
  const bool is_vouched_for = fleet.requester.find("://") != fleet.requester.npos;
  if (!found || (found->entity != fleet.requester && !is_vouched_for)) return std::nullopt;
  return security::Requestor{fleet.principal, fleet.requester, fleet.is_operator && found->is_operator};
}

core::RequestIndication request_of(const FleetWork& fleet, const security::Requestor& from, std::string to) {
  core::RequestIndication request;
  request.verb = model::Verb::execute;
  request.to = std::move(to);
  request.from = std::make_shared<const security::Requestor>(from);
  request.delivery.rcat = fleet.rcat;
  if (fleet.deadline != never) request.delivery.deadline = fleet.deadline;
  return request;
}

void end_as(FleetWork& fleet, FleetState state, Time now) {
  fleet.state = state;
  fleet.ended = now;
}

void stop(FleetWork& fleet, std::string reason) {
  fleet.state = FleetState::stopping;
  fleet.reason = std::move(reason);
}

void count_refusals(FleetWork& fleet, const std::string& status, std::uint64_t count) {
  auto by_status = nlohmann::json::parse(fleet.refusals, nullptr, false);
  if (!by_status.is_object()) by_status = nlohmann::json::object();
  by_status[status] = by_status.value(status, std::uint64_t{0}) + count;
  fleet.refusals = by_status.dump();
  fleet.refused += count;
}

/// The count of members that ended so; null: this is no end of one that was begun.
std::uint64_t* count_of(FleetWork& fleet, FleetMemberState state) {
  switch (state) {
    case FleetMemberState::done: return &fleet.done;
    case FleetMemberState::failed: return &fleet.failed;
    case FleetMemberState::cancelled: return &fleet.cancelled;
    default: return nullptr;
  }
}

void move_to(store::ManagementWrites& management, FleetWork& fleet, FleetMember& member, FleetMemberState state) {
  if (auto* before = count_of(fleet, member.state)) --*before;
  if (auto* now = count_of(fleet, state)) ++*now;
  member.state = state;
  management.put_fleet_member(member);
}

FleetMemberState member_state_of(store::OperationState state) {
  if (state == store::OperationState::done) return FleetMemberState::done;
  return state == store::OperationState::cancelled ? FleetMemberState::cancelled : FleetMemberState::failed;
}

/// Says for which fleet work something is begun, as long as it lives.
class BegunFor {
 public:
  BegunFor(std::uint64_t& place, std::uint64_t fleet) : place_(place) { place_ = fleet; }
  ~BegunFor() { place_ = 0; }
  BegunFor(const BegunFor&) = delete;
  BegunFor& operator=(const BegunFor&) = delete;

 private:
  std::uint64_t& place_;
};

}  // namespace

Result<std::uint64_t> Nrem::State::put_new_fleet(store::Transaction& transaction, const core::RequestIndication& request, const core::Target& target) {
  auto& management = transaction.manage();
  const auto open = management.open_fleets(most_open_fleets);
  const auto own = std::ranges::count(open, request.from->entity, &FleetWork::requester);
  const bool has_enough = !request.from->is_operator && std::size_t(own) >= most_open_of_one;
  if (open.size() >= most_open_fleets || has_enough) return failure(Status::service_unavailable, "as many fleet works are under way as may: wait for one, or stop it");
  FleetWork fleet;
  fleet.group = target.owner;
  fleet.suffix = target.rest;
  fleet.principal = request.from->principal;
  fleet.requester = request.from->entity;
  fleet.is_operator = request.from->is_operator;
  fleet.rcat = request.delivery.rcat;
  fleet.deadline = request.delivery.deadline.value_or(never);
  fleet.started = clock.now();
  fleet.refusals = "{}";
  const auto id = management.put_fleet(fleet);
  management.add_fleet_members(id, {{.path = fleet.group, .state = FleetMemberState::group, .text = fleet.suffix}});
  return id;
}

std::optional<FleetGroup> Nrem::State::next_group(store::View& view, std::uint64_t id) const {
  const auto fleet = view.management().fleet(id);
  auto rows = view.management().fleet_members_in(id, FleetMemberState::group, 0, 1);
  if (!fleet || fleet->state != FleetState::gathering || rows.empty()) return std::nullopt;
  FleetGroup found{std::move(rows.front()), requestor_of(pipeline, view, *fleet, clock.now()), nullptr};
  if (!found.from) return found;
  const auto policy = pipeline.policy();
  auto request = request_of(*fleet, *found.from, found.row.path + "/membersContent");
  const auto target = core::resolve(registry, request.to);
  if (!target) return found.group = tl::unexpected(target.error()), found;
  const core::Procedure procedure(registry, *policy, request, *target, clock.now());
  found.group = procedure.group(view);
  return found;
}

Result<void> Nrem::State::keep_members(store::Transaction& transaction, const FleetGroup& of, const std::vector<FleetMember>& members, bool is_last) {
  auto& management = transaction.manage();
  auto fleet = management.fleet(of.row.fleet);
  if (!fleet || fleet->state != FleetState::gathering) return {};
  const auto split = [&](auto&& is_its) {
    std::vector<FleetMember> out;
    std::ranges::copy_if(members, std::back_inserter(out), is_its);
    return management.add_fleet_members(fleet->id, out);
  };
  split([](const FleetMember& each) { return each.state == FleetMemberState::group; });
  fleet->members += split([](const FleetMember& each) { return each.state == FleetMemberState::waiting; });
  const auto elsewhere = split([](const FleetMember& each) { return each.state == FleetMemberState::refused; });
  fleet->members += elsewhere;
  if (elsewhere > 0) count_refusals(*fleet, std::string(name_of(Status::not_implemented)), elsewhere);
  auto row = of.row;
  if (is_last) {
    const bool is_refused = !of.group && of.from;
    if (is_refused) {
      ++fleet->members;
      row.status = name_of(of.group.error().status);
      row.text = of.group.error().detail.substr(0, longest_text);
      count_refusals(*fleet, row.status, 1);
    }
    move_to(management, *fleet, row, is_refused ? FleetMemberState::refused : FleetMemberState::gathered);
  }
  if (!of.from) stop(*fleet, "who asked for it is nobody any more");
  else if (fleet->members > most_members || management.fleet_groups(fleet->id) > most_groups) stop(*fleet, "it has more members, or groups in groups, than a fleet work may");
  management.put_fleet(*fleet);
  return {};
}

// As an EXECUTE that came for this member alone (core::Pipeline).
Result<core::Outcome> Nrem::State::execute(store::Transaction& transaction, const core::RequestIndication& request, std::uint64_t for_fleet) {
  const auto target = core::resolve(registry, request.to);
  if (!target) return tl::unexpected(target.error());
  const auto policy = pipeline.policy();
  const BegunFor mark(begun_for, for_fleet);
  core::Procedure procedure(registry, *policy, request, *target, clock.now(), {&outbound, nullptr, self});
  try {
    return procedure.start(transaction);
  } catch (const store::StoreError&) {
    throw;   // another time
  } catch (const std::exception& error) {
    return tl::unexpected(unexpected_failure("a member of a fleet work could not be begun", error.what()));
  }
}

Result<void> Nrem::State::begin_member(store::Transaction& transaction, const FleetMember& which, std::optional<Error>& refusal) {
  auto& management = transaction.manage();
  auto fleet = management.fleet(which.fleet);
  auto member = management.fleet_member(which.fleet, which.position);
  if (!fleet || fleet->state != FleetState::running || !member || member->state != FleetMemberState::waiting) return {};
  const auto now = clock.now();
  const auto from = requestor_of(pipeline, transaction, *fleet, now);
  if (!from) {
    stop(*fleet, "who asked for it is nobody any more");
    management.put_fleet(*fleet);
    return {};
  }
  const auto begun = execute(transaction, request_of(*fleet, *from, member->path), fleet->id);
  if (!begun) {
    refusal = begun.error();
    return tl::unexpected(begun.error());
  }
  fleet = management.fleet(which.fleet);   // what was begun may have ended something else of it
  member->operation = begun->ticket.value_or(0);
  ++fleet->begun;
  fleet->last_begun = now;
  move_to(management, *fleet, *member, begun->ticket ? FleetMemberState::begun : FleetMemberState::done);
  management.put_fleet(*fleet);
  return {};
}

Result<void> Nrem::State::refuse_member(store::Transaction& transaction, const FleetMember& which, const Error& refusal) {
  auto& management = transaction.manage();
  auto fleet = management.fleet(which.fleet);
  auto member = management.fleet_member(which.fleet, which.position);
  if (!fleet || !member || member->state != FleetMemberState::waiting) return {};
  member->status = name_of(refusal.status);
  member->text = refusal.detail.substr(0, longest_text);
  move_to(management, *fleet, *member, FleetMemberState::refused);
  count_refusals(*fleet, member->status, 1);
  management.put_fleet(*fleet);
  return {};
}

Result<std::size_t> Nrem::State::cancel_queued(store::Transaction& transaction, std::uint64_t id) {
  const auto fleet = transaction.management().fleet(id);
  if (!fleet || fleet->state != FleetState::stopping) return std::size_t{0};
  auto queued = transaction.management().queued_for_fleet(id, cancelled_at_once);
  for (auto& operation : queued) {
    if (auto done = conclude(transaction, std::move(operation), store::OperationState::cancelled, cancelled_report()); !done) return tl::unexpected(done.error());
  }
  return queued.size();
}

// A device may be forgotten with all that waited for it.
Result<void> Nrem::State::count_lost(store::Transaction& transaction, std::uint64_t id) {
  auto& management = transaction.manage();
  auto fleet = management.fleet(id);
  if (!fleet) return {};
  const auto pending = management.fleet_pending(id);
  if (pending.queued + pending.out >= fleet->in_progress()) return {};
  for (auto& member : management.lost_fleet_members(id, cancelled_at_once)) {
    member.text = "what waited for the device was forgotten with it";
    move_to(management, *fleet, member, FleetMemberState::failed);
  }
  management.put_fleet(*fleet);
  return {};
}

Result<void> Nrem::State::advance(store::Transaction& transaction, std::uint64_t id) {
  auto& management = transaction.manage();
  auto fleet = management.fleet(id);
  if (!fleet || store::is_over(fleet->state)) return {};
  const bool has_groups = fleet->state == FleetState::gathering && !management.fleet_members_in(id, FleetMemberState::group, 0, 1).empty();
  const bool has_waiting = fleet->begun + fleet->refused < fleet->members, is_quiet = fleet->in_progress() == 0;
  if (fleet->state == FleetState::gathering && !has_groups) fleet->state = FleetState::running;
  else if (fleet->state == FleetState::running && !has_waiting && is_quiet) end_as(*fleet, FleetState::finished, clock.now());
  else if (fleet->state == FleetState::stopping && is_quiet) end_as(*fleet, FleetState::stopped, clock.now());
  else return {};
  management.put_fleet(*fleet);
  return {};
}

void Nrem::State::count_end(store::Transaction& transaction, const store::Operation& operation) {
  if (operation.fleet == 0) return;
  auto& management = transaction.manage();
  auto member = management.fleet_member_of(operation.id);
  auto fleet = member ? management.fleet(member->fleet) : std::nullopt;
  if (!fleet) return;
  move_to(management, *fleet, *member, member_state_of(operation.state));
  management.put_fleet(*fleet);
}

void Nrem::State::follow(store::Transaction& transaction, const store::Operation& operation, std::uint64_t next) {
  if (operation.fleet == 0) return;
  auto& management = transaction.manage();
  auto goes_on = management.operation(next);
  auto member = management.fleet_member_of(operation.id);
  if (!goes_on || !member) return;
  goes_on->fleet = operation.fleet;
  management.put_operation(*goes_on);
  member->operation = next;
  management.put_fleet_member(*member);
}

}  // namespace nscl::rem
