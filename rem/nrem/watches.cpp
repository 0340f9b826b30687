// SPDX-License-Identifier: Apache-2.0
#include "watches.h"

#include <algorithm>
#include <map>
#include <set>

#include <nscl/base/bytes.h>
#include <nscl/base/log.h>
#include <nscl/base/path.h>
#include <nscl/rem/node_path.h>
#include <nscl/rem/secret_names.h>

#include "objects.h"
#include "state.h"
#include "ties.h"

namespace nscl::rem {
namespace {

constexpr std::string_view subscriptions = "/subscriptions";
constexpr std::size_t most_subscriptions = 1000, owners_at_once = 100, wishes_looked_at = 256;
constexpr std::chrono::hours kept_wish{3650 * 24};   ///< it waits for its device as long as that takes
constexpr unsigned passive = 1, active = 2;

/// A subscription that leaves time wants no session of its own.
unsigned level_of(const model::Resource& subscription) {
  const auto& attributes = subscription.attributes;
  return attributes.find("minimalTimeBetweenNotifications") || attributes.find("delayTolerance") ? passive : active;
}

/// What the subscriptions of an object ask for; `change` is about to come true.
unsigned subscribed_level(store::View& view, const std::string& object, Time now, const core::Change* change = nullptr) {
  unsigned level = change && change->kind != core::Change::Kind::deleted ? level_of(change->resource) : 0;
  const auto place = object + std::string(subscriptions);
  for (const auto& child : view.children(place, most_subscriptions)) {
    const auto found = view.find(join(place, child.name));
    const bool counts = found && found->type->name == "subscription" && found->expiration_time > now && !(change && change->resource.path == found->path);
    if (counts) level = std::max(level, level_of(*found));
  }
  return level;
}

/// The parameters that the object shows, one by one.
std::vector<WatchedLeaf> wishes_of(const DeviceMapping& mapping, const model::Resource& object, unsigned level) {
  std::vector<WatchedLeaf> out;
  if (level == 0) return out;
  for (auto& path : mapping.leaves(*object.type, object.attributes)) {
    if (is_node_uri(path)) return {};   // OMA-DM has traps only
    if (!is_object_path(path) && !is_secret(path)) out.push_back({std::move(path), level});
  }
  return out;
}

unsigned highest(const std::vector<store::Watch>& watches, std::string_view but_not = {}) {
  unsigned level = 0;
  for (const auto& watch : watches) {
    if (watch.owner != but_not) level = std::max(level, watch.level);
  }
  return level;
}

std::map<std::string, unsigned> levels_in(const std::vector<store::Watch>& watches) {
  std::map<std::string, unsigned> out;
  for (const auto& watch : watches) out[watch.leaf] = watch.level;
  return out;
}

std::map<std::string, unsigned> levels_in(const std::vector<WatchedLeaf>& leaves) {
  std::map<std::string, unsigned> out;
  for (const auto& leaf : leaves) out[leaf.path] = leaf.level;
  return out;
}

unsigned level_in(const std::map<std::string, unsigned>& levels, const std::string& leaf) {
  const auto found = levels.find(leaf);
  return found == levels.end() ? 0 : found->second;
}

/// Leaves whose level becomes another one for the device.
std::vector<WatchedLeaf> changed_by(store::ManagementReads& management, const std::string& device, const std::string& owner, const std::vector<WatchedLeaf>& wished) {
  const auto before = levels_in(management.watches_by(owner)), after = levels_in(wished);
  std::set<std::string> all;
  for (const auto* levels : {&before, &after}) {
    for (const auto& [leaf, level] : *levels) all.insert(leaf);
  }
  std::vector<WatchedLeaf> out;
  for (const auto& leaf : all) {
    const auto others = highest(management.watches_on(device, leaf), owner);
    const auto will_be = std::max(others, level_in(after, leaf));
    if (std::max(others, level_in(before, leaf)) != will_be) out.push_back({leaf, will_be});
  }
  return out;
}

void replace(store::ManagementWrites& management, const std::string& device, const std::string& owner, const std::vector<WatchedLeaf>& wished) {
  std::map<std::string, std::optional<std::string>> seen;
  for (auto& watch : management.watches_by(owner)) seen[watch.leaf] = std::move(watch.seen);
  management.erase_watches(owner);
  for (const auto& leaf : wished) {
    management.put_watch({.owner = owner, .leaf = leaf.path, .device = device, .level = leaf.level, .seen = seen[leaf.path]});
  }
}

/// Not yet sent, and about the same: it takes more leaves, so that those who come and go fill no queue.
std::optional<store::Operation> waiting_wish(store::ManagementReads& management, const std::string& about) {
  for (auto& operation : management.pending_about(about, wishes_looked_at)) {
    const auto effect = effect_from_json(operation.change);
    if (operation.state == store::OperationState::queued && effect && effect->kind == Effect::Kind::watch) return std::move(operation);
  }
  return std::nullopt;
}

core::RequestIndication own_wish() {
  core::RequestIndication request;
  request.from = std::make_shared<security::Requestor>(security::Requestor{"", "", true});
  return request;
}

std::string object_of(std::string_view owner) { return std::string(owner.substr(0, owner.size() - subscriptions.size())); }

/// What an owner wishes now.
std::vector<WatchedLeaf> wished_now(store::View& view, const MappingTable& table, const store::ManagedDevice& device, const std::string& owner, bool follows, Time now) {
  const auto object = owner.ends_with(subscriptions) && follows ? view.find(object_of(owner)) : nullptr;
  if (!object || !is_management_object(*object->type)) return {};
  const auto facts = facts_from_json(device.facts);
  return wishes_of(DeviceMapping(table, facts), *object, subscribed_level(view, object->path, now));
}

}  // namespace

void fill_levels(store::ManagementReads& management, const std::string& device, SetNotifications& task) {
  for (auto& leaf : task.leaves) leaf.level = highest(management.watches_on(device, leaf.path));
}

void begin_watching(store::ManagementWrites& management, const std::string& device, const std::string& owner, const std::vector<WatchedLeaf>& wished) {
  if (wished.empty()) return;
  management.erase_watches(owner);
  for (const auto& leaf : wished) {
    if (leaf.level > 0) management.put_watch({.owner = owner, .leaf = leaf.path, .device = device, .level = leaf.level, .seen = {}});
  }
}

void end_watching(store::ManagementWrites& management, const store::Operation& operation, const std::vector<WatchedLeaf>& wished, const Report& report) {
  const auto& owner = operation.resource;
  const bool is_done = report.end == Report::End::done;
  for (const auto& leaf : wished) {
    store::Watch watch{.owner = owner, .leaf = leaf.path, .device = operation.device, .level = active, .seen = {}};
    if (!is_done && leaf.level > 0) management.erase_watches(owner);
    if (!is_done && leaf.level == 0) management.put_watch(watch);
    const auto read = std::find_if(report.leaves.begin(), report.leaves.end(), [&](const Leaf& each) { return each.path == leaf.path; });
    if (!is_done || leaf.level == 0 || read == report.leaves.end()) continue;
    watch.level = leaf.level;
    watch.seen = sha256(read->value);
    management.put_watch(watch);
  }
}

Result<void> Nrem::State::ask_to_tell(store::Transaction& transaction, const store::ManagedDevice& device, const std::string& about, std::vector<WatchedLeaf> leaves) {
  if (leaves.empty()) return {};
  auto& management = transaction.manage();
  if (auto waiting = waiting_wish(management, about)) {
    auto task = task_from_json(waiting->body);
    auto* wish = task ? std::get_if<SetNotifications>(&*task) : nullptr;
    if (wish) {
      for (const auto& known : wish->leaves) {
        if (std::find_if(leaves.begin(), leaves.end(), [&](const auto& each) { return each.path == known.path; }) == leaves.end()) leaves.push_back(known);
      }
      waiting->body = to_json(Task(SetNotifications{std::move(leaves)}));
      management.put_operation(*waiting);
      return {};
    }
  }
  const auto queued = enqueue(transaction, device, SetNotifications{std::move(leaves)}, {.kind = Effect::Kind::watch}, about, own_wish(), kept_wish);
  return queued ? Result<void>{} : tl::unexpected(queued.error());
}

Result<void> Nrem::State::watch(store::Transaction& transaction, const store::ManagedDevice& device, const std::string& owner, const std::vector<WatchedLeaf>& wished) {
  auto& management = transaction.manage();
  const auto asked = ask_to_tell(transaction, device, owner, changed_by(management, device.id, owner, wished));
  if (!asked && asked.error().status == Status::service_unavailable) {   // its queue is full: find_stale() comes back to it
    const auto known = levels_in(management.watches_by(owner));
    for (const auto& leaf : wished) {
      if (!known.contains(leaf.path)) management.put_watch({.owner = owner, .leaf = leaf.path, .device = device.id, .level = 0, .seen = {}});
    }
    return {};
  }
  // One that nobody manages is asked once somebody does.
  if (!asked && asked.error().status != Status::forbidden) return asked;
  replace(management, device.id, owner, wished);
  return {};
}

void Nrem::State::follow_subscription(store::Transaction& transaction, const core::Change& wanted) {
  if (!options.notify_on_device_change) return;
  const std::string owner(parent_path(wanted.resource.path));
  const auto object = owner.ends_with(subscriptions) ? transaction.find(object_of(owner)) : nullptr;
  const auto tie = object && is_management_object(*object->type) ? tie_of(transaction, object->path) : std::nullopt;
  if (!tie) return;
  const auto& device = tie->device;
  const auto facts = facts_from_json(device.facts);
  const auto level = subscribed_level(transaction, object->path, clock.now(), &wanted);
  const auto done = watch(transaction, device, owner, wishes_of(DeviceMapping(*table, facts), *object, level));
  if (!done) log::warning("device.not_asked_to_tell", {{"device", device.id}, {"reason", done.error().detail}});
}

Result<void> Nrem::State::watch_again(Tree& where, const store::ManagedDevice& device) {
  auto& management = where.transaction().manage();
  const auto place = join(device.managed, "mgmtObjs");
  const auto facts = facts_from_json(device.facts);
  std::set<std::string> owners;
  where.transaction().scan(place, {}, [&](const model::ResourcePtr& each) {
    if (each->type->name == "subscription") owners.emplace(parent_path(each->path));
    return owners.size() < objects_of_a_device;
  });
  for (const auto& owner : owners) {
    const auto object = options.notify_on_device_change ? where.transaction().find(object_of(owner)) : nullptr;
    if (!object || !is_management_object(*object->type)) continue;
    const auto level = subscribed_level(where.transaction(), object->path, clock.now());
    replace(management, device.id, owner, wishes_of(DeviceMapping(*table, facts), *object, level));
  }
  std::vector<WatchedLeaf> all;
  for (const auto& [leaf, level] : levels_in(management.watches_of(device.id))) all.push_back({leaf, level});
  const auto asked = ask_to_tell(where.transaction(), device, place, std::move(all));
  if (!asked) log::warning("device.not_asked_to_tell", {{"device", device.id}, {"reason", asked.error().detail}});
  return {};
}

std::vector<std::string> Nrem::State::find_stale() {
  std::vector<std::string> stale;
  store.read([&](store::View& view) {
    const auto owners = view.management().watching(watch_cursor, owners_at_once);
    watch_cursor = owners.size() < owners_at_once ? std::string() : owners.back();
    for (const auto& owner : owners) {
      const auto watches = view.management().watches_by(owner);
      const auto device = watches.empty() ? std::nullopt : view.management().device(watches.front().device);
      if (!device) continue;
      const bool is_trap_there = !owner.ends_with(subscriptions) && view.find(owner);
      if (is_trap_there) continue;
      const auto wished = wished_now(view, *table, *device, owner, options.notify_on_device_change, clock.now());
      if (levels_in(wished) != levels_in(watches)) stale.push_back(owner);
    }
  });
  return stale;
}

Result<void> Nrem::State::settle_stale(store::Transaction& transaction, const std::vector<std::string>& owners) {
  for (const auto& owner : owners) {
    const auto watches = transaction.management().watches_by(owner);
    const auto device = watches.empty() ? std::nullopt : transaction.management().device(watches.front().device);
    if (!device) continue;
    const auto wished = wished_now(transaction, *table, *device, owner, options.notify_on_device_change, clock.now());
    if (auto done = watch(transaction, *device, owner, wished); !done) return done;
  }
  return {};
}

}  // namespace nscl::rem
