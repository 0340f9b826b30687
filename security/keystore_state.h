// SPDX-License-Identifier: Apache-2.0
// What the keystore and its look-ups share; it lives as long as the last job that a look-up has posted.
#pragma once

#include <atomic>
#include <span>

#include <nscl/security/keystore.h>

#include "data_keys.h"

namespace nscl::security {

struct Keystore::State {
  State(store::Store& s, Secret master, bool with_decoy, const Clock& c) : store(s), clock(c), decoy(with_decoy), data_keys(std::move(master)) {}

  /// Wraps the octets under the data key in force, for this row as it is: identity, kind, node, index, generation, entity.
  Result<void> wrap(store::View& view, store::Key& key, const Secret& octets) const;
  Result<Secret> open(store::View& view, const store::Key& key) const;
  Result<void> note_use(store::Transaction& transaction, std::string_view identity, std::uint64_t generation) const;

  std::size_t sweep(store::Transaction& transaction, std::size_t limit) const;

  /// nullopt: there is none of this name.
  Result<std::optional<Secret>> find_secret(store::View& view, std::string_view name) const;
  Result<void> put_secret(store::Transaction& transaction, std::string_view name, const Secret& octets) const;

  /// Under the data key in force: these keys; all secrets.
  Result<void> wrap_anew(store::Transaction& transaction, const std::vector<store::Key>& keys, Rewrapped& done) const;
  Result<void> wrap_secrets_anew(store::Transaction& transaction) const;
  Result<Rewrapped> wrap_keys_anew() const;
  Result<void> wrap_digests_anew(Rewrapped& done) const;
  Result<void> wrap_digests_anew(store::Transaction& transaction, std::span<const std::string> names, Rewrapped& done) const;
  Result<Secret> open_digest(store::View& view, const store::Principal& principal) const;

  /// What whoever has no key and no digest is judged by: nobody knows it, and it is always the same.
  Secret decoy_of(std::string_view identity) const;

  /// One line a second at most: a peer can cause as many as it likes.
  void warn(std::string_view event, std::string_view about) const;
  mutable std::atomic<std::int64_t> last_warning{0};

  store::Store& store;
  const Clock& clock;
  const bool decoy;
  DataKeys data_keys;
  Secret installation;        ///< what decoys are made of
  store::Key unknown;         ///< opened for identities that are not there, so that this takes as long as for others
};

}  // namespace nscl::security
