// SPDX-License-Identifier: Apache-2.0
// Operations that an external ACS has: their tickets, which stand in the outcome until there is another.
#include <algorithm>

#include "state.h"

namespace nscl::rem {
namespace {

using store::Operation;
using store::OperationState;

constexpr std::string_view ticket_item = "Ticket";

}  // namespace

std::string external_ticket_of(const Operation& operation) {
  const auto report = report_from_json(operation.outcome);
  if (!report) return {};
  const auto found = std::ranges::find(report->results, ticket_item, &Argument::name);
  return found == report->results.end() ? std::string() : found->value;
}

net::Task<Result<void>> Nrem::hold(std::string device, std::uint64_t operation, std::string ticket, boost::asio::io_context& context) {
  auto& state = *state_;
  store::WriteJob job = [&](store::Transaction& transaction) -> Result<void> {
    auto found = transaction.management().operation(operation);
    if (!found || found->device != device || found->state != OperationState::sent) return {};
    Report report{.end = Report::End::no_answer, .status = Status::gateway_timeout, .text = "it waits at the external ACS"};
    if (!ticket.empty()) report.results.push_back({std::string(ticket_item), ticket});
    found->outcome = to_json(report);
    transaction.manage().put_operation(*found);
    return {};
  };
  co_return co_await state.write(std::move(job), context);
}

Standing Nrem::standing(const std::string& device, std::uint64_t operation, boost::asio::io_context& context) const {
  std::optional<Operation> found;
  state_->store.read([&](store::View& view) { found = view.management().operation(operation); }, context);
  if (!found || found->device != device || found->state != OperationState::sent || found->expires <= state_->clock.now()) return Standing::over;
  const auto effect = effect_from_json(found->change);
  return effect && effect->is_cancelled ? Standing::cancelled : Standing::wanted;
}

}  // namespace nscl::rem
