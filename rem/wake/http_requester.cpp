// SPDX-License-Identifier: Apache-2.0
#include "http_requester.h"

#include <algorithm>

#include <nscl/net/outgoing_target.h>
#include <nscl/rem/omadm/notification.h>
#include <nscl/security/basic.h>
#include <nscl/security/digest_client.h>

namespace nscl::rem {
namespace {

using End = CallOutcome::End;

constexpr std::size_t longest_answer = 4096;   // of head and body each; nothing but the status and the challenge is of use

net::WebClientOptions web_options(const CallOptions& options) {
  net::WebClientOptions out;
  out.connections_per_destination = 2;
  out.connections = options.parallel;
  out.waiting_per_destination = options.parallel;
  out.head_limit = longest_answer;
  out.body_limit = longest_answer;
  out.connect_time = options.connect_time;
  out.idle_time = options.answer_time;
  out.allowed_networks = options.networks;
  out.tls = options.tls;
  return out;
}

CallOutcome outcome_of(const net::WebFailure& failure) {
  using Kind = net::WebFailure::Kind;
  switch (failure.kind) {
    case Kind::bad_uri:
    case Kind::not_supported: return {End::impossible, failure.detail};
    case Kind::forbidden_address: return {End::forbidden, "the device's address only leads inside"};
    default: return {End::failed, failure.detail};
  }
}

CallOutcome outcome_of(unsigned status) {
  if (status == 200 || status == 202 || status == 204) return {End::accepted, {}};
  if (status == 401) return {End::refused, "the device does not take these credentials"};
  if (status == 503) return {End::busy, "the device is busy"};
  return {End::failed, "the device answered " + std::to_string(status)};
}

CallOutcome outcome_of(const net::WebResult& result) { return result ? outcome_of(result->status) : outcome_of(result.error()); }

struct Proof {
  std::string field;    ///< Authorization
  const char* problem;  ///< why there is none
};

/// What answers the challenges of a device.
Proof answer_to(const net::WebAnswer& answer, const std::optional<Login>& login, const std::string& target, bool allow_basic) {
  if (!login) return {{}, "the device asks for credentials, and none are known"};
  const auto challenges = answer.find_all("WWW-Authenticate");
  if (const auto challenge = security::choose_challenge(challenges)) {
    const security::DigestRequest request{.method = "GET", .uri = target};
    return {security::digest_answer(*challenge, login->user, login->password, request), nullptr};
  }
  if (std::ranges::none_of(challenges, security::is_basic_challenge)) return {{}, "the device asks for something else than Digest"};
  if (!allow_basic && !login->allow_basic)
    return {{}, "the device asks for Basic, which is not answered (management.connection_request_basic, or conn_req_auth of its model)"};
  return {security::basic_answer(login->user, login->password), nullptr};
}

}  // namespace

HttpRequester::HttpRequester(boost::asio::io_context& context, const CallOptions& options, const Reach& reach)
    : reach_(reach), allow_basic_(options.allow_basic), answer_time_(options.answer_time), client_(context, web_options(options)) {}

net::Task<net::WebResult> HttpRequester::get(std::string uri, std::string authorization) {
  net::WebCall call;
  call.method = net::Method::get;
  call.uri = std::move(uri);
  if (!authorization.empty()) call.fields.emplace_back("Authorization", std::move(authorization));
  call.time = answer_time_;
  co_return co_await client_.call(std::move(call));
}

net::Task<CallOutcome> HttpRequester::request(Call call) {
  const auto uri = call.trigger.empty() ? call.facts.connection_request_url : call.trigger;
  const auto target = net::parse_outgoing_uri(uri);
  if (!target) co_return CallOutcome{End::impossible, target.error().detail};
  if (auto objection = reach_.objection(target->host, call.facts)) co_return CallOutcome{End::forbidden, *std::move(objection)};
  const auto first = co_await get(uri, std::string());
  if (!first || first->status != 401) co_return outcome_of(first);
  auto proof = answer_to(*first, call.login, target->target, allow_basic_);
  if (proof.problem != nullptr) co_return CallOutcome{End::refused, proof.problem};
  const auto second = co_await get(uri, std::move(proof.field));
  co_return outcome_of(second);
}

net::Task<CallOutcome> HttpRequester::post(Call call, std::string notification) {
  const auto target = net::parse_outgoing_uri(call.trigger);
  if (!target) co_return CallOutcome{End::impossible, target.error().detail};
  if (auto objection = reach_.objection(target->host, call.facts)) co_return CallOutcome{End::forbidden, *std::move(objection)};
  net::WebCall web;
  web.uri = std::move(call.trigger);
  web.fields.emplace_back("Content-Type", omadm::notification_type);
  web.body = std::make_shared<const std::string>(std::move(notification));
  web.time = answer_time_;
  const auto answer = co_await client_.call(std::move(web));
  co_return outcome_of(answer);
}

}  // namespace nscl::rem
