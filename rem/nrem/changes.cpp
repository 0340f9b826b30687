// SPDX-License-Identifier: Apache-2.0
// Changes of management objects over mIa, as operations on the device (rem.md 2.2, 2.5), on the writer's thread.
#include <nscl/base/path.h>
#include <nscl/core/authorise.h>

#include "exec_instance.h"
#include "objects.h"
#include "state.h"
#include "ties.h"

namespace nscl::rem {

using core::Change;
using core::RequestIndication;
using core::Ticket;

namespace {

constexpr std::size_t instances_of_a_command = 1000, instances_of_an_object = 10'000;

/// Objects that the tree knows already, so that one the device made without our hearing of it can be told from them (rem.md 5.4).
std::vector<std::string> instances_below(store::Transaction& transaction, std::string_view parent) {
  std::vector<std::string> out;
  for (const auto& child : transaction.children(parent, instances_of_an_object)) {
    const auto found = transaction.find(join(parent, child.name));
    if (const auto mo = found ? core::text_of(*found, "originalMO") : std::string_view(); !mo.empty()) out.emplace_back(mo);
  }
  return out;
}

std::optional<Ticket> ticket_of(std::uint64_t operation) { return operation; }

}  // namespace

Result<std::optional<Ticket>> Nrem::State::take(store::Transaction& transaction, const Change& wanted, const RequestIndication& request) {
  const auto& resource = wanted.resource;
  if (wanted.kind == Change::Kind::deleted) {
    if (auto done = forget_instances(transaction, resource, request); !done) return tl::unexpected(done.error());
  }
  if (!is_management_object(*resource.type)) return std::nullopt;
  const auto device = device_of(transaction.management(), resource.path);
  if (!device) return std::nullopt;
  switch (wanted.kind) {
    case Change::Kind::created: return take_new(transaction, *device, resource, request);
    case Change::Kind::updated: return take_changed(transaction, *device, *wanted.before, resource, request);
    case Change::Kind::deleted: return take_gone(transaction, *device, resource, request);
  }
  return std::nullopt;
}

Result<std::optional<Ticket>> Nrem::State::take_changed(store::Transaction& transaction, const store::ManagedDevice& device, const model::Resource& before,
                                                        const model::Resource& after, const RequestIndication& request) {
  const auto facts = facts_from_json(device.facts);
  const DeviceMapping mapping(*table, facts);
  auto leaves = mapping.changes(*after.type, before.attributes, after.attributes);
  if (!leaves) return tl::unexpected(leaves.error());
  if (leaves->empty()) return std::nullopt;
  Effect effect{.kind = Effect::Kind::update};
  put_difference(before, after, effect);
  const auto queued = enqueue(transaction, device, SetLeaves{*std::move(leaves)}, effect, after.path, request, options.change_life);
  if (!queued) return tl::unexpected(queued.error());
  return ticket_of(*queued);
}

// Bound to an object that is named: it has to be there. To none: the device makes an instance.
Result<std::optional<Ticket>> Nrem::State::take_new(store::Transaction& transaction, const store::ManagedDevice& device, const model::Resource& resource,
                                                    const RequestIndication& request) {
  const auto facts = facts_from_json(device.facts);
  const DeviceMapping mapping(*table, facts);
  Effect effect{.kind = Effect::Kind::create, .type = std::string(resource.type->name)};
  effect.attributes = codec::encode_stored(*resource.type, resource.attributes);
  effect.expiration = resource.expiration_time;
  if (mapping.is_unbound(*resource.type, resource.attributes)) return conclude_at_once(transaction, device, effect, resource.path, request);
  Task task;
  if (const auto mo = core::text_of(resource, "originalMO"); !mo.empty()) {
    if (auto good = check_original_mo(mo); !good) return tl::unexpected(good.error());
    task = Discover{{std::string(mo)}};
  } else {
    const auto parent = transaction.find(parent_path(resource.path));
    auto addition = mapping.addition(*resource.type, parent ? core::text_of(*parent, "originalMO") : std::string_view(), resource.attributes);
    if (!addition) return tl::unexpected(addition.error());
    addition->known = instances_below(transaction, parent_path(resource.path));
    task = *std::move(addition);
  }
  const auto queued = enqueue(transaction, device, task, effect, resource.path, request, options.change_life);
  if (!queued) return tl::unexpected(queued.error());
  return ticket_of(*queued);
}

Result<std::optional<Ticket>> Nrem::State::take_gone(store::Transaction& transaction, const store::ManagedDevice& device, const model::Resource& resource,
                                                     const RequestIndication& request) {
  const auto facts = facts_from_json(device.facts);
  const DeviceMapping mapping(*table, facts);
  auto removal = mapping.removal(*resource.type, resource.attributes);
  if (!removal) return std::nullopt;
  const auto queued = enqueue(transaction, device, *std::move(removal), {.kind = Effect::Kind::remove}, resource.path, request, options.change_life);
  if (!queued) return tl::unexpected(queued.error());
  return ticket_of(*queued);
}

Result<void> Nrem::State::forget_instances(store::Transaction& transaction, const model::Resource& resource, const RequestIndication& request) {
  if (resource.type->name == "execInstance") return forget(transaction, resource.path, request);
  if (resource.type->name != "mgmtCmd") return {};
  const auto instances = join(resource.path, "execInstances");
  for (const auto& child : transaction.children(instances, instances_of_a_command)) {
    if (auto done = forget(transaction, join(instances, child.name), request); !done) return done;
  }
  return {};
}

// A DELETE: what the device was not told of is not done; what it was is cancelled if it can be, and its report is nobody's.
Result<void> Nrem::State::forget(store::Transaction& transaction, std::string_view path, const RequestIndication& request) {
  for (auto& operation : transaction.management().pending_about(path, options.queue)) {
    const bool was_told = operation.state != store::OperationState::queued;
    if (was_told) static_cast<void>(cancel(transaction, operation, request));   // refused where it cannot be cancelled
    if (auto now = transaction.management().operation(operation.id); was_told && now) operation = *std::move(now);
    operation.resource.clear();
    if (was_told) transaction.manage().put_operation(operation);
    else transaction.manage().erase_operation(operation.id);
  }
  return {};
}

Result<void> Nrem::State::discover(store::Transaction& transaction, const store::ManagedDevice& device) {
  const auto place = join(device.managed, "mgmtObjs");
  for (const auto& pending : transaction.management().pending_about(place, options.queue)) {
    if (pending.state != store::OperationState::accepted) return {};   // it is to be done already
  }
  const auto facts = facts_from_json(device.facts);
  core::RequestIndication request;
  request.from = std::make_shared<security::Requestor>(security::Requestor{"", "", true});
  const auto queued = enqueue(transaction, device, DeviceMapping(*table, facts).discovery(), {.kind = Effect::Kind::discovery}, place, request, options.change_life);
  if (!queued && queued.error().status != Status::service_unavailable) return tl::unexpected(queued.error());
  return {};
}

}  // namespace nscl::rem
