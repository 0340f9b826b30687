// SPDX-License-Identifier: Apache-2.0
#include "alarms.h"

#include <charconv>

#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <nlohmann/json.hpp>

#include <nscl/base/path.h>
#include <nscl/rem/alarms.h>
#include <nscl/rem/device_json.h>
#include <nscl/security/audit.h>

#include "response.h"
#include "target.h"

namespace nscl::http {
namespace {

constexpr std::string_view all_alarms = "/m2m-admin/alarms", devices = "/m2m-admin/devices/", part = "alarms";
constexpr std::size_t most_alarms = 1000, usual_alarms = 100, longest_device = 512;

struct Asked {
  std::string device;                  ///< empty: of all
  std::string kind;                    ///< empty: all
  std::string after_device, after_kind;
  std::size_t limit = usual_alarms;
};

/// What stands behind the id of a device, and the id; nothing for another path.
std::optional<std::pair<std::string_view, std::string_view>> split(std::string_view path) {
  if (!path.starts_with(devices)) return std::nullopt;
  path.remove_prefix(devices.size());
  const auto end = path.find('/');
  if (end == path.npos) return std::nullopt;
  return std::pair(path.substr(0, end), path.substr(end + 1));
}

Error nothing_here() { return {Status::not_found, "nothing of alarms has this path"}; }

Result<void> take_query(Asked& asked, const std::string& name, const std::string& value) {
  if (name == "limit") {
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), asked.limit);
    if (error == std::errc{} && end == value.data() + value.size() && asked.limit > 0 && asked.limit <= most_alarms) return {};
    return bad_request("limit is 1 to 1000");
  }
  const auto slash = value.find('/');
  if (name != "after" || slash == value.npos || slash > longest_device) return bad_request("the query may hold after (what next said) and limit");
  asked.after_device = value.substr(0, slash);
  asked.after_kind = value.substr(slash + 1);
  return {};
}

Result<Asked> understand_alarms(std::string_view target) {
  Asked asked;
  const auto query = parse_query(query_of(target));
  if (!query) return tl::unexpected(query.error());
  const auto of_device = split(path_of(target));
  if (!of_device) {
    for (const auto& [name, value] : *query) {
      if (auto taken = take_query(asked, name, value); !taken) return tl::unexpected(taken.error());
    }
    return asked;
  }
  if (!query->empty()) return bad_request("the alarms of one device are asked for without a query");
  const auto id = percent_decode(of_device->first);
  auto kind = of_device->second.substr(part.size());
  if (kind.starts_with('/')) kind.remove_prefix(1);
  if (!id || id->empty() || id->size() > longest_device || (of_device->second.size() > part.size() && !rem::is_alarm_kind(kind))) return tl::unexpected(nothing_here());
  asked.device = *id;
  asked.kind = kind;
  return asked;
}

std::string list_of(const std::vector<store::ManagementAlarm>& alarms) {
  std::string out = "{\"alarms\":[";
  for (const auto& alarm : alarms) out += (&alarm == &alarms.front() ? "" : ",") + rem::to_json(alarm);
  return out + "]";
}

Result<std::string> read(const Asked& asked, store::ManagementReads& management) {
  if (asked.device.empty()) {
    auto alarms = management.alarms_after(asked.after_device, asked.after_kind, asked.limit + 1);
    const bool has_more = alarms.size() > asked.limit;
    if (has_more) alarms.pop_back();
    const auto next = has_more ? nlohmann::json(alarms.back().device + "/" + alarms.back().kind) : nlohmann::json();
    return list_of(alarms) + ",\"next\":" + next.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) + "}";
  }
  if (!management.device(asked.device)) return failure(Status::not_found, "there is no such device");
  if (asked.kind.empty()) return list_of(management.alarms(asked.device)) + "}";
  const auto alarm = management.alarm(asked.device, asked.kind);
  return alarm ? Result<std::string>(rem::to_json(*alarm)) : failure(Status::not_found, "there is no such alarm");
}

store::WriteJob clear(const Asked& asked, const net::WebRequest& request, const security::Requestor& requestor, Time now) {
  return [&asked, &request, &requestor, now](store::Transaction& transaction) -> Result<void> {
    const auto device = transaction.management().device(asked.device);
    const auto cleared = device ? rem::clear_alarms(transaction.manage(), asked.device, asked.kind) : std::string();
    if (cleared.empty()) return failure(Status::not_found, "there is no such alarm");
    const std::string note = asked.device + " " + cleared;
    security::AuditEntry entry;
    entry.event = rem::alarm::cleared_event;
    entry.principal = requestor.principal;
    entry.entity = requestor.entity;
    entry.source = request.peer;
    entry.operation = "DELETE";
    entry.target = device->managed;
    entry.note = note;
    entry.status = name_of(Status::ok);
    security::append_audit(transaction, entry, now);
    return {};
  };
}

}  // namespace

bool is_alarms(const net::WebRequest& request) {
  const auto path = path_of(request.target);
  if (path == all_alarms) return true;
  const auto of_device = split(path);
  return of_device && (of_device->second == part || of_device->second.starts_with("alarms/"));
}

net::Task<net::WebResponse> answer_alarms(const net::WebRequest& request, security::RequestorPtr requestor, Time now, store::Store& store) {
  const ResponseForm form{.format = codec::Format::json, .method = request.method};
  const auto asked = understand_alarms(request.target);
  const bool clears = request.method == net::Method::remove && asked && !asked->device.empty() && requestor->may_administrate();
  if (!clears) {
    if (auto refusal = refuse_all_but_reading(request, *requestor, form)) co_return *std::move(refusal);
    if (!asked) co_return respond(asked.error(), form);
    Result<std::string> text;
    store.read([&](store::View& view) { text = read(*asked, view.management()); });
    co_return text ? respond_json(*std::move(text)) : respond(text.error(), form);
  }
  const net::Executor executor = co_await boost::asio::this_coro::executor;
  auto job = clear(*asked, request, *requestor, now);
  const boost::asio::use_awaitable_t<net::Executor> token;
  const auto cleared = co_await store::async_write(store, std::move(job), boost::asio::query(executor, boost::asio::execution::context), token);
  if (!cleared) co_return respond(cleared.error(), form);
  net::WebResponse done;
  done.status = 204;
  co_return done;
}

}  // namespace nscl::http
