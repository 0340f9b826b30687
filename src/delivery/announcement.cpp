// SPDX-License-Identifier: Apache-2.0
#include "announcement.h"

#include <algorithm>

#include <nscl/base/bytes.h>

namespace nscl::delivery {
namespace {

constexpr std::string_view announcements_attribute = ".announced";
constexpr std::string_view lane_prefix = "announce/";

// "<key> <state> <place>"; ids hold no blanks
std::string encode(const Announcement& announcement) {
  return to_base36(announcement.scl) + " " + static_cast<char>(announcement.state) + " " + announcement.place;
}

std::optional<Announcement> decode(std::string_view text) {
  const auto blank = std::min(text.find(' '), text.size());
  const auto key = from_base36(text.substr(0, blank));
  if (!key || text.size() < blank + 4) return std::nullopt;
  return Announcement{*key, static_cast<Announcement::State>(text[blank + 1]), std::string(text.substr(blank + 3))};
}

}  // namespace

std::vector<Announcement> announcements_of(const model::Resource& original) {
  std::vector<Announcement> out;
  const auto* stored = original.attributes.find(announcements_attribute);
  if (!stored) return out;
  for (const auto& entry : stored->list()) {
    if (auto announcement = decode(entry.text())) out.push_back(*std::move(announcement));
  }
  return out;
}

void set_announcements(model::Resource& original, const std::vector<Announcement>& announcements) {
  if (announcements.empty()) {
    original.attributes.erase(announcements_attribute);
    return;
  }
  model::List list;
  for (const auto& announcement : announcements) list.emplace_back(encode(announcement));
  original.attributes.set(announcements_attribute, std::move(list));
}

Announcement* find_announcement(std::vector<Announcement>& announcements, std::uint64_t scl) {
  const auto found = std::find_if(announcements.begin(), announcements.end(), [&](const auto& entry) { return entry.scl == scl; });
  return found == announcements.end() ? nullptr : &*found;
}

std::string announce_lane(std::uint64_t scl) { return std::string(lane_prefix) + to_base36(scl); }
std::string refresh_lane(std::uint64_t scl, std::uint64_t original) { return announce_lane(scl) + "/" + to_base36(original); }

std::string wish_lane(std::uint64_t original) { return std::string(wish_lane_prefix) + to_base36(original); }
std::uint64_t original_of_wish(std::string_view lane) { return from_base36(lane.substr(wish_lane_prefix.size())).value_or(0); }

AnnounceLane parse_announce_lane(std::string_view name) {
  name.remove_prefix(std::min(lane_prefix.size(), name.size()));
  const auto slash = std::min(name.find('/'), name.size());
  const auto rest = name.substr(std::min(slash + 1, name.size()));
  return {from_base36(name.substr(0, slash)).value_or(0), from_base36(rest).value_or(0)};
}

std::string encode(const AnnounceTask& task) { return to_base36(task.original) + " " + task.place; }

std::optional<AnnounceTask> decode_announce_task(std::string_view body) {
  const auto blank = body.find(' ');
  const auto key = blank == body.npos ? std::nullopt : from_base36(body.substr(0, blank));
  if (!key) return std::nullopt;
  return AnnounceTask{*key, std::string(body.substr(blank + 1))};
}

}  // namespace nscl::delivery
