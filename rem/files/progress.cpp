// SPDX-License-Identifier: Apache-2.0
// How far transfers have come: counted in memory, written now and then.
#include <nscl/base/log.h>

#include "state.h"

namespace nscl::rem {
namespace {

constexpr std::chrono::seconds progress_time{5};
constexpr std::size_t transfers_at_once = 1000;

}  // namespace

void Progress::note(const store::Transfer& transfer, std::uint64_t begin, std::uint64_t end) {
  const std::lock_guard lock{mutex_};
  auto& entry = entries_.try_emplace(transfer.token, Entry{transfer.moved}).first->second;
  if (begin > entry.moved || end <= entry.moved) return;
  entry.moved = end;
  entry.has_changed = true;
}

std::uint64_t Progress::moved(const store::Transfer& transfer) const {
  const std::lock_guard lock{mutex_};
  const auto found = entries_.find(transfer.token);
  return found == entries_.end() ? transfer.moved : std::max(transfer.moved, found->second.moved);
}

std::map<std::string, std::uint64_t> Progress::take() {
  std::map<std::string, std::uint64_t> out;
  const std::lock_guard lock{mutex_};
  for (auto at = entries_.begin(); at != entries_.end();) {
    auto& entry = at->second;
    entry.rounds = entry.has_changed ? 0 : entry.rounds + 1;
    if (entry.has_changed) out.emplace(at->first, entry.moved);
    entry.has_changed = false;
    at = entry.rounds > kept_rounds ? entries_.erase(at) : std::next(at);
  }
  return out;
}

void Files::State::tell(store::Transaction& transaction, const store::Transfer& transfer) const {
  const auto told = moved ? moved(transaction, transfer) : Result<void>{};
  if (!told) log::warning("files.progress_not_shown", {{"device", transfer.device}, {"reason", told.error().detail}});
}

void Files::keep(boost::asio::io_context& context) {
  auto& state = *state_;
  const auto now = state.now();
  if (now < state.next_round && state.next_round - now <= progress_time) return;
  state.next_round = now + progress_time;
  const auto moved = state.progress->take();
  store::WriteJob job = [moved, now, &state](store::Transaction& transaction) -> Result<void> {
    auto& management = transaction.manage();
    for (const auto& [token, octets] : moved) {
      auto transfer = management.transfer(token);
      if (!transfer || transfer->moved >= octets) continue;
      transfer->moved = octets;
      management.put_transfer(*transfer);
      state.tell(transaction, *transfer);
    }
    management.erase_transfers_expired(now, transfers_at_once);
    return {};
  };
  state.store.write(std::move(job), context, [](const Result<void>& done) {
    if (!done) log::warning("files.progress_not_written", {{"reason", done.error().detail}});
  });
}

void Files::verify_all() {
  std::vector<store::ManagedFile> all;
  state_->store.read([&](store::View& view) {
    for (std::string after;;) {
      const auto files = view.management().files(after, files_at_once);
      all.insert(all.end(), files.begin(), files.end());
      if (files.size() < files_at_once) break;
      after = files.back().name;
    }
    state_->files.sweep(view);
  });
  for (auto& file : all) {
    state_->workers->post([state = state_.get(), file = std::move(file)] {
      if (const auto good = state->files.check(file); !good) log::error("files.damaged", {{"file", file.name}, {"reason", good.error().detail}});
    });
  }
}

}  // namespace nscl::rem
