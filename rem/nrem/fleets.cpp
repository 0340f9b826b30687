// SPDX-License-Identifier: Apache-2.0
// Fleet works: from the EXECUTE to their end, little by little (docs/fleets.md). What is written is in fleet_jobs.cpp.
#include <algorithm>

#include <nscl/core/procedure.h>
#include <nscl/rem/fleet.h>

#include "state.h"

namespace nscl::rem {
namespace {

using store::FleetMember;
using store::FleetMemberState;
using store::FleetState;
using store::FleetWork;

constexpr std::size_t most_asked_at_once = 32;    ///< a group of more members is a fleet
constexpr unsigned steps_of_a_stop = 40;          ///< in a round
constexpr std::size_t gathered_at_once = 500, begun_at_once = 64;

/// What the query says of it.
enum class FleetWish : unsigned char { none, never, always };

Result<FleetWish> wish_of(const core::RequestIndication& request) {
  auto wish = FleetWish::none;
  for (const auto& [name, value] : request.query) {
    if (name == "anycast" || name == "spread") return FleetWish::never;   // one member
    if (name != "fleet") continue;
    if (value != "true" && value != "1") return bad_request("query parameter fleet can be true");
    wish = FleetWish::always;
  }
  return wish;
}

/// Says that a round is under way, as long as it lives.
class FleetRound {
 public:
  explicit FleetRound(std::shared_ptr<bool> flag) : flag_(std::move(flag)) { *flag_ = true; }
  ~FleetRound() { *flag_ = false; }
  FleetRound(const FleetRound&) = delete;
  FleetRound& operator=(const FleetRound&) = delete;

 private:
  const std::shared_ptr<bool> flag_;
};

/// Members that are begun side by side, each in a job of its own: one that is refused undoes nothing else.
struct FleetSlice {
  std::vector<FleetMember> members;
  std::vector<std::optional<Error>> refusals;
  bool has_failed = false;   ///< the store: another time
};

}  // namespace

Result<bool> Nrem::State::is_for_fleet(store::View& view, const core::RequestIndication& request, const core::Target& target) const {
  const auto wish = wish_of(request);
  if (!wish) return tl::unexpected(wish.error());
  if (*wish == FleetWish::never) return false;
  const auto policy = pipeline.policy();
  const core::Procedure procedure(registry, *policy, request, target, clock.now());
  const auto group = procedure.group(view);
  if (!group) return tl::unexpected(group.error());
  const auto* references = references_of(**group);
  if (*wish == FleetWish::always) return true;
  if (!references) return false;
  if (references->size() > most_asked_at_once) return true;
  FleetMembers members(view, *request.from, *policy, **group, target.rest, clock.now());
  return std::any_of(references->begin(), references->end(), [&](const auto& each) { return members.member(each.text()).state == FleetMemberState::group; });
}

net::Task<Result<std::optional<std::string>>> Nrem::start_at_members(const core::RequestIndication& request, const core::Target& target,
                                                                     boost::asio::io_context& context) {
  auto& state = *state_;
  Result<bool> is_for_fleet = false;
  state.store.read([&](store::View& view) { is_for_fleet = state.is_for_fleet(view, request, target); }, context);
  if (!is_for_fleet) co_return tl::unexpected(is_for_fleet.error());
  if (!*is_for_fleet) co_return std::nullopt;
  if (request.from->grant && request.from->grant->is_scoped()) co_return failure(Status::permission_denied, "a credential of limited scope cannot begin a fleet work, which goes on without it");
  std::uint64_t id = 0;
  store::WriteJob job = [&](store::Transaction& transaction) -> Result<void> {
    const auto made = state.put_new_fleet(transaction, request, target);
    if (!made) return tl::unexpected(made.error());
    id = *made;
    return {};
  };
  const auto written = co_await state.write(std::move(job), context);
  if (!written) co_return tl::unexpected(written.error());
  co_return fleet_uri(id);
}

net::Task<void> Nrem::work_on_fleets(boost::asio::io_context& context) {
  auto& state = *state_;
  if (*state.has_fleet_round) co_return;
  const FleetRound round(state.has_fleet_round);
  std::vector<FleetWork> open;
  state.store.read([&](store::View& view) { open = view.management().open_fleets(most_open_fleets); }, context);
  const auto now = state.clock.now();
  const std::chrono::duration<double> passed = now - state.fleet_round;
  state.fleet_round = now;
  const double rate = state.options.fleet_rate;
  state.fleet_tokens = std::min(state.fleet_tokens + rate * std::clamp(passed.count(), 0.0, 1.0), rate);
  auto running = std::ranges::count(open, FleetState::running, &FleetWork::state);
  for (auto& fleet : open) {
    const auto tokens = static_cast<std::size_t>(state.fleet_tokens);
    const auto share = running > 0 ? (tokens + std::size_t(running) - 1) / std::size_t(running) : 0;
    const bool is_running = fleet.state == FleetState::running;
    auto budget = is_running ? share : 0;
    co_await state.work_on(fleet, budget, context);
    if (!is_running) continue;
    --running;
    state.fleet_tokens -= static_cast<double>(share - budget);
  }
}

net::Task<void> Nrem::State::work_on(FleetWork fleet, std::size_t& budget, boost::asio::io_context& context) {
  const auto id = fleet.id;
  if (fleet.state == FleetState::gathering) co_return co_await gather(id, context);
  if (fleet.state == FleetState::running) {
    const auto room = options.fleet_in_progress - std::min<std::size_t>(fleet.in_progress(), options.fleet_in_progress);
    for (auto left = std::min(budget, room); left > 0;) {
      const auto begun = co_await begin_members(id, std::min(left, begun_at_once), context);
      if (begun == 0) break;
      left -= begun;
      budget -= begun;
    }
  }
  bool has_cancelled = true;
  for (auto left = steps_of_a_stop; has_cancelled && left > 0; --left) {
    store::WriteJob job = [this, id, &has_cancelled](store::Transaction& transaction) -> Result<void> {
      const auto cancelled = cancel_queued(transaction, id);
      if (!cancelled) return tl::unexpected(cancelled.error());
      has_cancelled = *cancelled > 0;
      if (auto done = count_lost(transaction, id); !done) return done;
      return advance(transaction, id);
    };
    const auto done = co_await write(std::move(job), context);
    if (!done) co_return;   // again in the next round
  }
}

// One group after the other, each from one state of it; a group whose gathering was interrupted is gathered anew.
net::Task<void> Nrem::State::gather(std::uint64_t id, boost::asio::io_context& context) {
  for (;;) {
    std::optional<FleetGroup> found;
    store.read([&](store::View& view) { found = next_group(view, id); }, context);
    if (!found) break;
    const auto* references = found->group ? references_of(**found->group) : nullptr;
    const auto count = references ? references->size() : 0;
    std::size_t next = 0;
    do {
      std::vector<FleetMember> members;
      store.read([&](store::View& view) {
        if (!references || !found->from) return;
        const auto policy = pipeline.policy();
        FleetMembers finder(view, *found->from, *policy, **found->group, found->row.text, clock.now());
        for (const auto end = std::min(count, next + gathered_at_once); next < end; ++next) members.push_back(finder.member((*references)[next].text()));
      }, context);
      const bool is_last = next >= count || !found->from;
      store::WriteJob job = [&](store::Transaction& transaction) { return keep_members(transaction, *found, members, is_last); };
      const auto kept = co_await write(std::move(job), context);
      if (!kept) co_return;   // again in the next round
    } while (next < count && found->from);
  }
  store::WriteJob job = [this, id](store::Transaction& transaction) { return advance(transaction, id); };
  static_cast<void>(co_await write(std::move(job), context));
}

// The jobs are completed in their order: when the last one is, all are.
net::Task<std::size_t> Nrem::State::begin_members(std::uint64_t id, std::size_t count, boost::asio::io_context& context) {
  const auto slice = std::make_shared<FleetSlice>();
  store.read([&](store::View& view) { slice->members = view.management().fleet_members_in(id, FleetMemberState::waiting, 0, count); }, context);
  const auto size = slice->members.size();
  slice->refusals.resize(size);
  for (std::size_t i = 0; i < size; ++i) {
    store.write([this, slice, i](store::Transaction& transaction) { return begin_member(transaction, slice->members[i], slice->refusals[i]); }, context,
                [slice, i](const Result<void>& done) { slice->has_failed = slice->has_failed || (!done && !slice->refusals[i]); });
  }
  if (size == 0) co_return 0;
  store::WriteJob job = [this, slice](store::Transaction& transaction) -> Result<void> {
    for (std::size_t i = 0; i < slice->members.size(); ++i) {
      if (!slice->refusals[i]) continue;
      if (auto done = refuse_member(transaction, slice->members[i], *slice->refusals[i]); !done) return done;
    }
    return {};
  };
  const auto written = co_await write(std::move(job), context);
  co_return written && !slice->has_failed ? size : 0;
}

}  // namespace nscl::rem
