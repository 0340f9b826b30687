// SPDX-License-Identifier: Apache-2.0
// Reports on what went wrong.
#include "reports.h"

namespace nscl::rem::tr069 {
namespace {

constexpr unsigned sessions_after_internal_error = 3;

Report::End end_of(Retry retry, unsigned attempts) {
  if (retry == Retry::smaller) return Report::End::later;
  if (retry == Retry::next_session && attempts < sessions_after_internal_error) return Report::End::later;
  return Report::End::failed;
}

}  // namespace

Report failure_of(const Fault& fault, std::string_view path, unsigned attempts, bool of_add_object) {
  const auto retry = rule_of(fault.code).retry;
  Report report;
  report.end = end_of(retry, attempts);
  report.status = status_of(fault, of_add_object);
  // A fault of SOAP without a code of CWMP must not look like 0, success.
  report.code = fault.code == 0 ? "SOAP_FAULT" : std::to_string(fault.code);
  report.text = additional_info(fault, path);
  report.unsupported = retry == Retry::unsupported;
  report.unknown_path = rule_of(fault).retry == Retry::after_rediscovery;
  return report;
}

Report unsupported(std::string_view method) { return failure_of(make_fault(9000), method, 1); }

Report unknown_end(std::string_view method) {
  Report report;
  report.end = Report::End::no_answer;
  report.status = Status::gateway_timeout;
  report.text = "CWMP: the device did not answer " + std::string(method);
  return report;
}

Fault fault_of_each(std::uint32_t code, const std::vector<std::string>& names) {
  auto fault = make_fault(code == 9005 ? 9005 : 9003);
  for (const auto& name : names) fault.parameters.push_back({name, code, {}});
  return fault;
}

}  // namespace nscl::rem::tr069
