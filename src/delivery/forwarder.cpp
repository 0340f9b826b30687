// SPDX-License-Identifier: Apache-2.0
#include "forwarder.h"

#include <exception>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <nscl/base/bytes.h>
#include <nscl/base/log.h>
#include <nscl/base/path.h>
#include <nscl/base/unexpected.h>
#include <nscl/core/authorise.h>
#include <nscl/core/representation.h>
#include <nscl/net/awaiting.h>

#include "saf_policy.h"

namespace nscl::delivery {
namespace {

using core::Route;

constexpr std::chrono::milliseconds pause_while_asleep{250};

std::string with_query(std::string uri, std::string_view query) {
  if (query.empty()) return uri;
  uri += uri.find('?') == uri.npos ? '?' : '&';
  return uri.append(query);
}

}  // namespace

Status status_of(TransportFailure::Kind kind) {
  switch (kind) {
    case TransportFailure::Kind::not_supported: return Status::not_implemented;
    case TransportFailure::Kind::timed_out: return Status::gateway_timeout;
    case TransportFailure::Kind::busy:
    case TransportFailure::Kind::stopping: return Status::service_unavailable;
    default: return Status::bad_gateway;
  }
}

Forwarder::Forwarder(store::Store& store, core::Pipeline& pipeline, const Clock& clock, Transport& transport, Channels& channels,
                     const Peers& peers, const security::Pseudonyms& pseudonyms, boost::asio::io_context& home, ForwarderOptions options)
    : store_(store), pipeline_(pipeline), clock_(clock), transport_(transport), channels_(channels), peers_(peers), pseudonyms_(pseudonyms), home_(home), options_(std::move(options)), own_name_("nscl-" + random_name(16)) {
  store_.read([&](store::View& view) { scls_.load(view); });
}

bool Forwarder::was_here(const core::RequestIndication& request) const { return request.via.find(own_name_) != std::string::npos; }

model::ResourcePtr Forwarder::scl_of(store::View& view, const Route& route) const {
  if (route.kind != Route::Kind::scl) return nullptr;
  auto scl = route.scl_id.empty() ? scls_.find(view, route.uri) : view.find(join("scls", route.scl_id));
  return scl && scl->expiration_time > clock_.now() ? scl : nullptr;
}

Forwarder::Plan Forwarder::plan(const core::RequestIndication& request, const Route& route, bool insist) const {
  Plan plan;
  if (was_here(request)) {
    plan.obstacle = Attempt::Kind::impossible;
    plan.error = {Status::bad_request, "the request came through this SCL before: its route is a loop"};
    return plan;
  }
  if (betrays(request)) {
    plan.obstacle = Attempt::Kind::impossible;
    plan.error = {Status::forbidden, "an anonymous request cannot tell its receiver where the answer is to go"};
    return plan;
  }
  if (route.kind == Route::Kind::application) {
    plan.uris = {route.uri};
    plan.channel = channels_.find_contact(route.uri);
    plan.target = route.uri;
  } else {
    plan.obstacle = Attempt::Kind::impossible;
    plan.error = {Status::not_found, "no registered SCL has this resource"};
    store_.read([&](store::View& view) {
      if (auto scl = scl_of(view, route)) plan = plan_for_scl(view, request, std::move(scl), route, insist);
    });
  }
  const bool is_guarded = pipeline_.is_quarantined(route.application) || (plan.channel && pipeline_.is_quarantined(plan.channel->owner));
  if (is_guarded && plan.obstacle == Attempt::Kind::answered) set_quarantined(plan, request);
  for (auto& uri : plan.uris) uri = with_query(std::move(uri), request.raw_query);
  plan.target = with_query(std::move(plan.target), request.raw_query);
  plan.originator = originator_for(!plan.scl.empty() ? plan.scl : !route.application.empty() ? route.application : route.uri, request);
  return plan;
}

// What this SCL tells by itself waits, until the quarantine is lifted or its time is over.
void Forwarder::set_quarantined(Plan& plan, const core::RequestIndication& request) {
  const bool is_own = request.from->principal.empty();
  plan.obstacle = Attempt::Kind::asleep;
  plan.error = {is_own ? Status::service_unavailable : Status::forbidden, "the SCL of this resource is in quarantine"};
}

Forwarder::Plan Forwarder::plan_for_scl(store::View& view, const core::RequestIndication& request, model::ResourcePtr scl, const Route& route, bool insist) const {
  const auto link = normal_uri(core::text_of(*scl, "link"));
  const auto now = clock_.now();
  auto hop = next_hop(view, std::move(scl), now);
  if (hop.contacts.size() + hop.sleeping_contacts.size() > 1) choose_paths(hop, saf_policy_of(view, request, now), now);
  Plan plan;
  plan.is_om2m = hop.is_om2m;
  plan.scl = hop.scl->path;
  plan.parked_on = "scl/" + to_base36(hop.scl->key);
  if (pipeline_.is_quarantined(plan.scl)) {
    set_quarantined(plan, request);
    return plan;
  }
  // Another SCL that has the peer's id here is not told the peer's credential.
  const auto* peer = peers_.find(last_segment(plan.scl));
  if (peer && (peer->uri.empty() || normal_uri(peer->uri) == link)) plan.credential = peer->credential;
  const auto& contacts = hop.contacts.empty() && insist ? hop.sleeping_contacts : hop.contacts;
  if (contacts.empty() || (hop.status != "ONLINE" && !insist)) {
    plan.obstacle = Attempt::Kind::asleep;
    plan.error = {Status::service_unavailable, "the SCL of this resource cannot be reached at the moment"};
    return plan;
  }
  const auto below_link = route.path.empty() ? link : link + "/" + encode_path(route.path);
  plan.target = route.uri.empty() ? below_link : normal_uri(route.uri);
  for (const auto& contact : contacts) {
    if (Channels::is_contact(contact.uri)) {
      plan.channel = channels_.find_contact(contact.uri);
      if (plan.channel) return plan;
      continue;
    }
    plan.contacts.push_back(contact);
    if (hop.is_om2m) {
      auto uri = contact.uri;
      while (uri.ends_with('/')) uri.pop_back();
      uri += "/" + percent_encode(last_segment(hop.scl->path));
      plan.uris.push_back(route.path.empty() ? uri : uri + "/" + encode_path(route.path));
    } else {
      plan.uris.push_back(uri_at(contact.uri, plan.target, link));
    }
  }
  return plan;
}

// That of our sclBase for what we ask ourselves.
std::string Forwarder::originator_for(std::string_view peer, const core::RequestIndication& request) const {
  auto entity = pseudonyms_.entity_for(peer, *request.from);
  return entity.find("://") == entity.npos ? core::absolute_uri(entity, *pipeline_.policy(), request.host) : entity;
}

OutgoingRequest Forwarder::outgoing(const core::RequestIndication& request, const Plan& plan) const {
  OutgoingRequest out;
  out.verb = request.verb;
  if (!plan.credential.empty()) out.credential = plan.credential;
  else if (plan.is_om2m) out.credential = options_.om2m_credential;
  const bool says_all = !out.credential.empty() && (plan.is_om2m || request.from->entity.empty());
  if (!says_all) out.requesting_entity = plan.originator;
  if (!request.content.empty()) out.content = std::make_shared<const std::string>(request.content);
  out.content_type = request.content_type;
  out.accept = codec::media_type(request.answer_format);
  out.correlation_id = request.delivery.correlation_id;
  out.contact_uri = request.delivery.contact_uri;
  out.group_request = request.delivery.group_request;
  out.rcat = request.delivery.rcat;
  if (request.delivery.deadline) {
    out.tolerance = std::max(std::chrono::seconds{0}, std::chrono::ceil<std::chrono::seconds>(*request.delivery.deadline - clock_.now()));
  }
  // The SCLs that an anonymous request came through say where it came from; ours alone shows a loop as well.
  out.via = request.via.empty() || pseudonyms_.hides(*request.from) ? "1.1 " + own_name_ : request.via + ", 1.1 " + own_name_;
  out.conditional_fields = request.conditional_fields;
  out.time = options_.time;
  const bool changes_each_time = request.verb == model::Verb::create || request.verb == model::Verb::execute;
  out.is_once = changes_each_time && request.delivery.correlation_id.empty();
  return out;
}

// A relative Location is OM2M's: it names the SCL first, and is reached through us.
core::ResponseConfirm Forwarder::confirm(const core::RequestIndication& request, const Plan& plan, IncomingAnswer answer) const {
  core::ResponseConfirm out;
  out.status = answer.status;
  out.content_type = std::move(answer.content_type);
  if (!answer.content.empty()) out.content = std::make_shared<const std::string>(std::move(answer.content));
  out.entity_tag = std::move(answer.entity_tag);
  out.retry_after = answer.retry_after;
  out.location = std::move(answer.location);
  const bool is_relative = !out.location.empty() && out.location.find("://") == std::string::npos && !out.location.starts_with('/');
  if (plan.is_om2m && is_relative && request.dialect == core::Dialect::standard) {
    const auto policy = pipeline_.policy();
    const auto base = policy->base_uri.empty() ? "http://" + request.host : policy->base_uri;
    out.location = base + policy->om2m_path + "/" + out.location;
  }
  return out;
}

// Channels live on one thread; the request goes there and its answer comes back.
net::Task<Attempt> Forwarder::send_by_channel(core::RequestIndication request, Plan plan) {
  using Token = const boost::asio::use_awaitable_t<net::Executor>;
  Token token;
  Attempt attempt;
  attempt.kind = Attempt::Kind::answered;
  attempt.scl = plan.scl;
  attempt.confirm = co_await boost::asio::co_spawn(home_, channels_.request(*plan.channel, std::move(request), plan.target, plan.originator), token);
  if (attempt.confirm.status == Status::gateway_timeout) {   // nobody polled, or took it and was silent
    attempt.kind = Attempt::Kind::asleep;
    attempt.parked_on = plan.channel->parking_place();
    attempt.error = {Status::gateway_timeout, "the peer did not answer through its channel in time"};
  }
  co_return attempt;
}

net::Task<void> Forwarder::note_reach(const Contact& contact, bool is_reached, boost::asio::io_context& context) {
  if (contact.poc.empty() || contact.status != (is_reached ? "NOT_REACHABLE" : "ONLINE")) co_return;
  const std::string body = std::string(R"(<m2m:onlineStatus xmlns:m2m="http://uri.etsi.org/m2m">)") + (is_reached ? "ONLINE" : "NOT_REACHABLE") + "</m2m:onlineStatus>";
  core::RequestIndication change;
  change.verb = model::Verb::update;
  change.to = contact.poc + "/onlineStatus";
  change.from = std::make_shared<const security::Requestor>(security::Requestor{"", "", true});   // this SCL itself
  change.content_type = codec::media_type(codec::Format::xml);
  change.content = body;
  const auto confirm = co_await pipeline_.handle(std::move(change), context);
  if (http_code_of(confirm.status) >= 400) log::warning("a point of contact could not be marked", {{"m2mPoc", contact.poc}, {"status", name_of(confirm.status)}});
}

net::Task<Attempt> Forwarder::send(core::RequestIndication request, Plan plan, boost::asio::io_context& context) {
  if (plan.channel) co_return co_await send_by_channel(std::move(request), std::move(plan));
  Attempt attempt;
  attempt.scl = plan.scl;
  attempt.parked_on = plan.parked_on;
  TransportFailure last{TransportFailure::Kind::unreachable, "there is no address to call"};
  for (std::size_t i = 0; i < plan.uris.size(); ++i) {
    auto out = outgoing(request, plan);
    out.uri = plan.uris[i];
    auto result = co_await transport_.send(std::move(out), context);
    const bool is_reached = result || result.error().kind != TransportFailure::Kind::unreachable;
    if (i < plan.contacts.size()) co_await note_reach(plan.contacts[i], is_reached, context);
    if (result) {
      attempt.kind = Attempt::Kind::answered;
      attempt.confirm = confirm(request, plan, *std::move(result));
      co_return attempt;
    }
    last = std::move(result.error());
    if (last.kind != TransportFailure::Kind::unreachable) break;   // it may have been executed: not again
  }
  attempt.kind = last.kind == TransportFailure::Kind::unreachable ? Attempt::Kind::asleep : Attempt::Kind::failed;
  attempt.error = {status_of(last.kind), "the next hop failed: " + last.detail};
  co_return attempt;
}

net::Task<Attempt> Forwarder::attempt(core::RequestIndication request, Route route, boost::asio::io_context& context, bool insist) {
  Attempt attempt;
  try {
    auto made = plan(request, route, insist);
    if (made.obstacle == Attempt::Kind::answered) co_return co_await send(std::move(request), std::move(made), context);
    attempt.kind = made.obstacle;
    attempt.error = std::move(made.error);
    attempt.scl = std::move(made.scl);
    attempt.parked_on = std::move(made.parked_on);
  } catch (const store::StoreError&) {
    attempt.kind = Attempt::Kind::failed;
    attempt.error = {Status::service_unavailable, "the store cannot be read at the moment"};
  } catch (const std::exception& problem) {
    attempt.error = unexpected_failure("forwarding failed unexpectedly", problem.what());
  }
  co_return attempt;
}

net::Task<core::ResponseConfirm> Forwarder::relay(core::RequestIndication request, Route route, boost::asio::io_context& context) {
  // One that tolerates a delay is held while its SCL sleeps, but not beyond what its connection will bear.
  const auto until = std::min(request.delivery.deadline.value_or(Time::min()), clock_.now() + std::chrono::duration_cast<std::chrono::microseconds>(options_.time));
  for (;;) {
    auto copy = request;
    auto way = route;
    auto attempt = co_await this->attempt(std::move(copy), std::move(way), context);
    if (attempt.kind == Attempt::Kind::answered) co_return std::move(attempt.confirm);
    const bool may_wake = attempt.kind == Attempt::Kind::asleep && !attempt.scl.empty() && attempt.error.status != Status::forbidden;
    if (!may_wake || clock_.now() + pause_while_asleep >= until) co_return core::refusal(request, attempt.error);
    net::Timer timer(context.get_executor(), pause_while_asleep);
    co_await timer.async_wait(net::awaited);
  }
}

net::Task<core::ResponseConfirm> Forwarder::call(core::RequestIndication request, std::string uri, boost::asio::io_context& context) {
  bool is_below_scl = false;
  store_.read([&](store::View& view) { is_below_scl = scls_.find(view, uri) != nullptr; });
  Route route;
  route.kind = is_below_scl ? Route::Kind::scl : Route::Kind::application;
  route.uri = std::move(uri);
  co_return co_await relay(std::move(request), std::move(route), context);
}

}  // namespace nscl::delivery
