// SPDX-License-Identifier: Apache-2.0
// Deployment units of a device, to see whether a ChangeDUState has been carried out.
#include "units.h"

#include <algorithm>
#include <map>
#include <optional>

#include "listing.h"

namespace nscl::rem::tr069 {
namespace {

constexpr std::size_t most_units = 64;
constexpr std::string_view unit_leaf_names[] = {"UUID", "URL", "Status", "Version"};

using Unit = std::map<std::string, std::string, std::less<>>;   // value by name

std::string of(const Unit& unit, std::string_view name) {
  const auto found = unit.find(name);
  return found == unit.end() ? std::string() : found->second;
}

/// nullopt: one has no UUID, it was not read.
std::optional<std::vector<Unit>> values_of(const std::vector<std::string>& paths, const ValueReader& read) {
  std::vector<Unit> out;
  for (const auto& path : paths) {
    Unit unit;
    for (const auto name : unit_leaf_names) {
      const auto leaf = read.leaves().find(path + std::string(name));
      if (leaf != read.leaves().end()) unit.emplace(name, leaf->second.value);
    }
    if (!unit.contains("UUID")) return std::nullopt;
    out.push_back(std::move(unit));
  }
  return out;
}

bool is_done(const UnitOperation& operation, const std::vector<Unit>& units) {
  const auto is_it = [&](const Unit& unit) {
    if (!operation.uuid.empty()) return of(unit, "UUID") == operation.uuid;
    return !operation.url.empty() && of(unit, "URL") == operation.url;
  };
  const auto unit = std::ranges::find_if(units, is_it);
  if (operation.kind == "Uninstall") return unit == units.end() || of(*unit, "Status") == "Uninstalled";
  if (unit == units.end() || of(*unit, "Status") != "Installed") return false;
  if (operation.kind == "Install") return true;
  return !operation.version.empty() && of(*unit, "Version") == operation.version;
}

}  // namespace

std::vector<UnitOperation> operations_of(const Command& command) {
  std::vector<UnitOperation> out;
  if (command.type != "CHANGEDUSTATE") return out;
  for (const auto& structure : command.arguments) {
    UnitOperation operation;
    for (const auto& part : structure.parts) {
      if (part.name == "Operation") operation.kind = part.value;
      if (part.name == "UUID") operation.uuid = part.value;
      if (part.name == "URL") operation.url = part.value;
      if (part.name == "Version") operation.version = part.value;
    }
    out.push_back(std::move(operation));
  }
  return out;
}

std::string unit_table(std::string_view root) { return std::string(root) + "SoftwareModules.DeploymentUnit."; }

std::vector<std::string> units_in(std::string_view root, const std::vector<ParameterInfoStruct>& listed) {
  const auto table = unit_table(root);
  std::vector<std::string> out;
  for (const auto& [step, child] : children_of(table, listed)) if (is_instance(step)) out.push_back(table + step + ".");
  return out;
}

std::vector<std::string> unit_leaves(const std::vector<std::string>& units) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < std::min(units.size(), most_units); ++i) {
    for (const auto name : unit_leaf_names) out.push_back(units[i] + std::string(name));
  }
  return out;
}

bool are_done(const std::vector<UnitOperation>& operations, const std::vector<std::string>& units, const ValueReader& read) {
  const auto values = values_of(units, read);
  return values && std::ranges::all_of(operations, [&](const UnitOperation& operation) { return is_done(operation, *values); });
}

}  // namespace nscl::rem::tr069
