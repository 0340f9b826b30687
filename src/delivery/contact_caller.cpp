// SPDX-License-Identifier: Apache-2.0
#include "contact_caller.h"

#include <algorithm>

#include <boost/asio/use_awaitable.hpp>

#include <nscl/security/access_control.h>

#include "notification.h"

namespace nscl::delivery {
namespace {

CallOutcome outcome_of(core::ResponseConfirm answer) {
  CallOutcome outcome;
  outcome.kind = is_success(answer.status) ? CallOutcome::Kind::arrived : is_told_to_stop(answer.status) ? CallOutcome::Kind::refused : CallOutcome::Kind::failed;
  outcome.reason = name_of(answer.status);
  outcome.retry_after = std::chrono::seconds{answer.retry_after};
  outcome.answer = std::move(answer);
  return outcome;
}

/// What both ways have in common; `call` outlives it.
core::RequestIndication request_of(const ContactCall& call) {
  core::RequestIndication request;
  request.dialect = call.dialect;
  request.host = call.authority;
  request.format = request.answer_format = call.format;
  request.content_type = call.content_type;
  request.content = call.document;
  request.delivery.correlation_id = call.correlation_id;
  return request;
}

}  // namespace

bool is_success(Status status) { return http_code_of(status) / 100 == 2; }

bool is_told_to_stop(Status status) {
  switch (status) {
    case Status::bad_request:
    case Status::permission_denied:
    case Status::forbidden:
    case Status::not_found:
    case Status::method_not_allowed:
    case Status::not_acceptable:
    case Status::conflict:
    case Status::precondition_failed:
    case Status::unsupported_media_type:
    case Status::deleted: return true;
    default: return false;
  }
}

std::pair<std::string, security::RequestorPtr> ContactCaller::place_inside(const ContactCall& call) {
  std::pair<std::string, security::RequestorPtr> found{"\n", nullptr};
  store_.read([&](store::View& view) {
    found.second = security::requestor_named(view, call.principal, clock_.now());
    if (!found.second) return;
    const auto policy = pipeline_.policy();
    const security::AccessControl access(view, *found.second, *policy, clock_.now());
    found.first = access.local_path(call.contact, call.authority);
  });
  return found;
}

net::Task<CallOutcome> ContactCaller::call(ContactCall call) {
  const auto channel = channels_.find_contact(call.contact);
  auto [path, from] = place_inside(call);
  const bool is_quarantined = (from && pipeline_.is_quarantined(from->entity)) || (channel && pipeline_.is_quarantined(channel->owner));
  if (is_quarantined) {   // it is told later, if ever
    CallOutcome kept;
    kept.reason = "the SCL is in quarantine";
    co_return kept;
  }
  if (channel) co_return co_await call_channel(*channel, std::move(call));
  if (auto point = collector_.find(call.contact)) co_return co_await call_collector(*std::move(point), std::move(call));
  core::ResponseConfirm answer;
  if (path != "\n") answer = co_await call_inside(std::move(call), std::move(path), std::move(from));
  else answer = co_await call_outside(std::move(call));
  co_return outcome_of(std::move(answer));
}

net::Task<CallOutcome> ContactCaller::call_channel(ChannelRef channel, ContactCall call) {
  Channels::Message message;
  message.content_type = std::move(call.content_type);
  message.content = std::make_shared<const std::string>(std::move(call.document));
  message.target = std::move(call.contact);
  CallOutcome outcome;
  outcome.parked_on = channel.parking_place();
  const bool is_taken = co_await channels_.hand_over(std::move(channel), std::move(message));
  outcome.kind = is_taken ? CallOutcome::Kind::arrived : CallOutcome::Kind::parked;
  co_return outcome;
}

net::Task<CallOutcome> ContactCaller::call_collector(CollectionPoint point, ContactCall call) {
  const auto kept = co_await collector_.accept(std::move(point), call.format, std::move(call.document), context_);
  core::ResponseConfirm answer;
  if (!kept) answer.status = kept.error().status;
  co_return outcome_of(std::move(answer));
}

// The contact is a resource here: a container that mirrors another, or an application's point of contact. The rights of
// whoever gave it decide, or it would lend itself those of this SCL.
net::Task<core::ResponseConfirm> ContactCaller::call_inside(ContactCall call, std::string path, security::RequestorPtr from) {
  auto request = request_of(call);
  request.verb = model::Verb::create;
  request.to = std::move(path);
  request.from = std::move(from);
  request.delivery.correlation_id.clear();   // it would ask for an answer that comes later
  co_return co_await pipeline_.handle(std::move(request), context_);
}

net::Task<core::ResponseConfirm> ContactCaller::call_outside(ContactCall call) {
  auto request = request_of(call);
  request.verb = model::Verb::notify;
  request.from = std::make_shared<const security::Requestor>();   // this SCL tells it
  const auto& contact = call.contact;
  if (contact.find("://") != std::string::npos || contact.starts_with('/')) co_return co_await forwarder_.call(std::move(request), contact, context_);
  core::Route route;   // OM2M: the SCL stands first
  const auto slash = std::min(contact.find('/'), contact.size());
  route.scl_id = contact.substr(0, slash);
  route.path = contact.substr(std::min(slash + 1, contact.size()));
  co_return co_await forwarder_.relay(std::move(request), std::move(route), context_);
}

}  // namespace nscl::delivery
