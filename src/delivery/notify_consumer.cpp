// SPDX-License-Identifier: Apache-2.0
#include "notify_consumer.h"

#include <algorithm>

#include <nscl/base/log.h>
#include <nscl/core/authorise.h>
#include <nscl/core/notify_lane.h>
#include <nscl/net/awaiting.h>

#include "notifier.h"

namespace nscl::delivery {
std::chrono::seconds retry_pause(const NotifyOptions& options, unsigned attempts) {
  auto pause = options.first_retry;
  for (unsigned i = 1; i < attempts && pause < options.last_retry; ++i) pause *= 2;
  return std::min(pause, options.last_retry);
}

// Held notifications leave before the present state is looked at: they are older.
NotifyConsumer::Work NotifyConsumer::find_work(const store::Lane& lane) {
  Work work;
  store_.read([&](store::View& view) {
    work.key = core::key_of_notify_lane(lane.name);
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
  });
  return work;
}

net::Task<void> NotifyConsumer::run(store::Lane lane) {
  const auto work = find_work(lane);
  CallOutcome outcome;
  outcome.kind = CallOutcome::Kind::arrived;
  if (work.notification) {
    const auto& notification = *work.notification;
    ContactCall call{.contact = notification.contact, .authority = notification.authority, .principal = notification.subscriber,
                     .dialect = notification.dialect, .format = notification.format};
    call.content_type = codec::media_type(notification.format);
    call.document = document_of(notification, *pipeline_.policy());
    outcome = co_await caller_.call(std::move(call));
  }
  store::WriteJob job = [this, name = lane.name, &work, &outcome](store::Transaction& transaction) { return record(transaction, name, work, outcome); };
  const auto written = co_await store::async_write(store_, std::move(job), context_, net::as_result);
  // The lane stays as it was and is found again: the receiver may be told once more, never less.
  if (!written) log::warning("the outcome of a notification could not be written", {{"lane", lane.name}, {"reason", written.error().detail}});
}

// ---- writing down what came of it

Result<void> NotifyConsumer::record(store::Transaction& transaction, const std::string& name, const Work& work, const CallOutcome& outcome) {
  auto lane = transaction.lane(name);
  if (!lane) return {};   // unsubscribed meanwhile
  switch (outcome.kind) {
    case CallOutcome::Kind::arrived: arrived(transaction, *lane, work); break;
    case CallOutcome::Kind::failed: failed(transaction, *lane, work, outcome); break;
    case CallOutcome::Kind::refused: {
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
    case CallOutcome::Kind::parked:
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

void NotifyConsumer::failed(store::Transaction& transaction, store::Lane& lane, const Work& work, const CallOutcome& outcome) {
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
