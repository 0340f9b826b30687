// SPDX-License-Identifier: Apache-2.0
#include "notifier.h"

#include <algorithm>

#include <nscl/base/path.h>
#include <nscl/core/authorise.h>
#include <nscl/core/notify_lane.h>
#include <nscl/core/representation.h>

namespace nscl::delivery {

using core::Change;
using core::Dialect;

namespace {

constexpr std::size_t subscriptions_per_look = 100'000;

bool is_om2m(const model::Resource& subscription) { return core::text_of(subscription, core::subscription_dialect_attribute) == "om2m"; }

/// OM2M's clients write `content` into ifMatch when they want the bare payload; any other criterion empties the representation.
enum class Om2mForm { whole, payload, none };
Om2mForm form_of(const model::Resource& subscription) {
  const auto* criteria = subscription.attributes.find("filterCriteria");
  if (!criteria) return Om2mForm::whole;
  const auto* match = criteria->find("ifMatch");
  const bool wants_payload = match && std::any_of(match->list().begin(), match->list().end(), [](const auto& v) { return v.text() == "content"; });
  return wants_payload ? Om2mForm::payload : Om2mForm::none;
}

}  // namespace

Time due_time(const model::Resource& subscription, const Progress& progress, Time now, Time tolerance) {
  auto due = now;
  const auto* pause = subscription.attributes.find("minimalTimeBetweenNotifications");
  if (const auto* milliseconds = pause ? pause->get<std::int64_t>() : nullptr) {
    constexpr std::int64_t century = 3'155'760'000'000;
    due = std::max(due, progress.sent + std::chrono::milliseconds{std::min(*milliseconds, century)});
  }
  const auto* until = subscription.attributes.find("delayTolerance");
  const auto* own = until ? until->get<Time>() : nullptr;
  auto end = never;   // until then it may be held back
  if (own && *own > now) end = *own;
  if (tolerance > now) end = std::min(end, tolerance);
  return end == never ? due : std::max(due, end);
}

void Notifier::changed(store::Transaction& transaction, const Change& change) {
  const auto& resource = change.resource;
  if (resource.type->name == "subscription") return subscription_changed(transaction, change);
  const MakeEvent event = [&](const model::Resource& subscription) { return event_of(transaction, change, subscription); };
  if (change.kind == Change::Kind::deleted) end_subscriptions_below(transaction, resource);
  if (change.kind == Change::Kind::updated) tell(transaction, resource.path, Time::min(), {});
  if (!resource.path.empty() && !resource.type->parents.empty()) {
    const bool is_listed = change.kind != Change::Kind::updated;
    tell(transaction, parent_path(resource.path), is_listed ? Time::min() : never, event);
  }
}

void Notifier::appended(store::Transaction& transaction, const model::Resource& container, const model::Instance& instance) {
  const auto path = join(container.path, "contentInstances");
  if (!index_.may_have(path)) return;
  const MakeEvent event = [&](const model::Resource&) -> std::optional<Event> {
    Event created{.status = Status::created, .path = join(path, instance.id), .type = registry_.find("contentInstance"), .representation = {}, .instance = &instance};
    created.representation = core::represent(instance, created.path, *policy_(), Dialect::om2m, false);
    return created;
  };
  tell(transaction, path, instance.delay_tolerance.value_or(Time::min()), event);
}

// `tolerance` never: nothing happened that a subscriber of the standard dialect is told of.
void Notifier::tell(store::Transaction& transaction, std::string_view path, Time tolerance, const MakeEvent& event) {
  if (!index_.may_have(path)) return;
  const auto collection = join(path, "subscriptions");
  for (const auto& entry : transaction.children(collection, subscriptions_per_look)) {
    const auto subscription = transaction.find(join(collection, entry.name));
    if (!subscription || subscription->expiration_time <= clock_.now()) continue;
    if (!is_om2m(*subscription)) {
      if (tolerance != never) mark(transaction, *subscription, tolerance);
    } else if (event) {
      if (const auto what = event(*subscription)) hold(transaction, *subscription, *what);
    }
  }
}

// A lane that waits already is told of what is there when its time comes; only an earlier time changes it, and none
// while it backs off from a receiver that failed.
void Notifier::mark(store::Transaction& transaction, const model::Resource& subscription, Time tolerance) {
  auto lane = transaction.lane(core::notify_lane(subscription.key)).value_or(store::Lane{.name = core::notify_lane(subscription.key)});
  const auto now = transaction.stamp();
  const auto due = due_time(subscription, decode_progress(lane.state), now, tolerance);
  if (!lane.parked_on.empty() || lane.due <= due || (lane.due != never && lane.attempts > 0)) return;
  lane.due = due;
  transaction.put_lane(lane);
}

void Notifier::hold(store::Transaction& transaction, const model::Resource& subscription, const Event& event) {
  auto notification = head_of(subscription);
  notification.status = event.status;
  const auto form = form_of(subscription);
  if (form == Om2mForm::payload && event.instance) {
    notification.content_type = event.instance->content_type;
    notification.representation = event.instance->content;
  } else if (form == Om2mForm::whole) {
    notification.content_type = codec::media_type(codec::Format::xml);
    notification.representation = codec::encode(codec::Format::xml, *event.type, event.representation, core::style_of(Dialect::om2m));
  }
  const auto name = core::notify_lane(subscription.key);
  auto lane = transaction.lane(name).value_or(store::Lane{.name = name});
  const auto now = transaction.stamp();
  const bool is_idle = lane.due == never && lane.parked_on.empty();
  if (is_idle) {
    lane.due = now;
    transaction.put_lane(lane);
  }
  transaction.put_row({.lane = name, .created = now, .body = encode(notification)});
}

// Only what the subscriber may read is told.
std::optional<Notifier::Event> Notifier::event_of(store::Transaction& transaction, const Change& change, const model::Resource& subscription) {
  const auto policy = policy_();
  const auto requestor = security::requestor_named(transaction, core::text_of(subscription, core::subscriber_attribute), clock_.now());
  if (!requestor) return std::nullopt;
  core::Authoriser authoriser(transaction, registry_, *policy, *requestor, clock_.now());
  if (authoriser.resource(change.resource, security::Flag::read) != security::Decision::allowed) return std::nullopt;
  core::RequestIndication request;
  request.dialect = Dialect::om2m;
  request.from = requestor;
  const auto status = change.kind == Change::Kind::created ? Status::created : change.kind == Change::Kind::updated ? Status::ok : Status::deleted;
  core::Representer representer(transaction, registry_, *policy, request, clock_.now());
  return Event{.status = status, .path = change.resource.path, .type = change.resource.type, .representation = representer.resource(change.resource)};
}

// ---- subscriptions themselves

void Notifier::subscription_changed(store::Transaction& transaction, const Change& change) {
  const auto& subscription = change.resource;
  switch (change.kind) {
    case Change::Kind::created: {
      index_.add(subscription);
      store::Lane lane{.name = core::notify_lane(subscription.key)};
      // The present state is told first; OM2M's subscribers wait for events only (procedures 5.9.1 step 9).
      if (!is_om2m(subscription)) lane.due = transaction.stamp();
      transaction.put_lane(lane);
      break;
    }
    case Change::Kind::deleted:
      if (subscription.expiration_time <= clock_.now()) end(transaction, subscription, Status::expired);
      else transaction.erase_lane(core::notify_lane(subscription.key));
      break;
    case Change::Kind::updated: break;
  }
}

void Notifier::end_subscriptions_below(store::Transaction& transaction, const model::Resource& gone) {
  for (const auto& path : index_.within(gone.path)) {
    const auto collection = join(path, "subscriptions");
    for (const auto& entry : transaction.children(collection, subscriptions_per_look)) {
      if (const auto subscription = transaction.find(join(collection, entry.name))) end(transaction, *subscription, Status::deleted);
    }
  }
}

// The last word to a subscriber. What was held for it before leaves first; then the lane ends.
void Notifier::end(store::Transaction& transaction, const model::Resource& subscription, Status status) {
  auto last = head_of(subscription);
  set_error(last, {status, status == Status::expired ? "the subscription has expired" : "the resource that was subscribed to is gone"});
  const auto name = core::notify_lane(subscription.key);
  auto lane = transaction.lane(name).value_or(store::Lane{.name = name});
  const auto now = transaction.stamp();
  if (lane.attempts == 0 && lane.parked_on.empty()) lane.due = now;
  transaction.put_lane(lane);
  transaction.put_row({.lane = name, .created = now, .body = encode(last)});
}

}  // namespace nscl::delivery
