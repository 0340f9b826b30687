// SPDX-License-Identifier: Apache-2.0
#include "forwarder.h"

#include <exception>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <nscl/base/bytes.h>
#include <nscl/base/log.h>
#include <nscl/base/path.h>
#include <nscl/core/authorise.h>
#include <nscl/core/representation.h>

namespace nscl::delivery {
namespace {

using core::Route;

std::string with_query(std::string uri, std::string_view query) {
  if (query.empty()) return uri;
  uri += uri.find('?') == uri.npos ? '?' : '&';
  return uri.append(query);
}

// The originator as an absolute URI: that of our sclBase for what we ask ourselves.
std::string entity_uri(const core::RequestIndication& request, const core::Policy& policy) {
  const auto& entity = request.from->entity;
  return entity.find("://") == entity.npos ? core::absolute_uri(entity, policy, request.host) : entity;
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

Forwarder::Forwarder(store::Store& store, const core::Pipeline& pipeline, const Clock& clock, Transport& transport, Channels& channels,
                     boost::asio::io_context& home, ForwarderOptions options)
    : store_(store), pipeline_(pipeline), clock_(clock), transport_(transport), channels_(channels), home_(home), options_(std::move(options)), own_name_("nscl-" + random_name(16)) {
  store_.read([&](store::View& view) { scls_.load(view); });
}

bool Forwarder::was_here(const core::RequestIndication& request) const { return request.via.find(own_name_) != std::string::npos; }

Result<Forwarder::Plan> Forwarder::plan(const core::RequestIndication& request, const Route& route) const {
  if (was_here(request)) return bad_request("the request came through this SCL before: its route is a loop");
  if (route.kind == Route::Kind::application) {
    Plan plan{.uris = {with_query(route.uri, request.raw_query)}};
    plan.channel = channels_.find_contact(route.uri);
    plan.target = plan.uris.front();
    return plan;
  }
  Result<Plan> plan = failure(Status::not_found, "no registered SCL has this resource");
  store_.read([&](store::View& view) {
    auto scl = route.scl_id.empty() ? scls_.find(view, route.uri) : view.find(join("scls", route.scl_id));
    if (scl && scl->expiration_time > clock_.now()) plan = plan_for_scl(view, std::move(scl), route);
  });
  if (plan) {
    for (auto& uri : plan->uris) uri = with_query(std::move(uri), request.raw_query);
    if (plan->channel) plan->target = with_query(std::move(plan->target), request.raw_query);
  }
  return plan;
}

Result<Forwarder::Plan> Forwarder::plan_for_scl(store::View& view, model::ResourcePtr scl, const Route& route) const {
  const auto link = normal_uri(core::text_of(*scl, "link"));
  const auto hop = next_hop(view, std::move(scl), clock_.now());
  if (hop.status != "ONLINE" || hop.contacts.empty()) return failure(Status::service_unavailable, "the SCL of this resource cannot be reached at the moment");
  Plan plan{.is_om2m = hop.is_om2m, .scl = hop.scl->path};
  const auto target = route.uri.empty() ? std::string{} : normal_uri(route.uri);
  for (const auto& contact : hop.contacts) {
    if (Channels::is_contact(contact)) {
      plan.channel = channels_.find_contact(contact);
      plan.target = target.empty() ? (route.path.empty() ? link : link + "/" + encode_path(route.path)) : target;
      if (plan.channel) return plan;
    } else if (hop.is_om2m) {
      std::string uri = contact;
      while (uri.ends_with('/')) uri.pop_back();
      uri += "/" + percent_encode(last_segment(hop.scl->path));
      plan.uris.push_back(route.path.empty() ? uri : uri + "/" + encode_path(route.path));
    } else {
      plan.uris.push_back(uri_at(contact, target.empty() ? (route.path.empty() ? link : link + "/" + encode_path(route.path)) : target, link));
    }
  }
  return plan;
}

OutgoingRequest Forwarder::outgoing(const core::RequestIndication& request, const Plan& plan) const {
  const auto policy = pipeline_.policy();
  OutgoingRequest out;
  out.verb = request.verb;
  out.requesting_entity = entity_uri(request, *policy);
  if (plan.is_om2m) out.credential = options_.om2m_credential;
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
  out.via = request.via.empty() ? "1.1 " + own_name_ : request.via + ", 1.1 " + own_name_;
  out.conditional_fields = request.conditional_fields;
  out.time = options_.time;
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
net::Task<core::ResponseConfirm> Forwarder::send_by_channel(core::RequestIndication request, Plan plan) {
  using Token = const boost::asio::use_awaitable_t<net::Executor>;
  Token token;
  co_return co_await boost::asio::co_spawn(home_, channels_.request(*plan.channel, std::move(request), plan.target), token);
}

net::Task<core::ResponseConfirm> Forwarder::send(core::RequestIndication request, Plan plan, boost::asio::io_context& context) {
  if (plan.channel) co_return co_await send_by_channel(std::move(request), std::move(plan));
  TransportFailure last{TransportFailure::Kind::unreachable, "there is no address to call"};
  for (const auto& uri : plan.uris) {
    auto out = outgoing(request, plan);
    out.uri = uri;
    auto result = co_await transport_.send(std::move(out), context);
    if (result) co_return confirm(request, plan, *std::move(result));
    last = std::move(result.error());
    if (last.kind != TransportFailure::Kind::unreachable) break;   // it may have been executed: not again
  }
  const Error error{status_of(last.kind), "the next hop failed: " + last.detail};
  co_return core::refusal(request, error);
}

net::Task<core::ResponseConfirm> Forwarder::relay(core::RequestIndication request, Route route, boost::asio::io_context& context) {
  Error error;
  try {
    auto made = plan(request, route);
    if (made) co_return co_await send(std::move(request), *std::move(made), context);
    error = made.error();
  } catch (const store::StoreError&) {
    error = {Status::service_unavailable, "the store cannot be read at the moment"};
  } catch (const std::exception& problem) {
    log::error("forwarding failed unexpectedly", {{"what", problem.what()}});
    error = {Status::internal_server_error, "the request could not be passed on"};
  }
  co_return core::refusal(request, error);
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
