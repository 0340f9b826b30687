// SPDX-License-Identifier: Apache-2.0
// The way of a request: route, decode, execute on a snapshot or in the writer's transaction, render.
#include <nscl/core/pipeline.h>

#include <algorithm>

#include <boost/asio/use_awaitable.hpp>

#include <nscl/base/log.h>
#include <nscl/base/path.h>
#include <nscl/base/published.h>
#include <nscl/base/recent.h>
#include <nscl/base/unexpected.h>
#include <nscl/core/body_cache.h>
#include <nscl/core/delegate.h>
#include <nscl/core/procedure.h>
#include <nscl/core/representation.h>
#include <nscl/core/sweep.h>
#include <nscl/core/tree.h>
#include <nscl/model/messages.h>
#include <nscl/security/integrity.h>

#include "mirror.h"

namespace nscl::core {

using model::Verb;

namespace {

constexpr std::size_t body_cache_bytes = 32u << 20;

constexpr std::string_view unexpectedly = "request failed unexpectedly";

Status status_of_success(Verb verb) { return verb == Verb::create ? Status::created : Status::ok; }

/// Of the exception that is being handled.
Error failed() try {
  throw;
} catch (const store::StoreError& error) {
  log::warning("store failed while reading", {{"reason", error.what()}});
  return {Status::service_unavailable, "the store cannot be read at the moment"};
} catch (const std::exception& error) {
  return unexpected_failure(unexpectedly, error.what());
} catch (...) {
  return unexpected_failure(unexpectedly, "unknown exception");
}

}  // namespace

ResponseConfirm refusal(const RequestIndication& request, const Error& error) {
  ResponseConfirm confirm;
  confirm.status = error.status;
  if (error.status == Status::service_unavailable) confirm.retry_after = 1;
  if (error.status == Status::not_modified) return confirm;
  confirm.content_type = codec::media_type(request.answer_format);
  confirm.content = std::make_shared<std::string>(codec::encode_error(request.answer_format, error, style_of(request.dialect)));
  return confirm;
}

struct Pipeline::State {
  const model::Registry& registry;
  store::Store& store;
  const Clock& clock;
  Published<Policy> policy;
  Partners partners;
  BodyCache bodies{body_cache_bytes};
  ClockWatch clock_watch;   ///< of the sweeper's thread

  State(const model::Registry& r, store::Store& s, const Clock& c, std::shared_ptr<const Policy> p) : registry(r), store(s), clock(c), policy(std::move(p)) {}

  std::shared_ptr<const Target> route(std::string_view path) const;
  Body decode(const RequestIndication& request, const Target& target) const;
  Result<Route> retarget(const RequestIndication& request, const Policy& policy, const Target& target);
  net::Task<ResponseConfirm> pass_on(RequestIndication request, std::shared_ptr<const Target> target, boost::asio::io_context& context);
  Result<Outcome> read(const RequestIndication& request, const Policy& policy, const Target& target, ResponseConfirm& confirm, boost::asio::io_context& context);
  std::optional<ResponseConfirm> answer_read(const RequestIndication& request, const Target& target, boost::asio::io_context& context);
  net::Task<ResponseConfirm> retrieve_anew(RequestIndication request, std::shared_ptr<const Target> target, boost::asio::io_context& context);
  net::Task<ResponseConfirm> settle(RequestIndication request, Outcome outcome, boost::asio::io_context& context);
  void show_result(store::View& view, const RequestIndication& request, const Policy& policy, Outcome& outcome) const;
  ResponseConfirm refused(const RequestIndication& request, const Result<Outcome>& outcome, std::optional<Time> seen) const;
  Verb verbs_of(std::string_view to) const;
  ResponseConfirm render(const RequestIndication& request, const Policy& policy, Outcome& outcome);
  std::shared_ptr<const std::string> instance_body(const RequestIndication& request, const Policy& policy, const Outcome& outcome);
};

Pipeline::Pipeline(const model::Registry& registry, store::Store& store, const Clock& clock, std::shared_ptr<const Policy> policy)
    : state_(std::make_unique<State>(registry, store, clock, std::move(policy))) {}
Pipeline::~Pipeline() = default;

Result<void> Pipeline::prepare_tree() {
  const auto policy = state_->policy.get();
  return state_->store.write_and_wait([&](store::Transaction& transaction) { return make_tree(transaction, state_->registry, *policy); });
}

void Pipeline::sweep(boost::asio::io_context& context) {
  const auto now = state_->clock.now();
  const bool is_doubtful = state_->clock_watch.is_doubtful(now, std::chrono::steady_clock::now());
  core::sweep(state_->registry, state_->store, {state_->policy.get(), context, now, state_->partners.outbound, is_doubtful});
}

void Pipeline::set_outbound(Outbound* outbound) { state_->partners.outbound = outbound; }
void Pipeline::set_delegate(Delegate* delegate) { state_->partners.delegate = delegate; }
void Pipeline::set_integrity(security::Integrity* integrity) { state_->partners.integrity = integrity; }
bool Pipeline::is_quarantined(std::string_view path) const { return state_->partners.integrity && state_->partners.integrity->quarantine().holds(path); }

Time Pipeline::now() const { return state_->clock.now(); }
void Pipeline::set_policy(std::shared_ptr<const Policy> policy) { state_->policy.set(std::move(policy)); }
std::shared_ptr<const Policy> Pipeline::policy() const { return state_->policy.get(); }

Verb Pipeline::State::verbs_of(std::string_view to) const {
  const auto target = resolve(registry, to);
  if (!target) return Verb::none;
  auto verbs = Verb::none;
  for (const auto* type : target->types) verbs = verbs | allowed_verbs(registry, *type);
  return verbs;
}

Verb Pipeline::verbs_of(std::string_view to) const { return state_->verbs_of(to); }

bool Pipeline::is_action(std::string_view to) const {
  const auto target = state_->route(to);
  if (!target || target->kind != Target::Kind::individual || target->attribute.size() != 1) return false;
  return std::ranges::any_of(target->types, [&](const auto* type) {
    const auto* attribute = type->find(target->attribute.front());
    return attribute && attribute->trigger;
  });
}

// What a path can mean never changes while the process runs; a path that means nothing is walked each time, and one that
// is new but whose collection is not goes on from there. Thread-local, and there is one registry in a process that serves
// (tests that make several differ in nothing a path could tell).
std::shared_ptr<const Target> Pipeline::State::route(std::string_view path) const {
  thread_local Recent<Target, 1024> routes;
  thread_local const model::Registry* known = nullptr;
  if (known != &registry) routes.clear();
  known = &registry;
  const auto kept = [](Result<Target> target) -> std::shared_ptr<const Target> {
    return target ? std::make_shared<const Target>(*std::move(target)) : nullptr;
  };
  return routes.get(path, [&] {
    const auto above = parent_path(path);
    const auto collection = above.empty() ? nullptr : routes.get(above, [&] { return kept(resolve(registry, above)); });
    const bool is_member = collection && collection->kind == Target::Kind::collection && collection->attribute.empty();
    return kept(is_member ? resolve_member(registry, *collection, last_segment(path)) : resolve(registry, path));
  });
}

Body Pipeline::State::decode(const RequestIndication& request, const Target& target) const {
  Body body;
  if (!target.attribute.empty() || target.kind == Target::Kind::instance || target.kind == Target::Kind::beyond) return body;
  const bool creates = request.verb == Verb::create;
  auto candidates = creates ? creatable(registry, *target.types.front()) : target.types;
  const bool takes_raw = creates && !candidates.empty() && candidates.front()->name == "contentInstance";
  if (!request.has_format) {
    body.raw = takes_raw;
    body.document = failure(Status::unsupported_media_type, "send application/xml or application/json in UTF-8");
    return body;
  }
  const bool takes_notify = takes_raw && request.dialect == Dialect::standard;   // OM2M keeps what comes as it is
  if (takes_notify) candidates.insert(candidates.end(), {&model::messages::notify(), &model::messages::notify_collection()});
  body.document = codec::decode(request.format, request.content, candidates);
  if (takes_notify && body.document && is_notification(*body.document)) body.notified = unpack(registry, *body.document);
  // Whatever is no contentInstance document is content itself (resources.md 3.19).
  body.raw = takes_raw && !body.document && !codec::has_document_element(request.format, request.content, "contentInstance");
  return body;
}

Result<Outcome> Pipeline::State::read(const RequestIndication& request, const Policy& policy_now, const Target& target, ResponseConfirm& confirm,
                                      boost::asio::io_context& context) {
  Result<Outcome> outcome = failure(Status::internal_server_error, {});
  Procedure procedure(registry, policy_now, request, target, clock.now(), partners);
  store.read([&](store::View& view) { outcome = request.verb == Verb::execute ? procedure.execute(view) : procedure.retrieve(view); }, context);
  if (!outcome && outcome.error().status == Status::not_modified) confirm.last_modified = procedure.seen();
  return outcome;
}

Result<Route> Pipeline::State::retarget(const RequestIndication& request, const Policy& policy_now, const Target& target) {
  Result<Route> route = failure(Status::internal_server_error, {});
  const Procedure procedure(registry, policy_now, request, target, clock.now());
  store.read([&](store::View& view) { route = procedure.retarget(view); });
  return route;
}

// A request that is not answered from this tree.
net::Task<ResponseConfirm> Pipeline::State::pass_on(RequestIndication request, std::shared_ptr<const Target> target, boost::asio::io_context& context) {
  const bool is_fan_out = target && target->kind == Target::Kind::members;
  if (target && !is_fan_out) {
    const auto policy_now = policy.get();
    auto route = retarget(request, *policy_now, *target);
    if (!route) co_return refusal(request, route.error());
    request.route = *std::move(route);
  }
  if (!partners.outbound) {
    const Error nobody{Status::not_implemented, "this SCL does not pass requests on"};
    co_return refusal(request, nobody);
  }
  if (is_fan_out && request.verb == Verb::execute && partners.delegate && !request.delivery.is_asynchronous()) {
    const auto started = co_await partners.delegate->start_at_members(request, *target, context);
    if (!started) co_return refusal(request, started.error());
    if (*started) {
      ResponseConfirm accepted;
      accepted.status = Status::accepted;
      accepted.location = **started;
      co_return accepted;
    }
  }
  if (is_fan_out) {
    Target members = *target;
    co_return co_await partners.outbound->fan_out(std::move(request), std::move(members), context);
  }
  Route route = *request.route;
  co_return co_await partners.outbound->relay(std::move(request), std::move(route), context);
}

// A read of the tree, on the snapshot of this thread; nothing if it turns out that an action has to be started.
std::optional<ResponseConfirm> Pipeline::State::answer_read(const RequestIndication& request, const Target& target, boost::asio::io_context& context) {
  const auto policy_now = policy.get();
  ResponseConfirm confirm;
  Result<Outcome> outcome = failure(Status::internal_server_error, {});
  try {
    outcome = read(request, *policy_now, target, confirm, context);
    if (outcome && outcome->starts_action) return std::nullopt;
    if (outcome && !outcome->refusal) return render(request, *policy_now, *outcome);
  } catch (...) {
    outcome = tl::unexpected(failed());
  }
  return refused(request, outcome, confirm.last_modified);
}

ResponseConfirm Pipeline::State::refused(const RequestIndication& request, const Result<Outcome>& outcome, std::optional<Time> seen) const {
  auto refused = refusal(request, outcome ? *outcome->refusal : outcome.error());
  refused.last_modified = seen;
  if (refused.status == Status::method_not_allowed) refused.allowed = verbs_of(request.to);
  return refused;
}

std::optional<ResponseConfirm> Pipeline::answer_now(const RequestIndication& request, boost::asio::io_context& context) {
  const bool is_read = request.verb == Verb::retrieve || request.verb == Verb::execute;
  if (!is_read || request.route) return std::nullopt;
  const auto target = state_->route(request.to);
  if (!target) return refusal(request, resolve(state_->registry, request.to).error());
  if (target->kind == Target::Kind::beyond || target->kind == Target::Kind::members) return std::nullopt;
  const auto* delegate = state_->partners.delegate;
  if (delegate && request.verb == Verb::retrieve && delegate->may_refresh(request, *target)) return std::nullopt;
  return state_->answer_read(request, *target, context);
}

// A RETRIEVE of what has its values elsewhere.
net::Task<ResponseConfirm> Pipeline::State::retrieve_anew(RequestIndication request, std::shared_ptr<const Target> target, boost::asio::io_context& context) {
  Target whole = *target;   // an attribute that is not known yet may be there all the same
  whole.attribute.clear();
  auto known = answer_read(request, whole, context);
  if (http_code_of(known->status) >= 400) co_return *std::move(known);   // not allowed, or not there
  const auto brought = co_await partners.delegate->refresh(request, *target, context);
  if (!brought) co_return refusal(request, brought.error());
  auto answer = answer_read(request, *target, context);
  co_return *std::move(answer);
}

// Of what was handed over: how it ended, or that it goes on.
net::Task<ResponseConfirm> Pipeline::State::settle(RequestIndication request, Outcome outcome, boost::asio::io_context& context) {
  std::optional<Result<void>> end;
  if (outcome.ticket) end = co_await partners.delegate->settled(*outcome.ticket, request, context);
  if (end && !*end) co_return refusal(request, end->error());
  if (end) outcome.status = status_of_success(request.verb);
  const auto policy_now = policy.get();
  store.read([&](store::View& view) { show_result(view, request, *policy_now, outcome); }, context);
  co_return render(request, *policy_now, outcome);
}

ResponseConfirm Pipeline::answer_late(store::View& view, const RequestIndication& request, std::string resource, const Result<void>& end) const {
  if (!end) return refusal(request, end.error());
  Outcome outcome;
  outcome.status = status_of_success(request.verb);
  outcome.resource = std::move(resource);
  outcome.has_resource = request.verb != Verb::remove && !outcome.resource.empty();   // it may be gone
  const auto policy = state_->policy.get();
  state_->show_result(view, request, *policy, outcome);
  return state_->render(request, *policy, outcome);
}

// What is made is shown as it is now, and so is the progress of an action.
void Pipeline::State::show_result(store::View& view, const RequestIndication& request, const Policy& policy_now, Outcome& outcome) const {
  const auto stored = outcome.has_resource ? view.find(outcome.resource) : nullptr;
  if (!stored) return;
  outcome.last_modified = stored->last_modified_time;
  if (request.verb == Verb::update && request.dialect != Dialect::om2m) return;
  outcome.type = stored->type;
  outcome.representation = Representer(view, registry, policy_now, request, clock.now()).resource(*stored);
}

net::Task<ResponseConfirm> Pipeline::handle(RequestIndication request, boost::asio::io_context& context) {
  Result<Outcome> outcome = failure(Status::internal_server_error, {});
  try {
    if (auto answer = answer_now(request, context)) co_return *std::move(answer);
    if (request.route) co_return co_await state_->pass_on(std::move(request), nullptr, context);
    const auto target = state_->route(request.to);
    if (!target) co_return refusal(request, resolve(state_->registry, request.to).error());
    if (target->kind == Target::Kind::beyond || target->kind == Target::Kind::members) {
      co_return co_await state_->pass_on(std::move(request), target, context);
    }
    if (request.verb == Verb::retrieve) co_return co_await state_->retrieve_anew(std::move(request), target, context);
    const auto policy = state_->policy.get();
    auto body = request.verb == Verb::remove || request.verb == Verb::execute ? Body{} : state_->decode(request, *target);
    store::WriteJob job = [&](store::Transaction& transaction) -> Result<void> {
      Procedure procedure(state_->registry, *policy, request, *target, state_->clock.now(), state_->partners);
      outcome = request.verb == Verb::execute  ? procedure.start(transaction)
                : request.verb == Verb::create ? procedure.create(transaction, body)
                : request.verb == Verb::update ? procedure.update(transaction, body)
                                               : procedure.remove(transaction);
      if (!outcome) return tl::unexpected(outcome.error());
      return {};
    };
    const boost::asio::use_awaitable_t<net::Executor> token;
    const auto committed = co_await store::async_write(state_->store, std::move(job), context, token);
    if (!committed) outcome = tl::unexpected(committed.error());
    if (outcome && (outcome->ticket || request.verb == Verb::execute)) co_return co_await state_->settle(std::move(request), *std::move(outcome), context);
    if (outcome && !outcome->refusal) co_return state_->render(request, *policy, *outcome);
  } catch (...) {
    outcome = tl::unexpected(failed());
  }
  co_return state_->refused(request, outcome, std::nullopt);
}

std::shared_ptr<const std::string> Pipeline::State::instance_body(const RequestIndication& request, const Policy& policy_now, const Outcome& outcome) {
  const auto& instance = *outcome.instance;
  const auto key = instance.sequence * 8 + (request.answer_format == codec::Format::json) + 2 * (request.dialect == Dialect::om2m) + 4 * outcome.meta_data_only;
  if (auto body = bodies.find(key)) return body;
  const auto representation = represent(instance, outcome.resource, policy_now, request.dialect, outcome.meta_data_only);
  auto body = std::make_shared<const std::string>(
      codec::encode(request.answer_format, *registry.find("contentInstance"), representation, style_of(request.dialect)));
  if (request.verb == Verb::retrieve) bodies.offer(key, body);
  return body;
}

ResponseConfirm Pipeline::State::render(const RequestIndication& request, const Policy& policy_now, Outcome& outcome) {
  ResponseConfirm confirm;
  confirm.status = outcome.status;
  confirm.last_modified = outcome.last_modified;
  const auto style = style_of(request.dialect);
  if (outcome.raw_content) {
    confirm.content_type = outcome.instance->content_type;
    confirm.content = {outcome.instance, &outcome.instance->content};
  } else if (outcome.instance) {
    confirm.content = instance_body(request, policy_now, outcome);
  } else if (outcome.field) {
    confirm.content = std::make_shared<std::string>(codec::encode_attribute(request.answer_format, *outcome.field, outcome.value, style));
  } else if (outcome.representation) {
    confirm.content = std::make_shared<std::string>(codec::encode(request.answer_format, *outcome.type, *outcome.representation, style));
  }
  if (confirm.content && !outcome.raw_content) confirm.content_type = codec::media_type(request.answer_format);
  confirm.fields = std::move(outcome.fields);
  confirm.resource = std::move(outcome.resource);
  confirm.has_resource = outcome.has_resource;
  return confirm;
}

}  // namespace nscl::core
