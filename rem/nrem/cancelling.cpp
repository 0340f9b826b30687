// SPDX-License-Identifier: Apache-2.0
// execDisable (rem.md 1.7): what no device was told of ends at once, what one has begun is ended there, if there is a way. On the writer's thread.
#include <nscl/rem/cancellation.h>

#include "addressee.h"
#include "exec_instance.h"
#include "nodes.h"
#include "state.h"

namespace nscl::rem {
namespace {

using store::Operation;
using store::OperationState;

/// By CancelTransfer, whatever else the CPE makes of it.
}  // namespace

std::optional<Cancel> Nrem::State::way_to_cancel(const store::ManagedDevice& device, const Operation& operation) const {
  if (!is_of_oma_dm(device)) return is_transfer(operation) ? std::optional(Cancel{operation.key}) : std::nullopt;
  const auto facts = facts_from_json(device.facts);
  const auto run = invoked_by(DeviceMapping(*table, facts), operation);
  return run && !run->cancel.empty() ? std::optional(Cancel{operation.key, run->cancel}) : std::nullopt;
}

Result<void> Nrem::State::cancel(store::Transaction& transaction, Operation operation, const core::RequestIndication& request) {
  auto where = tree(transaction);
  if (operation.state == OperationState::queued) return conclude(transaction, std::move(operation), OperationState::cancelled, cancelled_report());
  if (exec_status(transaction, operation.resource) == "CANCELLING") return {};
  auto effect = effect_from_json(operation.change);
  if (!effect) return tl::unexpected(effect.error());
  if (operation.state != OperationState::accepted) {   // what becomes of it is decided after the answer
    effect->is_cancelled = true;
    effect->canceller = addressee_of(request, Time{});
    operation.change = to_json(*effect);
    transaction.manage().put_operation(operation);
    return cancelling(where, operation.resource);
  }
  const auto device = transaction.management().device(operation.device);
  if (!device) return failure(Status::not_found, "the device is not known any more");
  const auto way = way_to_cancel(*device, operation);
  if (!way) return failure(Status::conflict, "the device has begun, and the command cannot be cancelled there then");
  const Effect wanted{.kind = Effect::Kind::cancel, .operation = operation.id};
  const auto queued = enqueue(transaction, *device, *way, wanted, operation.resource, request, options.action_life);
  if (!queued) return tl::unexpected(queued.error());
  return cancelling(where, operation.resource);
}

bool Nrem::State::is_cancel_of_nothing(store::Transaction& transaction, const Task& task, const Effect& effect) const {
  if (!std::holds_alternative<Cancel>(task)) return false;
  const auto target = transaction.management().operation(effect.operation);
  return !target || store::is_over(target->state);
}

}  // namespace nscl::rem
