// SPDX-License-Identifier: Apache-2.0
// Announcement: where an original is announced, and what waits to be done about it (TS 102 921 10.3.2.8; procedures 5.11).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/model/resource.h>

namespace nscl::delivery {

/// One SCL that a resource is, or is to be, announced to. A hidden attribute of the original holds them: that is the only
/// place where this is known, so that it lives and dies with the original and in the commits of its changes.
struct Announcement {
  enum class State : char {
    create = 'c',    ///< a task of the target's lane will create it
    update = 'u',    ///< a task will bring it to the original's present state
    done = 'd',      ///< the target has what the original says
    refused = 'r',   ///< the target does not want it; not asked again before announceTo changes
  };
  std::uint64_t scl = 0;   ///< key of the target's scl resource here: an SCL that registers anew is another target
  State state = State::create;
  std::string place;       ///< path of the ...Annc at the target, below the scl that stands for us there
  bool operator==(const Announcement&) const = default;
};

std::vector<Announcement> announcements_of(const model::Resource& original);
void set_announcements(model::Resource& original, const std::vector<Announcement>& announcements);
/// Null if there is none for this target.
Announcement* find_announcement(std::vector<Announcement>& announcements, std::uint64_t scl);

/// The lane of what a target is to be told, in this order.
std::string announce_lane(std::uint64_t scl);
/// The lane that wakes when an announcement at the target has to be prolonged; it has no rows.
std::string refresh_lane(std::uint64_t scl, std::uint64_t original);
/// Keys in the name of such a lane; `original` is 0 in the first form.
struct AnnounceLane { std::uint64_t scl = 0, original = 0; };
AnnounceLane parse_announce_lane(std::string_view name);

/// A lane that never gets due: as long as it is there, its original wishes to be announced, to whoever is registered.
inline constexpr std::string_view wish_lane_prefix = "announced/";
std::string wish_lane(std::uint64_t original);
std::uint64_t original_of_wish(std::string_view lane);

/// What a row of the lane asks for: the ...Annc at `place` shall be as the original is when the row's turn comes, or go.
struct AnnounceTask {
  std::uint64_t original = 0;   ///< key of the original; 0: the announcement goes
  std::string place;
};
std::string encode(const AnnounceTask& task);
std::optional<AnnounceTask> decode_announce_task(std::string_view body);

}  // namespace nscl::delivery
