// SPDX-License-Identifier: Apache-2.0
// ChangeDUState: deployment units that come, change and go, each with one execution unit.
#include <algorithm>

#include <nscl/base/bytes.h>

#include "device.h"

namespace nscl::rem::simulator {
namespace {

constexpr std::string_view units = "SoftwareModules.DeploymentUnit.", executions = "SoftwareModules.ExecutionUnit.";

tr069::OpResultStruct failed(std::uint32_t code, std::string_view uuid = {}) {
  tr069::OpResultStruct out;
  out.uuid = uuid;
  out.current_state = "Failed";
  out.fault = {code, std::string(tr069::rule_of(code).text)};
  return out;
}

/// A random one, of version 4.
std::string new_uuid() {
  auto octets = random_octets(16);
  octets[6] = static_cast<char>((octets[6] & 0x0F) | 0x40);
  octets[8] = static_cast<char>((octets[8] & 0x3F) | 0x80);
  auto text = hex_encode(octets);
  for (const std::size_t place : {20u, 16u, 12u, 8u}) text.insert(place, "-");
  return text;
}

bool is_uuid(std::string_view text) {
  std::string digits(text);
  std::erase(digits, '-');
  return text.size() == 36 && digits.size() == 32 && hex_decode(digits);
}

std::string name_in(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  return std::string(url.substr(url.rfind('/') + 1)).substr(0, 32);
}

}  // namespace

/// Path without the root; empty if there is none.
std::string Device::unit_with(std::string_view uuid) const {
  const auto table = model_.root() + std::string(units);
  const auto all = model_.names(table, true);
  if (!all || uuid.empty()) return {};
  for (const auto& info : *all) {
    const auto unit = info.name.substr(model_.root().size());
    if (model_.value(unit + "UUID") == uuid) return unit;
  }
  return {};
}

void Device::describe(tr069::OpResultStruct& result, const std::string& unit) const {
  result.uuid = model_.value(unit + "UUID");
  result.deployment_unit_ref = model_.root() + unit;
  result.version = model_.value(unit + "Version");
  result.current_state = "Installed";
  result.resolved = true;
  result.execution_unit_ref_list = model_.value(unit + "ExecutionUnitList");
}

tr069::OpResultStruct Device::install(const tr069::InstallOpStruct& operation) {
  if (!operation.uuid.empty() && !is_uuid(operation.uuid)) return failed(9022, operation.uuid);
  const auto environment = operation.execution_env_ref;
  if (!environment.empty() && !model_.find(environment.ends_with('.') ? environment : environment + ".")) return failed(9023, operation.uuid);
  if (!unit_with(operation.uuid).empty()) return failed(9026, operation.uuid);
  const auto unit_number = model_.add(model_.root() + std::string(units));
  const auto run_number = model_.add(model_.root() + std::string(executions));
  if (!unit_number || !run_number) return failed(unit_number ? 9027 : unit_number.error().code == 9004 ? 9027 : 9000, operation.uuid);
  const auto unit = std::string(units) + std::to_string(*unit_number) + ".", run = std::string(executions) + std::to_string(*run_number) + ".";
  const auto name = name_in(operation.url), id = "du-" + std::to_string(*unit_number);
  const std::pair<std::string, std::string> values[] = {
      {unit + "UUID", operation.uuid.empty() ? new_uuid() : operation.uuid}, {unit + "DUID", id}, {unit + "Name", name}, {unit + "URL", operation.url},
      {unit + "ExecutionUnitList", model_.root() + run}, {run + "EUID", id + "-eu"}, {run + "Name", name}};
  for (const auto& [parameter, value] : values) model_.change(parameter, value);
  tr069::OpResultStruct out;
  describe(out, unit);
  return out;
}

tr069::OpResultStruct Device::install(const tr069::UpdateOpStruct& operation) {
  const auto unit = unit_with(operation.uuid);
  if (unit.empty()) return failed(9028, operation.uuid);
  if (!operation.version.empty() && operation.version == model_.value(unit + "Version")) return failed(9032, operation.uuid);
  const auto version = operation.version.empty() ? model_.value(unit + "Version") + ".1" : operation.version;
  model_.change(unit + "Version", version);
  if (!operation.url.empty()) model_.change(unit + "URL", operation.url);
  tr069::OpResultStruct out;
  describe(out, unit);
  return out;
}

tr069::OpResultStruct Device::install(const tr069::UninstallOpStruct& operation) {
  const auto unit = unit_with(operation.uuid);
  const bool is_other = !operation.version.empty() && !unit.empty() && operation.version != model_.value(unit + "Version");
  if (unit.empty() || is_other) return failed(9028, operation.uuid);
  tr069::OpResultStruct out;
  describe(out, unit);
  out.current_state = "Uninstalled";
  const auto run = model_.value(unit + "ExecutionUnitList");
  model_.remove(model_.root() + unit);
  model_.remove(run);
  out.execution_unit_ref_list.clear();
  return out;
}

/// Goes through the operations up to the next one that needs a file.
std::optional<FileCall> Device::next_operation(Job& job, Time now) {
  while (job.results.size() < job.operations.size()) {
    auto& operation = job.operations[job.results.size()];
    FileCall call{job.id, net::Method::get, {}, {}, {}, {}};
    if (const auto* wanted = std::get_if<tr069::InstallOpStruct>(&operation)) {
      call.url = wanted->url;
      call.user = wanted->username;
      call.password = wanted->password.copy();
    } else if (const auto* newer = std::get_if<tr069::UpdateOpStruct>(&operation)) {
      call.url = newer->url;
      call.user = newer->username;
      call.password = newer->password.copy();
    }
    if (!call.url.empty()) return call;
    const bool lacks_url = std::holds_alternative<tr069::InstallOpStruct>(operation);
    auto result = lacks_url ? failed(9003) : std::visit([&](const auto& given) { return install(given); }, operation);
    result.start_time = result.complete_time = now;
    job.results.push_back(std::move(result));
  }
  end_job(job, {}, now);
  return std::nullopt;
}

void Device::end_operation(Job& job, FileOutcome outcome, Time now) {
  if (job.results.size() >= job.operations.size()) return;
  const auto& operation = job.operations[job.results.size()];
  auto result = outcome.fault.code != 0 ? failed(outcome.fault.code) : std::visit([&](const auto& given) { return install(given); }, operation);
  result.start_time = job.started;
  result.complete_time = now;
  job.results.push_back(std::move(result));
  job.stage = Job::Stage::waits;   // for its next operation
  job.begins = now;
  if (job.results.size() == job.operations.size()) end_job(job, {}, now);
}

}  // namespace nscl::rem::simulator
