// SPDX-License-Identifier: Apache-2.0
// The order in which an HTTP request is judged: who asks, what is meant, whether HTTP allows it; then the pipeline.
#include <nscl/http/http_binding.h>

#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "administration.h"
#include "alarms.h"
#include "collecting.h"
#include "conditions.h"
#include "delivery_fields.h"
#include "devices.h"
#include "fleets.h"
#include "health.h"
#include "identify.h"
#include "integrity.h"
#include "polling.h"
#include "queue.h"
#include "response.h"
#include "session.h"
#include "target.h"
#include "tsa.h"

namespace nscl::http {
namespace {

namespace asio = boost::asio;
using model::Verb;
using net::Method;

/// A request as far as it is understood without asking anybody.
struct Understood {
  Target target;
  std::optional<codec::Format> accepted;
  ResponseForm form;
};

Understood understand(const net::WebRequest& request, const std::shared_ptr<const core::Policy>& policy) {
  Understood understood{remembered_target(request.target, request.host, policy), codec::negotiate(request.accept), {}};
  understood.form = {understood.target.dialect, understood.accepted.value_or(codec::Format::xml), request.method, request.host};
  return understood;
}

constexpr Verb every_verb = Verb::create | Verb::retrieve | Verb::update | Verb::remove | Verb::execute;

/// What the target could be asked, by its place in the tree; everything where it has none.
Verb verbs_of(const Understood& understood, const core::Pipeline& pipeline) {
  if (understood.target.is_asterisk || !understood.target.validity || understood.target.route) return every_verb;
  return pipeline.verbs_of(understood.target.path);
}

net::WebResponse not_allowed(const Understood& understood, const core::Pipeline& pipeline) {
  auto response = respond(Error{Status::method_not_allowed, "this method is not defined for resources"}, understood.form);
  response.fields.emplace_back("Allow", allow(verbs_of(understood, pipeline)));
  return response;
}

bool is_known(Method method) { return method != Method::connect && method != Method::trace && method != Method::patch; }

bool takes_body(Method method) { return method == Method::post || method == Method::put; }

/// A DELETE is answered without a body, and raw content has the type it has.
bool is_acceptable(const net::WebRequest& request, const Understood& understood) {
  return understood.accepted || request.method == Method::remove || request.method == Method::options ||
         ends_in(understood.target.path, "content");
}

/// The answer to a request that HTTP itself forbids.
std::optional<net::WebResponse> refuse_early(const net::WebRequest& request, const Understood& understood, const core::Pipeline& pipeline) {
  const auto& form = understood.form;
  if (!is_known(request.method)) return not_allowed(understood, pipeline);
  if (!understood.target.validity) return respond(understood.target.validity.error(), form);
  if (understood.target.is_asterisk && request.method != Method::options)
    return respond(Error{Status::bad_request, "only OPTIONS can be asked of *"}, form);
  if (!request.content_encoding.empty() && request.content_encoding != "identity")
    return respond(Error{Status::unsupported_media_type, "content codings are not understood"}, form);
  if (takes_body(request.method) && !request.has_body_framing)
    return respond(411, Error{Status::bad_request, "Content-Length is required"}, form);
  if (!is_acceptable(request, understood))
    return respond(Error{Status::not_acceptable, "application/xml and application/json can be had"}, form);
  return std::nullopt;
}

net::WebResponse answer_options(const Understood& understood, const core::Pipeline& pipeline) {
  const Verb verbs = verbs_of(understood, pipeline);
  if (verbs == Verb::none) return respond(Error{Status::not_found, "no resource type of the tree has this path"}, understood.form);
  net::WebResponse response;
  response.status = 204;
  response.fields.emplace_back("Allow", allow(verbs));
  return response;
}

/// TS 102 921 annex C: POST without content executes; so does a PUT without content on the switches of a mgmtCmd, and a POST of
/// whatever it is on an action, below which nothing can be created.
Verb verb_of(const net::WebRequest& request, std::string_view path, const core::Pipeline& pipeline) {
  const bool is_empty = request.body.empty();
  const bool is_switch = ends_in(path, "execEnable") || ends_in(path, "execDisable");
  switch (request.method) {
    case Method::put: return is_empty && is_switch ? Verb::execute : Verb::update;
    case Method::post: return is_empty || pipeline.is_action(path) ? Verb::execute : Verb::create;
    case Method::remove: return Verb::remove;
    default: return Verb::retrieve;
  }
}

/// The conditions as they came, for whoever the request is passed on to.
void add_fields_to_pass_on(const net::WebRequest& request, core::RequestIndication& indication) {
  const std::pair<std::string_view, std::string_view> fields[] = {{"If-Match", request.if_match},
                                                                  {"If-None-Match", request.if_none_match},
                                                                  {"If-Modified-Since", request.if_modified_since},
                                                                  {"If-Unmodified-Since", request.if_unmodified_since}};
  for (const auto& [name, value] : fields) {
    if (!value.empty()) indication.conditional_fields.emplace_back(name, value);
  }
}

core::RequestIndication indicate(const net::WebRequest& request, Understood& understood, core::Conditions conditions, const core::Pipeline& pipeline) {
  core::RequestIndication indication;
  indication.verb = verb_of(request, understood.target.path, pipeline);
  indication.to = std::move(understood.target.path);
  indication.dialect = understood.target.dialect;
  indication.host = request.host;
  indication.source = request.peer;
  const auto format = codec::format_of(request.content_type);
  indication.has_format = format.has_value();
  indication.format = format.value_or(codec::Format::xml);
  indication.answer_format = understood.form.format;
  indication.content_type = request.content_type;
  indication.content = request.body;
  indication.query = std::move(understood.target.query);
  indication.raw_query = std::move(understood.target.raw_query);
  indication.route = std::move(understood.target.route);
  if (indication.route) indication.to.clear();
  indication.via = request.via;
  add_fields_to_pass_on(request, indication);
  indication.conditions = std::move(conditions);
  return indication;
}

/// The flag that a credential of limited scope must have for a request at all.
security::Flag flag_of(Verb verb) {
  switch (verb) {
    case Verb::create: return security::Flag::create;
    case Verb::retrieve: return security::Flag::read;
    case Verb::remove: return security::Flag::remove;
    default: return security::Flag::write;
  }
}

/// The answer to a request that the credential is not for, whatever its principal may.
std::optional<net::WebResponse> refuse_beyond_grant(const core::RequestIndication& indication, const ResponseForm& form) {
  const auto& grant = indication.from->grant;
  if (!grant || !grant->is_scoped() || (grant->has(flag_of(indication.verb)) && !indication.route)) return std::nullopt;
  return respond(401, Error{Status::permission_denied, "the credential is not good for such a request"}, form);
}

enum class Counted { yes, not_yet };

/// The answer to a principal that has asked more than its quota. Before the body is read nothing is counted.
std::optional<net::WebResponse> refuse_excess(const net::WebRequest& request, const security::Requestor& requestor, const ResponseForm& form, Counted counted) {
  if (!requestor.allowance) return std::nullopt;
  const bool is_write = request.method == Method::post || request.method == Method::put || request.method == Method::remove;
  const auto wait = counted == Counted::yes ? requestor.allowance->take(is_write) : requestor.allowance->wait(is_write);
  return refuse_wait(wait, "this principal asks more than it may in a second", form);
}

}  // namespace

HttpBinding::HttpBinding(core::Pipeline& pipeline, security::Credentials& credentials, delivery::Delivery& delivery, store::Store& store,
                         security::TimeStamping& stamping, security::Audit& audit, std::function<Readiness()> readiness, Authentication ways)
    : pipeline_(pipeline), credentials_(credentials), delivery_(delivery), store_(store), stamping_(stamping), audit_(audit), readiness_(std::move(readiness)) {
  auto is_link_taken = [&delivery](store::View& view, std::string_view uri) { return delivery.is_link_taken(view, uri); };
  identifier_ = std::make_unique<Identifier>(credentials, store, audit, ways, std::move(is_link_taken),
                                             [&pipeline](std::string_view entity) { return pipeline.is_quarantined(entity); });
}

HttpBinding::~HttpBinding() = default;

net::Task<net::WebResponse> HttpBinding::admit(const net::WebRequest& head) {
  net::WebResponse admitted;
  admitted.status = 0;
  if (is_poll(head)) co_return admitted;   // its URI is the right to it
  if (is_collected(head)) {
    if (auto refusal = refuse_collection(head, delivery_)) co_return *std::move(refusal);
    co_return admitted;
  }
  if (identifier_->depends_on_body(head)) co_return admitted;
  const auto policy = pipeline_.policy();
  const auto understood = understand(head, policy);
  const auto identity = co_await identifier_->identify(head, *policy, understood.form);
  if (!identity) co_return identity.error();
  if (security::is_digest(head.authorization)) head.admitted = *identity;   // its nonce is used up
  if (auto refusal = refuse_excess(head, **identity, understood.form, Counted::not_yet)) co_return *std::move(refusal);
  if (is_tsa(head) && stamping_.users.has(**identity)) co_return admitted;
  if (auto refusal = refuse_early(head, understood, pipeline_)) co_return *std::move(refusal);
  co_return admitted;
}

net::Task<net::WebResponse> HttpBinding::handle(const net::WebRequest& request) {
  if (auto health = answer_health(request, readiness_)) co_return *std::move(health);
  if (is_poll(request)) co_return co_await answer_poll(request, delivery_);
  if (is_collected(request)) co_return co_await answer_collection(request, delivery_);
  const auto policy = pipeline_.policy();
  auto understood = understand(request, policy);
  Identity identity = identifier_->known(request);
  if (!*identity) identity = co_await identifier_->identify(request, *policy, understood.form);
  if (!identity) co_return std::move(identity.error());
  if (auto refusal = refuse_excess(request, **identity, understood.form, Counted::yes)) co_return *std::move(refusal);
  if (const auto scl = (*identity)->scl_id(); !scl.empty()) delivery_.note_life((*identity)->entity);
  if (is_session(request)) co_return answer_session(request, *identity, credentials_);
  if (is_integrity(request)) co_return answer_integrity(request, **identity, store_);
  if (const auto* annex = annex_of(request, **identity)) co_return co_await annex->answer(request, *std::move(identity));
  if (is_alarms(request)) co_return co_await answer_alarms(request, *std::move(identity), pipeline_.now(), store_);
  if (is_devices(request)) co_return answer_devices(request, **identity, store_);
  if (is_fleets(request)) co_return co_await answer_fleets(request, *std::move(identity), pipeline_.now(), store_);
  if (is_administration(request)) co_return co_await answer_administration(request, *std::move(identity), pipeline_.now(), store_);
  if (is_queue(request)) co_return co_await answer_queue(request, *std::move(identity), store_);
  if (is_tsa(request) && stamping_.users.has(**identity)) co_return co_await answer_tsa(request, *std::move(identity), stamping_);
  if (auto refusal = refuse_early(request, understood, pipeline_)) co_return *std::move(refusal);
  if (request.method == Method::options) co_return answer_options(understood, pipeline_);
  auto conditions = parse_conditions(request);
  if (!conditions) co_return respond(conditions.error(), understood.form);

  auto delivery = parse_delivery(request, understood.target.query, pipeline_.now());
  if (!delivery) co_return respond(delivery.error(), understood.form);

  const bool is_stamped = wants_stamp(request, understood.target.query) && stamping_.users.has(**identity);
  if (is_stamped) {
    if (auto refusal = refuse_stamp(**identity, stamping_, understood.form)) co_return *std::move(refusal);
  }
  auto indication = indicate(request, understood, *std::move(conditions), pipeline_);
  indication.delivery = *std::move(delivery);
  indication.from = *std::move(identity);
  if (auto refusal = refuse_beyond_grant(indication, understood.form)) co_return *std::move(refusal);
  const net::Executor executor = co_await asio::this_coro::executor;
  auto& context = asio::query(executor, asio::execution::context);
  core::ResponseConfirm confirm;
  if (auto answer = pipeline_.answer_now(indication, context)) confirm = *std::move(answer);
  else confirm = co_await pipeline_.handle(std::move(indication), context);
  auto response = respond(std::move(confirm), understood.form, *policy);
  if (is_stamped) co_return co_await with_stamp(std::move(response), stamping_, understood.form);
  co_return response;
}

const HttpBinding::Annex* HttpBinding::annex_of(const net::WebRequest& request, const security::Requestor& requestor) const {
  if (annexes_.empty() || !is_administration(request) || !requestor.may_administrate()) return nullptr;
  for (const auto& annex : annexes_) {
    if (annex.is_its(request)) return &annex;
  }
  return nullptr;
}

net::WebResponse HttpBinding::refuse(unsigned status, std::string_view reason) {
  return respond(status, Error{status_of(status), std::string(reason)}, ResponseForm{});
}

}  // namespace nscl::http
