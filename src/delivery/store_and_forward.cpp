// SPDX-License-Identifier: Apache-2.0
#include "store_and_forward.h"

#include <algorithm>

#include <boost/asio/post.hpp>

#include <nscl/base/bytes.h>
#include <nscl/base/log.h>
#include <nscl/base/path.h>
#include <nscl/codec/codec.h>
#include <nscl/core/authorise.h>
#include <nscl/net/awaiting.h>

#include "notify_consumer.h"
#include "responder.h"

namespace nscl::delivery {
namespace {

constexpr std::chrono::seconds flush_window{5};       ///< an SCL that showed life is called for so long, whatever it says of itself
constexpr std::chrono::seconds safety_margin{5};      ///< at most so long before its time ends, a request is tried whatever is known of its SCL
constexpr std::chrono::minutes grace{10};             ///< an answer waits so long to be fetched
constexpr std::size_t expiries_per_round = 256;
constexpr std::string_view flush_state = "flush";     ///< of a lane in which as much waits as may: it is sent whatever the schedules say
constexpr std::size_t rows_considered = 64;

/// When a request is tried whatever is known of its SCL: in the last tenth of its time.
Time last_chance_of(const store::OutboxRow& row) {
  if (row.expires == never) return never;
  return row.expires - std::min<std::chrono::microseconds>(safety_margin, (row.expires - row.created) / 10);
}

/// Where the fate of an asynchronous request is known by who asked and its correlationID.
std::string asked_lane(std::string_view entity, std::string_view correlation_id) {
  return "asked/" + std::string(entity) + "\n" + std::string(correlation_id);
}

core::ResponseConfirm collected(const core::RequestIndication& request, const HeldAnswer& answer) {
  const bool is_error = http_code_of(answer.status) >= 400 && answer.content.empty();
  if (is_error) return core::refusal(request, {answer.status, "the request could not be executed"});
  core::ResponseConfirm confirm;
  confirm.status = answer.status;
  confirm.content_type = answer.content_type;
  if (!answer.content.empty()) confirm.content = std::make_shared<const std::string>(answer.content);
  confirm.location = answer.location;
  confirm.entity_tag = answer.entity_tag;
  return confirm;
}

}  // namespace

std::string forward_lane(std::uint64_t scl_key) { return "forward/" + to_base36(scl_key); }

// ---- taking requests

net::Task<core::ResponseConfirm> StoreAndForward::accept(core::RequestIndication request, core::Route route, boost::asio::io_context& context) {
  core::ResponseConfirm confirm;
  store::WriteJob job = [&](store::Transaction& transaction) { return keep(transaction, request, route, confirm); };
  const auto kept = co_await store::async_write(store_, std::move(job), context, net::as_result);
  if (kept) co_return confirm;
  co_return core::refusal(request, kept.error());
}

bool StoreAndForward::is_known(store::Transaction& transaction, const core::RequestIndication& request, core::ResponseConfirm& confirm) {
  confirm.status = Status::accepted;
  const auto asked = asked_lane(request.from->entity, request.delivery.correlation_id);
  if (!transaction.lane(asked)) return false;
  const auto rows = transaction.lane_rows(asked, 1);
  if (rows.empty()) return true;   // it is on its way
  const auto answer = decode_held_answer(rows.front().body);
  transaction.erase_lane(asked);
  if (answer) confirm = collected(request, *answer);
  return true;
}

net::Task<core::ResponseConfirm> StoreAndForward::accept_for_group(core::RequestIndication request, boost::asio::io_context& context) {
  core::ResponseConfirm confirm;
  store::WriteJob job = [&](store::Transaction& transaction) { return keep_for_group(transaction, request, confirm); };
  const auto kept = co_await store::async_write(store_, std::move(job), context, net::as_result);
  if (kept) co_return confirm;
  co_return core::refusal(request, kept.error());
}

Result<void> StoreAndForward::keep_for_group(store::Transaction& transaction, const core::RequestIndication& request, core::ResponseConfirm& confirm) {
  if (is_known(transaction, request, confirm)) return {};
  const auto now = clock_.now();
  const auto asked = asked_lane(request.from->entity, request.delivery.correlation_id);
  const auto lane = "forward/" + asked;
  transaction.put_lane({.name = lane, .due = transaction.stamp()});
  HeldRequest held{request, {}, std::string(request.content)};
  const bool can_wait = request.delivery.deadline && *request.delivery.deadline > now;
  store::OutboxRow row{.lane = lane, .created = now, .owner = request.from->entity, .body = encode(held)};
  row.expires = can_wait ? *request.delivery.deadline : now + std::chrono::duration_cast<std::chrono::microseconds>(2 * options_.answer_time);
  const auto id = transaction.put_row(row);
  transaction.put_lane({.name = asked, .state = to_base36(id)});
  return {};
}

Result<void> StoreAndForward::keep(store::Transaction& transaction, const core::RequestIndication& request, const core::Route& route,
                                   core::ResponseConfirm& confirm) {
  if (is_known(transaction, request, confirm)) return {};
  const auto asked = asked_lane(request.from->entity, request.delivery.correlation_id);
  const auto scl = forwarder_.scl_of(transaction, route);
  if (!scl) return failure(Status::not_found, "no registered SCL has this resource");
  if (pipeline_.is_quarantined(scl->path)) return failure(Status::forbidden, "the SCL of this resource is in quarantine");
  const auto now = clock_.now();
  const auto hop = next_hop(transaction, scl, now);
  const auto policy = saf_policy_of(transaction, request, now);
  const auto name = forward_lane(scl->key);
  const auto size = transaction.lane_size(name);
  const bool can_wait = policy.deadline > now && policy.most_requests != std::uint64_t{0};
  if (hop.status != "ONLINE" && !can_wait) return failure(Status::service_unavailable, "the SCL of this resource cannot be reached, and the request tolerates no delay (TRPDT)");

  auto lane = transaction.lane(name).value_or(store::Lane{.name = name});
  if (size.rows >= options_.requests_per_scl) return failure(Status::service_unavailable, "too many requests wait for this SCL");
  HeldRequest held{request, route, std::string(request.content)};
  held.request.delivery.rcat = policy.rcat;
  if (can_wait && policy.deadline != never) held.request.delivery.deadline = policy.deadline;
  store::OutboxRow row{.lane = name, .priority = policy.rank, .created = now, .owner = request.from->entity, .body = encode(held)};
  row.expires = can_wait ? policy.deadline : now + std::chrono::duration_cast<std::chrono::microseconds>(2 * options_.answer_time);
  const bool is_full = (policy.most_requests && size.rows + 1 >= *policy.most_requests) || (policy.most_bytes && size.bytes + row.body.size() >= *policy.most_bytes);
  if (is_full) lane.state = flush_state;   // no more may wait: all of it is to be sent
  const bool is_idle = lane.due == never && lane.parked_on.empty();
  if (is_idle || is_full || lane.parked_on.starts_with("scl/")) {
    lane.due = transaction.stamp();   // it finds out by itself whether it has to wait
    transaction.put_lane(lane);
  }
  const auto id = transaction.put_row(row);
  transaction.put_lane({.name = asked, .state = to_base36(id)});
  return {};
}

// ---- passing them on

StoreAndForward::Work StoreAndForward::find_work(const store::Lane& lane) {
  Work work;
  work.due = lane.due;
  store_.read([&](store::View& view) {
    const auto now = clock_.now();
    work.opening = never;
    for (auto& row : view.lane_rows(lane.name, rows_considered)) {
      auto held = decode_held_request(row.body);
      const bool is_last_chance = last_chance_of(row) <= now;
      const auto admission = held && !is_last_chance && lane.state != flush_state ? next_admission(saf_policy_of(view, held->request, now), now) : now;
      work.opening = std::min({work.opening, admission, last_chance_of(row)});
      if (admission > now) continue;   // its category may not use the network now; another one may
      if (held) work.held = *std::move(held);
      work.insist = is_last_chance || lane.state == flush_state;
      work.row = std::move(row);
      return;
    }
  });
  work.insist = work.insist || is_awake(lane.name);
  return work;
}

// What names a resource here is a request to a group: it is executed as if it had come just now and waited.
net::Task<Attempt> StoreAndForward::execute(const Work& work) {
  auto request = work.held->request;
  request.content = work.held->content;
  if (request.to.empty()) co_return co_await forwarder_.attempt(std::move(request), work.held->route, context_, work.insist);
  request.delivery.correlation_id.clear();
  request.delivery.contact_uri.clear();
  Attempt attempt;
  attempt.kind = Attempt::Kind::answered;
  attempt.confirm = co_await pipeline_.handle(std::move(request), context_);
  co_return attempt;
}

net::Task<void> StoreAndForward::run(store::Lane lane) {
  const auto work = find_work(lane);
  Attempt attempt;
  if (work.held && work.row->expires > clock_.now()) {
    attempt = co_await execute(work);
  } else if (work.row) {
    attempt.error = {Status::gateway_timeout, "the tolerated delay is over"};
  }
  store::WriteJob job = [this, name = lane.name, &work, &attempt](store::Transaction& transaction) { return record(transaction, name, work, attempt); };
  const auto written = co_await store::async_write(store_, std::move(job), context_, net::as_result);
  if (!written) log::warning("the outcome of a kept request could not be written", {{"lane", lane.name}, {"reason", written.error().detail}});
}

Result<void> StoreAndForward::record(store::Transaction& transaction, const std::string& name, const Work& work, const Attempt& attempt) {
  auto lane = transaction.lane(name);
  if (!lane) return {};
  if (!work.row) {
    if (transaction.lane_rows(name, 1).empty()) return transaction.erase_lane(name), Result<void>{};
    lane->due = work.opening;
    lane->parked_on.clear();
    transaction.put_lane(*lane);
    return {};
  }
  if (!transaction.outbox_row(work.row->id)) {   // cancelled meanwhile
    lane->due = transaction.stamp();
    transaction.put_lane(*lane);
    return {};
  }
  const bool is_answer = attempt.kind == Attempt::Kind::answered;
  const bool comes_later = is_answer && (attempt.confirm.status == Status::service_unavailable ||
                                         (attempt.confirm.status == Status::accepted && work.held->request.delivery.contact_uri.empty()));
  if (attempt.kind == Attempt::Kind::asleep || attempt.kind == Attempt::Kind::failed || comes_later) {
    park(transaction, *lane, work, attempt);
    return {};
  }
  if (is_answer && attempt.confirm.status == Status::accepted) {
    // The next hop has taken it over, and answers to the contact by itself.
    cancel(transaction, *work.row);
  } else if (work.held) {
    auto answer = answer_to(work.held->request);
    if (is_answer) {
      answer.status = attempt.confirm.status;
      answer.content_type = attempt.confirm.content_type;
      if (attempt.confirm.content) answer.content = *attempt.confirm.content;
      answer.location = attempt.confirm.location;
      answer.entity_tag = attempt.confirm.entity_tag;
    } else {
      answer.status = attempt.error.status;
      answer.content_type = codec::media_type(codec::Format::xml);
      answer.content = codec::encode_error(codec::Format::xml, attempt.error);
    }
    finish(transaction, work, std::move(answer));
  } else {
    transaction.erase_row(work.row->id);   // cannot be read: a broken invariant, told by the log
    log::error("a kept request cannot be read", {{"lane", name}});
  }
  lane->attempts = 0;
  lane->error.clear();
  lane->parked_on.clear();
  lane->due = transaction.stamp();
  transaction.put_lane(*lane);
  return {};
}

// Until when it sleeps: the next opening of its schedule, or the last moment of the first request.
void StoreAndForward::park(store::Transaction& transaction, store::Lane& lane, const Work& work, const Attempt& attempt) {
  const auto now = clock_.now();
  lane.error = attempt.kind == Attempt::Kind::answered ? std::string(name_of(attempt.confirm.status)) : attempt.error.detail;
  const bool was_called = attempt.kind != Attempt::Kind::asleep || attempt.error.status != Status::service_unavailable;
  if (lane.attempts == 0) lane.failing_since = now;
  lane.attempts += 1;
  const auto block = block_time(saf_policy_of(transaction, work.held->request, now), lane.attempts, now);
  if (was_called && block) {
    lane.due = now + *block;
  } else if (was_called) {
    const NotifyOptions pace{options_.first_retry, options_.last_retry, options_.give_up};
    lane.due = now + std::max(retry_pause(pace, lane.attempts), std::chrono::seconds{attempt.confirm.retry_after});
  } else {
    const auto scl = forwarder_.scl_of(transaction, work.held->route);
    const auto schedules = scl ? schedules_of(*scl) : std::vector<std::string>{};
    lane.due = schedules.empty() ? never : next_opening(schedules, now + std::chrono::seconds{1});
  }
  const auto woken = transaction.lane(lane.name);
  if (woken && woken->due != work.due && woken->due <= now) {   // while it was tried: what was found out is of yesterday
    lane.due = woken->due;
    lane.parked_on.clear();
    return transaction.put_lane(lane);
  }
  const auto last_chance = last_chance_of(*work.row);
  if (last_chance > now) lane.due = std::min(lane.due, last_chance);
  else if (!was_called) lane.due = std::min(lane.due, work.row->expires);
  lane.parked_on = attempt.parked_on;
  transaction.put_lane(lane);
  if (!attempt.scl.empty()) {
    const std::lock_guard lock(mutex_);
    sleeping_[attempt.scl] = lane.name;
  }
}

// ---- ends

void StoreAndForward::finish(store::Transaction& transaction, const Work& work, HeldAnswer answer) {
  const auto& request = work.held->request;
  const auto asked = asked_lane(request.from->entity, request.delivery.correlation_id);
  transaction.erase_row(work.row->id);
  const auto now = clock_.now();
  if (answer.contact_uri.empty()) {
    if (!transaction.lane(asked)) return;
    transaction.put_row({.lane = asked, .created = now, .expires = now + grace, .owner = request.from->entity, .body = encode(answer)});
    return;
  }
  transaction.erase_lane(asked);
  respond_later(transaction, work.row->id, answer, now);
}

void StoreAndForward::cancel(store::Transaction& transaction, const store::OutboxRow& row) {
  if (const auto held = decode_held_request(row.body)) {
    transaction.erase_lane(asked_lane(held->request.from->entity, held->request.delivery.correlation_id));
  }
  transaction.erase_row(row.id);
}

void StoreAndForward::end_in_failure(store::Transaction& transaction, const store::OutboxRow& row, const Error& error) {
  auto held = decode_held_request(row.body);
  if (!held) return transaction.erase_row(row.id);
  auto answer = answer_to(held->request);
  answer.status = error.status;
  answer.content_type = codec::media_type(codec::Format::xml);
  answer.content = codec::encode_error(codec::Format::xml, error);
  Work work;
  work.row = row;
  work.held = *std::move(held);
  finish(transaction, work, std::move(answer));
}

Result<void> StoreAndForward::expire_rows(store::Transaction& transaction) {
  for (const auto& row : transaction.expired_rows(clock_.now(), expiries_per_round)) {
    if (row.lane.starts_with("forward/")) end_in_failure(transaction, row, {Status::gateway_timeout, "the tolerated delay is over"});
    else transaction.erase_lane(row.lane);
  }
  return {};
}

void StoreAndForward::expire() {
  bool is_due = false;
  store_.read([&](store::View& view) { is_due = !view.expired_rows(clock_.now(), 1).empty(); });
  if (!is_due) return;
  store_.write([this](store::Transaction& transaction) { return expire_rows(transaction); }, context_, [](const Result<void>&) {});
}

// ---- what wakes a queue

void StoreAndForward::wake(store::Transaction& transaction, const model::Resource& scl) {
  auto lane = transaction.lane(forward_lane(scl.key));
  if (!lane) return;
  lane->due = transaction.stamp();
  lane->parked_on.clear();
  transaction.put_lane(*lane);
}

void StoreAndForward::changed(store::Transaction& transaction, const core::Change& change) {
  const auto& resource = change.resource;
  if (resource.type->name == "scl") return wake(transaction, resource);   // gone too: its requests then end
  if (resource.type->name != "m2mPoc" || change.kind == core::Change::Kind::deleted || core::text_of(resource, "onlineStatus") != "ONLINE") return;
  if (const auto scl = transaction.find(parent_path(parent_path(resource.path)))) wake(transaction, *scl);
}

void StoreAndForward::note_life(std::string_view scl) {
  std::string lane;
  {
    const std::lock_guard lock(mutex_);
    const auto found = sleeping_.find(std::string(scl));
    if (found == sleeping_.end()) return;
    lane = std::move(found->second);
    sleeping_.erase(found);
    awake_[lane] = clock_.now() + flush_window;
  }
  boost::asio::post(context_, [this, lane = std::move(lane)] { pump_.nudge(lane); });
}

bool StoreAndForward::is_awake(const std::string& lane) {
  const std::lock_guard lock(mutex_);
  const auto found = awake_.find(lane);
  if (found == awake_.end()) return false;
  if (found->second > clock_.now()) return true;
  awake_.erase(found);
  return false;
}

}  // namespace nscl::delivery
