// SPDX-License-Identifier: Apache-2.0
// Software that a device has installed by an action of an application's swInstance (rem.md 2.6).
#include <nscl/core/authorise.h>
#include <nscl/rem/node_path.h>

#include "nodes.h"
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
    if (!only.empty()) only = with_end(only);
  }
  return check_original_mo(only) ? only : std::string();
}

/// "./SCOMO/Download/x/Operations/DownloadInstall" -> "./SCOMO/Download/x/"
std::string package_above(std::string_view node) { return node.empty() ? std::string() : std::string(object_above(object_above(node))); }

}  // namespace

Result<void> Nrem::State::bind_unit(Tree& where, const store::Operation& operation, const Effect& effect, const Report& report) {
  const auto before = where.transaction().find(effect.status_resource);
  if (!before || before->type->name != "swInstance" || !core::text_of(*before, "originalMO").empty()) return {};
  const auto device = where.transaction().management().device(operation.device);
  if (!device) return {};
  const auto facts = facts_from_json(device->facts);
  const auto unit = is_of_oma_dm(*device) ? package_above(node_of(DeviceMapping(*table, facts), operation)) : unit_in(report);
  if (unit.empty()) return {};
  auto changed = *before;
  changed.attributes.set("originalMO", mo_of_object(unit));
  if (is_of_oma_dm(*device)) changed.attributes.set(package_attribute, operation.key);   // by which it is found when it is deployed
  const auto put = where.put_changed(std::move(changed), *before);
  return put ? discover(where.transaction(), *device) : tl::unexpected(put.error());   // its name, version and units are read
}

}  // namespace nscl::rem
