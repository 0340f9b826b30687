// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/fleet.h>

#include <algorithm>
#include <array>
#include <chrono>

#include <nscl/rem/device_json.h>

#include "shown_json.h"
namespace nscl::rem {
namespace {

constexpr std::array<std::string_view, 5> fleet_states = {"gathering", "running", "stopping", "stopped", "finished"};
constexpr std::array<std::string_view, 8> member_states = {"group", "gathered", "waiting", "begun", "done", "failed", "cancelled", "refused"};
constexpr std::size_t shown_refusals = 10;

/// Members begun in a second, as far as any were.
double rate_of(const store::FleetWork& fleet) {
  const std::chrono::duration<double> time = fleet.last_begun - fleet.started;
  return fleet.begun == 0 ? 0 : static_cast<double>(fleet.begun) / std::max(time.count(), 1.0);
}

ShownJson describe(const store::FleetWork& fleet) {
  const auto by_status = ShownJson::parse(fleet.refusals, nullptr, false);
  return {{"id", fleet.id},
          {"state", name_of(fleet.state)},
          {"group", fleet.group},
          {"path", fleet.suffix},
          {"requester", fleet.requester.empty() ? fleet.principal : fleet.requester},
          {"started", time_or_null(fleet.started)},
          {"ended", time_or_null(fleet.ended)},
          {"reason", text_or_null(fleet.reason)},
          {"members", fleet.members},
          {"waiting", fleet.members - fleet.begun - fleet.refused},
          {"inProgress", fleet.in_progress()},
          {"done", fleet.done},
          {"failed", fleet.failed},
          {"cancelled", fleet.cancelled},
          {"refused", fleet.refused},
          {"refusedByStatus", by_status.is_object() ? by_status : ShownJson::object()},
          {"rate", static_cast<std::uint64_t>(rate_of(fleet) * 10 + 0.5) / 10.0}};
}

}  // namespace

std::string fleet_uri(std::uint64_t id) { return std::string(fleets_path) + "/" + std::to_string(id); }

std::string_view name_of(store::FleetState state) { return fleet_states[static_cast<std::size_t>(state)]; }
std::string_view name_of(store::FleetMemberState state) { return member_states[static_cast<std::size_t>(state)]; }

FleetDetails details_of(store::ManagementReads& management, std::uint64_t fleet) {
  return {management.fleet_pending(fleet), management.fleet_members_in(fleet, store::FleetMemberState::refused, 0, shown_refusals)};
}

std::vector<FleetEntry> fleet_entries(store::ManagementReads& management, std::uint64_t fleet, std::uint64_t after, std::size_t limit) {
  std::vector<FleetEntry> out;
  for (auto& member : management.fleet_members(fleet, after, limit)) {
    auto operation = member.operation == 0 ? std::nullopt : management.operation(member.operation);
    out.push_back({std::move(member), std::move(operation)});
  }
  return out;
}

std::string to_json(const store::FleetWork& fleet) { return dump_ascii(describe(fleet)); }

std::string to_json(const store::FleetWork& fleet, const FleetDetails& details) {
  ShownJson out = describe(fleet);
  out["queued"] = details.pending.queued;
  out["atDevices"] = details.pending.out;
  out["refusals"] = ShownJson::array();
  for (const auto& member : details.refused) out["refusals"].push_back({{"member", member.path}, {"status", member.status}, {"detail", member.text}});
  return dump_ascii(out);
}

std::string to_json(const FleetEntry& entry) {
  const auto& [member, operation] = entry;
  ShownJson out{{"position", member.position}, {"member", member.path}, {"state", name_of(member.state)}};
  out["device"] = operation ? ShownJson(operation->device) : ShownJson();
  out["resource"] = operation ? text_or_null(operation->resource) : ShownJson();
  const auto outcome = operation ? outcome_of(*operation) : Outcome{member.status, member.text};
  out["code"] = text_or_null(outcome.code);
  out["text"] = text_or_null(outcome.text);
  return dump_ascii(out);
}

Result<store::FleetWork> stop_fleet(store::ManagementWrites& management, std::uint64_t id) {
  auto fleet = management.fleet(id);
  if (!fleet) return failure(Status::not_found, "there is no such fleet work");
  if (fleet->state == store::FleetState::finished) return failure(Status::conflict, "the fleet work has ended already");
  if (fleet->state < store::FleetState::stopping) {
    fleet->state = store::FleetState::stopping;
    management.put_fleet(*fleet);
  }
  return *std::move(fleet);
}

}  // namespace nscl::rem
