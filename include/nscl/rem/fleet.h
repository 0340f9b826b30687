// SPDX-License-Identifier: Apache-2.0
// Fleet works as others see them: where they are found, what they look like, and how they are stopped (docs/fleets.md).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nscl/base/error.h>
#include <nscl/base/time.h>
#include <nscl/store/management.h>

namespace nscl::rem {

/// Where they are read; "/ID" follows.
inline constexpr std::string_view fleets_path = "/m2m-admin/fleets";
std::string fleet_uri(std::uint64_t id);

/// "gathering", "running" ...
std::string_view name_of(store::FleetState state);
/// "waiting", "begun" ...; of members that are no groups.
std::string_view name_of(store::FleetMemberState state);

/// What is looked up beside the row itself.
struct FleetDetails {
  store::FleetPending pending;
  std::vector<store::FleetMember> refused;   ///< the first ten
};
FleetDetails details_of(store::ManagementReads& management, std::uint64_t fleet);

/// A member and the operation on its device, if there is one.
struct FleetEntry {
  store::FleetMember member;
  std::optional<store::Operation> operation;
};
std::vector<FleetEntry> fleet_entries(store::ManagementReads& management, std::uint64_t fleet, std::uint64_t after, std::size_t limit);

// JSON objects in ASCII. Times are dateTimes, null where there is none.
std::string to_json(const store::FleetWork& fleet);
std::string to_json(const store::FleetWork& fleet, const FleetDetails& details);
std::string to_json(const FleetEntry& entry);

/// Has a fleet work stopped: no further member is begun, and what its device was not told of is cancelled, by the daemon. What it is then.
/// not_found; conflict: it is over. Again: no effect.
Result<store::FleetWork> stop_fleet(store::ManagementWrites& management, std::uint64_t id);

}  // namespace nscl::rem
