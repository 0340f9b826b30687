// SPDX-License-Identifier: Apache-2.0
// Secrets that are no key of a peer, and new data and master keys for everything that is wrapped.
#include <algorithm>
#include <stdexcept>

#include <nscl/base/bytes.h>
#include <nscl/security/key_derivation.h>

#include "keystore_state.h"
#include "word_list.h"

namespace nscl::security {
namespace {

constexpr std::string_view secrets_fact = "secrets";
constexpr std::size_t page = 1000, secret_size = 32;

std::string secret_fact(std::string_view name) { return "secret/" + std::string(name); }
std::string context_of(std::string_view name, std::string_view data_key) { return length_prefixed({"NSCL-1 secret", name, data_key}); }

/// How far a change of the data key has come.
struct Progress {
  std::string after;   ///< the last identity that was looked at
  Keystore::Rewrapped done;
  bool is_at_end = false;
};

}  // namespace

// The fact: name of the data key, a blank, the wrapped octets in base64.
Result<std::optional<Secret>> Keystore::State::find_secret(store::View& view, std::string_view name) const {
  const auto fact = view.fact(secret_fact(name));
  if (!fact) return std::nullopt;
  const std::string data_key = fact->substr(0, fact->find(' '));
  const auto wrapped = base64_decode(std::string_view(*fact).substr(std::min(data_key.size() + 1, fact->size())));
  const auto wrapper = data_keys.find(view, data_key);
  if (!wrapper) return tl::unexpected(wrapper.error());
  auto octets = wrapped ? (*wrapper)->unwrap(context_of(name, data_key), *wrapped) : std::nullopt;
  if (!octets) return failure(Status::internal_server_error, "the secret " + std::string(name) + " does not open: it was changed outside of this program");
  return octets;
}

Result<void> Keystore::State::put_secret(store::Transaction& transaction, std::string_view name, const Secret& octets) const {
  const auto current = data_keys.current(transaction);
  if (!current) return tl::unexpected(current.error());
  const std::string wrapped = current->wrapper->wrap(context_of(name, current->name), octets);
  transaction.put_fact(secret_fact(name), current->name + " " + base64_encode(wrapped));
  return {};
}

Result<std::optional<Secret>> Keystore::find_secret(store::View& view, std::string_view name) const { return state_->find_secret(view, name); }

Result<Secret> Keystore::secret(store::Transaction& transaction, std::string_view name) {
  if (name.empty() || name.find(' ') != std::string_view::npos) throw std::logic_error("a secret whose name is not one word");
  auto found = state_->find_secret(transaction, name);
  if (!found) return tl::unexpected(found.error());
  if (*found) return **std::move(found);
  Secret made = random_secret(secret_size);
  if (auto done = state_->put_secret(transaction, name, made); !done) return tl::unexpected(done.error());
  auto names = words_of(transaction, secrets_fact);
  names.emplace_back(name);
  put_words(transaction, secrets_fact, names);
  return made;
}

Result<void> Keystore::State::wrap_anew(store::Transaction& transaction, const std::vector<store::Key>& keys, Rewrapped& done) const {
  const auto current = data_keys.current(transaction);
  if (!current) return tl::unexpected(current.error());
  for (store::Key key : keys) {
    if (key.wrapped.empty() || key.wrap_key == current->name) continue;
    const auto octets = open(transaction, key);
    ++(octets ? done.keys : done.damaged);
    if (!octets) continue;
    if (auto wrapped = wrap(transaction, key, *octets); !wrapped) return wrapped;
    transaction.put_key(key);
  }
  return {};
}

Result<void> Keystore::State::wrap_secrets_anew(store::Transaction& transaction) const {
  for (const std::string& name : words_of(transaction, secrets_fact)) {
    const auto octets = find_secret(transaction, name);
    if (!octets) return tl::unexpected(octets.error());
    if (!*octets) continue;
    if (auto done = put_secret(transaction, name, **octets); !done) return done;
  }
  return {};
}

Result<Keystore::Rewrapped> Keystore::State::wrap_keys_anew() const {
  Progress progress;
  while (!progress.is_at_end) {
    Progress next = progress;   // what a failing job has counted does not count
    const auto done = store.write_and_wait([&](store::Transaction& transaction) {
      const auto keys = transaction.keys(next.after, page);
      next.is_at_end = keys.size() < page;
      if (!keys.empty()) next.after = keys.back().identity;
      return wrap_anew(transaction, keys, next.done);
    });
    if (!done) return tl::unexpected(done.error());
    progress = next;
  }
  return progress.done;
}

Result<void> Keystore::State::wrap_digests_anew(Rewrapped& done) const {
  std::vector<std::string> names;
  store.read([&](store::View& view) {
    for (auto& principal : view.principals()) {
      if (!principal.digest.empty()) names.push_back(std::move(principal.name));
    }
  });
  for (std::span<const std::string> rest = names; !rest.empty();) {
    const auto some = rest.first(std::min(page, rest.size()));
    Rewrapped counted = done;
    auto wrapped = store.write_and_wait([&](store::Transaction& transaction) { return wrap_digests_anew(transaction, some, counted); });
    if (!wrapped) return wrapped;
    done = counted;
    rest = rest.subspan(some.size());
  }
  return {};
}

Result<Keystore::Rewrapped> Keystore::change_data_key(const std::function<void(store::Transaction&)>& tell) {
  const State& state = *state_;
  const Result<void> made = state.store.write_and_wait([&](store::Transaction& transaction) -> Result<void> {
    state.data_keys.make(transaction);
    if (tell) tell(transaction);
    return {};
  });
  if (!made) return tl::unexpected(made.error());
  auto done = state.wrap_keys_anew();
  if (!done) return done;
  if (const auto wrapped = state.wrap_digests_anew(*done); !wrapped) return tl::unexpected(wrapped.error());
  const Result<void> ended = state.store.write_and_wait([&](store::Transaction& transaction) {
    Result<void> wrapped = state.wrap_secrets_anew(transaction);
    if (done->damaged == 0) DataKeys::forget_others(transaction);
    return wrapped;
  });
  if (!ended) return tl::unexpected(ended.error());
  return done;
}

Result<void> Keystore::change_master(store::Transaction& transaction, Secret next) const {
  return state_->data_keys.change_master(transaction, std::move(next));
}

}  // namespace nscl::security
