// SPDX-License-Identifier: Apache-2.0
// What the end of an operation makes of the tree, on the writer's thread.
#include <nscl/base/log.h>

#include "exec_instance.h"
#include "state.h"

namespace nscl::rem {
namespace {

using store::OperationState;

std::string cmd_type_of(const store::Operation& operation) {
  const auto task = task_from_json(operation.body);
  const auto* command = task ? std::get_if<Command>(&*task) : nullptr;
  return command ? command->type : std::string();
}

}  // namespace

Result<void> Nrem::State::note_accepted(Tree& where, const store::Operation& operation, const Effect& effect) {
  if (effect.kind == Effect::Kind::command) return started(where, operation.resource, cmd_type_of(operation));
  return {};
}

Result<void> Nrem::State::realise(Tree& where, const store::Operation& operation, const Effect& effect, const Report& report) {
  switch (effect.kind) {
    case Effect::Kind::command: return finished(where, operation.resource, report, options.instance_life);
    case Effect::Kind::cancel: {
      auto target = where.transaction().management().operation(effect.operation);
      if (!target || store::is_over(target->state)) return {};   // the result came first
      if (report.end != Report::End::done) return goes_on(where, operation.resource, report);
      return conclude(where.transaction(), *std::move(target), OperationState::cancelled, cancelled_report());
    }
    default: return {};
  }
}

}  // namespace nscl::rem
