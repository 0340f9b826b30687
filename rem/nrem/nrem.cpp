// SPDX-License-Identifier: Apache-2.0
// Nrem as the tree sees it: what it takes over, and how long a request waits for its device (rem.md 2.8).
#include <nscl/rem/nrem.h>

#include <algorithm>

#include "addressee.h"
#include "objects.h"
#include "state.h"
#include "ties.h"

namespace nscl::rem {
namespace {

using core::Change;
using core::RequestIndication;
using core::Started;
using core::Ticket;

/// ?rem=cached: what is known is enough; ?rem=live: not even what was read just now (rem.md 2.8).
const std::pair<std::string, std::string> only_known{"rem", "cached"}, only_live{"rem", "live"};

bool asks(const RequestIndication& request, const std::pair<std::string, std::string>& for_what) {
  return std::find(request.query.begin(), request.query.end(), for_what) != request.query.end();
}

tl::unexpected<Error> late() { return failure(Status::gateway_timeout, "the device did not answer in time, and the value is not known"); }

}  // namespace

Nrem::Nrem(const model::Registry& registry, store::Store& store, const Clock& clock, core::Pipeline& pipeline, core::Outbound& outbound,
           std::shared_ptr<const MappingTable> table, boost::asio::io_context& home, NremOptions options)
    : state_(new State{registry, store, clock, pipeline, outbound, std::move(table), home, options, {}, nullptr, {}, {}, {}, {}}) {
  state_->self = this;
  const auto doubted = store.write_and_wait([](store::Transaction& transaction) -> Result<void> { return transaction.manage().doubt_sent_operations(), Result<void>{}; });
  if (!doubted) throw std::runtime_error("the operations of device management cannot be written: " + doubted.error().detail);
  if (!options.transfers) return;
  options.transfers->tell([state = state_.get()](store::Transaction& transaction, const store::Transfer& transfer) { return state->show_moved(transaction, transfer); });
}
Nrem::~Nrem() = default;

Result<std::optional<Ticket>> Nrem::take(store::Transaction& transaction, const Change& wanted, const RequestIndication& request) {
  if (wanted.resource.type->name == "subscription") return state_->follow_subscription(transaction, wanted), std::nullopt;
  if (wanted.kind == Change::Kind::deleted && wanted.resource.type->name == "attachedDevice") {
    if (auto done = state_->drop_queue(transaction, wanted.resource, request); !done) return tl::unexpected(done.error());
  }
  if (is_mirror(request, wanted.resource.path)) return std::nullopt;
  return state_->take(transaction, wanted, request);
}

Result<Started> Nrem::start(store::Transaction& transaction, const model::Resource& resource, std::string_view attribute, const RequestIndication& request) {
  return state_->start(transaction, resource, attribute, request);
}

bool Nrem::may_refresh(const RequestIndication& request, const core::Target& target) const {
  if (target.kind != core::Target::Kind::individual || managed_entity(target.path).empty()) return false;
  if (!std::any_of(target.types.begin(), target.types.end(), [](const auto* type) { return is_management_object(*type); })) return false;
  return !is_mirror(request, target.path) && !asks(request, only_known);
}

net::Task<Result<void>> Nrem::refresh(const RequestIndication& request, const core::Target& target, boost::asio::io_context& context) {
  auto& state = *state_;
  DeviceReading reading;
  const bool has_to = asks(request, only_live) || (!target.attribute.empty() && !state.has_value(target));
  state.store.read([&](store::View& view) { reading = state.reading_of(view, target.owner, has_to); }, context);
  if (!reading.device || (reading.paths.empty() && !reading.ticket)) co_return Result<void>{};
  auto ticket = reading.ticket;
  if (!ticket) {
    store::WriteJob job = [&](store::Transaction& transaction) -> Result<void> {
      const Effect effect{.kind = Effect::Kind::refresh};
      const auto life = std::chrono::ceil<std::chrono::seconds>(state.options.live_wait);
      const auto queued = state.enqueue(transaction, *reading.device, GetLeaves{reading.paths}, effect, target.owner, request, life);
      if (!queued) return tl::unexpected(queued.error());
      ticket = *queued;
      return {};
    };
    const auto written = co_await state.write(std::move(job), context);
    if (!written) co_return Result<void>{};   // what is known is shown
  }
  const auto end = co_await settled(*ticket, request, context);
  if (!end && !target.attribute.empty()) co_return state.has_value(target) ? Result<void>{} : Result<void>(late());
  co_return Result<void>{};
}

net::Task<std::optional<Result<void>>> Nrem::settled(Ticket ticket, const RequestIndication& request, boost::asio::io_context& context) {
  auto& state = *state_;
  const bool is_told = is_told_later(request);
  if (is_told && request.verb == model::Verb::execute) co_return std::nullopt;   // its outcome is on its way to the contact, if it has one
  std::optional<store::Operation> operation;
  const auto look = [&](store::View& view) { operation = newest(view.management(), ticket); };
  state.store.read(look, context);
  const auto waiter = state.waiters.expect(operation ? operation->id : ticket, context);
  state.store.read(look, context);
  auto end = end_of(operation);
  if (end || request.verb == model::Verb::execute) co_return end;
  const bool is_coming = co_await state.comes_soon(operation->device, context);
  if (!is_coming) {
    if (is_told) co_return co_await state.promise(ticket, request, context);
    co_return std::nullopt;
  }
  auto time = state.options.live_wait;
  if (request.delivery.deadline) time = std::min(time, std::chrono::duration_cast<std::chrono::milliseconds>(*request.delivery.deadline - state.clock.now()));
  if (time.count() < 0) time = std::chrono::milliseconds::zero();
  co_await Waiters::wait(waiter, time);
  state.store.read(look, context);
  end = end_of(operation);
  if (!end && is_told) co_return co_await state.promise(ticket, request, context);
  co_return end;
}

// Nothing to read from: no device, one that is not managed, or that cannot be reached now.
DeviceReading Nrem::State::reading_of(store::View& view, std::string_view path, bool has_to) const {
  DeviceReading reading;
  const auto resource = view.find(path);
  if (!resource || !is_management_object(*resource->type)) return reading;
  auto tie = tie_of(view, path);
  auto* device = tie ? &tie->device : nullptr;
  const bool is_there = device && device->state == store::ManagedState::adopted && (presence.is_in_session(device->id) || can_be_called(view, *device));
  if (!is_there || (!has_to && freshness.is_fresh(resource->path, clock.now()))) return reading;
  const auto facts = facts_from_json(device->facts);
  reading.paths = DeviceMapping(*table, facts).leaves(*resource->type, resource->attributes);
  for (const auto& pending : view.management().pending_about(path, options.queue)) {
    const auto effect = effect_from_json(pending.change);
    if (effect && effect->kind == Effect::Kind::refresh) reading.ticket = pending.id;
  }
  reading.device = std::move(*device);
  return reading;
}

bool Nrem::State::has_value(const core::Target& target) {
  bool has = false;
  store.read([&](store::View& view) {
    const auto resource = view.find(target.owner);
    has = resource && resource->attributes.find(target.attribute.front());
  });
  return has;
}

}  // namespace nscl::rem
