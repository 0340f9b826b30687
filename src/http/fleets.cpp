// SPDX-License-Identifier: Apache-2.0
#include "fleets.h"

#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <nscl/rem/fleet.h>
#include <nscl/security/audit.h>

#include "page.h"
#include "response.h"
#include "target.h"

namespace nscl::http {
namespace {

using net::Method;

struct WantedFleet {
  std::uint64_t id = 0;             ///< 0: the list
  std::string_view part;            ///< "members", "stop", or empty: the fleet work itself
  std::uint64_t mark = 0;           ///< members: after this position; the list: before this id, 0: the newest
  std::uint64_t limit = usual_entries;
};

Error nothing_there() { return {Status::not_found, "there is no such fleet work, or none that you may know of"}; }

Result<void> take(WantedFleet& wanted, const std::string& name, const std::string& value) {
  const bool is_list = wanted.id == 0, is_members = wanted.part == "members";
  if (name == "limit" && (is_list || is_members)) {
    if (!read_number(value, wanted.limit) || wanted.limit == 0 || wanted.limit > most_entries) return bad_request("limit is 1 to 1000");
    return {};
  }
  const bool is_mark = (name == "before" && is_list) || (name == "after" && is_members);
  if (is_mark && read_number(value, wanted.mark)) return {};
  return bad_request("the query may hold before (a number, of the list), after (a number, of members) and limit");
}

Result<WantedFleet> understand_fleets(std::string_view target) {
  WantedFleet wanted;
  auto rest = path_of(target).substr(rem::fleets_path.size());
  if (!rest.empty()) {
    rest.remove_prefix(1);
    const auto end = std::min(rest.find('/'), rest.size());
    if (end < rest.size()) wanted.part = rest.substr(end + 1);
    const bool is_part = end == rest.size() || wanted.part == "members" || wanted.part == "stop";
    if (!read_number(rest.substr(0, end), wanted.id) || wanted.id == 0 || !is_part) return tl::unexpected(nothing_there());
  }
  const auto query = parse_query(query_of(target));
  if (!query) return tl::unexpected(query.error());
  for (const auto& [name, value] : *query) {
    if (auto taken = take(wanted, name, value); !taken) return tl::unexpected(taken.error());
  }
  return wanted;
}

bool may_know(const security::Requestor& requestor, const store::FleetWork& fleet) {
  const bool is_scoped = requestor.grant && requestor.grant->is_scoped();
  return requestor.may_administrate() || (!is_scoped && fleet.requester == requestor.entity);
}

Result<std::string> read(const WantedFleet& wanted, const security::Requestor& requestor, store::ManagementReads& management) {
  const auto limit = static_cast<std::size_t>(wanted.limit);
  if (wanted.id == 0) {
    const auto of = requestor.may_administrate() ? std::string_view() : std::string_view(requestor.entity);
    return page_of("fleets", management.fleets(wanted.mark == 0 ? UINT64_MAX : wanted.mark, limit + 1, of), limit, [](const auto& fleet) { return fleet.id; });
  }
  const auto fleet = management.fleet(wanted.id);
  if (!fleet || !may_know(requestor, *fleet)) return tl::unexpected(nothing_there());
  if (wanted.part.empty()) return rem::to_json(*fleet, rem::details_of(management, fleet->id));
  return page_of("members", rem::fleet_entries(management, fleet->id, wanted.mark, limit + 1), limit, [](const auto& entry) { return entry.member.position; });
}

void record_stop(store::Transaction& transaction, const net::WebRequest& request, const security::Requestor& requestor, const store::FleetWork& fleet, Time now) {
  const auto number = std::to_string(fleet.id);
  security::AuditEntry entry;
  entry.event = "fleet.stopped";
  entry.principal = requestor.principal;
  entry.entity = requestor.entity;
  entry.source = request.peer;
  entry.target = fleet.group;
  entry.note = number;
  entry.status = name_of(Status::ok);
  security::append_audit(transaction, entry, now);
}

net::WebResponse refuse_method(std::string_view text, const char* allowed, const ResponseForm& form) {
  auto refusal = respond(Error{Status::method_not_allowed, std::string(text)}, form);
  refusal.fields.emplace_back("Allow", allowed);
  return refusal;
}

}  // namespace

bool is_fleets(const net::WebRequest& request) {
  const auto path = path_of(request.target);
  return path.starts_with(rem::fleets_path) && (path.size() == rem::fleets_path.size() || path[rem::fleets_path.size()] == '/');
}

net::Task<net::WebResponse> answer_fleets(const net::WebRequest& request, security::RequestorPtr requestor, Time now, store::Store& store) {
  const ResponseForm form{.format = codec::Format::json, .method = request.method};
  const auto wanted = understand_fleets(request.target);
  if (!wanted) co_return respond(wanted.error(), form);
  const bool is_read = request.method == Method::get || request.method == Method::head;
  const bool is_whole = wanted->id != 0 && wanted->part.empty(), is_stop = wanted->part == "stop";
  if (is_read && !is_stop) {
    Result<std::string> text;
    store.read([&](store::View& view) { text = read(*wanted, *requestor, view.management()); });
    if (!text) co_return respond(text.error(), form);
    co_return respond_json(*std::move(text));
  }
  const bool stops = (is_whole && request.method == Method::remove) || (is_stop && request.method == Method::post);
  if (!stops) co_return refuse_method("this can be read; a fleet work is stopped by DELETE, or by POST of stop below it", is_stop ? "POST" : is_whole ? "GET, HEAD, DELETE" : "GET, HEAD", form);
  std::string text;
  store::WriteJob job = [&](store::Transaction& transaction) -> Result<void> {
    auto& management = transaction.manage();
    const auto fleet = management.fleet(wanted->id);
    if (!fleet || !may_know(*requestor, *fleet)) return tl::unexpected(nothing_there());
    const auto stopped = rem::stop_fleet(management, wanted->id);
    if (!stopped) return tl::unexpected(stopped.error());
    record_stop(transaction, request, *requestor, *stopped, now);
    text = rem::to_json(*stopped, rem::details_of(management, wanted->id));
    return {};
  };
  const net::Executor executor = co_await boost::asio::this_coro::executor;
  const boost::asio::use_awaitable_t<net::Executor> token;
  const auto done = co_await store::async_write(store, std::move(job), boost::asio::query(executor, boost::asio::execution::context), token);
  if (!done) co_return respond(done.error(), form);
  co_return respond_json(std::move(text));
}

}  // namespace nscl::http
