// SPDX-License-Identifier: Apache-2.0
// AnnounceConsumer: writing down what came of an announcement, and when it has to be looked at again.
#include <algorithm>

#include <nscl/base/log.h>

#include "announce_consumer.h"

namespace nscl::delivery {

using model::Verb;
using State = Announcement::State;

namespace {

constexpr std::chrono::seconds shortest_refresh{60};   ///< a target that gives less time than this loses announcements now and then

}  // namespace

Result<void> AnnounceConsumer::record(store::Transaction& transaction, const std::string& name, const Work& work, const Outcome& outcome) {
  auto lane = transaction.lane(name);
  if (!lane) return {};   // the target has gone meanwhile
  if (!transaction.find(parse_announce_lane(name).scl)) {
    transaction.erase_lane(name);
    return {};
  }
  if (outcome.kind == Outcome::Kind::failed) {
    failed(transaction, *lane, work, outcome);
    return {};
  }
  if (work.row && settle(transaction, work, outcome)) transaction.erase_row(work.row);
  lane->attempts = 0;
  lane->failing_since = Time{};
  lane->error.clear();
  lane->due = transaction.lane_rows(name, 1).empty() ? never : transaction.stamp();
  transaction.put_lane(*lane);
  return {};
}

bool AnnounceConsumer::settle(store::Transaction& transaction, const Work& work, const Outcome& outcome) {
  if (work.verb == Verb::none) return true;
  if (outcome.kind == Outcome::Kind::refused) {
    log::info("an SCL refuses an announcement", {{"scl", work.scl_id}, {"place", work.task.place}, {"answer", outcome.reason}});
  }
  if (work.verb == Verb::remove) return true;
  const auto original = transaction.find(work.task.original);
  auto announcements = original ? announcements_of(*original) : std::vector<Announcement>{};
  auto* announcement = find_announcement(announcements, work.scl);
  if (!announcement || announcement->place != work.task.place) {   // no longer wanted, and whoever said so knew only this place
    if (!outcome.place.empty() && outcome.place != work.task.place) announcer_.queue(transaction, work.scl, {0, outcome.place});
    return true;
  }
  if (outcome.kind == Outcome::Kind::refused) {
    announcer_.refused(transaction, *original, work.scl);
    return true;
  }
  const bool is_stale = original->last_modified_time != work.original->last_modified_time;
  const auto next = outcome.kind == Outcome::Kind::missing ? State::create : is_stale ? State::update : State::done;
  announcement->state = next;
  settled(transaction, work, outcome, *original, std::move(announcements));
  return next == State::done;
}

void AnnounceConsumer::settled(store::Transaction& transaction, const Work& work, const Outcome& outcome, const model::Resource& original,
                               std::vector<Announcement> announcements) {
  if (outcome.kind == Outcome::Kind::done) note_end(transaction, work, outcome);
  auto* announcement = find_announcement(announcements, work.scl);
  const bool is_elsewhere = !outcome.place.empty() && outcome.place != announcement->place;
  if (is_elsewhere) {
    announcement->place = outcome.place;
    if (announcement->state == State::update) announcer_.queue(transaction, work.scl, {original.key, outcome.place});   // the old row names the old place
    return announcer_.moved(transaction, original, announcements);
  }
  auto changed = original;
  set_announcements(changed, announcements);
  transaction.put(std::move(changed));
}

void AnnounceConsumer::failed(store::Transaction& transaction, store::Lane& lane, const Work& work, const Outcome& outcome) {
  const auto now = clock_.now();
  lane.attempts += 1;
  if (lane.failing_since == Time{}) lane.failing_since = now;
  lane.error = outcome.reason;
  lane.due = now + std::max(retry_pause(options_, lane.attempts), outcome.retry_after);
  // One announcement that the target breaks at must not keep the others from it; a target that is away keeps all waiting.
  const bool is_hopeless = outcome.is_their_fault && lane.attempts >= failures_before_giving_up && now - lane.failing_since >= options_.give_up;
  if (is_hopeless) {
    auto given_up = outcome;
    given_up.kind = Outcome::Kind::refused;
    settle(transaction, work, given_up);
    transaction.erase_row(work.row);
    lane.attempts = 0;
    lane.failing_since = Time{};
  }
  transaction.put_lane(lane);
}

// ---- time

// A target may give an announcement less time than the original has: half of it is waited for.
void AnnounceConsumer::note_end(store::Transaction& transaction, const Work& work, const Outcome& outcome) const {
  const auto name = refresh_lane(work.scl, work.task.original);
  if (!outcome.expires || *outcome.expires >= work.original->expiration_time) return transaction.erase_lane(name);
  const auto now = clock_.now();
  const auto wait = std::max<Time::duration>((*outcome.expires - now) / 2, shortest_refresh);
  transaction.put_lane({.name = name, .due = now + wait});
}

Result<void> AnnounceConsumer::prolong(store::Transaction& transaction, const std::string& name) {
  transaction.erase_lane(name);
  const auto [scl, key] = parse_announce_lane(name);
  const auto original = transaction.find(key);
  if (!original || !transaction.find(scl)) return {};
  auto announcements = announcements_of(*original);
  auto* announcement = find_announcement(announcements, scl);
  if (!announcement || announcement->state != State::done || !announcer_.queue(transaction, scl, {key, announcement->place})) return {};
  announcement->state = State::update;
  auto changed = *original;
  set_announcements(changed, announcements);
  transaction.put(std::move(changed));
  return {};
}

}  // namespace nscl::delivery
