// SPDX-License-Identifier: Apache-2.0
// Software that a device has installed by an action of an application's swInstance (rem.md 2.6).
#include <nscl/core/authorise.h>

#include "state.h"

namespace nscl::rem {
namespace {

std::string_view part(const Argument& result, std::string_view name) {
  const auto found = std::find_if(result.parts.begin(), result.parts.end(), [&](const Argument& each) { return each.name == name; });
  return found == result.parts.end() ? std::string_view() : found->value;
}

/// The object of the only deployment unit that the device told of, if it is there now; empty: none, or several.
std::string unit_in(const Report& report) {
  std::string only;
  for (const auto& result : report.results) {
    if (result.name != "DeploymentUnit") continue;
    if (!only.empty() || part(result, "CurrentState") != "Installed") return {};
    only = part(result, "DeploymentUnitRef");
    if (!only.empty() && only.back() != '.') only += '.';
  }
  return check_original_mo(only) ? only : std::string();
}

}  // namespace

Result<void> Nrem::State::bind_unit(Tree& where, const store::Operation& operation, const Effect& effect, const Report& report) {
  const auto before = where.transaction().find(effect.status_resource);
  if (!before || before->type->name != "swInstance" || !core::text_of(*before, "originalMO").empty()) return {};
  auto unit = unit_in(report);
  const auto device = unit.empty() ? std::nullopt : where.transaction().management().device(operation.device);
  if (!device) return {};
  auto changed = *before;
  changed.attributes.set("originalMO", std::move(unit));
  const auto put = where.put_changed(std::move(changed), *before);
  return put ? discover(where.transaction(), *device) : tl::unexpected(put.error());   // its name, version and units are read
}

}  // namespace nscl::rem
