// SPDX-License-Identifier: Apache-2.0
#include "collection_consumer.h"

#include <algorithm>
#include <array>

#include <nscl/base/log.h>
#include <nscl/model/messages.h>
#include <nscl/net/awaiting.h>

#include "stored_form.h"

namespace nscl::delivery {
namespace {

constexpr std::size_t rows_per_message = 100;
constexpr std::size_t bytes_per_message = 1u << 20;   ///< of the stored forms; one notify may be larger
constexpr std::chrono::hours memory_of_refusal{24};   ///< members whose notifications are refused until then end their subscriptions

}  // namespace

std::optional<CollectionConsumer::Batch> CollectionConsumer::find_batch(const store::Lane& lane) const {
  const auto state = decode_collection_state(lane.state);
  auto point = decode_point(0, state.parameters);
  if (state.is_closed || !point) return std::nullopt;
  Batch batch{.point = *std::move(point), .rows = {}, .references = {}, .document = {}};
  std::vector<store::OutboxRow> waiting;
  store_.read([&](store::View& view) { waiting = view.lane_rows(lane.name, rows_per_message + 1); });
  model::List entries;
  std::size_t bytes = 0;
  for (const auto& row : waiting) {
    bytes += row.body.size();
    batch.is_cut = batch.rows.size() == rows_per_message || (bytes > bytes_per_message && !batch.rows.empty());
    if (batch.is_cut) break;
    batch.rows.push_back(row.id);
    auto notify = codec::decode_stored(model::messages::notify(), row.body);
    if (!notify) continue;
    batch.references.push_back(text_member(*notify, "subscriptionReference"));
    entries.emplace_back(*std::move(notify));
  }
  if (entries.empty()) return std::nullopt;
  model::Object out;
  out.set("notify", std::move(entries));
  batch.document = codec::encode(batch.point.format, model::messages::notify_collection(), out);
  return batch;
}

net::Task<void> CollectionConsumer::run(store::Lane lane) {
  const auto batch = find_batch(lane);
  CallOutcome outcome;
  if (batch) {
    ContactCall call{.contact = batch->point.to, .authority = batch->point.authority, .principal = batch->point.principal, .format = batch->point.format};
    call.content_type = codec::media_type(batch->point.format);
    call.document = batch->document;
    outcome = co_await caller_.call(std::move(call));
  }
  const auto* const sent = batch ? &*batch : nullptr;
  store::WriteJob job = [this, &lane, sent, &outcome](store::Transaction& transaction) { return record(transaction, lane.name, sent, outcome); };
  const auto written = co_await store::async_write(store_, std::move(job), context_, net::as_result);
  if (!written) log::warning("the outcome of a notifyCollection could not be written", {{"lane", lane.name}, {"reason", written.error().detail}});
}

// ---- writing down what came of it

Result<void> CollectionConsumer::record(store::Transaction& transaction, const std::string& name, const Batch* batch, const CallOutcome& outcome) {
  auto lane = transaction.lane(name);
  if (!lane) return {};
  if (!batch) return transaction.erase_lane(name), Result<void>{};   // the memory of a refusal has ended
  switch (outcome.kind) {
    case CallOutcome::Kind::arrived: arrived(transaction, *lane, *batch, outcome); break;
    case CallOutcome::Kind::failed: failed(transaction, *lane, outcome); break;
    case CallOutcome::Kind::refused: close(transaction, *lane, outcome); break;
    case CallOutcome::Kind::parked:
      lane->due = never;
      lane->parked_on = outcome.parked_on;
      transaction.put_lane(*lane);
      break;
  }
  return {};
}

void CollectionConsumer::arrived(store::Transaction& transaction, store::Lane& lane, const Batch& batch, const CallOutcome& outcome) {
  note_refusals(transaction, lane, batch, outcome);
  for (const auto row : batch.rows) transaction.erase_row(row);
  if (transaction.lane_rows(lane.name, 1).empty()) return transaction.erase_lane(lane.name);
  const auto now = transaction.stamp();
  lane.due = batch.is_cut ? now : now + batch.point.window;
  lane.attempts = 0;
  lane.failing_since = Time{};
  lane.error.clear();
  lane.parked_on.clear();
  transaction.put_lane(lane);
}

// By the subscriptionReference as targetId; a receiver that names something else must answer for all of them in order.
void CollectionConsumer::note_refusals(store::Transaction& transaction, const store::Lane& lane, const Batch& batch, const CallOutcome& outcome) const {
  const auto format = outcome.answer.content ? codec::format_of(outcome.answer.content_type) : std::nullopt;
  if (!format) return;
  const std::array candidates{&model::messages::notify_collection_response()};
  const auto response = codec::decode(*format, *outcome.answer.content, candidates);
  const auto* list = response ? response->attributes.find("status") : nullptr;
  if (!list) return;
  const auto& entries = list->list();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto* code = entries[i].find("statusCode");
    const auto* target = entries[i].find("targetId");
    if (!code || !is_told_to_stop(status_named(code->text()).value_or(Status::bad_gateway))) continue;
    const auto named = target ? std::find(batch.references.begin(), batch.references.end(), target->text()) : batch.references.end();
    const bool is_in_order = named == batch.references.end() && entries.size() == batch.references.size();
    if (named == batch.references.end() && !is_in_order) continue;
    auto state = decode_collection_state(lane.state);
    state.is_closed = true;
    transaction.put_lane({.name = member_lane(lane.name, is_in_order ? batch.references[i] : *named), .due = clock_.now() + memory_of_refusal,
                          .error = std::string(code->text()), .state = encode(state)});
  }
}

void CollectionConsumer::failed(store::Transaction& transaction, store::Lane& lane, const CallOutcome& outcome) {
  const auto now = clock_.now();
  lane.attempts += 1;
  if (lane.failing_since == Time{}) lane.failing_since = now;
  lane.error = outcome.reason;
  lane.parked_on.clear();
  if (lane.attempts >= failures_before_giving_up && now - lane.failing_since >= options_.give_up) return close(transaction, lane, outcome);
  lane.due = now + std::max(retry_pause(options_, lane.attempts), outcome.retry_after);
  transaction.put_lane(lane);
}

// The subscriptions are the members': each ends when its next notification is refused.
void CollectionConsumer::close(store::Transaction& transaction, const store::Lane& lane, const CallOutcome& outcome) {
  log::info("notifications of a group are collected no longer: their receiver refuses or fails", {{"lane", lane.name}, {"answer", outcome.reason}});
  auto state = decode_collection_state(lane.state);
  state.is_closed = true;
  transaction.erase_lane(lane.name);
  transaction.put_lane({.name = lane.name, .due = clock_.now() + memory_of_refusal, .error = outcome.reason, .state = encode(state)});
}

}  // namespace nscl::delivery
