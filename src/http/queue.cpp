// SPDX-License-Identifier: Apache-2.0
#include "queue.h"

#include <charconv>
#include <optional>

#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

#include <nscl/delivery/queue.h>

#include "response.h"
#include "target.h"

namespace nscl::http {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view base = "/m2m-queue";
constexpr std::size_t most_entries = 1000;

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() && !text.empty() ? std::optional(value) : std::nullopt;
}

std::uint64_t after_of(const net::WebRequest& request) {
  const auto mark = request.target.find('?');
  const auto query = parse_query(mark == request.target.npos ? std::string_view{} : request.target.substr(mark + 1));
  if (!query) return 0;
  for (const auto& [name, value] : *query) {
    if (name == "after") return number(value).value_or(0);
  }
  return 0;
}

Json describe(const delivery::KeptRequest& kept) {
  Json out{{"id", kept.id}, {"owner", kept.owner}, {"method", kept.method}, {"target", kept.target}, {"correlationID", kept.correlation_id},
           {"rcat", "RCAT_" + std::to_string(kept.rcat)}, {"created", format_date_time(kept.created)}};
  if (kept.deadline != never) out["deadline"] = format_date_time(kept.deadline);
  if (kept.failures > 0) out["failures"] = kept.failures;
  if (!kept.error.empty()) out["lastError"] = kept.error;
  return out;
}

net::WebResponse list(const net::WebRequest& request, const security::Requestor& requestor, store::Store& store) {
  delivery::Kept kept;
  store.read([&](store::View& view) { kept = delivery::list_kept(view, requestor, after_of(request), most_entries); });
  Json entries = Json::array();
  for (const auto& each : kept.requests) entries.push_back(describe(each));
  net::WebResponse response;
  response.content_type = "application/json";
  response.body = std::make_shared<const std::string>(Json{{"requests", entries}, {"more", kept.has_more}}.dump(-1, ' ', false, Json::error_handler_t::replace));
  response.fields.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace

bool is_queue(const net::WebRequest& request) {
  const auto path = path_of(request.target);
  return path == base || (path.starts_with(base) && path[base.size()] == '/');
}

net::Task<net::WebResponse> answer_queue(const net::WebRequest& request, security::RequestorPtr requestor, store::Store& store) {
  const auto path = path_of(request.target);
  const ResponseForm form{.format = codec::Format::json, .method = request.method};
  if (path == base) {
    if (request.method == net::Method::get || request.method == net::Method::head) co_return list(request, *requestor, store);
    auto refusal = respond(Error{Status::method_not_allowed, "the queue can be read; DELETE takes back an entry of it"}, form);
    refusal.fields.emplace_back("Allow", "GET, HEAD");
    co_return refusal;
  }
  const auto id = number(path.substr(base.size() + 1));
  if (!id) co_return respond(Error{Status::not_found, "an entry of the queue has a number"}, form);
  if (request.method != net::Method::remove) {
    auto refusal = respond(Error{Status::method_not_allowed, "an entry of the queue can be taken back by DELETE"}, form);
    refusal.fields.emplace_back("Allow", "DELETE");
    co_return refusal;
  }
  const net::Executor executor = co_await boost::asio::this_coro::executor;
  store::WriteJob job = [&](store::Transaction& transaction) { return delivery::cancel_kept(transaction, *requestor, *id); };
  const boost::asio::use_awaitable_t<net::Executor> token;
  const auto done = co_await store::async_write(store, std::move(job), boost::asio::query(executor, boost::asio::execution::context), token);
  if (!done) co_return respond(done.error(), form);
  net::WebResponse response;
  response.status = 204;
  co_return response;
}

}  // namespace nscl::http
