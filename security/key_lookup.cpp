// SPDX-License-Identifier: Apache-2.0
// What a TLS-PSK listener asks the keystore. An unknown identity costs the same work as a known one and ends in a decoy, so that
// neither the answer nor its time tells which identities there are.
#include <algorithm>
#include <stdexcept>

#include <nscl/base/log.h>
#include <nscl/security/key_identity.h>

#include "keystore_state.h"

namespace nscl::security {
namespace {

/// The system clock counts nanoseconds, which end in the year 2262.
std::chrono::system_clock::time_point to_system(Time time) {
  using Result = std::chrono::system_clock::time_point;
  return time >= Time(std::chrono::floor<std::chrono::microseconds>(Result::max().time_since_epoch())) ? Result::max() : Result(time);
}

}  // namespace

class KeyLookup final : public net::PskLookup {
 public:
  KeyLookup(std::shared_ptr<Keystore::State> state, std::vector<store::KeyKind> kinds, boost::asio::io_context& completions)
      : state_(std::move(state)), kinds_(std::move(kinds)), completions_(completions) {}

  Found find(std::string_view identity) override {
    if (!is_psk_identity(identity)) return {};
    Found found;
    try {
      state_->store.read([&](store::View& view) { found = look(view, identity); });
    } catch (const std::exception& error) {
      state_->warn("keys cannot be read", error.what());
    }
    Secret decoy = state_->decoy_of(identity);
    if (!found.holder && state_->decoy) found.key = std::move(decoy);
    return found;
  }

  net::PskHolderPtr holder(std::string_view identity) override {
    if (!is_psk_identity(identity)) return nullptr;
    net::PskHolderPtr found;
    try {
      state_->store.read([&](store::View& view) { found = look(view, identity).holder; });
    } catch (const std::exception& error) {
      state_->warn("keys cannot be read", error.what());
    }
    return found;
  }

  void note_use(const net::PskHolder& holder) override {
    if (!holder.is_pending) return;
    const auto state = state_;
    state->store.write(
        [state, identity = holder.identity, generation = holder.generation](store::Transaction& transaction) {
          return state->note_use(transaction, identity, generation);
        },
        completions_, [state](const Result<void>& done) {
          if (!done) log::warning("a key that was used stays pending", {{"why", done.error().detail}});
        });
  }

 private:
  Found look(store::View& view, std::string_view identity) {
    auto row = view.find_key(identity);
    const bool is_usable = row && this->is_usable(*row);
    if (!row) (void)view.keys({}, 1);   // to read a row takes microseconds, which a peer can measure: one is read either way
    const store::Key key = is_usable ? *std::move(row) : state_->unknown;   // from here on the same for both
    auto octets = state_->open(view, key);
    auto holder = holder_of(key);
    if (!octets) state_->warn(octets.error().detail, identity);
    if (!octets || !is_usable) return {};
    return {*std::move(octets), std::move(holder)};
  }

  static net::PskHolderPtr holder_of(const store::Key& key) {
    auto holder = std::make_shared<net::PskHolder>();
    holder->identity = key.identity;
    holder->entity = key.entity;
    holder->generation = key.generation;
    holder->is_pending = key.state == store::KeyState::pending;
    holder->not_after = to_system(key.not_after);
    return holder;
  }

  bool is_usable(const store::Key& key) const {
    using enum store::KeyState;
    const Time now = state_->clock.now();
    const bool has_begun = key.state == pending || key.not_before <= now;   // of a pending key it says when it was given out
    return key.state != revoked && !key.wrapped.empty() && has_begun && now < key.not_after && std::ranges::find(kinds_, key.kind) != kinds_.end();
  }

  std::shared_ptr<Keystore::State> state_;
  std::vector<store::KeyKind> kinds_;
  boost::asio::io_context& completions_;
};

std::unique_ptr<net::PskLookup> Keystore::lookup(std::vector<store::KeyKind> kinds, boost::asio::io_context& completions) {
  return std::make_unique<KeyLookup>(state_, std::move(kinds), completions);
}

}  // namespace nscl::security
