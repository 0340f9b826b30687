// SPDX-License-Identifier: Apache-2.0
#include "queue.h"

#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

#include <nscl/delivery/queue.h>

#include "page.h"
#include "response.h"
#include "target.h"

namespace nscl::http {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view queue_path = "/m2m-queue";

std::uint64_t after_of(const net::WebRequest& request) {
  const auto query = parse_query(query_of(request.target));
  if (!query) return 0;
  for (const auto& [name, value] : *query) {
    std::uint64_t after = 0;
    if (name == "after") return read_number(value, after) ? after : 0;
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
  return path == queue_path || (path.starts_with(queue_path) && path[queue_path.size()] == '/');
}

net::Task<net::WebResponse> answer_queue(const net::WebRequest& request, security::RequestorPtr requestor, store::Store& store) {
  const auto path = path_of(request.target);
  const ResponseForm form{.format = codec::Format::json, .method = request.method};
  if (path == queue_path) {
    if (request.method == net::Method::get || request.method == net::Method::head) co_return list(request, *requestor, store);
    auto refusal = respond(Error{Status::method_not_allowed, "the queue can be read; DELETE takes back an entry of it"}, form);
    refusal.fields.emplace_back("Allow", "GET, HEAD");
    co_return refusal;
  }
  std::uint64_t id = 0;
  if (!read_number(path.substr(queue_path.size() + 1), id)) co_return respond(Error{Status::not_found, "an entry of the queue has a number"}, form);
  if (request.method != net::Method::remove) {
    auto refusal = respond(Error{Status::method_not_allowed, "an entry of the queue can be taken back by DELETE"}, form);
    refusal.fields.emplace_back("Allow", "DELETE");
    co_return refusal;
  }
  const net::Executor executor = co_await boost::asio::this_coro::executor;
  store::WriteJob job = [&](store::Transaction& transaction) { return delivery::cancel_kept(transaction, *requestor, id); };
  const boost::asio::use_awaitable_t<net::Executor> token;
  const auto done = co_await store::async_write(store, std::move(job), boost::asio::query(executor, boost::asio::execution::context), token);
  if (!done) co_return respond(done.error(), form);
  net::WebResponse response;
  response.status = 204;
  co_return response;
}

}  // namespace nscl::http
