// SPDX-License-Identifier: Apache-2.0
#include "announcer.h"

#include <algorithm>
#include <set>

#include <nscl/base/log.h>
#include <nscl/base/path.h>
#include <nscl/core/announced.h>
#include <nscl/core/authorise.h>

#include "reannouncer.h"

namespace nscl::delivery {

using core::Change;
using model::Value;
using State = Announcement::State;

namespace {

constexpr std::size_t most_policies = 1000;
constexpr std::uint64_t most_waiting = 100'000;   ///< for a target that does not answer

bool same(const model::Resource& a, const model::Resource& b, std::string_view attribute) {
  const auto* first = a.attributes.find(attribute);
  const auto* second = b.attributes.find(attribute);
  return first && second ? *first == *second : first == second;
}

bool flag_of(const Value& wish, std::string_view name, bool normal) {
  const auto* value = wish.find(name);
  const auto* flag = value ? value->get<bool>() : nullptr;
  return flag ? *flag : normal;
}

/// Path of the application that the resource belongs to; empty if to none, or if it is one.
std::string_view application_above(std::string_view path) {
  constexpr std::string_view applications = "applications/";
  const auto end = path.starts_with(applications) ? path.find('/', applications.size()) : path.npos;
  return end == path.npos ? std::string_view{} : path.substr(0, end);
}

/// The announceTo that counts: its own, else that of its application if it is given to all (resources.md 1.18).
const Value* wish_of(const model::Resource& original, const model::Resource* application) {
  if (const auto* own = original.attributes.find("announceTo")) return own;
  const auto* given = application ? application->attributes.find("announceTo") : nullptr;
  return given && flag_of(*given, "global", false) ? given : nullptr;
}

model::List references_in(const Value* list) {
  const auto* references = list ? list->find("reference") : nullptr;
  return references ? references->list() : model::List{};
}

/// An etsiSclMo that is about this SCL.
bool is_own_policy(const model::Resource& resource) {
  return resource.type->name == "etsiSclMo" && is_within(resource.path, "scls/mgmtObjs");
}

/// What this SCL announces of itself goes there (procedures 5.11).
model::List default_references(store::View& view) {
  model::List references;
  for (const auto& policy : view.of_type("etsiSclMo", 0, most_policies)) {
    if (!is_own_policy(*policy)) continue;
    for (auto& reference : references_in(policy->attributes.find("announcedToSclList"))) references.push_back(std::move(reference));
  }
  return references;
}

void put(store::Transaction& transaction, model::Resource original, const std::vector<Announcement>& announcements) {
  set_announcements(original, announcements);
  transaction.put(std::move(original));   // nothing that anybody sees: lastModifiedTime stays
}

}  // namespace

const model::ResourceType* Announcer::announced_type(const model::Resource& original) const {
  return original.type->announced_as.empty() ? nullptr : registry_.find(original.type->announced_as);
}

void Announcer::changed(store::Transaction& transaction, const Change& change) {
  const auto& resource = change.resource;
  if (change.kind == Change::Kind::deleted) return removed(transaction, resource);
  if (is_own_policy(resource)) {
    const bool is_other = change.before ? !same(resource, *change.before, "announcedToSclList") : resource.attributes.find("announcedToSclList") != nullptr;
    if (is_other) reannounce(transaction, true);
  }
  if (resource.type->name == "scl") {
    hurry(transaction, resource);
    if (change.kind == Change::Kind::created) reannounce(transaction, !default_references(transaction).empty());
  }
  if (!announced_type(resource)) return;
  Cause cause;
  if (const auto* before = change.before) {
    cause.wish = !same(resource, *before, "announceTo");
    cause.content = !same(resource, *before, "searchStrings") || !same(resource, *before, "accessRightID") ||
                    resource.expiration_time != before->expiration_time;
  }
  settle(transaction, resource, cause);
}

void Announcer::settle(store::Transaction& transaction, const model::Resource& original, Cause cause) {
  auto old = announcements_of(original);
  const auto references = references_of(transaction, original);
  const auto targets = registered(transaction, references, original);
  note_wish(transaction, original, !references.empty());
  std::vector<Announcement> next;
  for (const auto& announcement : old) {
    if (std::find(targets.begin(), targets.end(), announcement.scl) == targets.end()) take_back(transaction, original.key, announcement);
  }
  for (const auto scl : targets) {
    if (auto announcement = settle_one(transaction, original, scl, find_announcement(old, scl), cause)) next.push_back(*std::move(announcement));
  }
  if (next != old) put(transaction, original, next);
  if (original.type->name == "application" && (next != old || cause.wish)) settle_below(transaction, original);
}

std::optional<Announcement> Announcer::settle_one(store::Transaction& transaction, const model::Resource& original, std::uint64_t scl, const Announcement* old, Cause cause) {
  auto place = place_of(transaction, original, scl);
  const bool is_there = old && parent_path(old->place) == parent_path(place);
  if (is_there && old->state != State::refused) {
    auto announcement = *old;
    if (cause.content && old->state == State::done && queue(transaction, scl, {original.key, old->place})) announcement.state = State::update;
    return announcement;
  }
  if (is_there && !cause.wish) return *old;
  if (old && !is_there) take_back(transaction, original.key, *old);
  if (!queue(transaction, scl, {original.key, place})) return std::nullopt;
  return Announcement{scl, State::create, std::move(place)};
}

// What belongs to an application follows its announceTo, and stands below its announcement.
void Announcer::settle_below(store::Transaction& transaction, const model::Resource& application) {
  std::vector<model::ResourcePtr> below;
  transaction.scan(application.path, application.path, [&](const model::ResourcePtr& resource) {
    if (announced_type(*resource)) below.push_back(resource);
    return true;
  });
  for (const auto& resource : below) settle(transaction, *resource, {.wish = true});
}

void Announcer::take_back(store::Transaction& transaction, std::uint64_t original, const Announcement& announcement) {
  transaction.erase_lane(refresh_lane(announcement.scl, original));
  const bool is_registered = transaction.find(announcement.scl) != nullptr;
  if (announcement.state != State::refused && is_registered) queue(transaction, announcement.scl, {0, announcement.place});
}

// A time that comes to its end ends the announcements too, as they have the same (resources.md 1.18 step 6).
void Announcer::removed(store::Transaction& transaction, const model::Resource& resource) {
  if (resource.type->name == "scl") transaction.erase_lane(announce_lane(resource.key));
  if (is_own_policy(resource)) reannounce(transaction, true);
  if (transaction.lanes(wish_lane_prefix, {}, 1).empty() && transaction.lanes("announce/", {}, 1).empty()) return;
  const bool takes_back = resource.expiration_time > clock_.now();
  std::vector<std::pair<std::uint64_t, Announcement>> gone;
  transaction.scan(resource.path, {}, [&](const model::ResourcePtr& original) {
    if (announced_type(*original)) note_wish(transaction, *original, false);
    if (!takes_back) return true;
    for (auto& announcement : announcements_of(*original)) gone.emplace_back(original->key, std::move(announcement));
    return true;
  });
  std::set<std::pair<std::uint64_t, std::string>> taken;
  for (const auto& [original, announcement] : gone) {
    bool is_covered = false;   // it goes with what it stands below
    for (auto above = parent_path(announcement.place); !above.empty() && !is_covered; above = parent_path(above)) {
      is_covered = taken.contains({announcement.scl, std::string(above)});
    }
    if (is_covered) transaction.erase_lane(refresh_lane(announcement.scl, original));
    else take_back(transaction, original, announcement);
    taken.emplace(announcement.scl, announcement.place);
  }
}

bool Announcer::queue(store::Transaction& transaction, std::uint64_t scl, const AnnounceTask& task) {
  const auto name = announce_lane(scl);
  auto lane = transaction.lane(name).value_or(store::Lane{.name = name});
  if (lane.attempts > 0 && transaction.lane_size(name).rows >= most_waiting) {
    log::warning("an announcement was dropped: too many wait for this SCL", {{"place", task.place}});
    return false;
  }
  const auto now = transaction.stamp();
  if (lane.due == never) {
    lane.due = now;
    transaction.put_lane(lane);
  }
  transaction.put_row({.lane = name, .created = now, .body = encode(task)});
  return true;
}

// A target that could not be reached may have told where it is now.
void Announcer::hurry(store::Transaction& transaction, const model::Resource& scl) {
  auto lane = transaction.lane(announce_lane(scl.key));
  if (!lane || lane->attempts == 0) return;
  lane->due = transaction.stamp();
  transaction.put_lane(*lane);
}

void Announcer::refused(store::Transaction& transaction, const model::Resource& original, std::uint64_t scl) {
  auto changed = original;
  auto announcements = announcements_of(changed);
  auto* wish = changed.attributes.find("announceTo");
  auto* members = wish ? wish->get<model::Object>() : nullptr;
  if (!members) {   // it follows its application's, which others follow too
    if (auto* announcement = find_announcement(announcements, scl)) announcement->state = State::refused;
    return put(transaction, std::move(changed), announcements);
  }
  std::erase_if(announcements, [&](const auto& announcement) { return announcement.scl == scl; });
  set_announcements(changed, announcements);
  model::List kept;
  for (const auto& reference : references_in(members->find("sclList"))) {
    const auto target = core::registered_scl(transaction, reference.text(), &outbound_, clock_.now());
    if (!target || target->key != scl) kept.push_back(reference);
  }
  model::Object list;
  list.set("reference", std::move(kept));
  members->set("sclList", std::move(list));
  changed.last_modified_time = transaction.stamp();
  const auto stored = transaction.put(std::move(changed));
  outbound_.changed(transaction, {Change::Kind::updated, *stored, &original});
}

void Announcer::moved(store::Transaction& transaction, const model::Resource& original, const std::vector<Announcement>& announcements) {
  put(transaction, original, announcements);
  if (original.type->name != "application") return;
  if (const auto stored = transaction.find(original.key)) settle_below(transaction, *stored);
}

model::List Announcer::references_of(store::View& view, const model::Resource& original) const {
  const auto above = application_above(original.path);
  const auto application = above.empty() || original.attributes.find("announceTo") ? nullptr : view.find(above);
  const auto* wish = wish_of(original, application.get());
  const bool is_announcement = original.type->announced_as == original.type->name;   // by policy these would go round and round
  if (!wish) return is_announcement ? model::List{} : default_references(view);
  return flag_of(*wish, "activated", true) ? references_in(wish->find("sclList")) : model::List{};
}

std::vector<std::uint64_t> Announcer::registered(store::View& view, const model::List& references, const model::Resource& original) const {
  std::vector<std::uint64_t> targets;
  for (const auto& reference : references) {
    const auto scl = core::registered_scl(view, reference.text(), &outbound_, clock_.now());
    const bool is_new = scl && scl->key != original.key && std::find(targets.begin(), targets.end(), scl->key) == targets.end();
    if (is_new) targets.push_back(scl->key);
  }
  return targets;
}

void Announcer::note_wish(store::Transaction& transaction, const model::Resource& original, bool is_wished) {
  const auto name = wish_lane(original.key);
  if (transaction.lane(name).has_value() == is_wished) return;
  if (is_wished) transaction.put_lane({.name = name});
  else transaction.erase_lane(name);
}

// Below the announcement of its application, or in the collection of the scl that stands for us (procedures 5.11).
std::string Announcer::place_of(store::View& view, const model::Resource& original, std::uint64_t scl) const {
  auto own = join(announced_type(original)->parents.front(), std::string(last_segment(original.path)) + "Annc");
  const auto above = application_above(original.path);
  const auto application = above.empty() ? nullptr : view.find(above);
  if (!application) return own;
  auto announcements = announcements_of(*application);
  const auto* announcement = find_announcement(announcements, scl);
  return announcement && announcement->state != State::refused ? announcement->place + "/" + own : own;
}

}  // namespace nscl::delivery
