// SPDX-License-Identifier: Apache-2.0
// Changes of management objects over mIa, as operations on the device (rem.md 2.2, 2.5), on the writer's thread.
#include <algorithm>

#include <nscl/base/path.h>
#include <nscl/core/authorise.h>
#include <nscl/rem/cancellation.h>
#include <nscl/rem/gateway_lists.h>

#include "exec_instance.h"
#include "new_object.h"
#include "nodes.h"
#include "objects.h"
#include "state.h"
#include "superseding.h"
#include "ties.h"

namespace nscl::rem {

using core::Change;
using core::RequestIndication;
using core::Ticket;

namespace {

constexpr std::size_t instances_of_a_command = 1000;

std::optional<Ticket> ticket_of(std::uint64_t operation) { return operation; }

}  // namespace

Result<std::optional<Ticket>> Nrem::State::take(store::Transaction& transaction, const Change& wanted, const RequestIndication& request) {
  const auto& resource = wanted.resource;
  if (wanted.kind == Change::Kind::deleted) {
    if (auto done = forget_instances(transaction, resource, request); !done) return tl::unexpected(done.error());
  }
  if (!is_management_object(*resource.type)) return std::nullopt;
  const auto tie = tie_of(transaction, resource.path);
  if (!tie) return std::nullopt;
  const auto* device = &tie->device;
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
  auto older = updates_of(transaction, after.path);
  const auto expected = expected_from(older, before, after, request);
  auto leaves = leaves_to_set(mapping, before, expected, after);
  if (!leaves) return tl::unexpected(leaves.error());
  Effect effect{.kind = Effect::Kind::update};
  put_difference(base_of_difference(before, expected, after), after, effect);
  if (after.expiration_time == before.expiration_time) effect.expiration = expected.expiration_time;
  if (leaves->empty()) {
    if (auto done = let_go_of(transaction, std::move(older), effect); !done) return tl::unexpected(done.error());
    return is_whole(before, after) ? Taken(std::nullopt) : conclude_at_once(transaction, device, effect, after.path, request);
  }
  SetLeaves task{*std::move(leaves)};
  task.unseen = mapping.unseen(*before.type, before.attributes, task.leaves);
  const auto queued = enqueue(transaction, device, std::move(task), effect, after.path, request, options.change_life);
  if (!queued) return tl::unexpected(queued.error());
  if (auto done = supersede(transaction, *queued, std::move(older)); !done) return tl::unexpected(done.error());
  return ticket_of(*queued);
}

Result<std::optional<Ticket>> Nrem::State::take_new(store::Transaction& transaction, const store::ManagedDevice& device, const model::Resource& resource,
                                                    const RequestIndication& request) {
  const auto facts = facts_from_json(device.facts);
  const DeviceMapping mapping(*table, facts);
  Effect effect{.kind = Effect::Kind::create, .type = std::string(resource.type->name)};
  effect.attributes = codec::encode_stored(*resource.type, resource.attributes);
  effect.expiration = resource.expiration_time;
  if (mapping.is_unbound(*resource.type, resource.attributes)) return conclude_at_once(transaction, device, effect, resource.path, request);
  const auto task = task_for_new(transaction, mapping, resource);
  if (!task) return tl::unexpected(task.error());
  const auto queued = enqueue(transaction, device, *task, effect, resource.path, request, options.change_life);
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
    if (was_told) {
      transaction.manage().put_operation(operation);
    } else if (auto done = conclude(transaction, std::move(operation), store::OperationState::cancelled, cancelled_report()); !done) {
      return done;
    }
  }
  return {};
}

Result<void> Nrem::State::discover(store::Transaction& transaction, const store::ManagedDevice& device, int priority) {
  const auto place = join(device.managed, "mgmtObjs");
  auto& management = transaction.manage();
  for (auto& pending : management.pending_about(place, options.queue)) {
    if (pending.state != store::OperationState::queued) continue;   // what is under way may have been read already
    pending.priority = std::min(pending.priority, priority);
    return management.put_operation(pending), Result<void>{};   // it is to be done already
  }
  auto facts = facts_from_json(device.facts);
  if (is_of_oma_dm(device)) facts.root = "./";   // one that never called
  auto wanted = DeviceMapping(*table, facts).discovery();
  if (!is_of_oma_dm(device)) add_lists(wanted);
  const auto queued = enqueue(transaction, device, std::move(wanted), {.kind = Effect::Kind::discovery}, place, request_from({}), options.change_life);
  if (!queued) return queued.error().status == Status::service_unavailable ? Result<void>{} : tl::unexpected(queued.error());
  auto made = *management.operation(*queued);
  made.priority = std::min(made.priority, priority);
  return management.put_operation(made), Result<void>{};
}

}  // namespace nscl::rem
