// SPDX-License-Identifier: Apache-2.0
// Notifier: the half of subscriptions that runs inside the transaction of a change: which subscribers are to be told,
// and when (procedures 5.9.2 to 5.9.5). On the writer's thread.
#pragma once

#include <functional>
#include <memory>

#include <nscl/core/outbound.h>
#include <nscl/core/policy.h>
#include <nscl/model/registry.h>

#include "notification.h"
#include "subscription_index.h"

namespace nscl::delivery {

class Notifier {
 public:
  using PolicySource = std::function<std::shared_ptr<const core::Policy>()>;
  Notifier(const model::Registry& registry, const Clock& clock, PolicySource policy) : registry_(registry), clock_(clock), policy_(std::move(policy)) {}

  void load(store::View& view) { index_.load(view); }
  void changed(store::Transaction& transaction, const core::Change& change);
  void appended(store::Transaction& transaction, const model::Resource& container, const model::Instance& instance);

 private:
  /// What happened to one resource, for subscribers that are told of each event (OM2M).
  struct Event {
    Status status;
    std::string path;
    const model::ResourceType* type;
    model::Object representation;
    const model::Instance* instance = nullptr;
  };
  using MakeEvent = std::function<std::optional<Event>(const model::Resource& subscription)>;

  void subscription_changed(store::Transaction& transaction, const core::Change& change);
  void end_subscriptions_below(store::Transaction& transaction, const model::Resource& gone);
  void end(store::Transaction& transaction, const model::Resource& subscription, Status status);
  /// The subscriptions of the resource at `path` have something to tell, by `tolerance` at the latest.
  void tell(store::Transaction& transaction, std::string_view path, Time tolerance, const MakeEvent& event);
  void mark(store::Transaction& transaction, const model::Resource& subscription, Time tolerance);
  void hold(store::Transaction& transaction, const model::Resource& subscription, const Event& event);
  std::optional<Event> event_of(store::Transaction& transaction, const core::Change& change, const model::Resource& subscription);

  const model::Registry& registry_;
  const Clock& clock_;
  PolicySource policy_;
  SubscriptionIndex index_;
};

/// When a subscription with something to tell may be served: after the pause it asked for, or when the delay that is
/// tolerated ends (procedures 5.9.5).
Time due_time(const model::Resource& subscription, const Progress& progress, Time now, Time tolerance);

}  // namespace nscl::delivery
