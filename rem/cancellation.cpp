// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/cancellation.h>

namespace nscl::rem {
namespace {

using store::OperationState;

constexpr std::string_view code_of_cancelled = "CANCELLED";

bool may_be_cancelled(OperationState state) { return state == OperationState::queued || state == OperationState::undecided; }

std::string_view reason_against(OperationState state) {
  if (store::is_over(state)) return "the operation is over";
  return state == OperationState::sent ? "a session has the operation: wait for its end" : "the device has accepted the operation: cancel it there, by its execDisable";
}

}  // namespace

Report cancelled_report() {
  return {.end = Report::End::failed, .status = Status::conflict, .code = std::string(code_of_cancelled), .text = "the command was cancelled"};
}

Result<void> request_cancellation(store::ManagementWrites& management, std::string_view device, std::uint64_t operation, Time now) {
  auto found = management.operation(operation);
  if (!found || found->device != device) return failure(Status::not_found, "the device has no operation of this number");
  if (!may_be_cancelled(found->state)) return failure(Status::conflict, std::string(reason_against(found->state)));
  auto report = cancelled_report();
  report.text = "the operator cancelled it";
  if (found->state == OperationState::undecided) report.text += "; the device may have done it nevertheless";
  found->expires = now;
  found->outcome = to_json(report);
  management.put_operation(*found);
  return {};
}

std::optional<Report> cancellation_of(const store::Operation& operation) {
  if (!may_be_cancelled(operation.state)) return std::nullopt;
  auto report = report_from_json(operation.outcome);
  if (!report || report->code != code_of_cancelled) return std::nullopt;
  return *std::move(report);
}

}  // namespace nscl::rem
