// SPDX-License-Identifier: Apache-2.0
#include "contact.h"

#include <algorithm>
#include <utility>

#include <nscl/base/bytes.h>
#include <nscl/rem/tr069/faults.h>

namespace nscl::rem::tr069 {
namespace {

/// At most 256 octets, of whole characters.
std::string cut(std::string_view text) {
  if (text.size() <= longest_fact) return std::string(text);
  std::size_t size = longest_fact;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return std::string(text.substr(0, size));
}

std::string_view root_of(const std::vector<ParameterValueStruct>& parameters) {
  for (const auto& parameter : parameters) {
    for (const std::string_view root : {"Device.", "InternetGatewayDevice."}) {
      if (parameter.name.starts_with(root)) return root;
    }
  }
  return {};
}

/// Values by their names below the root object.
class Told {
 public:
  explicit Told(const std::vector<ParameterValueStruct>& parameters) : parameters_(parameters), root_(root_of(parameters)) {}

  std::string_view root() const { return root_; }
  std::string operator()(std::string_view name) const {
    for (const auto& parameter : parameters_) {
      const std::string_view path = parameter.name;
      const bool is_it = path.size() == root_.size() + name.size() && path.starts_with(root_) && path.ends_with(name);
      if (is_it) return cut(parameter.value);
    }
    return {};
  }

 private:
  const std::vector<ParameterValueStruct>& parameters_;
  const std::string_view root_;
};

DeviceFacts facts_of(const Inform& inform, const Told& told, const Header& header, const std::string& address) {
  DeviceFacts facts;
  facts.manufacturer = inform.device_id.manufacturer;
  facts.oui = inform.device_id.oui;
  facts.product_class = inform.device_id.product_class;
  facts.serial = inform.device_id.serial_number;
  facts.model = told("DeviceInfo.ModelName");
  facts.hardware_version = told("DeviceInfo.HardwareVersion");
  facts.software_version = told("DeviceInfo.SoftwareVersion");
  facts.root = told.root();
  facts.version = version_of(header);
  facts.parameter_key = told("ManagementServer.ParameterKey");
  facts.connection_request_url = told("ManagementServer.ConnectionRequestURL");
  facts.udp_connection_request_address = told("ManagementServer.UDPConnectionRequestAddress");
  facts.address = address;
  return facts;
}

/// The gateway that a device behind one names (TR-181, Device.GatewayInfo.); empty without one.
std::string gateway_of(const Told& told) {
  DeviceIdStruct gateway;
  gateway.oui = told("GatewayInfo.ManufacturerOUI");
  gateway.product_class = told("GatewayInfo.ProductClass");
  gateway.serial_number = told("GatewayInfo.SerialNumber");
  return gateway.oui.empty() || gateway.serial_number.empty() ? std::string() : printable(gateway);
}

Report report_of(const FaultStruct& fault, std::optional<Time> started, std::optional<Time> completed) {
  Report report;
  report.started = started;
  report.completed = completed;
  if (fault.code == 0) return report;
  Fault told;
  told.code = fault.code;
  told.text = fault.text;
  report.end = Report::End::failed;
  report.status = status_of(told);
  report.code = std::to_string(fault.code);
  report.text = additional_info(told, {});
  return report;
}

/// A part of execResult for each deployment unit.
Argument result_of(const OpResultStruct& result) {
  Argument out{"DeploymentUnit", {}, {}};
  const std::pair<std::string_view, std::string> parts[] = {{"UUID", result.uuid},
                                                            {"DeploymentUnitRef", result.deployment_unit_ref},
                                                            {"Version", result.version},
                                                            {"CurrentState", result.current_state},
                                                            {"Resolved", result.resolved ? "true" : "false"},
                                                            {"ExecutionUnitRefList", result.execution_unit_ref_list}};
  for (const auto& [name, value] : parts) {
    if (!value.empty()) out.parts.push_back({std::string(name), value, {}});
  }
  return out;
}

template <class Results>
Completion change_of(const std::string& device, std::string_view kind, const Results& results) {
  Completion completion{device, {}, std::string(kind), std::nullopt, {}};
  Report& report = completion.report;
  for (const auto& entry : results) {
    const OpResultStruct& result = entry;
    auto one = report_of(result.fault, result.start_time, result.complete_time);
    auto results_so_far = std::move(report.results);
    if (report.end == Report::End::done) report = std::move(one);
    report.results = std::move(results_so_far);
    report.results.push_back(result_of(result));
  }
  return completion;
}

/// The results of an autonomous change hold more beside.
std::vector<OpResultStruct> plain(const std::vector<AutonOpResultStruct>& results) {
  std::vector<OpResultStruct> out;
  for (const auto& each : results) out.push_back(each.result);
  return out;
}

Completion completion_of(const std::string& device, const TransferComplete& told) {
  return {device, told.command_key, std::string(TransferComplete::name), std::nullopt, report_of(told.fault, told.start_time, told.complete_time)};
}

Completion completion_of(const std::string& device, const AutonomousTransferComplete& told) {
  Completion completion{device, {}, std::string(AutonomousTransferComplete::name), !told.is_download,
                        report_of(told.fault, told.start_time, told.complete_time)};
  const std::pair<std::string_view, std::string> results[] = {{"AnnounceURL", told.announce_url},
                                                              {"TransferURL", told.transfer_url},
                                                              {"FileType", told.file_type},
                                                              {"FileSize", std::to_string(told.file_size)},
                                                              {"TargetFileName", told.target_file_name}};
  for (const auto& [name, value] : results) completion.report.results.push_back({std::string(name), value, {}});
  return completion;
}

Completion completion_of(const std::string& device, const DUStateChangeComplete& told) {
  auto completion = change_of(device, DUStateChangeComplete::name, told.results);
  completion.key = told.command_key;
  return completion;
}

Completion completion_of(const std::string& device, const AutonomousDUStateChangeComplete& told) {
  return change_of(device, AutonomousDUStateChangeComplete::name, plain(told.results));
}

}  // namespace

Contact contact_of(Inform& inform, const Header& header, const std::string& address) {
  const Told told(inform.parameters);
  Contact contact;
  contact.device = printable(inform.device_id);
  contact.facts = facts_of(inform, told, header, address);
  contact.gateway = gateway_of(told);
  for (const auto& event : inform.events) {
    const auto kind = event.event();
    contact.is_bootstrap = contact.is_bootstrap || kind == Event::bootstrap;
    contact.is_boot = contact.is_boot || kind == Event::boot;
    if (kind == Event::periodic || kind == Event::heartbeat) continue;   // nothing lasting follows from a sign of life
    store::ManagementEvent out;
    out.code = kind == Event::vendor || kind == Event::unknown ? cut(event.code) : std::string(code_of(kind));
    out.key = cut(event.command_key);
    contact.events.push_back(std::move(out));
  }
  for (auto& parameter : inform.parameters) contact.leaves.push_back({std::move(parameter.name), std::move(parameter.value), std::move(parameter.type)});
  return contact;
}

std::optional<ToldEnd> told_end(const std::string& device, const Message& message) {
  std::optional<ToldEnd> out;
  const auto take = [&]<class Told, class Response>(const Told* told, Response response) {
    if (told != nullptr) out = ToldEnd{completion_of(device, *told), Message(std::move(response))};
  };
  take(std::get_if<TransferComplete>(&message), TransferCompleteResponse{});
  take(std::get_if<AutonomousTransferComplete>(&message), AutonomousTransferCompleteResponse{});
  take(std::get_if<DUStateChangeComplete>(&message), DUStateChangeCompleteResponse{});
  take(std::get_if<AutonomousDUStateChangeComplete>(&message), AutonomousDUStateChangeCompleteResponse{});
  return out;
}

}  // namespace nscl::rem::tr069
