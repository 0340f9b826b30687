// SPDX-License-Identifier: Apache-2.0
// Keys from the first to the last of their states.
#include <nscl/security/keystore.h>

#include <algorithm>
#include <stdexcept>

#include <nscl/base/bytes.h>
#include <nscl/security/audit.h>
#include <nscl/security/key_derivation.h>
#include <nscl/security/inventory.h>
#include <nscl/security/key_identity.h>
#include <nscl/security/master_key.h>
#include <nscl/security/own_names.h>

#include "keystore_state.h"

namespace nscl::security {
namespace {

using store::Key;
using store::KeyKind;
using store::KeyState;

constexpr std::chrono::hours grace{1}, pending_time{24};
constexpr std::chrono::seconds connection_grace{60};
constexpr std::size_t sweep_at_once = 1000;

/// What a wrapped key is bound to: in another row, or in a row of another generation, it does not open.
std::string context_of(const Key& key) {
  return length_prefixed({"NSCL-1 wrap", key.identity, big_endian(static_cast<std::uint64_t>(key.kind), 1), key.node, big_endian(key.index, 8),
                          big_endian(key.generation, 8), key.wrap_key, key.entity});
}

Secret master_of(const Keystore::Options& options, bool is_new) {
  if (!options.master.empty()) return load_master_key(options.master);
  const auto file = master_key_file(std::filesystem::absolute(options.directory));
  std::error_code ignored;
  if (!is_new && !std::filesystem::exists(file, ignored)) {
    throw std::runtime_error("there is no master key " + file.string() + ", and the keys in this store are wrapped under it: "
                             "put it back, or name its place in keystore.master");
  }
  if (is_new) make_master_key(file);
  return load_master_key("file:" + file.string());
}

void require(const Result<void>& done) {
  if (!done) throw std::runtime_error("the keystore cannot be used: " + done.error().detail);
}

/// Node and index of a key stand in its identity where that has a form.
void take_apart(Key& key) {
  if (key.kind == KeyKind::root) {
    if (const auto parts = parse_root_identity(key.identity)) key.node = parts->id, key.index = parts->index;
  } else if (key.kind == KeyKind::connection) {
    if (const auto parts = parse_connection_identity(key.identity)) key.index = parts->index;
  }
}

Result<void> check_description(const Key& key, Time now) {
  const bool has_entity = is_own_entity(key.entity) || (key.entity.empty() && key.kind == KeyKind::voucher);
  if (!has_entity) return bad_request("the entity is neither scls/ID nor applications/ID");
  if (key.kind == KeyKind::application && !key.entity.starts_with("applications/")) return bad_request("an application key proves applications/ID");
  if (auto done = check_environment(key.environment); !done) return done;
  if (key.not_after <= now) return bad_request("not_after is over already");
  if (key.state != KeyState::pending && key.state != KeyState::active) return bad_request("a key is added as pending or active");
  return {};
}

/// Whether two indexed identities differ in their index alone.
bool is_same_series(const Key& a, const Key& b) {
  const auto series = [](const Key& key) { return std::string_view(key.identity).substr(0, key.identity.rfind('.')); };
  return (a.kind == KeyKind::root || a.kind == KeyKind::connection) && a.kind == b.kind && series(a) == series(b);
}

Result<void> check_node(store::View& view, const Key& key) {
  if (key.node.empty()) return {};
  for (const Key& other : view.keys_of_node(key.node)) {
    if (is_same_series(other, key) && other.index >= key.index) {
      return failure(Status::conflict, "an index never goes back: there is " + other.identity);
    }
    if (other.kind == key.kind && other.state == KeyState::active && key.state == KeyState::active) {
      return failure(Status::conflict, "the node has an active key of this kind: " + other.identity);
    }
  }
  return {};
}

Error missing(std::string_view identity) { return {Status::not_found, "there is no key \"" + std::string(identity) + "\""}; }

void make_revoked(store::Transaction& transaction, Key key) {
  key.state = KeyState::revoked;
  key.wrapped.clear();   // whoever changes the state back has won nothing
  key.wrap_key.clear();
  transaction.put_key(key);
}

/// A device that has used its root key needs none any more.
void end_voucher(store::Transaction& transaction, const std::string& identity) {
  auto voucher = identity.empty() ? std::nullopt : transaction.find_key(identity);
  if (voucher && voucher->state != KeyState::revoked) make_revoked(transaction, *std::move(voucher));
}

/// What was derived from the root key in force ends with it.
void revoke_derived(store::Transaction& transaction, const Key& root) {
  if (root.kind != KeyKind::root || root.state != KeyState::active || root.node.empty()) return;
  for (Key& key : transaction.keys_of_node(root.node)) {
    if (key.kind == KeyKind::connection && key.state != KeyState::revoked) make_revoked(transaction, std::move(key));
  }
}

}  // namespace

Result<void> Keystore::State::wrap(store::View& view, Key& key, const Secret& octets) const {
  auto current = data_keys.current(view);
  if (!current) return tl::unexpected(current.error());
  key.wrap_key = current->name;
  key.wrapped = current->wrapper->wrap(context_of(key), octets);
  return {};
}

Result<Secret> Keystore::State::open(store::View& view, const Key& key) const {
  if (key.wrapped.empty()) return failure(Status::not_found, "the key is revoked");
  const auto wrapper = data_keys.find(view, key.wrap_key);
  if (!wrapper) return tl::unexpected(wrapper.error());
  auto octets = (*wrapper)->unwrap(context_of(key), key.wrapped);
  if (!octets) return failure(Status::internal_server_error, "the key does not open: its row was changed outside of this program");
  return *std::move(octets);
}

Result<void> Keystore::State::note_use(store::Transaction& transaction, std::string_view identity, std::uint64_t generation) const {
  auto key = transaction.find_key(identity);
  if (!key || key->state != KeyState::pending || key->generation != generation) return {};
  const auto others = key->node.empty() ? std::vector<Key>{} : transaction.keys_of_node(key->node);
  for (Key other : others) {
    if (other.kind != key->kind || other.identity == key->identity) continue;
    if (other.state == KeyState::pending && is_same_series(other, *key) && other.index < key->index) transaction.erase_key(other.identity);
    if (other.state != KeyState::active) continue;
    const std::chrono::microseconds time = key->kind == KeyKind::connection ? std::chrono::microseconds(connection_grace) : grace;
    other.state = KeyState::retiring;
    other.not_after = std::min(other.not_after, clock.now() + time);
    transaction.put_key(other);
  }
  key->state = KeyState::active;
  key->not_before = Time{};
  transaction.put_key(*key);
  append_event(transaction, "key.activated", key->entity, key->identity, clock.now());
  if (key->kind == KeyKind::root) end_voucher(transaction, note_bootstrapped(transaction, key->node, clock.now()));
  return {};
}

Keystore::Keystore(store::Store& store, const Options& options, const Clock& clock) {
  bool is_new = false;
  store.read([&](store::View& view) { is_new = DataKeys::names(view).empty(); });
  state_ = std::make_shared<State>(store, master_of(options, is_new), options.decoy, clock);
  State& state = *state_;
  if (is_new) {
    require(store.write_and_wait([&](store::Transaction& transaction) -> Result<void> {
      if (DataKeys::names(transaction).empty()) state.data_keys.make(transaction);   // another process may have been first
      return {};
    }));
  }
  Result<std::optional<Secret>> installation = std::nullopt;
  store.read([&](store::View& view) {
    for (const std::string& name : DataKeys::names(view)) {
      if (state.data_keys.find(view, name)) continue;
      throw std::runtime_error("the master key does not open the keys of this store: it is that of another installation, or it was changed. "
                               "Nothing is changed; put the right one in its place, or name it in keystore.master");
    }
    installation = state.find_secret(view, "installation");
    state.unknown.identity = "an identity of the usual length";
    state.unknown.entity = "scls/an-entity-of-the-usual-length";
    state.unknown.generation = 1;
    require(state.wrap(view, state.unknown, random_secret(32)));
  });
  if (!installation) throw std::runtime_error(installation.error().detail);
  if (*installation) {
    state.installation = **std::move(installation);
    return;
  }
  require(store.write_and_wait([&](store::Transaction& transaction) -> Result<void> {
    auto made = secret(transaction, "installation");
    if (!made) return tl::unexpected(made.error());
    state.installation = *std::move(made);
    return {};
  }));
}

Keystore::~Keystore() = default;

Result<void> Keystore::check(store::View& view, const Key& description, const Secret& key, bool may_be_weak) const {
  Key whole = description;
  take_apart(whole);
  if (auto done = check_identity(whole.identity, whole.kind); !done) return done;
  if (auto done = check_quality(key, may_be_weak); !done) return done;
  if (auto done = check_description(whole, state_->clock.now()); !done) return done;
  if (view.find_key(whole.identity)) return failure(Status::conflict, "there is a key \"" + whole.identity + "\" already");
  return check_node(view, whole);
}

Result<void> Keystore::add(store::Transaction& transaction, Key description, const Secret& key, bool may_be_weak) {
  if (auto done = check(transaction, description, key, may_be_weak); !done) return done;
  take_apart(description);
  description.generation = 1;
  if (description.state == KeyState::pending) description.not_before = state_->clock.now();
  if (description.derivation.empty()) description.derivation = "import";
  if (auto done = state_->wrap(transaction, description, key); !done) return done;
  transaction.put_key(description);
  return {};
}

Result<void> Keystore::revoke(store::Transaction& transaction, std::string_view identity) {
  auto key = transaction.find_key(identity);
  if (!key) return tl::unexpected(missing(identity));
  revoke_derived(transaction, *key);
  if (key->state != KeyState::revoked) make_revoked(transaction, *std::move(key));
  return {};
}

Result<void> Keystore::replace(store::Transaction& transaction, std::string_view identity, const Secret& octets, bool may_be_weak) {
  auto key = transaction.find_key(identity);
  if (!key) return tl::unexpected(missing(identity));
  if (auto done = check_quality(octets, may_be_weak); !done) return done;
  if (key->state == KeyState::revoked || key->state == KeyState::retiring) {
    return failure(Status::conflict, "the key is " + std::string(name_of(key->state)) + ": give the device another identity");
  }
  ++key->generation;
  if (auto done = state_->wrap(transaction, *key, octets); !done) return done;
  transaction.put_key(*key);
  return {};
}

Result<void> Keystore::note_use(store::Transaction& transaction, std::string_view identity, std::uint64_t generation) {
  return state_->note_use(transaction, identity, generation);
}

Result<Secret> Keystore::open(store::View& view, const Key& key) const { return state_->open(view, key); }

std::size_t Keystore::State::sweep(store::Transaction& transaction, std::size_t limit) const {
  const Time now = clock.now();
  auto over = transaction.keys_over(KeyState::retiring, now, limit);
  const auto unused = transaction.keys_pending_since(now - pending_time, limit);
  for (Key& key : over) {
    append_event(transaction, "key.revoked", key.entity, key.identity, now);
    make_revoked(transaction, std::move(key));
  }
  for (const Key& key : unused) {
    append_event(transaction, "key.expired", key.entity, key.identity, now);
    transaction.erase_key(key.identity);
  }
  return over.size() + unused.size();
}

std::size_t Keystore::sweep(store::Transaction& transaction, std::size_t limit) { return state_->sweep(transaction, limit); }

void Keystore::sweep(boost::asio::io_context& context) {
  const auto state = state_;
  bool is_due = false;
  const auto look = [&](store::View& view) {
    const Time now = state->clock.now();
    is_due = !view.keys_over(KeyState::retiring, now, 1).empty() || !view.keys_pending_since(now - pending_time, 1).empty();
  };
  state->store.read(look, context);
  if (!is_due) return;
  const auto job = [state](store::Transaction& transaction) -> Result<void> {
    state->sweep(transaction, sweep_at_once);
    return {};
  };
  state->store.write(job, context, [](const Result<void>&) {});   // what fails is due again
}

}  // namespace nscl::security
