// SPDX-License-Identifier: Apache-2.0
#include "notify_consumer.h"

#include <algorithm>

#include <boost/asio/use_awaitable.hpp>

#include <nscl/base/log.h>
#include <nscl/core/authorise.h>
#include <nscl/core/representation.h>

#include "channels.h"
#include "notifier.h"

namespace nscl::delivery {
namespace {

constexpr unsigned failures_before_giving_up = 10;
constexpr auto as_result = boost::asio::use_awaitable_t<net::Executor>{};

bool is_success(Status status) { return status == Status::ok || status == Status::created || status == Status::accepted; }

/// A receiver that answers like this does not want to be told (procedures 5.9.5); the rest may be different next time.
bool is_refusal(Status status) {
  switch (status) {
    case Status::bad_request:
    case Status::permission_denied:
    case Status::forbidden:
    case Status::not_found:
    case Status::method_not_allowed:
    case Status::not_acceptable:
    case Status::conflict:
    case Status::unsupported_media_type:
    case Status::deleted: return true;
    default: return false;
  }
}

}  // namespace

std::chrono::seconds retry_pause(const NotifyOptions& options, unsigned attempts) {
  auto pause = options.first_retry;
  for (unsigned i = 1; i < attempts && pause < options.last_retry; ++i) pause *= 2;
  return std::min(pause, options.last_retry);
}

// Held notifications leave before the present state is looked at: they are older.
NotifyConsumer::Work NotifyConsumer::find_work(const store::Lane& lane) {
  Work work;
  store_.read([&](store::View& view) {
    work.key = key_of_lane(lane.name);
    const auto subscription = view.find(work.key);
    if (subscription) work.subscription = subscription->path;
    work.progress = decode_progress(lane.state);
    if (const auto rows = view.lane_rows(lane.name, 2); !rows.empty()) {
      work.row = rows.front().id;
      work.has_more = rows.size() > 1;
      if (auto held = decode_notification(rows.front().body)) work.notification = *std::move(held);
    } else if (subscription && is_behind(view, registry_, *subscription, work.progress)) {
      auto report = report_state(view, registry_, *pipeline_.policy(), *subscription, work.progress, clock_.now());
      work.notification = std::move(report.notification);
      work.progress = report.progress;
      work.ends_subscription = report.ends_subscription;
      work.has_more = report.has_more;
    }
    if (work.notification) work.subscriber = subscriber_of(view, work.notification->subscriber);
  });
  return work;
}

net::Task<void> NotifyConsumer::run(store::Lane lane) {
  const auto work = find_work(lane);
  Outcome outcome;
  outcome.kind = Outcome::Kind::arrived;
  if (work.notification) outcome = co_await send(work);
  store::WriteJob job = [this, name = lane.name, &work, &outcome](store::Transaction& transaction) { return record(transaction, name, work, outcome); };
  const auto written = co_await store::async_write(store_, std::move(job), context_, as_result);
  // The lane stays as it was and is found again: the receiver may be told once more, never less.
  if (!written) log::warning("the outcome of a notification could not be written", {{"lane", lane.name}, {"reason", written.error().detail}});
}

// ---- sending

net::Task<NotifyConsumer::Outcome> NotifyConsumer::send(const Work& work) {
  const auto& notification = *work.notification;
  const auto policy = pipeline_.policy();
  auto document = document_of(notification, *policy);
  if (const auto channel = channels_.find_contact(notification.contact)) {
    Channels::Message message;
    message.content_type = codec::media_type(notification.format);
    message.content = std::make_shared<const std::string>(std::move(document));
    message.target = notification.contact;
    const bool taken = co_await channels_.hand_over(*channel, std::move(message));
    Outcome outcome;
    outcome.kind = taken ? Outcome::Kind::arrived : Outcome::Kind::parked;
    outcome.parked_on = channel->parking_place();
    co_return outcome;
  }
  std::string path = "\n";
  if (work.subscriber) {
    store_.read([&](store::View& view) {
      const security::AccessControl access(view, *work.subscriber, *policy, clock_.now());
      path = access.local_path(notification.contact, notification.authority);
    });
  }
  if (path != "\n") co_return co_await send_inside(work, std::move(path), std::move(document));

  core::RequestIndication request;
  request.verb = model::Verb::notify;
  request.dialect = notification.dialect;
  request.from = std::make_shared<const security::Requestor>();   // this SCL tells it
  request.host = notification.authority;
  request.format = request.answer_format = notification.format;
  request.content_type = codec::media_type(notification.format);
  request.content = document;
  const bool is_relative = notification.contact.find("://") == std::string::npos && !notification.contact.starts_with('/');
  core::ResponseConfirm answer;
  if (is_relative) {   // OM2M: the SCL stands first
    core::Route route;
    const auto slash = std::min(notification.contact.find('/'), notification.contact.size());
    route.scl_id = notification.contact.substr(0, slash);
    route.path = notification.contact.substr(std::min(slash + 1, notification.contact.size()));
    answer = co_await forwarder_.relay(std::move(request), std::move(route), context_);
  } else {
    answer = co_await forwarder_.call(std::move(request), notification.contact, context_);
  }
  Outcome outcome;
  outcome.kind = is_success(answer.status) ? Outcome::Kind::arrived : is_refusal(answer.status) ? Outcome::Kind::refused : Outcome::Kind::failed;
  outcome.reason = name_of(answer.status);
  outcome.retry_after = std::chrono::seconds{answer.retry_after};
  co_return outcome;
}

// The contact is a resource here: a container that mirrors another, or an application's point of contact. The
// subscriber's own rights decide, or a subscription would lend out those of this SCL.
net::Task<NotifyConsumer::Outcome> NotifyConsumer::send_inside(const Work& work, std::string path, std::string document) {
  const auto& notification = *work.notification;
  core::RequestIndication request;
  request.verb = model::Verb::create;
  request.to = std::move(path);
  request.dialect = notification.dialect;
  request.from = work.subscriber;
  request.host = notification.authority;
  request.format = request.answer_format = notification.format;
  request.content_type = codec::media_type(notification.format);
  request.content = document;
  const auto answer = co_await pipeline_.handle(std::move(request), context_);
  Outcome outcome;
  outcome.kind = is_success(answer.status) ? Outcome::Kind::arrived : is_refusal(answer.status) ? Outcome::Kind::refused : Outcome::Kind::failed;
  outcome.reason = name_of(answer.status);
  co_return outcome;
}

// ---- writing down what came of it

Result<void> NotifyConsumer::record(store::Transaction& transaction, const std::string& name, const Work& work, const Outcome& outcome) {
  auto lane = transaction.lane(name);
  if (!lane) return {};   // unsubscribed meanwhile
  switch (outcome.kind) {
    case Outcome::Kind::arrived: arrived(transaction, *lane, work); break;
    case Outcome::Kind::failed: failed(transaction, *lane, work, outcome); break;
    case Outcome::Kind::refused: {
      const bool is_om2m = work.notification->dialect == core::Dialect::om2m;
      if (is_om2m) {   // its receivers answer anything; only time tells
        failed(transaction, *lane, work, outcome);
        break;
      }
      log::info("subscription deleted: its receiver refuses notifications", {{"subscription", work.notification->reference}, {"answer", outcome.reason}});
      if (transaction.find(work.key)) transaction.erase(work.subscription);
      transaction.erase_lane(name);
      break;
    }
    case Outcome::Kind::parked:
      lane->due = never;
      lane->parked_on = outcome.parked_on;
      transaction.put_lane(*lane);
      break;
  }
  return {};
}

void NotifyConsumer::arrived(store::Transaction& transaction, store::Lane& lane, const Work& work) {
  if (work.row) transaction.erase_row(work.row);
  const auto subscription = transaction.find(work.key);
  const bool is_over = !subscription || work.ends_subscription;
  if (subscription && work.ends_subscription) transaction.erase(subscription->path);
  const bool has_rows = !transaction.lane_rows(lane.name, 1).empty();
  if (is_over && !has_rows) return transaction.erase_lane(lane.name);
  auto progress = work.progress;
  const auto now = transaction.stamp();
  if (work.notification) progress.sent = clock_.now();
  lane.state = encode(progress);
  lane.attempts = 0;
  lane.failing_since = Time{};
  lane.error.clear();
  lane.parked_on.clear();
  lane.due = has_rows                                                              ? now
             : subscription && is_behind(transaction, registry_, *subscription, progress) ? due_time(*subscription, progress, now, Time::min())
                                                                                  : never;
  transaction.put_lane(lane);
}

void NotifyConsumer::failed(store::Transaction& transaction, store::Lane& lane, const Work& work, const Outcome& outcome) {
  const auto now = clock_.now();
  lane.attempts += 1;
  if (lane.failing_since == Time{}) lane.failing_since = now;
  lane.error = outcome.reason;
  lane.parked_on.clear();
  if (lane.attempts >= failures_before_giving_up && now - lane.failing_since >= options_.give_up) {
    log::warning("subscription deleted: its receiver has failed for too long", {{"subscription", work.notification->reference}, {"last", outcome.reason}});
    if (const auto subscription = transaction.find(work.key)) transaction.erase(subscription->path);
    return transaction.erase_lane(lane.name);
  }
  lane.due = now + std::max(retry_pause(options_, lane.attempts), outcome.retry_after);
  transaction.put_lane(lane);
}

}  // namespace nscl::delivery
