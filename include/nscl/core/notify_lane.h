// SPDX-License-Identifier: Apache-2.0
// The lane of the outbox in which a subscription's notifications wait: its name, and what it says of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nscl/model/resource.h>
#include <nscl/security/requestor.h>
#include <nscl/store/view.h>

namespace nscl::core {

inline constexpr std::string_view notify_lane_prefix = "notify/";

/// The lane of a subscription's notifications; `key` is that of the resource.
std::string notify_lane(std::uint64_t key);
/// The key in the name of such a lane.
std::uint64_t key_of_notify_lane(std::string_view lane);

/// What waits for the subscriber and why, as header fields (docs/delivery.md): X-Nscl-Pending, and while its receiver
/// fails X-Nscl-Failing-Since and X-Nscl-Last-Error. None for anybody but the subscriber and operators.
std::vector<std::pair<std::string_view, std::string>> waiting_fields(store::View& view, const model::Resource& subscription,
                                                                     const security::Requestor& requestor);

}  // namespace nscl::core
