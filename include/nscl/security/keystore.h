// SPDX-License-Identifier: Apache-2.0
// Keystore: the pre-shared keys, wrapped under data keys, which are wrapped under the master key. docs/keys.md
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>

#include <nscl/base/error.h>
#include <nscl/base/secret.h>
#include <nscl/base/time.h>
#include <nscl/net/psk_lookup.h>
#include <nscl/store/store.h>

namespace nscl::security {

/// Free for all threads. What takes a Transaction runs inside a write job, and is undone with it.
class Keystore {
 public:
  struct Options {
    std::string master;                 ///< source of the master key (master_key.h); empty: master.key in `directory`
    std::filesystem::path directory;    ///< of the store
    bool decoy = true;                  ///< an unknown identity looks like a wrong key; false: for the laboratory
  };

  /// Reads the master key; in a new store makes it (only where no source is named) and then the first data key. Throws
  /// std::runtime_error with a text for the operator, and then has changed nothing: no master key though keys are wrapped
  /// under one, or another one than theirs.
  /// Waits for the store: at start or from the command line, not on an I/O thread.
  Keystore(store::Store& store, const Options& options, const Clock& clock);
  ~Keystore();
  Keystore(const Keystore&) = delete;
  Keystore& operator=(const Keystore&) = delete;

  /// The keys of these kinds, for one listener. `completions`: an I/O context that outlives it.
  std::unique_ptr<net::PskLookup> lookup(std::vector<store::KeyKind> kinds, boost::asio::io_context& completions);

  /// Whether add() would take the key: identity free and of the form of its kind (conflict, bad_request), an entity (a
  /// voucher needs none), quality, time, and of its node an index above all others. While its node has an active key of
  /// this kind, a further one can only be pending.
  Result<void> check(store::View& view, const store::Key& description, const Secret& key, bool may_be_weak = false) const;

  /// Adds a key. Of `description` the generation, the wrapped octets and what belongs to them are set here; not_before of a
  /// pending key becomes now: when it was given out.
  Result<void> add(store::Transaction& transaction, store::Key description, const Secret& key, bool may_be_weak = false);

  /// Final: the octets are gone, the identity cannot be added again. With the active root key of a node go its connection keys.
  /// not_found if there is none.
  /// Needs no master key, and so no object.
  static Result<void> revoke(store::Transaction& transaction, std::string_view identity);

  /// Other octets under the same identity, as the next generation. not_found; conflict if it is revoked or retiring.
  Result<void> replace(store::Transaction& transaction, std::string_view identity, const Secret& key, bool may_be_weak = false);

  /// A peer used this generation of a pending key: it becomes active, the active one of its node and kind retires (after an
  /// hour it is revoked; of connection keys after a minute), pending ones with a lower index go. With its first root key the device
  /// of the node is bootstrapped. Nothing otherwise.
  Result<void> note_use(store::Transaction& transaction, std::string_view identity, std::uint64_t generation);

  /// The octets. An error if they do not open, as the row was changed outside of the program, or were revoked.
  Result<Secret> open(store::View& view, const store::Key& key) const;

  /// Retiring keys whose time is over are revoked, pending ones that nobody used for 24 hours deleted; `limit` of each at
  /// most. How many.
  std::size_t sweep(store::Transaction& transaction, std::size_t limit = 1000);
  /// Posts a job that does so, if there is anything to do. For housekeeping, on the thread of `context`.
  void sweep(boost::asio::io_context& context);

  /// 32 random octets that stay the same, kept wrapped under this name, one word; made when first asked for.
  Result<Secret> secret(store::Transaction& transaction, std::string_view name);
  /// The same, if it was ever asked for.
  Result<std::optional<Secret>> find_secret(store::View& view, std::string_view name) const;

  /// Wraps what HTTP Digest judges this principal by into it: HA1 of SHA-256 (32 octets) and, if there is one, of MD5 (16).
  Result<void> put_digest(store::View& view, store::Principal& principal, const Secret& octets) const;
  /// The same opened, always 48 octets. Where there is none (no such principal, no Digest, no MD5) they are such as nobody knows,
  /// after the same work.
  Secret digest_of(store::View& view, const std::optional<store::Principal>& principal, std::string_view name) const;

  struct Rewrapped {
    std::uint64_t keys = 0;      ///< wrapped anew, digests of principals with them
    std::uint64_t damaged = 0;   ///< do not open, and stay as they are; so does the data key they name
  };
  /// Wraps all keys under a new data key, 1,000 in a transaction; after a failure or crash it can be called again. Waits for
  /// the store. `tell` records in the transaction of the new key who wanted it.
  Result<Rewrapped> change_data_key(const std::function<void(store::Transaction&)>& tell = {});

  /// Wraps the data keys under another master key. This object goes on with the old one: make no new data key by it.
  Result<void> change_master(store::Transaction& transaction, Secret next) const;

 private:
  struct State;
  friend class KeyLookup;
  std::shared_ptr<State> state_;
};

}  // namespace nscl::security
