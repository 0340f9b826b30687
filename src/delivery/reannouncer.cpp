// SPDX-License-Identifier: Apache-2.0
#include "reannouncer.h"

#include <nscl/base/bytes.h>
#include <nscl/base/log.h>
#include <nscl/net/awaiting.h>


namespace nscl::delivery {
namespace {

constexpr std::size_t piece = 100;
constexpr std::string_view wishes = "reannounce/wishes", all = "reannounce/all";

/// Where look_at_all() goes on: the number of a type, and the key of the last one of it.
struct Place {
  std::size_t type = 0;
  std::uint64_t after = 0;
};

Place parse_place(std::string_view text) {
  const auto blank = std::min(text.find(' '), text.size());
  const auto rest = text.substr(std::min(blank + 1, text.size()));
  return {static_cast<std::size_t>(from_base36(text.substr(0, blank)).value_or(0)), from_base36(rest).value_or(0)};
}

}  // namespace

void reannounce(store::Transaction& transaction, bool everything) {
  transaction.put_lane({.name = std::string(everything ? all : wishes), .due = transaction.stamp()});   // from the beginning
}

Reannouncer::Reannouncer(store::Store& store, const model::Registry& registry, Announcer& announcer, boost::asio::io_context& context)
    : store_(store), announcer_(announcer), context_(context) {
  for (const auto* type : registry.all()) {
    if (!type->announced_as.empty()) types_.push_back(type->name);
  }
}

net::Task<void> Reannouncer::run(store::Lane lane) {
  store::WriteJob job = [this, name = lane.name](store::Transaction& transaction) -> Result<void> {
    auto now_lane = transaction.lane(name);
    if (!now_lane) return {};
    return name == all ? look_at_all(transaction, *std::move(now_lane)) : look_at_wishes(transaction, *std::move(now_lane));
  };
  const auto written = co_await store::async_write(store_, std::move(job), context_, net::as_result);
  if (!written) log::warning("what is to be announced could not be looked at", {{"reason", written.error().detail}});
}

Result<void> Reannouncer::look_at_wishes(store::Transaction& transaction, store::Lane lane) {
  const auto wishing = transaction.lanes(wish_lane_prefix, lane.state, piece);
  for (const auto& wish : wishing) {
    if (const auto original = transaction.find(original_of_wish(wish.name))) announcer_.settle_again(transaction, *original);
    else transaction.erase_lane(wish.name);
  }
  if (wishing.size() < piece) {
    transaction.erase_lane(lane.name);
    return {};
  }
  lane.state = wishing.back().name;
  lane.due = transaction.stamp();
  transaction.put_lane(lane);
  return {};
}

Result<void> Reannouncer::look_at_all(store::Transaction& transaction, store::Lane lane) {
  auto [type, after] = parse_place(lane.state);
  if (type >= types_.size()) {
    transaction.erase_lane(lane.name);
    return {};
  }
  const auto originals = transaction.of_type(types_[type], after, piece);
  for (const auto& original : originals) announcer_.settle_again(transaction, *original);
  const bool is_last = originals.size() < piece;
  lane.state = is_last ? to_base36(type + 1) + " 0" : to_base36(type) + " " + to_base36(originals.back()->key);
  lane.due = transaction.stamp();
  transaction.put_lane(lane);
  return {};
}

}  // namespace nscl::delivery
