// SPDX-License-Identifier: Apache-2.0
#include "embedded.h"

#include <algorithm>

#include "built_in.h"

namespace nscl::rem::simulator {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds process_time{1'500};
constexpr std::string_view what_fails = "broken";
constexpr std::string_view rows = "ManagementServer.EmbeddedDevice.", callers = "ManagementServer.VirtualDevice.";

constexpr std::string_view embedded_lines = R"(ManagementServer.EmbeddedDevice. t
ManagementServer.EmbeddedDevice.{i}. o
ManagementServer.EmbeddedDevice.{i}.ControllerID r string(64) zigbee0
ManagementServer.EmbeddedDevice.{i}.ProxiedDeviceID r string(64)
ManagementServer.EmbeddedDevice.{i}.Reference r string(256)
ManagementServer.EmbeddedDevice.{i}.SupportedDataModel r string(256)
ManagementServer.EmbeddedDevice.{i}.Host r string(256)
ManagementServer.EmbeddedDevice.{i}.ProxyProtocol r string(64) ZigBee
ManagementServer.EmbeddedDevice.{i}.CommandProcessed r string Success
ManagementServer.EmbeddedDevice.{i}.CommandProcessingErrMsg r string(256)
ManagementServer.EmbeddedDevice.{i}.LastSyncTime r dateTime 0001-01-01T00:00:00Z
X_NSCL_Lamp. t
X_NSCL_Lamp.{i}. o
X_NSCL_Lamp.{i}.Name w string(64) lamp
X_NSCL_Lamp.{i}.Level w unsignedInt[0:100] 0
X_NSCL_Lamp.{i}.SceneNumberOfEntries r unsignedInt 0
X_NSCL_Lamp.{i}.Scene. T
X_NSCL_Lamp.{i}.Scene.{i}. o
X_NSCL_Lamp.{i}.Scene.{i}.Name w string(64)
)";

constexpr std::string_view caller_lines = R"(ManagementServer.VirtualDevice. t
ManagementServer.VirtualDevice.{i}. o
ManagementServer.VirtualDevice.{i}.ManufacturerOUI r string(6)
ManagementServer.VirtualDevice.{i}.ProductClass r string(64)
ManagementServer.VirtualDevice.{i}.SerialNumber r string(64)
ManagementServer.VirtualDevice.{i}.Host r string(256)
ManagementServer.VirtualDevice.{i}.ProxyProtocol r string(64) ZigBee
)";

void append_lines(std::string& out, std::string_view lines, const std::string& root) {
  while (!lines.empty()) {
    const auto end = lines.find('\n') + 1;
    out.append(root).append(lines.substr(0, end));
    lines.remove_prefix(end);
  }
}

/// "ManagementServer.EmbeddedDevice.3." of the device that a path is of; empty: of none.
std::string row_of(const DataModel& model, std::string_view path) {
  for (std::size_t i = 1;; ++i) {
    auto row = std::string(rows) + std::to_string(i) + '.';
    if (!model.find(model.root() + row)) return {};
    if (path.starts_with(model.value(row + "Reference") + '.')) return row;
  }
}

/// Lines of a ModelTree: the gateway's lists, and its lamps.
std::string behind_text(const BehindGateway& behind, const std::string& root) {
  std::string out;
  const auto line = [&](const std::string& text) { out.append(root).append(text).append("\n"); };
  if (behind.embedded != 0) append_lines(out, embedded_lines, root);
  if (behind.embedded != 0) line("ManagementServer.EmbeddedDeviceNumberOfEntries r unsignedInt " + std::to_string(behind.embedded));
  for (unsigned i = 1; i <= behind.embedded; ++i) {
    const auto number = std::to_string(i), row = std::string(rows) + number + '.';
    line("X_NSCL_Lamp." + number + ". i");
    line(row + " i");
    line(row + "ProxiedDeviceID = lamp" + number);
    line(row + "Reference = " + root + "X_NSCL_Lamp." + number);
  }
  if (behind.callers != 0) append_lines(out, caller_lines, root);
  if (behind.callers != 0) line("ManagementServer.VirtualDeviceNumberOfEntries r unsignedInt " + std::to_string(behind.callers));
  for (unsigned i = 1; i <= behind.callers; ++i) line(std::string(callers) + std::to_string(i) + ". i");
  return out;
}

}  // namespace

std::shared_ptr<const ModelTree> gateway_model(ModelKind kind, bool has_fixed_interval, const BehindGateway& behind) {
  auto text = built_in_text(kind, has_fixed_interval);
  text += behind_text(behind, text.substr(0, text.find('.') + 1));
  return std::make_shared<const ModelTree>(text);
}

std::string caller_serial(const std::string& gateway_serial, std::size_t number) { return gateway_serial + "V" + std::to_string(number); }

void name_callers(DataModel& model, const std::string& oui, const std::string& serial) {
  for (std::size_t i = 1;; ++i) {
    const auto row = std::string(callers) + std::to_string(i) + '.';
    if (!model.find(model.root() + row)) return;
    model.change(row + "ManufacturerOUI", oui);
    model.change(row + "ProductClass", caller_class);
    model.change(row + "SerialNumber", caller_serial(serial, i));
  }
}

void Proxy::take(DataModel& model, std::string_view path, std::string_view value, std::string before, Time now) {
  auto row = row_of(model, path);
  if (row.empty()) return;
  auto found = std::ranges::find(commands_, row, &Command::row);
  if (found == commands_.end()) found = commands_.insert(found, {now, row, {}, false});
  found->ends = now + process_time;
  found->fails = found->fails || value == what_fails;
  found->before.emplace_back(path.substr(model.root().size()), std::move(before));
  model.change(row + "CommandProcessed", "Pending");
  model.change(row + "CommandProcessingErrMsg", "");
}

void Proxy::settle(DataModel& model, Time now) {
  std::erase_if(commands_, [&](const Command& command) {
    if (command.ends > now) return false;
    model.change(command.row + "CommandProcessed", command.fails ? "Error" : "Success");
    if (!command.fails) return true;
    model.change(command.row + "CommandProcessingErrMsg", "the lamp is broken");
    for (const auto& [name, value] : command.before) model.change(name, value);
    return true;
  });
}

}  // namespace nscl::rem::simulator
