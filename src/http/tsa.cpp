// SPDX-License-Identifier: Apache-2.0
#include "tsa.h"

#include <algorithm>

#include <boost/asio/async_result.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <nscl/base/bytes.h>

namespace nscl::http {
namespace {

namespace asio = boost::asio;
using security::TimeStamper;

constexpr std::string_view query_type = "application/timestamp-query", reply_type = "application/timestamp-reply";
constexpr std::string_view token_field = "X-NSCL-Timestamp-Token";

/// What StartStamping starts: the answer to a query, or the token of a content.
struct Task {
  TimeStamper* stamper;
  asio::io_context* context;
  std::string query;
  std::shared_ptr<const std::string> content;   // null: it is a query
};

/// A function object, because g++ 12 destroys a capturing lambda next to co_await twice.
struct StartStamping {
  template <class Handler>
  void operator()(Handler&& handler, Task task) const {
    TimeStamper::Handler done(std::forward<Handler>(handler));
    if (task.content) task.stamper->stamp(std::move(task.content), *task.context, std::move(done));
    else task.stamper->answer(std::move(task.query), *task.context, std::move(done));
  }
};

net::Task<Result<std::string>> run(TimeStamper& stamper, std::string query, std::shared_ptr<const std::string> content) {
  const net::Executor executor = co_await asio::this_coro::executor;
  Task task{&stamper, &asio::query(executor, asio::execution::context), std::move(query), std::move(content)};
  using Token = const asio::use_awaitable_t<net::Executor>;
  Token token;
  co_return co_await asio::async_initiate<Token, void(Result<std::string>)>(StartStamping{}, token, std::move(task));
}

bool is_query_type(std::string_view type) {
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  return std::ranges::equal(type, query_type, [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

net::WebResponse refuse_method(const ResponseForm& form) {
  auto refusal = respond(Error{Status::method_not_allowed, "time stamps are asked for by POST"}, form);
  refusal.fields.emplace_back("Allow", "POST");
  return refusal;
}

}  // namespace

bool is_tsa(const net::WebRequest& request) { return request.target == "/m2m-tsa"; }

net::Task<net::WebResponse> answer_tsa(const net::WebRequest& request, security::RequestorPtr requestor, security::TimeStamping& stamping) {
  const ResponseForm form{.format = codec::Format::json, .method = request.method};
  if (request.method != net::Method::post) co_return refuse_method(form);
  if (!is_query_type(request.content_type))
    co_return respond(Error{Status::unsupported_media_type, "the body must be an application/timestamp-query"}, form);
  if (auto refusal = refuse_stamp(*requestor, stamping, form)) co_return *std::move(refusal);
  // What is too long is refused by the authority; a copy of its beginning says as much.
  std::string query(request.body.substr(0, TimeStamper::longest_query + 1));
  auto reply = co_await run(*stamping.stamper, std::move(query), nullptr);
  if (!reply) co_return respond(reply.error(), form);
  net::WebResponse response;
  response.content_type = reply_type;
  response.body = std::make_shared<const std::string>(*std::move(reply));
  response.fields.emplace_back("Cache-Control", "no-store");
  co_return response;
}

bool wants_stamp(const net::WebRequest& request, const Query& query) {
  if (query.empty() || request.method != net::Method::get) return false;
  return std::ranges::any_of(query, [](const auto& parameter) { return parameter.first == "timestamp" && parameter.second == "1"; });
}

std::optional<net::WebResponse> refuse_stamp(const security::Requestor& requestor, security::TimeStamping& stamping, const ResponseForm& form) {
  if (!stamping.stamper)
    return respond(Error{Status::not_implemented, "this SCL is no time stamping authority: [timestamp] of its configuration names no certificate"}, form);
  return refuse_wait(stamping.users.take(requestor), "this principal asks for more time stamps than it may in a second", form);
}

net::Task<net::WebResponse> with_stamp(net::WebResponse response, security::TimeStamping& stamping, const ResponseForm& form) {
  if (response.status != 200 || !response.body) co_return response;
  auto content = response.body;
  const auto token = co_await run(*stamping.stamper, {}, std::move(content));
  if (!token) co_return respond(token.error(), form);
  response.fields.emplace_back(token_field, base64_encode(*token));
  co_return response;
}

}  // namespace nscl::http
