// SPDX-License-Identifier: Apache-2.0
#include "collector.h"

#include <array>
#include <vector>

#include <nscl/base/bytes.h>
#include <nscl/model/messages.h>
#include <nscl/net/awaiting.h>

#include "stored_form.h"

namespace nscl::delivery {
namespace {

using model::Object;
using model::ResourceType;

constexpr std::uint64_t most_rows = 1000;          ///< that wait for one receiver
constexpr std::uint64_t most_bytes = 4u << 20;     ///< of them together

const ResourceType& state_type() {
  static const ResourceType type{.name = "collectionState",
                                 .attributes = {{.name = "parameters", .type = &model::types::string}, {.name = "isClosed", .type = &model::types::boolean}}};
  return type;
}

/// A notify as it is stored, and whose it is.
struct Entry {
  std::string reference, stored;
};

Entry entry_of(const Object& notify) { return {text_member(notify, "subscriptionReference"), codec::encode_stored(model::messages::notify(), notify)}; }

Result<std::vector<Entry>> entries_of(codec::Format format, std::string_view text) {
  const auto& notify = model::messages::notify();
  const std::array candidates{&notify, &model::messages::notify_collection()};
  const auto document = codec::decode(format, text, candidates);
  if (!document) return tl::unexpected(document.error());
  std::vector<Entry> entries;
  if (document->type == &notify) {
    entries.push_back(entry_of(document->attributes));
  } else if (const auto* list = document->attributes.find("notify")) {
    for (const auto& entry : list->list()) entries.push_back(entry_of(entry.object()));
  }
  if (entries.empty()) return bad_request("a notifyCollection without a notify tells nothing");
  return entries;
}

bool is_closed(store::View& view, std::string_view name) {
  const auto lane = view.lane(name);
  return lane && decode_collection_state(lane->state).is_closed;
}

/// Those that the receiver has not refused before (procedures 5.9.6 step 4).
std::vector<Entry> wanted(store::View& view, const std::string& point, std::vector<Entry> entries) {
  std::erase_if(entries, [&](const Entry& entry) { return is_closed(view, member_lane(point, entry.reference)); });
  return entries;
}

Result<void> keep(store::Transaction& transaction, const CollectionPoint& point, const std::vector<Entry>& all) {
  const auto group = transaction.find(point.group);
  if (!group || group->type->name != "group") return failure(Status::not_found, "the group of this aggregateURI is gone");
  const auto name = lane_of(point, collection_secret(transaction));
  const auto entries = wanted(transaction, name, all);
  if (entries.empty() || is_closed(transaction, name)) return failure(Status::not_found, "the subscriber does not want to be told any more");
  auto size = transaction.lane_size(name);
  size.rows += entries.size();
  for (const auto& entry : entries) size.bytes += entry.stored.size();
  if (size.rows > most_rows || size.bytes > most_bytes) return failure(Status::service_unavailable, "too many notifications wait for this subscriber");
  const auto now = transaction.stamp();
  if (!transaction.lane(name)) transaction.put_lane({.name = name, .due = now + point.window, .state = encode(CollectionState{point.parameters()})});
  for (const auto& entry : entries) transaction.put_row({.lane = name, .created = now, .owner = {}, .body = entry.stored});
  return {};
}

}  // namespace

std::string encode(const CollectionState& state) {
  Object out;
  out.set("parameters", state.parameters);
  out.set("isClosed", state.is_closed);
  return codec::encode_stored(state_type(), out);
}

CollectionState decode_collection_state(std::string_view state) {
  const auto object = codec::decode_stored(state_type(), state);
  if (!object) return {};
  return {text_member(*object, "parameters"), flag_member(*object, "isClosed")};
}

std::string member_lane(std::string_view point, std::string_view reference) {
  return std::string(point) + "/" + keyed_digest("member", reference);
}

std::optional<CollectionPoint> Collector::find(std::string_view uri) const {
  std::optional<CollectionPoint> found;
  if (uri.find("/collect/") == uri.npos) return found;
  store_.read([&](store::View& view) { found = find_point(view, uri); });
  return found;
}

net::Task<Result<void>> Collector::accept(CollectionPoint point, codec::Format format, std::string document, boost::asio::io_context& context) {
  const auto entries = entries_of(format, document);
  if (!entries) co_return tl::unexpected(entries.error());
  store::WriteJob job = [&point, &entries](store::Transaction& transaction) { return keep(transaction, point, *entries); };
  co_return co_await store::async_write(store_, std::move(job), context, net::as_result);
}

}  // namespace nscl::delivery
