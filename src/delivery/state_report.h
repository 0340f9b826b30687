// SPDX-License-Identifier: Apache-2.0
// StateReport: what a subscriber of the standard dialect would see now, had it asked with its filterCriteria
// (procedures 5.9.2, resources.md 1.16).
#pragma once

#include <optional>

#include <nscl/core/filter.h>
#include <nscl/core/policy.h>
#include <nscl/model/registry.h>
#include <nscl/store/view.h>

#include "notification.h"

namespace nscl::delivery {

struct StateReport {
  std::optional<Notification> notification;   ///< nullopt: nothing that the criteria let through
  Progress progress;                          ///< how far the subscriber has been told once this has arrived
  bool ends_subscription = false;             ///< the notification says why nothing more will come
  bool has_more = false;                      ///< there is more than fits into one notification
};

StateReport report_state(store::View& view, const model::Registry& registry, const core::Policy& policy, const model::Resource& subscription,
                         const Progress& progress, Time now);

/// True if something happened that `progress` does not cover.
bool is_behind(store::View& view, const model::Registry& registry, const model::Resource& subscription, const Progress& progress);

}  // namespace nscl::delivery
