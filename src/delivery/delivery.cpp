// SPDX-License-Identifier: Apache-2.0
// Puts the parts together.
#include <nscl/delivery/delivery.h>

#include <algorithm>

#include <boost/asio/use_awaitable.hpp>

#include <nscl/core/authorise.h>
#include <nscl/core/notify_lane.h>
#include <nscl/delivery/fan_out.h>

#include "announce_consumer.h"
#include "announcer.h"
#include "channels.h"
#include "collection_consumer.h"
#include "forwarder.h"
#include "notifier.h"
#include "notify_consumer.h"
#include "peers.h"
#include "pump.h"
#include "reannouncer.h"
#include "registrar.h"
#include "responder.h"
#include "store_and_forward.h"

namespace nscl::delivery {

struct Delivery::State {
  State(Delivery& self, const model::Registry& registry, store::Store& s, const Clock& clock, core::Pipeline& pipeline, Transport& its_transport,
        FanOut& members, boost::asio::io_context& context, const Options& options)
      : store(s), time(clock), requests(pipeline), groups(members), transport(its_transport), peers(options.peers), pseudonyms(clock, options.anonymous, options.pseudonym_secret), pump(s, clock, context, options.lanes_under_way), notifier(registry, clock, [&pipeline] { return pipeline.policy(); }),
        channels(s, pipeline, clock, context,
                 ChannelOptions{.hold_time = options.poll_hold_time, .queue_time = options.poll_queue_time, .polls = options.polls}),
        forwarder(s, pipeline, clock, transport, channels, peers, pseudonyms, context, ForwarderOptions{options.answer_time, options.om2m_credential}),
        collector(s), caller(s, pipeline, clock, forwarder, channels, collector, context),
        notify_consumer(s, registry, pipeline, clock, caller, context, NotifyOptions{options.first_retry, options.last_retry, options.give_up}),
        collection_consumer(s, clock, caller, context, NotifyOptions{options.first_retry, options.last_retry, options.give_up}),
        responder(s, clock, caller, context, options), saf(s, pipeline, clock, forwarder, pump, context, options),
        announcer(registry, clock, self),
        announce_consumer(s, registry, pipeline, clock, forwarder, announcer, peers, context, NotifyOptions{options.first_retry, options.last_retry, options.give_up}),
        reannouncer(s, registry, announcer, context),
        registrar(s, registry, pipeline, clock, transport, peers, context, NotifyOptions{options.first_retry, options.last_retry, options.give_up}, options.answer_time) {
    pump.add(std::string(core::notify_lane_prefix), notify_consumer);
    pump.add("collect/", collection_consumer);
    pump.add("announce/", announce_consumer);
    pump.add(std::string(Reannouncer::lane_prefix), reannouncer);
    pump.add(std::string(Registrar::lane_prefix), registrar);
    pump.add("respond/", responder);
    pump.add("forward/", saf);
    channels.listen([this](const ChannelRef& channel) { pump.call(channel.parking_place()); });
    store.read([this](store::View& view) { notifier.load(view); });
    store.listen_to_lanes([this](Time due) { pump.wake(due); });
  }

  store::Store& store;
  const Clock& time;
  core::Pipeline& requests;
  FanOut& groups;
  Transport& transport;
  const Peers peers;
  const security::Pseudonyms pseudonyms;
  Pump pump;
  Notifier notifier;
  Channels channels;
  Forwarder forwarder;
  Collector collector;
  ContactCaller caller;
  NotifyConsumer notify_consumer;
  CollectionConsumer collection_consumer;
  Responder responder;
  StoreAndForward saf;
  Announcer announcer;
  AnnounceConsumer announce_consumer;
  Reannouncer reannouncer;
  Registrar registrar;
};

Delivery::Delivery(const model::Registry& registry, store::Store& store, const Clock& clock, core::Pipeline& pipeline, Transport& transport,
                   FanOut& groups, boost::asio::io_context& context, Options options)
    : state_(std::make_unique<State>(*this, registry, store, clock, pipeline, transport, groups, context, options)) {}
Delivery::~Delivery() = default;

void Delivery::start() {
  state_->pump.start();
  state_->registrar.start();
}
void Delivery::stop() { state_->pump.stop(); }
void Delivery::let_polls_go() { state_->channels.let_go(); }

void Delivery::changed(store::Transaction& transaction, const core::Change& change) {
  state_->notifier.changed(transaction, change);
  state_->saf.changed(transaction, change);
  if (change.kind == core::Change::Kind::deleted) state_->channels.going(transaction, change.resource);
  state_->announcer.changed(transaction, change);
  if (change.resource.type->name == "scl" && change.kind != core::Change::Kind::deleted) state_->forwarder.scls().note(change.resource);
}

void Delivery::appended(store::Transaction& transaction, const model::Resource& container, const model::Instance& instance) {
  state_->notifier.appended(transaction, container, instance);
}

std::string Delivery::scl_at(store::View& view, std::string_view uri) {
  const auto scl = state_->forwarder.scls().find(view, uri);
  return scl && normal_uri(core::text_of(*scl, "link")) == normal_uri(uri) ? scl->path : std::string{};
}

bool Delivery::is_link_taken(store::View& view, std::string_view link) { return state_->forwarder.scls().overlaps(view, link); }

void Delivery::respond(store::Transaction& transaction, const core::RequestIndication& request, const core::ResponseConfirm& confirm) {
  respond_late(transaction, request, confirm, *state_->requests.policy(), state_->time.now());
}

// CoAP is a scheme of the standard: whether somebody speaks it here is asked when something is sent.
Result<void> Delivery::check_contact(std::string_view uri) const {
  constexpr std::size_t longest_contact = 2048;
  constexpr std::string_view schemes[] = {"coap://", "coaps://"};
  if (uri.size() > longest_contact) return bad_request("contact is longer than 2,048 octets");
  const auto objection = state_->transport.objection_to(uri);
  if (!objection) return {};
  const bool is_of_the_standard = std::ranges::any_of(schemes, [&](std::string_view scheme) { return uri.starts_with(scheme); });
  if (objection->kind == TransportFailure::Kind::not_supported && is_of_the_standard) return {};
  return bad_request("nobody can be called by this contact: " + objection->detail);
}

net::Task<core::ResponseConfirm> Delivery::relay(core::RequestIndication request, core::Route route, boost::asio::io_context& context) {
  // What is refused is refused now: it would be kept, and refused when it is sent.
  if (route.kind == core::Route::Kind::scl && request.delivery.is_asynchronous() && !state_->forwarder.betrays(request)) {
    return state_->saf.accept(std::move(request), std::move(route), context);
  }
  return state_->forwarder.relay(std::move(request), std::move(route), context);
}

net::Task<core::ResponseConfirm> Delivery::fan_out(core::RequestIndication request, core::Target target, boost::asio::io_context& context) {
  if (request.delivery.is_asynchronous()) return state_->saf.accept_for_group(std::move(request), context);
  return state_->groups.run(std::move(request), std::move(target), context);
}

void Delivery::expire() { state_->saf.expire(); }
void Delivery::note_life(std::string_view scl) { state_->saf.note_life(scl); }

net::Task<PollAnswer> Delivery::poll(PollRequest request, boost::asio::io_context& context) {
  return state_->channels.poll(std::move(request), context);
}

bool Delivery::is_collection_point(std::string_view path) const { return state_->collector.find(path).has_value(); }

net::Task<Result<void>> Delivery::collect(std::string path, codec::Format format, std::string document, boost::asio::io_context& context) {
  auto point = state_->collector.find(path);
  if (!point) co_return failure(Status::not_found, "there is no such aggregateURI");
  co_return co_await state_->collector.accept(*std::move(point), format, std::move(document), context);
}

}  // namespace nscl::delivery
