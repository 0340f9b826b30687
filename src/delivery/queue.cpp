// SPDX-License-Identifier: Apache-2.0
// Listing what is kept, and taking it back.
#include <nscl/delivery/queue.h>

#include "store_and_forward.h"

namespace nscl::delivery {
namespace {

constexpr std::string_view lanes = "forward/";

std::string_view name_of_verb(model::Verb verb) {
  switch (verb) {
    case model::Verb::retrieve: return "RETRIEVE";
    case model::Verb::update: return "UPDATE";
    case model::Verb::remove: return "DELETE";
    case model::Verb::execute: return "EXECUTE";
    default: return "CREATE";
  }
}

bool is_request(const store::OutboxRow& row) { return row.lane.starts_with(lanes); }

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

}  // namespace

Kept list_kept(store::View& view, const security::Requestor& requestor, std::uint64_t after, std::size_t limit) {
  Kept kept;
  if (!requestor.may_administrate() && requestor.entity.empty()) return kept;
  auto rows = view.rows_of(requestor.may_administrate() ? std::string_view{} : requestor.entity, lanes, after, limit + 1);
  kept.has_more = rows.size() > limit;
  if (kept.has_more) rows.resize(limit);
  for (const auto& row : rows) kept.requests.push_back(describe(view, row));
  return kept;
}

Result<void> cancel_kept(store::Transaction& transaction, const security::Requestor& requestor, std::uint64_t id) {
  const auto row = transaction.outbox_row(id);
  const bool may = row && is_request(*row) && (requestor.may_administrate() || (!row->owner.empty() && row->owner == requestor.entity));
  if (!may) return failure(Status::not_found, "there is no such request, or none that you may know of");
  StoreAndForward::cancel(transaction, *row);
  return {};
}

}  // namespace nscl::delivery
