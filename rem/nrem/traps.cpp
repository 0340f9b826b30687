// SPDX-License-Identifier: Apache-2.0
// etsiTrapEvent: when the events occured that a device was to tell of (rem.md 1.9, 2.4, 4.5).
#include <algorithm>
#include <map>

#include <nscl/base/bytes.h>
#include <nscl/base/path.h>
#include <nscl/core/authorise.h>
#include <nscl/rem/tr069/values.h>

#include "state.h"
#include "watches.h"

namespace nscl::rem {
namespace {

constexpr std::string_view trap_type = "trapInstance", events = "eventOccured", stamps_name = "trapEventTimeStamp", index_name = "currentIndex";
constexpr std::size_t places = 100, instances = 10'000;
constexpr std::string_view alarm_table = "FaultMgmt.ExpeditedEvent";

/// The ring of an eventOccured.
struct Ring {
  model::List stamps;
  std::size_t newest = 0;

  explicit Ring(const model::Value* shown) {
    const auto* list = shown ? shown->find(stamps_name) : nullptr;
    const auto* index = shown ? shown->find(index_name) : nullptr;
    if (list) stamps = list->list();
    if (const auto* number = index ? index->get<std::int64_t>() : nullptr) newest = static_cast<std::size_t>(std::max<std::int64_t>(*number, 0)) % places;
  }
  void append(Time time) {
    const model::Value stamp(std::chrono::floor<std::chrono::milliseconds>(time));
    newest = stamps.size() < places ? stamps.size() : (newest + 1) % places;
    if (newest < stamps.size()) stamps[newest] = stamp;
    else stamps.push_back(stamp);
  }
  /// Whether an event of this time is in the ring, or was and has made room.
  bool knows(Time time) const {
    const auto is_at = [&](const model::Value& stamp) { return stamp.get<Time>() && *stamp.get<Time>() == time; };
    const auto is_before = [&](const model::Value& stamp) { return stamp.get<Time>() && time < *stamp.get<Time>(); };
    return std::any_of(stamps.begin(), stamps.end(), is_at) || (stamps.size() == places && std::all_of(stamps.begin(), stamps.end(), is_before));
  }
  model::Value value() const {
    model::Object out;
    out.set(index_name, static_cast<std::int64_t>(newest));
    out.set(stamps_name, stamps);
    return model::Value(std::move(out));
  }
};

/// `times` in the order of time; `again`: of a list that may have been read before, of which the ring takes what it does not know.
Result<void> note(Tree& where, std::string_view path, std::vector<Time> times, bool again) {
  const auto trap = where.transaction().find(path);
  if (!trap || trap->type->name != trap_type) return {};
  Ring ring(trap->attributes.find(events));
  std::sort(times.begin(), times.end());
  bool is_changed = false;
  for (const auto time : times) {
    if (again && ring.knows(std::chrono::floor<std::chrono::milliseconds>(time))) continue;
    ring.append(time);
    is_changed = true;
  }
  if (!is_changed) return {};
  auto changed = *trap;
  changed.attributes.set(trap->type->find(events)->name, ring.value());
  const auto put = where.put_changed(std::move(changed), *trap);
  return put ? Result<void>{} : tl::unexpected(put.error());
}

/// When which alarm was raised, of rows "Device.FaultMgmt.ExpeditedEvent.3.SpecificProblem" and "....EventTime". One without a time cannot
/// be told from those that were read before.
std::map<std::string, std::vector<Time>> alarms_in(const std::vector<Leaf>& leaves) {
  std::map<std::string, std::pair<std::string, std::optional<Time>>> rows;
  for (const auto& leaf : leaves) {
    const auto dot = leaf.path.rfind('.');
    const auto row = leaf.path.substr(0, dot + 1), name = leaf.path.substr(dot + 1);
    if (name == "SpecificProblem") rows[row].first = leaf.value;
    else if (name == "EventTime") rows[row].second = tr069::parse_time(leaf.value);
  }
  std::map<std::string, std::vector<Time>> out;
  for (const auto& [row, alarm] : rows) {
    if (!alarm.first.empty() && alarm.second) out[alarm.first].push_back(*alarm.second);
  }
  return out;
}

}  // namespace

model::Object attributes_of_trap(store::Transaction& transaction, const model::Resource& object) {
  auto out = object.attributes;
  if (object.type->name != trap_type || out.find("originalMO")) return out;
  const auto above = parent_path(object.path);
  for (const auto& child : transaction.children(above, instances)) {
    const auto other = child.type == object.type ? transaction.find(join(above, child.name)) : nullptr;
    const auto* mo = other ? other->attributes.find("originalMO") : nullptr;
    if (!mo || core::text_of(*other, "trapId") != core::text_of(object, "trapId")) continue;
    out.set("originalMO", *mo);
    break;
  }
  return out;
}

Result<void> Nrem::State::note_event(Tree& where, std::string_view trap) { return note(where, trap, {clock.now()}, false); }

// A device tells of parameters that did not change beside those that did: only another value is an event. So a contact that is told twice
// has one effect.
Result<void> Nrem::State::note_changes(Tree& where, const store::ManagedDevice& device, const std::vector<Leaf>& leaves) {
  auto& management = where.transaction().manage();
  std::map<std::string_view, const Leaf*> told;
  bool has_alarm = false;
  for (const auto& leaf : leaves) {
    told[leaf.path] = &leaf;
    has_alarm = has_alarm || leaf.path.find(alarm_table) != leaf.path.npos;
  }
  for (auto& watch : management.watches_of(device.id)) {
    const auto found = told.find(watch.leaf);
    if (found == told.end() || watch.owner.ends_with("/subscriptions")) continue;
    auto value = sha256(found->second->value);
    if (watch.seen == value) continue;
    watch.seen = std::move(value);
    management.put_watch(watch);
    if (auto done = note(where, watch.owner, {clock.now()}, false); !done) return done;
  }
  return has_alarm ? read_alarms(where.transaction(), device) : Result<void>{};
}

Result<void> Nrem::State::read_alarms(store::Transaction& transaction, const store::ManagedDevice& device) {
  const auto place = join(device.managed, "mgmtObjs");
  for (const auto& pending : transaction.management().pending_about(place, options.queue)) {
    const auto effect = effect_from_json(pending.change);
    if (pending.state == store::OperationState::queued && effect && effect->kind == Effect::Kind::alarms) return {};
  }
  const GetLeaves task{{facts_from_json(device.facts).root + std::string(alarm_table) + "."}};
  core::RequestIndication request;
  request.from = std::make_shared<security::Requestor>(security::Requestor{"", "", true});
  const auto queued = enqueue(transaction, device, task, {.kind = Effect::Kind::alarms}, place, request, options.change_life);
  // One whose queue is full is asked at its next change.
  return queued || queued.error().status == Status::service_unavailable ? Result<void>{} : tl::unexpected(queued.error());
}

Result<void> Nrem::State::note_alarms(Tree& where, const store::ManagedDevice& device, const Report& report) {
  const auto alarms = alarms_in(report.leaves);
  std::vector<model::ResourcePtr> traps;
  where.transaction().scan(join(device.managed, "mgmtObjs"), {}, [&](const model::ResourcePtr& each) {
    if (each->type->name == trap_type) traps.push_back(each);
    return traps.size() < instances;
  });
  for (const auto& trap : traps) {
    const auto found = alarms.find(std::string(core::text_of(*trap, "trapId")));
    if (found == alarms.end()) continue;
    if (auto done = note(where, trap->path, found->second, true); !done) return done;
  }
  return {};
}

}  // namespace nscl::rem
