// SPDX-License-Identifier: Apache-2.0
#include "announce_consumer.h"

#include <algorithm>
#include <array>

#include <nscl/base/log.h>
#include <nscl/base/path.h>
#include <nscl/core/authorise.h>
#include <nscl/core/representation.h>
#include <nscl/net/awaiting.h>


namespace nscl::delivery {

using model::Verb;
using State = Announcement::State;

namespace {

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
  const auto written = co_await store::async_write(store_, std::move(job), context_, net::as_result);
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
  route.path = join(join("scls", peers_.own_id(work.scl_id, *pipeline_.policy())), verb == Verb::create ? parent_path(work.task.place) : work.task.place);
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

}  // namespace nscl::delivery
