// SPDX-License-Identifier: Apache-2.0
// The keys of one node, as its service connection and its bootstrap see them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <nscl/base/error.h>
#include <nscl/security/keystore.h>
#include <nscl/store/transaction.h>

namespace nscl::security {

/// Who speaks: the key that a TLS session was made with.
struct KeyProof {
  std::string identity;
  std::uint64_t generation = 0;
};

/// Which key a node is given next. Read before the write job, since the key that wraps it is exported from the TLS session with both.
struct NextKey {
  std::string node;          ///< M2M-Node-ID, 32 hexadecimal digits
  std::uint32_t index = 0;
  bool operator==(const NextKey&) const = default;
};

/// The error of a write job for which `next` was read too early: another job has given that index. Read and try again.
Error outdated_next();
bool is_outdated_next(const Error& error);
/// The refusal of a root key that was replaced by a later one: whoever shows it may have copied it.
bool is_rollback(const Error& error);

/// The Node-ID as its 16 octets.
std::string node_octets(std::string_view node);

/// The node with the indexes it has come to; also of one that has none but imported keys.
store::Node node_of(store::View& view, std::string_view id);

/// What comes after index `last`; forbidden where 32 bits are used up.
Result<std::uint32_t> index_after(std::uint64_t last);

/// The root key that the proof is, which is used hereby. permission_denied: it is none, was replaced by a later one that the node has
/// used already, or holds no more.
Result<store::Key> used_root(Keystore& keystore, store::Transaction& transaction, const KeyProof& proof);
/// Before that, for the sake of reading NextKey: of a key that is pending or active.
Result<store::Key> known_root(store::View& view, std::string_view identity);

/// Deletes the root keys of the node that were given out and not used.
void erase_pending_roots(store::Transaction& transaction, std::string_view node);
/// Revokes the keys of the node that `which` is true of; they have ended `now`.
using Which = bool (*)(const store::Key& key);
Result<void> revoke_keys(Keystore& keystore, store::Transaction& transaction, std::string_view node, Time now, Which which);

}  // namespace nscl::security
