// SPDX-License-Identifier: Apache-2.0
// A device that does not have what it had, as after a change of its firmware (rem.md 2.10, 4.9 row 35).
#include <nscl/base/path.h>

#include "state.h"

namespace nscl::rem {
namespace {

using store::OperationState;

bool is_about_values(const Task& task) {
  return std::holds_alternative<GetLeaves>(task) || std::holds_alternative<SetLeaves>(task) || std::holds_alternative<AddInstance>(task) || std::holds_alternative<Invoke>(task);
}

}  // namespace

Result<bool> Nrem::State::try_again(store::Transaction& transaction, const store::Operation& failed, const Report& report) {
  auto& management = transaction.manage();
  const auto task = task_from_json(failed.body);
  auto effect = effect_from_json(failed.change);
  const auto device = management.device(failed.device);
  const bool is_managed = device && device->state == store::ManagedState::adopted && !device->managed.empty();
  if (!report.unknown_path || !task || !effect || !is_managed || !is_about_values(*task) || effect->is_second_try) return false;
  const auto facts = facts_from_json(device->facts);
  if (facts.discovered && *facts.discovered > failed.created) return false;   // what it has is known, and this is not there
  effect->is_second_try = true;
  auto operation = failed;
  operation.state = OperationState::queued;
  operation.outcome = to_json(report);
  operation.change = to_json(*effect);
  management.put_operation(operation);
  if (auto done = discover(transaction, *device, operation.priority - 1); !done) return tl::unexpected(done.error());
  return true;
}

}  // namespace nscl::rem
