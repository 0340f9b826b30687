// SPDX-License-Identifier: Apache-2.0
// Listing what is kept, and taking it back.
#include <nscl/delivery/queue.h>

#include "store_and_forward.h"

namespace nscl::delivery {
namespace {

constexpr std::size_t lanes_per_look = 1000;

std::string_view name_of_verb(model::Verb verb) {
  switch (verb) {
    case model::Verb::retrieve: return "RETRIEVE";
    case model::Verb::update: return "UPDATE";
    case model::Verb::remove: return "DELETE";
    case model::Verb::execute: return "EXECUTE";
    default: return "CREATE";
  }
}

bool is_request(const store::OutboxRow& row) { return row.lane.starts_with("forward/"); }

KeptRequest describe(store::View& view, const store::OutboxRow& row) {
  KeptRequest kept{.id = row.id, .owner = row.owner, .created = row.created, .deadline = row.expires};
  if (const auto held = decode_held_request(row.body)) {
    const auto& request = held->request;
    kept.method = name_of_verb(request.verb);
    kept.target = !request.to.empty() ? request.to : held->route.uri.empty() ? held->route.scl_id + "/" + held->route.path : held->route.uri;
    kept.correlation_id = request.delivery.correlation_id;
    kept.rcat = request.delivery.rcat.value_or(0);
  }
  if (const auto lane = view.lane(row.lane)) {
    kept.failures = lane->attempts;
    kept.error = lane->error;
  }
  return kept;
}

std::vector<store::OutboxRow> rows_of_everybody(store::View& view, std::uint64_t after, std::size_t limit) {
  std::vector<store::OutboxRow> found;
  for (std::string last;;) {
    const auto lanes = view.lanes("forward/", last, lanes_per_look);
    for (const auto& lane : lanes) {
      for (auto& row : view.lane_rows(lane.name, limit)) {
        if (row.id > after) found.push_back(std::move(row));
      }
      if (found.size() >= limit) return found;
    }
    if (lanes.size() < lanes_per_look) return found;
    last = lanes.back().name;
  }
}

}  // namespace

Kept list_kept(store::View& view, const security::Requestor& requestor, std::uint64_t after, std::size_t limit) {
  Kept kept;
  auto rows = requestor.is_operator ? rows_of_everybody(view, after, limit + 1) : view.rows_of(requestor.entity, after, limit + 1);
  kept.has_more = rows.size() > limit;
  if (kept.has_more) rows.resize(limit);
  for (const auto& row : rows) {
    if (is_request(row)) kept.requests.push_back(describe(view, row));
  }
  return kept;
}

Result<void> cancel_kept(store::Transaction& transaction, const security::Requestor& requestor, std::uint64_t id) {
  const auto row = transaction.outbox_row(id);
  const bool may = row && is_request(*row) && (requestor.is_operator || (!row->owner.empty() && row->owner == requestor.entity));
  if (!may) return failure(Status::not_found, "there is no such request, or none that you may know of");
  StoreAndForward::cancel(transaction, *row);
  return {};
}

}  // namespace nscl::delivery
