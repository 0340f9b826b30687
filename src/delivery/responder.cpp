// SPDX-License-Identifier: Apache-2.0
#include "responder.h"

#include <nscl/base/bytes.h>
#include <nscl/base/log.h>
#include <nscl/core/representation.h>
#include <nscl/net/awaiting.h>

#include "notify_consumer.h"

namespace nscl::delivery {
namespace {
constexpr std::size_t name_length = 26;

void put_answer(store::Transaction& transaction, const std::string& name, const HeldAnswer& answer, Time now) {
  transaction.put_lane({.name = name, .due = transaction.stamp()});
  transaction.put_row({.lane = name, .created = now, .owner = {}, .body = encode(answer)});
}

/// Where what was made stands.
std::string location_of(const core::RequestIndication& request, const core::ResponseConfirm& confirm, const core::Policy& policy) {
  if (confirm.status != Status::created || !confirm.has_resource) return confirm.location;
  const bool has_authority = !request.host.empty() || !policy.base_uri.empty();
  if (request.dialect == core::Dialect::om2m || !has_authority) return core::reference_to(confirm.resource, policy, request.dialect);
  return core::absolute_uri(confirm.resource, policy, request.host);
}

}  // namespace

void respond_later(store::Transaction& transaction, std::uint64_t id, const HeldAnswer& answer, Time now) {
  put_answer(transaction, "respond/" + to_base36(id), answer, now);
}

void respond_late(store::Transaction& transaction, const core::RequestIndication& request, const core::ResponseConfirm& confirm, const core::Policy& policy,
                  Time now) {
  auto answer = answer_to(request);
  answer.status = confirm.status;
  answer.content_type = confirm.content_type;
  if (confirm.content) answer.content = *confirm.content;
  answer.location = location_of(request, confirm, policy);
  if (confirm.last_modified) answer.entity_tag = "\"" + format_date_time(*confirm.last_modified) + "\"";
  put_answer(transaction, "respond/" + random_name(name_length), answer, now);
}

net::Task<void> Responder::run(store::Lane lane) {
  std::optional<HeldAnswer> answer;
  store_.read([&](store::View& view) {
    const auto rows = view.lane_rows(lane.name, 1);
    auto decoded = rows.empty() ? Result<HeldAnswer>(failure(Status::not_found, {})) : decode_held_answer(rows.front().body);
    if (decoded) answer = *std::move(decoded);
  });
  CallOutcome outcome;
  outcome.kind = CallOutcome::Kind::refused;   // what cannot be read is of no use to anybody
  if (answer) {
    ContactCall call;
    call.contact = answer->contact_uri;
    call.authority = answer->authority;
    call.principal = answer->principal;
    call.correlation_id = answer->correlation_id;
    call.content_type = codec::media_type(codec::Format::xml);
    call.document = document_of(*answer);
    outcome = co_await caller_.call(std::move(call));
  }
  store::WriteJob job = [this, &lane, &outcome](store::Transaction& transaction) -> Result<void> {
    auto now_lane = transaction.lane(lane.name);
    if (!now_lane) return {};
    const auto now = clock_.now();
    if (now_lane->failing_since == Time{}) now_lane->failing_since = now;
    const bool is_over = outcome.kind == CallOutcome::Kind::arrived || outcome.kind == CallOutcome::Kind::refused ||
                         (outcome.kind == CallOutcome::Kind::failed && now - now_lane->failing_since >= options_.give_up);
    if (is_over) return transaction.erase_lane(lane.name), Result<void>{};
    const NotifyOptions pace{options_.first_retry, options_.last_retry, options_.give_up};
    now_lane->attempts += 1;
    now_lane->error = outcome.reason;
    now_lane->parked_on = outcome.parked_on;
    now_lane->due = outcome.kind == CallOutcome::Kind::parked ? never : now + std::max(retry_pause(pace, now_lane->attempts), outcome.retry_after);
    transaction.put_lane(*now_lane);
    return {};
  };
  const auto written = co_await store::async_write(store_, std::move(job), context_, net::as_result);
  if (!written) log::warning("the outcome of an answer could not be written", {{"lane", lane.name}, {"reason", written.error().detail}});
}

}  // namespace nscl::delivery
