// SPDX-License-Identifier: Apache-2.0
#include "announce_consumer.h"

#include <algorithm>
#include <array>

#include <boost/asio/use_awaitable.hpp>

#include <nscl/base/log.h>
#include <nscl/base/path.h>
#include <nscl/core/authorise.h>
#include <nscl/core/representation.h>

namespace nscl::delivery {

using model::Verb;
using State = Announcement::State;

namespace {

constexpr unsigned failures_before_giving_up = 10;
constexpr std::chrono::seconds shortest_refresh{60};   ///< a target that gives less time than this loses announcements now and then
constexpr auto as_result = boost::asio::use_awaitable_t<net::Executor>{};

bool is_success(Status status) { return http_code_of(status) / 100 == 2; }

/// An answer that will be the same tomorrow.
bool is_refusal(Status status) {
  const bool is_clients = http_code_of(status) / 100 == 4 && status != Status::request_timeout;
  return is_clients || status == Status::not_implemented;
}

/// Where the target put it: the last segment of Location, in the collection that was asked for.
std::string place_in(std::string_view location, std::string_view place) {
  location = location.substr(0, location.find_first_of("?#"));
  while (location.ends_with('/')) location.remove_suffix(1);
  const auto id = percent_decode(last_segment(location));
  return id && is_valid_id(*id) ? join(parent_path(place), *id) : std::string(place);
}

}  // namespace

// ---- what is to be sent

AnnounceConsumer::Work AnnounceConsumer::find_work(const store::Lane& lane) const {
  Work work;
  store_.read([&](store::View& view) {
    const auto rows = view.lane_rows(lane.name, 1);
    const auto scl = view.find(parse_announce_lane(lane.name).scl);
    if (rows.empty()) return;
    work.row = rows.front().id;
    const auto task = decode_announce_task(rows.front().body);
    if (!task || !scl) return;
    work.task = *task;
    work.scl = scl->key;
    work.scl_id = last_segment(scl->path);
    work.dialect = core::text_of(*scl, "link").find("://") == std::string_view::npos ? core::Dialect::om2m : core::Dialect::standard;
    work.authority = core::text_of(*scl, security::authority_attribute);
    describe(view, work);
  });
  return work;
}

// A row tells what to look at, not what to send: the original may have changed again, moved or gone since it was put.
void AnnounceConsumer::describe(store::View& view, Work& work) const {
  if (work.task.original == 0) {
    work.verb = Verb::remove;
    return;
  }
  work.original = view.find(work.task.original);
  if (!work.original || work.original->expiration_time <= clock_.now()) return;
  auto announcements = announcements_of(*work.original);
  const auto* announcement = find_announcement(announcements, work.scl);
  work.type = announcer_.announced_type(*work.original);
  if (!announcement || announcement->place != work.task.place || announcement->state == State::refused || !work.type) return;
  const auto policy = pipeline_.policy();
  work.link = work.dialect == core::Dialect::om2m ? core::reference_to(work.original->path, *policy, core::Dialect::om2m)
                                                  : core::absolute_uri(work.original->path, *policy, work.authority);
  work.verb = announcement->state == State::create ? Verb::create : Verb::update;
  work.document = document_of(view, work, work.verb);
}

std::string AnnounceConsumer::document_of(store::View& view, const Work& work, Verb verb) const {
  const auto& original = *work.original;
  const auto policy = pipeline_.policy();
  model::Object out;
  if (verb == Verb::create) {
    out.set("link", work.link);
    out.set(work.type->id_attribute, last_segment(work.task.place));
  }
  if (const auto right = core::text_of(original, "accessRightID"); !right.empty()) {
    const security::Requestor self;
    const security::AccessControl access(view, self, *policy, clock_.now());
    const auto path = access.local_path(right, core::text_of(original, security::authority_attribute));
    out.set("accessRightID", path == "\n"                             ? std::string(right)
                             : work.dialect == core::Dialect::om2m ? core::reference_to(path, *policy, core::Dialect::om2m)
                                                                      : core::absolute_uri(path, *policy, work.authority));
  }
  const auto* strings = original.attributes.find("searchStrings");
  out.set("searchStrings", strings ? *strings : model::Value(model::Object{}));
  if (original.expiration_time != never) out.set("expirationTime", original.expiration_time);
  return codec::encode(codec::Format::xml, *work.type, out, core::style_of(work.dialect));
}

// ---- sending

net::Task<void> AnnounceConsumer::run(store::Lane lane) {
  store::WriteJob job;
  Work work;
  Outcome outcome;
  if (parse_announce_lane(lane.name).original != 0) {
    job = [this, name = lane.name](store::Transaction& transaction) { return prolong(transaction, name); };
  } else {
    work = find_work(lane);
    if (work.verb != Verb::none) outcome = co_await send(work);
    job = [this, name = lane.name, &work, &outcome](store::Transaction& transaction) { return record(transaction, name, work, outcome); };
  }
  const auto written = co_await store::async_write(store_, std::move(job), context_, as_result);
  // The lane stays as it was and is found again: the target may be told once more, never less.
  if (!written) log::warning("the outcome of an announcement could not be written", {{"lane", lane.name}, {"reason", written.error().detail}});
}

net::Task<AnnounceConsumer::Outcome> AnnounceConsumer::send(Work& work) {
  const auto answer = co_await ask(work, work.verb);
  if (work.verb == Verb::create && answer.status == Status::conflict) co_return co_await take_over(work);
  co_return outcome_of(work, work.verb, answer);
}

// Something of this name is there. If it stands for the same original, an answer got lost or this server forgot.
net::Task<AnnounceConsumer::Outcome> AnnounceConsumer::take_over(Work& work) {
  const auto found = co_await ask(work, Verb::retrieve);
  auto outcome = outcome_of(work, Verb::retrieve, found);
  if (outcome.kind == Outcome::Kind::missing) outcome.kind = Outcome::Kind::refused;   // taken, and hidden from us
  if (outcome.kind != Outcome::Kind::done) co_return outcome;
  const auto there = announcement_in(work, found);
  const auto* link = there ? there->find("link") : nullptr;
  if (!link || link->text() != work.link) {
    outcome.kind = Outcome::Kind::refused;
    outcome.reason = "the name is taken there by something else";
    co_return outcome;
  }
  store_.read([&](store::View& view) { work.document = document_of(view, work, Verb::update); });
  const auto answer = co_await ask(work, Verb::update);
  outcome = outcome_of(work, Verb::update, answer);
  if (outcome.kind == Outcome::Kind::missing) outcome.kind = Outcome::Kind::refused;   // or it would go round for ever
  co_return outcome;
}

net::Task<core::ResponseConfirm> AnnounceConsumer::ask(const Work& work, Verb verb) {
  core::RequestIndication request;
  request.verb = verb;
  request.dialect = work.dialect;
  request.from = std::make_shared<const security::Requestor>();   // this SCL tells it
  request.host = work.authority;
  if (verb == Verb::create || verb == Verb::update) {
    request.content_type = codec::media_type(codec::Format::xml);
    request.content = work.document;
  }
  core::Route route;
  route.scl_id = work.scl_id;
  route.path = join(join("scls", pipeline_.policy()->scl_id), verb == Verb::create ? parent_path(work.task.place) : work.task.place);
  co_return co_await forwarder_.relay(std::move(request), std::move(route), context_);
}

AnnounceConsumer::Outcome AnnounceConsumer::outcome_of(const Work& work, Verb verb, const core::ResponseConfirm& answer) const {
  Outcome outcome;
  outcome.reason = name_of(answer.status);
  outcome.retry_after = std::chrono::seconds{answer.retry_after};
  const bool is_gone = answer.status == Status::not_found || answer.status == Status::deleted;
  if (is_success(answer.status)) {
    if (verb == Verb::create) outcome.place = place_in(answer.location, work.task.place);
    const auto there = verb == Verb::remove ? std::nullopt : announcement_in(work, answer);
    const auto* end = there ? there->find("expirationTime") : nullptr;
    if (const auto* time = end ? end->get<Time>() : nullptr) outcome.expires = *time;
  } else if (is_gone && verb != Verb::create) {
    outcome.kind = Outcome::Kind::missing;
  } else if (is_refusal(answer.status)) {
    outcome.kind = Outcome::Kind::refused;
  } else {
    outcome.kind = Outcome::Kind::failed;
    outcome.is_their_fault = answer.status == Status::internal_server_error;
  }
  return outcome;
}

std::optional<model::Object> AnnounceConsumer::announcement_in(const Work& work, const core::ResponseConfirm& answer) const {
  const auto format = answer.content ? codec::format_of(answer.content_type) : std::nullopt;
  if (!format || !work.type) return std::nullopt;
  const std::array<const model::ResourceType*, 1> candidates{work.type};
  auto document = codec::decode(*format, *answer.content, candidates);
  if (!document) return std::nullopt;
  return std::move(document->attributes);
}

// ---- writing down what came of it

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
