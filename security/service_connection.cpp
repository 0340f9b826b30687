// SPDX-License-Identifier: Apache-2.0
#include <nscl/security/service_connection.h>

#include <algorithm>

#include <nscl/base/bytes.h>
#include <nscl/base/log.h>
#include <nscl/security/audit.h>
#include <nscl/security/key_derivation.h>
#include <nscl/security/key_identity.h>

namespace nscl::security {
namespace {

using store::Key;
using store::KeyKind;
using store::KeyState;

constexpr std::string_view below_scls = "scls/";
constexpr std::size_t connection_id_size = 8;
constexpr std::chrono::minutes remembered{1};   // a revoked connection key: its sessions are closed long before
constexpr std::size_t most_keys = 64;           // of one node in that time

void record(store::Transaction& transaction, std::string_view event, std::string_view node, const std::string& entity, const std::string& identity, Time now) {
  log::info(event, {{"node", node}, {"identity", identity}});
  append_event(transaction, event, entity, identity, now);
}

std::uint64_t number_of(std::string_view octets) {
  std::uint64_t number = 0;
  for (const char octet : octets) number = number << 8 | static_cast<unsigned char>(octet);
  return number;
}

bool is_of_connection(const Key& key) { return key.kind == KeyKind::connection; }
bool is_unused(const Key& key) { return is_of_connection(key) && key.state == KeyState::pending; }

/// Every renewal leaves a revoked key behind. Its index is not given again, as the node knows how far it has come. How many are left.
std::size_t forget_revoked(store::Transaction& transaction, const std::string& node, Time before) {
  std::size_t left = 0;
  for (const Key& key : transaction.keys_of_node(node)) {
    if (!is_of_connection(key)) continue;
    const bool is_forgotten = key.state == KeyState::revoked && key.not_after < before && transaction.erase_key(key.identity);
    left += is_forgotten ? 0 : 1;
  }
  return left;
}

}  // namespace

Result<NextKey> ServiceConnections::next(store::View& view, std::string_view root_identity) const {
  const auto root = known_root(view, root_identity);
  if (!root) return tl::unexpected(root.error());
  const auto index = index_after(node_of(view, root->node).connection_index);
  if (!index) return tl::unexpected(index.error());
  return NextKey{root->node, *index};
}

Result<ServiceConnections::Given> ServiceConnections::establish(store::Transaction& transaction, const KeyProof& proof, const NextKey& next,
                                                                const Exported& exported) const {
  const auto root = used_root(keystore_, transaction, proof);
  if (!root) return tl::unexpected(root.error());
  if (const auto now_next = this->next(transaction, proof.identity); !now_next || *now_next != next) return tl::unexpected(outdated_next());
  if (forget_revoked(transaction, root->node, clock_.now() - remembered) >= most_keys)
    return failure(Status::forbidden, "the node was given too many connection keys; ask again in a minute");
  // One that was not used may be about to be: revoked, not deleted, it takes its sessions with it.
  if (auto done = revoke_keys(keystore_, transaction, root->node, clock_.now(), is_unused); !done) return tl::unexpected(done.error());
  auto node = node_of(transaction, root->node);
  if (node.connection.empty()) node.connection = hex_encode(random_octets(connection_id_size));
  Given given;
  given.connection = number_of(hex_decode(node.connection).value_or(""));
  given.index = next.index;
  given.not_after = std::chrono::floor<std::chrono::seconds>(std::min(clock_.now() + std::chrono::microseconds(options_.lifetime), root->not_after));
  given.scl_id = root->entity.substr(below_scls.size());
  const auto key = authority_.connection_key(transaction, *root, given.connection, given.index, exported.connection);
  if (!key) return tl::unexpected(key.error());
  given.wrapped = aes_wrap(exported.wrapping, *key);
  Key description{.identity = connection_identity(node.connection, given.index), .kind = KeyKind::connection, .state = KeyState::pending,
                  .node = root->node, .entity = root->entity, .environment = root->environment, .derivation = std::string(nscl_1().name())};
  description.not_after = given.not_after;
  if (auto done = keystore_.add(transaction, description, *key); !done) return tl::unexpected(done.error());
  node.connection_index = given.index;
  transaction.put_node(node);
  record(transaction, "connection.established", root->node, root->entity, description.identity, clock_.now());
  return given;
}

Result<std::string> ServiceConnections::node_of_proof(store::Transaction& transaction, const KeyProof& proof) const {
  const auto key = transaction.find_key(proof.identity);
  if (key && key->kind == KeyKind::connection && key->generation == proof.generation && key->state != KeyState::revoked) return key->node;
  const auto root = used_root(keystore_, transaction, proof);
  if (!root) return tl::unexpected(root.error());
  return root->node;
}

Result<void> ServiceConnections::end(store::Transaction& transaction, const KeyProof& proof) const {
  const auto id = node_of_proof(transaction, proof);
  if (!id) return tl::unexpected(id.error());
  if (auto done = revoke_keys(keystore_, transaction, *id, clock_.now(), is_of_connection); !done) return done;
  auto node = node_of(transaction, *id);
  node.connection.clear();
  transaction.put_node(node);
  const auto key = transaction.find_key(proof.identity);
  record(transaction, "connection.ended", *id, key ? key->entity : "", proof.identity, clock_.now());
  return {};
}

}  // namespace nscl::security
