// SPDX-License-Identifier: Apache-2.0
#include <nscl/security/node_keys.h>

#include <algorithm>
#include <limits>

#include <nscl/base/bytes.h>
#include <nscl/base/log.h>

namespace nscl::security {
namespace {

using store::Key;
using store::KeyKind;
using store::KeyState;

constexpr std::string_view outdated = "another key of the node was given out meanwhile";

tl::unexpected<Error> denied(std::string text) { return failure(Status::permission_denied, std::move(text)); }

constexpr std::string_view rolled_back = "the node has used a later root key already: use that one";

}  // namespace

Error outdated_next() { return {Status::conflict, std::string(outdated)}; }
bool is_rollback(const Error& error) { return error.detail == rolled_back; }
bool is_outdated_next(const Error& error) { return error.status == Status::conflict && error.detail == outdated; }

std::string node_octets(std::string_view node) { return hex_decode(node).value_or(""); }

store::Node node_of(store::View& view, std::string_view id) {
  auto node = view.find_node(id).value_or(store::Node{.id = std::string(id)});
  for (const Key& key : view.keys_of_node(id)) {
    if (key.kind == KeyKind::root) node.root_index = std::max(node.root_index, key.index);
    if (key.kind == KeyKind::connection) node.connection_index = std::max(node.connection_index, key.index);
  }
  return node;
}

Result<std::uint32_t> index_after(std::uint64_t last) {
  if (last >= std::numeric_limits<std::uint32_t>::max()) return failure(Status::forbidden, "the indexes of this node are used up: give it another Node-ID");
  return static_cast<std::uint32_t>(last + 1);
}

Result<Key> known_root(store::View& view, std::string_view identity) {
  auto key = view.find_key(identity);
  if (!key || key->state == KeyState::revoked) return denied("the key of this connection holds no more");
  const bool is_root = key->kind == KeyKind::root && !key->node.empty();
  if (!is_root) return denied("this takes the root key of the node, and the connection is not made with one");
  if (key->state == KeyState::retiring) {
    log::info("key.rollback", {{"identity", key->identity}, {"node", key->node}});
    return denied(std::string(rolled_back));
  }
  if (!key->entity.starts_with("scls/")) return failure(Status::forbidden, "the root key is not that of an SCL");
  return *std::move(key);
}

Result<Key> used_root(Keystore& keystore, store::Transaction& transaction, const KeyProof& proof) {
  // As the handshake said it; its own job may have failed.
  if (auto done = keystore.note_use(transaction, proof.identity, proof.generation); !done) return tl::unexpected(done.error());
  auto key = known_root(transaction, proof.identity);
  if (key && key->generation != proof.generation) return denied("the key of this connection holds no more");
  return key;
}

void erase_pending_roots(store::Transaction& transaction, std::string_view node) {
  for (const Key& key : transaction.keys_of_node(node)) {
    if (key.kind == KeyKind::root && key.state == KeyState::pending) transaction.erase_key(key.identity);
  }
}

Result<void> revoke_keys(Keystore& keystore, store::Transaction& transaction, std::string_view node, Time now, Which which) {
  for (Key& key : transaction.keys_of_node(node)) {
    if (key.state == KeyState::revoked || !which(key)) continue;
    key.not_after = std::min(key.not_after, now);
    transaction.put_key(key);
    if (auto done = keystore.revoke(transaction, key.identity); !done) return done;
  }
  return {};
}

}  // namespace nscl::security
