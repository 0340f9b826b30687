// SPDX-License-Identifier: Apache-2.0
#include "devices.h"

#include <nscl/base/path.h>
#include <nscl/rem/device_json.h>

#include "page.h"
#include "response.h"
#include "target.h"

namespace nscl::http {
namespace {

constexpr std::string_view devices_path = "/m2m-admin/devices";
constexpr std::size_t longest_id = 512;

struct WantedDevice {
  std::string device;                  ///< empty: the list
  std::string part;                    ///< "operations", "events", "traces", or empty: the device itself
  std::uint64_t trace = 0;             ///< of traces the one with this number; 0: their list
  std::string after;
  std::uint64_t before = UINT64_MAX;
  std::size_t limit = usual_entries;
};

Error not_found(std::string detail) { return {Status::not_found, std::move(detail)}; }

Result<void> parse_path(std::string_view path, WantedDevice& wanted) {
  auto rest = path.substr(devices_path.size());
  if (rest.empty()) return {};
  rest.remove_prefix(1);
  const auto end = std::min(rest.find('/'), rest.size());
  const auto id = percent_decode(rest.substr(0, end));
  if (end < rest.size()) wanted.part = rest.substr(end + 1);
  constexpr std::string_view one_trace = "traces/";
  const bool is_trace = wanted.part.starts_with(one_trace) && read_number(std::string_view(wanted.part).substr(one_trace.size()), wanted.trace) && wanted.trace != 0;
  const bool is_known = end == rest.size() || wanted.part == "operations" || wanted.part == "events" || wanted.part == "traces" || is_trace;
  if (!id || id->empty() || id->size() > longest_id || !is_known) return tl::unexpected(not_found("nothing of devices has this path"));
  wanted.device = *id;
  return {};
}

Result<void> take(WantedDevice& wanted, const std::string& name, const std::string& value) {
  const bool is_list = wanted.device.empty(), goes_back = wanted.part == "events" || wanted.part == "traces";
  std::uint64_t number = 0;
  if (name == "limit" && (is_list || goes_back)) {
    if (!read_number(value, number) || number == 0 || number > most_entries) return bad_request("limit is 1 to 1000");
    wanted.limit = static_cast<std::size_t>(number);
    return {};
  }
  if (name == "after" && is_list && value.size() <= longest_id) {
    wanted.after = value;
    return {};
  }
  if (name == "before" && goes_back) return read_number(value, wanted.before) ? Result<void>{} : bad_request("before is the number of an event or trace");
  return bad_request("the query may hold after (of the list), before (of events and traces) and limit");
}

Result<WantedDevice> understand_devices(std::string_view target) {
  WantedDevice wanted;
  if (auto parsed = parse_path(path_of(target), wanted); !parsed) return tl::unexpected(parsed.error());
  const auto query = parse_query(query_of(target));
  if (!query) return tl::unexpected(query.error());
  for (const auto& [name, value] : *query) {
    if (auto taken = take(wanted, name, value); !taken) return tl::unexpected(taken.error());
  }
  return wanted;
}

Result<std::string> read(const WantedDevice& wanted, store::ManagementReads& management) {
  if (wanted.device.empty()) {
    return page_of("devices", management.devices(wanted.after, wanted.limit + 1), wanted.limit, [](const auto& device) { return device.id; });
  }
  const auto device = management.device(wanted.device);
  if (!device) return tl::unexpected(not_found("there is no such device"));
  if (wanted.part.empty()) return rem::to_json(*device, rem::details_of(management, device->id));
  if (wanted.part == "operations") {
    return page_of("operations", management.pending(device->id, most_entries), most_entries, [](const auto& operation) { return operation.id; });
  }
  if (wanted.part == "traces") {
    return page_of("traces", management.traces(device->id, wanted.before, wanted.limit + 1), wanted.limit, [](const auto& trace) { return trace.id; });
  }
  if (wanted.trace != 0) {
    const auto trace = management.trace(device->id, wanted.trace);
    return trace ? Result<std::string>(rem::to_json(*trace)) : tl::unexpected(not_found("there is no such trace, or it is not kept any more"));
  }
  return page_of("events", management.events(device->id, wanted.before, wanted.limit + 1), wanted.limit, [](const auto& event) { return event.id; });
}

}  // namespace

bool is_devices(const net::WebRequest& request) {
  const auto path = path_of(request.target);
  return path.starts_with(devices_path) && (path.size() == devices_path.size() || path[devices_path.size()] == '/');
}

net::WebResponse answer_devices(const net::WebRequest& request, const security::Requestor& requestor, store::Store& store) {
  const ResponseForm form{.format = codec::Format::json, .method = request.method};
  if (auto refusal = refuse_all_but_reading(request, requestor, form)) return *std::move(refusal);
  const auto wanted = understand_devices(request.target);
  if (!wanted) return respond(wanted.error(), form);
  Result<std::string> text;
  store.read([&](store::View& view) { text = read(*wanted, view.management()); });
  return text ? respond_json(*std::move(text)) : respond(text.error(), form);
}

}  // namespace nscl::http
