// SPDX-License-Identifier: Apache-2.0
// The table of faults, and what is made of one for an application.
#include <nscl/rem/tr069/faults.h>

#include <algorithm>

#include <nscl/base/bytes.h>

namespace nscl::rem::tr069 {
namespace {

constexpr std::size_t longest_told = 256;
constexpr std::size_t most_parameters = 32;

constexpr FaultRule vendors{0, "Vendor defined fault", Status::bad_gateway};

constexpr FaultRule rules[] = {
    {8000, "Method not supported", Status::not_implemented},
    {8001, "Request denied", Status::forbidden},
    {8002, "Internal error", Status::bad_gateway},
    {8003, "Invalid arguments", Status::bad_request, Retry::no, true},
    {8004, "Resources exceeded", Status::service_unavailable},
    {8005, "Retry request", Status::service_unavailable},
    {8006, "ACS version incompatible with CPE", Status::bad_gateway},
    {9000, "Method not supported", Status::not_implemented, Retry::unsupported},
    {9001, "Request denied", Status::forbidden},
    {9002, "Internal error", Status::bad_gateway, Retry::next_session},
    {9003, "Invalid arguments", Status::bad_request, Retry::no, true},
    {9004, "Resources exceeded", Status::service_unavailable, Retry::smaller},
    {9005, "Invalid parameter name", Status::not_found, Retry::after_rediscovery, true},
    {9006, "Invalid parameter type", Status::bad_request, Retry::no, true},
    {9007, "Invalid parameter value", Status::bad_request, Retry::no, true},
    {9008, "Attempt to set a non-writable parameter", Status::method_not_allowed, Retry::no, true},
    {9009, "Notification request rejected", Status::forbidden},
    {9010, "File transfer failure", Status::bad_gateway, Retry::by_command},
    {9011, "Upload failure", Status::bad_gateway, Retry::by_command},
    {9012, "File transfer server authentication failure", Status::bad_gateway, Retry::no, false, true},
    {9013, "Unsupported protocol for file transfer", Status::not_implemented, Retry::other_scheme},
    {9014, "File transfer failure: unable to join multicast group", Status::bad_gateway, Retry::by_command},
    {9015, "File transfer failure: unable to contact file server", Status::bad_gateway, Retry::by_command},
    {9016, "File transfer failure: unable to access file", Status::bad_gateway, Retry::by_command},
    {9017, "File transfer failure: unable to complete download", Status::bad_gateway, Retry::by_command},
    {9018, "File transfer failure: file corrupted or otherwise unusable", Status::bad_gateway, Retry::by_command},
    {9019, "File transfer failure: file authentication failure", Status::bad_gateway, Retry::by_command},
    {9020, "File transfer failure: unable to complete download within specified time windows", Status::bad_gateway},
    {9021, "Cancelation of file transfer not permitted in current transfer state", Status::conflict, Retry::no, true},
    {9022, "Invalid UUID format", Status::bad_request, Retry::no, true},
    {9023, "Unknown Execution Environment", Status::not_found, Retry::no, true},
    {9024, "Disabled Execution Environment", Status::conflict},
    {9025, "Deployment Unit to Execution Environment mismatch", Status::bad_request, Retry::no, true},
    {9026, "Duplicate Deployment Unit", Status::conflict, Retry::no, true},
    {9027, "System resources exceeded", Status::service_unavailable},
    {9028, "Unknown Deployment Unit", Status::not_found, Retry::no, true},
    {9029, "Invalid Deployment Unit state", Status::conflict, Retry::no, true},
    {9030, "Invalid Deployment Unit update: downgrade not permitted", Status::conflict, Retry::no, true},
    {9031, "Invalid Deployment Unit update: version not specified", Status::bad_request, Retry::no, true},
    {9032, "Invalid Deployment Unit update: version already exists", Status::conflict, Retry::no, true},
};

std::string sentence(std::uint32_t code, std::string_view text, std::string_view path) {
  auto out = code == 0 ? std::string("SOAP fault") : "CWMP " + std::to_string(code);
  const auto said = presentable(text.empty() ? rule_of(code).text : text);
  if (code != 0 || !text.empty()) out.append(" ").append(said);
  if (!path.empty()) out.append(": ").append(presentable(path));
  return out;
}

}  // namespace

std::string presentable(std::string_view text) {
  std::string plain(text);
  std::ranges::replace_if(plain, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  auto out = to_xml_text(plain);
  auto end = std::min(out.size(), longest_told);
  while (end < out.size() && end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0) == 0x80) --end;
  out.resize(end);
  return out;
}

const FaultRule& rule_of(std::uint32_t code) {
  const auto found = std::ranges::lower_bound(rules, code, {}, &FaultRule::code);
  return found != std::end(rules) && found->code == code ? *found : vendors;
}

Fault make_fault(std::uint32_t code, std::string_view more) {
  std::string text(rule_of(code).text);
  if (!more.empty()) text.append(": ").append(more);
  return {.code = code, .text = std::move(text), .parameters = {}};
}

const FaultRule& rule_of(const Fault& fault) {
  const auto& parameters = fault.parameters;
  const auto agrees = [&](const SetParameterValuesFault& other) { return other.code == parameters.front().code; };
  const bool decide = fault.code == 9003 && !parameters.empty() && std::ranges::all_of(parameters, agrees);
  return rule_of(decide ? parameters.front().code : fault.code);
}

Status status_of(const Fault& fault, bool of_add_object) {
  const auto& rule = rule_of(fault);
  return rule.code == 9005 && of_add_object ? Status::not_implemented : rule.status;
}

std::string additional_info(const Fault& fault, std::string_view path) {
  auto out = sentence(fault.code, fault.text, path);
  std::size_t told = 0;
  for (const auto& parameter : fault.parameters) {
    if (told++ == most_parameters) return out + "; and more";
    out.append("; ").append(sentence(parameter.code, parameter.text, parameter.parameter_name));
  }
  return out;
}

}  // namespace nscl::rem::tr069
