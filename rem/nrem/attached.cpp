// SPDX-License-Identifier: Apache-2.0
// What a gateway lists, as attachedDevices, and the end of one (rem.md 2.9), on the writer's thread.
#include <algorithm>

#include <nscl/base/log.h>
#include <nscl/base/path.h>
#include <nscl/core/authorise.h>
#include <nscl/rem/cancellation.h>
#include <nscl/rem/gateway_lists.h>
#include <nscl/rem/node_path.h>
#include <nscl/rem/tr069/device_id.h>
#include <nscl/rem/waiting_work.h>

#include "entity.h"
#include "exec_instance.h"
#include "nodes.h"
#include "objects.h"
#include "processing.h"
#include "state.h"
#include "ties.h"

namespace nscl::rem {

using store::ManagedDevice;
using store::ManagedState;
using store::OperationState;

namespace {

constexpr std::size_t attached_of_a_gateway = 10'000, objects_of_a_place = 100;

std::vector<model::ResourcePtr> attached_in(Tree& where, const std::string& collection) {
  std::vector<model::ResourcePtr> out;
  if (collection.empty()) return out;
  for (const auto& child : where.transaction().children(collection, attached_of_a_gateway)) {
    if (auto found = where.transaction().find(join(collection, child.name))) out.push_back(std::move(found));
  }
  return out;
}

model::Object marks_of_listed(const ListedEmbedded& listed) {
  model::Object marks;
  marks.set(mark::identity, listed.identity);
  marks.set(mark::row, listed.row);
  marks.set(mark::places, model::List(listed.places.begin(), listed.places.end()));
  return marks;
}

/// A device that nobody heard of but this gateway.
ManagedDevice device_listed(const std::string& id, const ManagedDevice& gateway, ManagedState state) {
  ManagedDevice out;
  out.id = id;
  out.protocol = gateway.protocol;
  out.state = state;
  DeviceFacts facts;
  if (is_of_oma_dm(gateway)) facts.root = "./";
  else if (const auto parts = tr069::parse_device_id(id)) {
    facts.oui = parts->oui;
    facts.product_class = parts->product_class;
    facts.serial = parts->serial_number;
  }
  out.facts = to_json(facts);
  return out;
}

/// The object itself; below the node of a device of OMA-DM, those that stand right in it too, as they would in the device's own tree.
std::vector<std::string> objects_at(const Report& report, const std::string& place) {
  std::vector<std::string> out;
  for (const auto& object : report.objects) {
    const bool is_one = object == place || (is_node_uri(place) && object_above(object) == place);
    if (is_one && check_original_mo(object) && out.size() < objects_of_a_place) out.push_back(object);
  }
  return out;
}

/// A gateway may say anything: what stands elsewhere is moved only if the device itself says so too, or calls from the gateway.
bool is_credible(const ManagedDevice& device, const ManagedDevice& gateway) {
  if (device.managed.empty() || device.gateway == gateway.id) return true;
  const auto address = facts_from_json(device.facts).address;
  return !address.empty() && address == facts_from_json(gateway.facts).address;
}

}  // namespace

Result<void> Nrem::State::know_lists(Tree& where, const ManagedDevice& gateway, const Report& report) {
  const auto collection = attached_devices_of(where, gateway);
  if (collection.empty()) return {};
  const auto lists = is_of_oma_dm(gateway) ? nodes_listed_in(*table, facts_from_json(gateway.facts), report) : lists_in(report);
  for (const auto& id : lists.callers) {
    if (auto done = know_caller(where, gateway, collection, id); !done) return done;
  }
  for (auto& device : where.transaction().management().devices({}, attached_of_a_gateway, gateway.id)) {   // they named it before it was known
    if (auto done = settle_behind(where, std::move(device)); !done) return done;
  }
  return know_rows(where, gateway, collection, lists.embedded);
}

Result<void> Nrem::State::know_rows(Tree& where, const ManagedDevice& gateway, const std::string& collection, const std::vector<ListedEmbedded>& rows) {
  Discover places;
  const auto attached = attached_in(where, collection);
  for (const auto& each : attached) {   // its row may be another device's by now
    const auto identity = core::text_of(*each, mark::identity);
    const bool is_gone = !identity.empty() && std::ranges::find(rows, identity, &ListedEmbedded::identity) == rows.end();
    if (!is_gone) continue;
    if (auto done = put_attached(where, each->path, marks_of_listed({{}, std::string(identity), {}})); !done) return done;
  }
  for (const auto& listed : rows) {
    const auto known = std::ranges::find_if(attached, [&](const auto& each) { return core::text_of(*each, mark::identity) == listed.identity; });
    const auto path = known == attached.end() ? attached_path(where, collection, listed.identity) : (*known)->path;
    if (auto done = put_attached(where, path, marks_of_listed(listed)); !done) return done;
    places.objects.insert(places.objects.end(), listed.places.begin(), listed.places.end());
    if (is_node_uri(listed.row)) places.objects.push_back(listed.row + "{i}/");   // a node is listed without what stands below it
  }
  if (places.objects.empty()) return {};
  const auto queued = enqueue(where.transaction(), gateway, std::move(places), {.kind = Effect::Kind::embedded}, collection, request_from({}), options.change_life);
  if (!queued && queued.error().status != Status::service_unavailable) return tl::unexpected(queued.error());
  return {};
}

// What an operator tied stays (rem.md 2.9).
Result<void> Nrem::State::know_caller(Tree& where, const ManagedDevice& gateway, const std::string& collection, const std::string& id) {
  auto device = where.transaction().management().device(id);
  if (id == gateway.id || (device && device->state == ManagedState::rejected)) return {};
  if (!device && options.unknown != UnknownDevices::reject) {
    device = device_listed(id, gateway, options.unknown == UnknownDevices::adopt ? ManagedState::adopted : ManagedState::quarantined);
  }
  if (device && !is_credible(*device, gateway)) {
    log::warning("gateway.claim_not_followed", {{"gateway", gateway.id}, {"device", id}});
    return {};
  }
  if (!device || (device->state != ManagedState::adopted && device->managed.empty())) {   // it is shown, and nothing can be done with it yet
    model::Object marks;
    marks.set(mark::device, id);
    if (auto done = put_attached(where, attached_path(where, collection, id), marks); !done) return done;
  }
  if (!device) return {};
  device->gateway = gateway.id;
  return settle_behind(where, *std::move(device));
}

// One that never called is asked when it does.
Result<void> Nrem::State::settle_behind(Tree& where, ManagedDevice device) {
  const auto is_new = device.state == ManagedState::adopted ? ensure_entity(where, device) : Result<bool>(false);
  if (!is_new) return tl::unexpected(is_new.error());
  where.transaction().manage().put_device(device);
  return *is_new && device.last_contact != Time{} ? discover(where.transaction(), device) : Result<void>{};
}

Result<void> Nrem::State::know_embedded(Tree& where, const ManagedDevice& gateway, const DeviceMapping& mapping, const Report& report) {
  for (const auto& each : attached_in(where, attached_devices_of(where, gateway))) {
    for (const auto& place : places_of(*each)) {
      for (const auto& object : objects_at(report, place)) {
        if (auto done = make_object_at(where, mapping, each->path, object, report.leaves); !done) return done;
      }
    }
  }
  return {};
}

Result<void> Nrem::State::apply_embedded(Tree& where, const ManagedDevice& gateway, const DeviceMapping& mapping, const std::vector<Leaf>& leaves) {
  for (const auto& each : attached_in(where, attached_devices_of(where, gateway))) {
    const auto places = places_of(*each);
    const auto is_of_it = [&](const Leaf& leaf) { return std::ranges::any_of(places, [&](const auto& place) { return leaf.path.starts_with(place); }); };
    if (std::ranges::none_of(leaves, is_of_it)) continue;
    if (auto done = apply_values(where, mapping, each->path, leaves); !done) return done;
  }
  return {};
}

Result<void> Nrem::State::drop_queue(store::Transaction& transaction, const model::Resource& attached_device, const core::RequestIndication& request) {
  const auto tie = tie_of(transaction, join(attached_device.path, "mgmtObjs"));
  if (!tie) return {};
  for (auto& operation : transaction.management().pending(tie->device.id, options.queue)) {
    const bool is_about_it = !tie->is_behind || is_within(operation.resource, attached_device.path);
    if (!is_about_it) continue;
    if (auto done = drop(transaction, std::move(operation), request); !done) return done;
  }
  return {};
}

// What a session has, or the device has begun, cannot be called back: it ends as it will, and nothing in the tree tells of it.
Result<void> Nrem::State::drop(store::Transaction& transaction, store::Operation operation, const core::RequestIndication& request) {
  const bool waits = operation.state == OperationState::queued || operation.state == OperationState::undecided;
  if (waits || is_looked_after(operation)) return conclude(transaction, std::move(operation), OperationState::cancelled, cancelled_report());
  auto effect = effect_from_json(operation.change);
  if (!effect) return tl::unexpected(effect.error());
  if (effect->kind == Effect::Kind::command) {
    static_cast<void>(cancel(transaction, operation, request));   // refused where it cannot be cancelled
    if (auto now = transaction.management().operation(operation.id)) operation = *std::move(now);
  } else {
    effect->is_cancelled = true;
    operation.change = to_json(*effect);
  }
  operation.resource.clear();
  transaction.manage().put_operation(operation);
  return {};
}

}  // namespace nscl::rem
