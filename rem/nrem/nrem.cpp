// SPDX-License-Identifier: Apache-2.0
// Nrem as the tree sees it: what it takes over, and how long a request waits for its device (rem.md 2.8).
#include <nscl/rem/nrem.h>

#include <algorithm>

#include <nscl/base/path.h>
#include <nscl/core/authorise.h>

#include "arguments.h"
#include "exec_instance.h"
#include "state.h"
#include "ties.h"

namespace nscl::rem {
namespace {

using core::Change;
using core::RequestIndication;
using core::Started;
using core::Ticket;

constexpr std::size_t instances_of_a_command = 1000;

tl::unexpected<Error> unmanaged(std::string_view path) {
  const auto entity = managed_entity(path);
  if (entity.empty()) return failure(Status::not_implemented, "nothing that could be managed stands here");
  return failure(Status::not_implemented, "no device is known that " + std::string(entity) + " is: an operator has to tie one to it");
}

/// How an operation ended, for whoever asked for it; nothing if it has not.
std::optional<Result<void>> end_of(const std::optional<store::Operation>& operation) {
  if (!operation) return Result<void>(failure(Status::gateway_timeout, "nothing is known of the operation any more"));
  if (!store::is_over(operation->state)) return std::nullopt;
  const auto report = report_from_json(operation->outcome);
  if (!report) return Result<void>(tl::unexpected(report.error()));
  if (operation->state == store::OperationState::done) return Result<void>();
  return Result<void>(failure(report->status == Status::ok ? Status::bad_gateway : report->status, report->text));
}

}  // namespace

Nrem::Nrem(const model::Registry& registry, store::Store& store, const Clock& clock, core::Pipeline& pipeline, core::Outbound& outbound,
           boost::asio::io_context& home, NremOptions options)
    : state_(new State{registry, store, clock, pipeline, outbound, home, options, {}, nullptr, {}, {}}) {
  const auto doubted = store.write_and_wait([](store::Transaction& transaction) -> Result<void> { return transaction.manage().doubt_sent_operations(), Result<void>{}; });
  if (!doubted) throw std::runtime_error("the operations of device management cannot be written: " + doubted.error().detail);
}
Nrem::~Nrem() = default;

Result<std::optional<Ticket>> Nrem::take(store::Transaction& transaction, const Change& wanted, const RequestIndication& request) {
  const auto& resource = wanted.resource;
  if (is_mirror(request, resource.path)) return std::nullopt;
  if (wanted.kind == Change::Kind::deleted && resource.type->name == "execInstance") {
    if (auto done = state_->forget(transaction, resource.path, request); !done) return tl::unexpected(done.error());
  }
  if (wanted.kind == Change::Kind::deleted && resource.type->name == "mgmtCmd") {
    const auto instances = join(resource.path, "execInstances");
    for (const auto& child : transaction.children(instances, instances_of_a_command)) {
      if (auto done = state_->forget(transaction, join(instances, child.name), request); !done) return tl::unexpected(done.error());
    }
  }
  return std::nullopt;
}

// A DELETE: what the device was not told of is not done; what it was is cancelled if it can be, and its report is nobody's.
Result<void> Nrem::State::forget(store::Transaction& transaction, std::string_view path, const RequestIndication& request) {
  for (auto& operation : transaction.management().pending_about(path, options.queue)) {
    const bool was_told = operation.state != store::OperationState::queued;
    if (was_told) static_cast<void>(cancel(transaction, operation, request));   // refused where it cannot be cancelled
    if (auto now = transaction.management().operation(operation.id); was_told && now) operation = *std::move(now);
    operation.resource.clear();
    if (was_told) transaction.manage().put_operation(operation);
    else transaction.manage().erase_operation(operation.id);
  }
  return {};
}

Result<Started> Nrem::start(store::Transaction& transaction, const model::Resource& resource, std::string_view attribute, const RequestIndication& request) {
  const auto device = device_of(transaction.management(), resource.path);
  if (resource.type->name == "execInstance") {
    const auto pending = transaction.management().pending_about(resource.path, 1);
    if (pending.empty()) return failure(Status::conflict, "the command has ended already");
    if (auto done = state_->cancel(transaction, pending.front(), request); !done) return tl::unexpected(done.error());
    const auto now = transaction.management().operation(pending.front().id);
    const bool has_ended = !now || store::is_over(now->state);
    return Started{has_ended ? std::nullopt : std::optional(pending.front().id), resource.path};
  }
  if (!device) return unmanaged(resource.path);
  if (resource.type->name == "mgmtCmd" && (attribute.empty() || attribute == "execEnable")) return state_->run_command(transaction, *device, resource, request);
  return failure(Status::not_implemented, "the device has no function for " + std::string(attribute));
}

Result<Started> Nrem::State::run_command(store::Transaction& transaction, const store::ManagedDevice& device, const model::Resource& mgmt_cmd,
                                         const RequestIndication& request) {
  Command command{std::string(core::text_of(mgmt_cmd, "cmdType")), {}};
  if (const auto* given = mgmt_cmd.attributes.find("execReqArgs")) {
    auto arguments = arguments_in(*given);
    if (!arguments) return tl::unexpected(arguments.error());
    command.arguments = *std::move(arguments);
  }
  auto where = tree(transaction);
  const auto instance = initiate(where, mgmt_cmd, options.instance_life);
  if (!instance) return tl::unexpected(instance.error());
  const Effect effect{.kind = Effect::Kind::command};
  const auto id = enqueue(transaction, device, std::move(command), effect, *instance, request, options.action_life);
  if (!id) return tl::unexpected(id.error());
  return Started{*id, *instance};
}

bool Nrem::may_refresh(const RequestIndication&, const core::Target&) const { return false; }

net::Task<Result<void>> Nrem::refresh(const RequestIndication&, const core::Target&, boost::asio::io_context&) { co_return Result<void>{}; }

net::Task<std::optional<Result<void>>> Nrem::settled(Ticket ticket, const RequestIndication& request, boost::asio::io_context& context) {
  auto& state = *state_;
  const auto waiter = state.waiters.expect(ticket, context);
  std::optional<store::Operation> operation;
  const auto look = [&](store::View& view) { operation = view.management().operation(ticket); };
  state.store.read(look, context);
  auto end = end_of(operation);
  if (end || request.verb == model::Verb::execute || !state.may_come_soon(operation->device, context)) co_return end;
  auto time = state.options.live_wait;
  if (request.delivery.deadline) time = std::min(time, std::chrono::duration_cast<std::chrono::milliseconds>(*request.delivery.deadline - state.clock.now()));
  time = std::max(time, std::chrono::milliseconds::zero());
  co_await Waiters::wait(waiter, time);
  state.store.read(look, context);
  co_return end_of(operation);
}

}  // namespace nscl::rem
