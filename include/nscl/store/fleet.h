// SPDX-License-Identifier: Apache-2.0
// Fleet works: one EXECUTE for all members of a group, worked off little by little (docs/fleets.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/base/time.h>

namespace nscl::store {

/// gathering: its members are being looked up. running: they are begun, one after the other. stopping: no further one is, and what waits
/// for its device is cancelled. The others are ends.
enum class FleetState : unsigned char { gathering, running, stopping, stopped, finished };
constexpr bool is_over(FleetState state) { return state >= FleetState::stopped; }

struct FleetWork {
  std::uint64_t id = 0;        ///< 0 until stored; ascending, never used again
  FleetState state = FleetState::gathering;
  std::string group;           ///< its path
  std::string suffix;          ///< what follows membersContent; empty: nothing
  std::string principal;       ///< that asked, by whose rights members are begun ...
  std::string requester;       ///< ... and the canonical entity that it is, or vouched for
  bool is_operator = false;
  std::optional<unsigned> rcat;
  Time deadline = never;       ///< of the request
  Time started{}, last_begun{};   ///< last_begun: the epoch if no member was begun
  Time ended = never;
  std::string reason;          ///< why it was stopped; empty: it was not, or somebody asked for it
  // Of members: all, begun, refused before anything was begun; and of those that were begun: how many have ended, and how.
  std::uint64_t members = 0, begun = 0, refused = 0, done = 0, failed = 0, cancelled = 0;
  std::string refusals;        ///< JSON: members refused, by status

  std::uint64_t in_progress() const { return begun - done - failed - cancelled; }
};

/// group: its members are still to be gathered; gathered: they were. The others are of members that are none.
enum class FleetMemberState : unsigned char { group, gathered, waiting, begun, done, failed, cancelled, refused };

struct FleetMember {
  std::uint64_t fleet = 0;
  std::uint64_t position = 0;   ///< 0 until stored; ascending
  std::string path;             ///< what is executed; of a group its own; of what is not here the reference. Once in a fleet work
  FleetMemberState state = FleetMemberState::waiting;
  std::uint64_t operation = 0;  ///< that is under way, or was the last; 0: none
  std::string status;           ///< refused: name of the status
  std::string text;             ///< of a group: what follows its membersContent; else why it was refused or failed, if no operation tells
};

/// Operations of a fleet work that are not over.
struct FleetPending {
  std::uint64_t queued = 0;   ///< their devices were not told
  std::uint64_t out = 0;
};

class FleetReads {
 public:
  virtual ~FleetReads() = default;

  virtual std::optional<FleetWork> fleet(std::uint64_t id) = 0;
  /// Those with an id below `before`, the newest first; of one requester, or of all if `requester` is empty.
  virtual std::vector<FleetWork> fleets(std::uint64_t before, std::size_t limit, std::string_view requester = {}) = 0;
  /// Those that are not over, the oldest first.
  virtual std::vector<FleetWork> open_fleets(std::size_t limit) = 0;
  virtual std::optional<FleetMember> fleet_member(std::uint64_t fleet, std::uint64_t position) = 0;
  virtual std::optional<FleetMember> fleet_member_of(std::uint64_t operation) = 0;
  /// Groups left out, after `after` in the order of their positions.
  virtual std::vector<FleetMember> fleet_members(std::uint64_t fleet, std::uint64_t after, std::size_t limit) = 0;
  virtual std::vector<FleetMember> fleet_members_in(std::uint64_t fleet, FleetMemberState state, std::uint64_t after, std::size_t limit) = 0;
  /// Those that were begun and whose operation was erased before it ended.
  virtual std::vector<FleetMember> lost_fleet_members(std::uint64_t fleet, std::size_t limit) = 0;
  /// Groups that it reaches.
  virtual std::uint64_t fleet_groups(std::uint64_t fleet) = 0;
  virtual FleetPending fleet_pending(std::uint64_t fleet) = 0;
};

}  // namespace nscl::store
