// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/waiting_work.h>

#include <algorithm>

#include <nscl/base/path.h>
#include <nscl/rem/task.h>

namespace nscl::rem {
namespace {

using store::Operation;
using store::OperationState;

constexpr std::size_t looked_at = 256;

}  // namespace

bool is_restarting(const Operation& operation) {
  if (operation.state != OperationState::accepted) return false;
  const auto task = task_from_json(operation.body);
  const auto* command = task ? std::get_if<Command>(&*task) : nullptr;
  const auto* invoke = task ? std::get_if<Invoke>(&*task) : nullptr;
  return (command && (command->type == "REBOOT" || command->type == "RESET")) || (invoke && invoke->restarts);
}

bool is_looked_after(const Operation& operation) {
  if (operation.state != OperationState::accepted) return false;
  const auto task = task_from_json(operation.body);
  return task && std::holds_alternative<GetLeaves>(*task);
}

std::string called_scl(const store::ManagedDevice& device) {
  const auto above = parent_path(parent_path(device.managed));   // of an attachedDevice; an scl has none
  return device.protocol == store::ManagementProtocol::oma_dm && !above.empty() ? std::string(above) : device.managed;
}

Time first_use_of_session(store::ManagementReads& management, std::string_view device) {
  Time first = never, restarted{};
  for (const auto& operation : management.pending(device, looked_at)) {
    const bool waits = operation.state == OperationState::queued || operation.state == OperationState::undecided;
    if (waits || is_looked_after(operation)) first = std::min(first, operation.due);
    if (is_restarting(operation)) restarted = std::max(restarted, operation.expires);
  }
  return first == never ? never : std::max(first, restarted);
}

}  // namespace nscl::rem
