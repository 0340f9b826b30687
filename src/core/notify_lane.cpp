// SPDX-License-Identifier: Apache-2.0
#include <nscl/core/notify_lane.h>

#include <nscl/base/bytes.h>
#include <nscl/core/authorise.h>

namespace nscl::core {

std::string notify_lane(std::uint64_t key) { return std::string(notify_lane_prefix) + to_base36(key); }
std::uint64_t key_of_notify_lane(std::string_view lane) { return from_base36(lane.substr(notify_lane_prefix.size())).value_or(0); }

std::vector<std::pair<std::string_view, std::string>> waiting_fields(store::View& view, const model::Resource& subscription,
                                                                     const security::Requestor& requestor) {
  std::vector<std::pair<std::string_view, std::string>> fields;
  if (!requestor.is_operator && text_of(subscription, subscriber_attribute) != requestor.principal) return fields;
  const auto name = notify_lane(subscription.key);
  const auto lane = view.lane(name);
  const bool has_to_tell = lane && (lane->due != never || !lane->parked_on.empty());
  const auto held = lane ? view.lane_size(name).rows : 0;
  fields.emplace_back("X-Nscl-Pending", std::to_string(held > 0 ? held : has_to_tell ? 1 : 0));
  if (lane && lane->failing_since != Time{}) fields.emplace_back("X-Nscl-Failing-Since", format_date_time(lane->failing_since));
  if (lane && !lane->error.empty()) fields.emplace_back("X-Nscl-Last-Error", lane->error);
  return fields;
}

}  // namespace nscl::core
