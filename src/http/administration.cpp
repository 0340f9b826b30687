// SPDX-License-Identifier: Apache-2.0
#include "administration.h"

#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <nscl/http/audit_json.h>
#include <nscl/security/audit.h>

#include "response.h"
#include "target.h"

namespace nscl::http {
namespace {

constexpr std::string_view administration_path = "/m2m-admin";
constexpr std::string_view audit_path = "/m2m-admin/audit";
constexpr std::size_t most_records = 1000;

/// What of the trail is asked for.
struct Question {
  store::AuditFilter filter;
  std::size_t limit = 100;
};

bool read_time(std::string_view text, Time& time) {
  const auto read = parse_date_time(text);
  if (read) time = *read;
  return read.has_value();
}

Result<void> take(Question& question, std::string_view name, const std::string& value) {
  auto& filter = question.filter;
  if (name == "event" || name == "principal") {
    (name == "event" ? filter.event : filter.principal) = value;
    return {};
  }
  if (name == "from" || name == "to") {
    if (read_time(value, name == "from" ? filter.from : filter.to)) return {};
    return bad_request(std::string(name) + " is a dateTime such as 2026-01-31T00:00:00Z");
  }
  if (name == "after") {
    if (read_number(value, filter.after_seq)) return {};
    return bad_request("after is the number of a record");
  }
  if (name != "limit") return bad_request("the parameters are from, to, event, principal, after and limit");
  std::uint64_t limit = 0;
  if (!read_number(value, limit) || limit == 0 || limit > most_records) return bad_request("limit is 1 to 1000");
  question.limit = static_cast<std::size_t>(limit);
  return {};
}

Result<Question> understand_question(std::string_view query) {
  const auto parameters = parse_query(query);
  if (!parameters) return tl::unexpected(parameters.error());
  Question question;
  for (const auto& [name, value] : *parameters) {
    if (auto taken = take(question, name, value); !taken) return tl::unexpected(taken.error());
  }
  return question;
}

/// One page; `next` is what `after` has to be for the next one, null on the last.
std::string page_of_records(const Question& question, store::Store& store) {
  std::vector<store::AuditRecord> records;
  store.read([&](store::View& view) { records = view.audit(question.filter, question.limit + 1); });
  const bool has_more = records.size() > question.limit;
  if (has_more) records.pop_back();
  std::string out = R"({"records":[)";
  for (const auto& record : records) out += (record.seq == records.front().seq ? "" : ",") + to_json(record);
  return out + R"(],"next":)" + (has_more ? std::to_string(records.back().seq) : "null") + "}";
}

store::WriteJob record_reading(const net::WebRequest& request, const security::Requestor& requestor, Time now) {
  return [&request, &requestor, now](store::Transaction& transaction) -> Result<void> {
    security::AuditEntry entry;
    entry.event = "audit.read";
    entry.principal = requestor.principal;
    entry.entity = requestor.entity;
    entry.source = request.peer;
    entry.operation = "RETRIEVE";
    entry.note = query_of(request.target);
    entry.status = name_of(Status::ok);
    security::append_audit(transaction, entry, now);
    return {};
  };
}

}  // namespace

bool is_administration(const net::WebRequest& request) {
  const auto path = path_of(request.target);
  return path.starts_with(administration_path) && (path.size() == administration_path.size() || path[administration_path.size()] == '/');
}

net::Task<net::WebResponse> answer_administration(const net::WebRequest& request, security::RequestorPtr requestor, Time now, store::Store& store) {
  const ResponseForm form{.format = codec::Format::json, .method = request.method};
  if (!requestor->is_operator || path_of(request.target) != audit_path) co_return respond(Error{Status::not_found, "there is no such resource, or none that you may know of"}, form);
  if (request.method != net::Method::get && request.method != net::Method::head) {
    auto refusal = respond(Error{Status::method_not_allowed, "the audit trail can be read, and nothing else"}, form);
    refusal.fields.emplace_back("Allow", "GET, HEAD");
    co_return refusal;
  }
  const auto question = understand_question(query_of(request.target));
  if (!question) co_return respond(question.error(), form);
  const net::Executor executor = co_await boost::asio::this_coro::executor;
  auto job = record_reading(request, *requestor, now);
  const boost::asio::use_awaitable_t<net::Executor> token;
  const auto recorded = co_await store::async_write(store, std::move(job), boost::asio::query(executor, boost::asio::execution::context), token);
  if (!recorded) co_return respond(recorded.error(), form);
  co_return respond_json(page_of_records(*question, store));
}

}  // namespace nscl::http
