// SPDX-License-Identifier: Apache-2.0
// How operations ended, told to those who asked for them (rem.md 2.8).
#include <utility>

#include <boost/asio/use_awaitable.hpp>

#include <nscl/base/log.h>

#include "addressee.h"
#include "state.h"

namespace nscl::rem {

core::RequestIndication request_from(std::string requester) {
  core::RequestIndication request;
  request.from = std::make_shared<const security::Requestor>(security::Requestor{"", std::move(requester), true});
  return request;
}

std::optional<store::Operation> newest(store::ManagementReads& management, core::Ticket ticket) {
  for (;;) {   // each is newer than the one before
    auto operation = management.operation(ticket);
    const auto effect = operation && operation->state == store::OperationState::cancelled ? effect_from_json(operation->change) : Result<Effect>();
    if (!effect || effect->kind != Effect::Kind::update || effect->operation <= ticket) return operation;
    ticket = effect->operation;
  }
}

std::optional<Result<void>> end_of(const std::optional<store::Operation>& operation) {
  if (!operation) return Result<void>(failure(Status::gateway_timeout, "nothing is known of the operation any more"));
  if (!store::is_over(operation->state)) return std::nullopt;
  const auto report = report_from_json(operation->outcome);
  if (!report) return Result<void>(tl::unexpected(report.error()));
  if (operation->state == store::OperationState::done) return Result<void>();
  return Result<void>(failure(report->status == Status::ok ? Status::bad_gateway : report->status, report->text));
}

void Nrem::State::tell(store::Transaction& transaction, store::Operation& operation, Effect& effect) {
  const auto now = clock.now();
  const auto told = std::erase_if(effect.addressees, [&](const Addressee& addressee) {
    if (addressee.from > now) return false;   // the request itself waits for it
    const auto request = request_of(addressee);
    outbound.respond(transaction, request, pipeline.answer_late(transaction, request, operation.resource, *end_of(operation)));
    return true;
  });
  if (told == 0 && !effect.canceller) return;
  if (const auto canceller = std::exchange(effect.canceller, std::nullopt)) {
    const auto request = request_of(*canceller);
    const bool is_cancelled = operation.state == store::OperationState::cancelled;
    outbound.respond(transaction, request, is_cancelled ? pipeline.answer_late(transaction, request, operation.resource, {})
                                                        : core::refusal(request, {Status::conflict, "the command ended before it could be cancelled"}));
  }
  operation.change = to_json(effect);
  transaction.manage().put_operation(operation);
}

net::Task<std::optional<Result<void>>> Nrem::State::promise(core::Ticket ticket, const core::RequestIndication& request, boost::asio::io_context& context) {
  std::optional<Result<void>> end;
  store::WriteJob job = [&](store::Transaction& transaction) -> Result<void> {
    end.reset();
    auto operation = newest(transaction.management(), ticket);
    auto effect = operation ? effect_from_json(operation->change) : Result<Effect>(failure(Status::not_found, {}));
    auto* addressee = effect ? find_addressee(*effect, request) : nullptr;
    if (!addressee) return {};   // it was told
    end = end_of(operation);
    if (end) return {};
    addressee->from = Time{};
    operation->change = to_json(*effect);
    transaction.manage().put_operation(*operation);
    return {};
  };
  const auto written = co_await write(std::move(job), context);
  if (!written) log::warning("operation.not_promised", {{"operation", ticket}, {"reason", written.error().detail}});
  co_return end;
}

}  // namespace nscl::rem
