// SPDX-License-Identifier: Apache-2.0
// The M2M service bootstrap: a device of the inventory is given a Node-ID and a root key (Kmr); and how a node renews its root key
// or gives it up. docs/bootstrap.md
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nscl/base/error.h>
#include <nscl/base/secret.h>
#include <nscl/base/time.h>
#include <nscl/security/bootstrap_method.h>
#include <nscl/security/key_authority.h>
#include <nscl/security/node_keys.h>

namespace nscl::security {

/// Free for all threads, without sockets: what is exported from the TLS session comes with the call.
class Bootstrap {
 public:
  enum class Again { never, approve, always };   ///< what a bootstrapped device is told that asks again
  struct Options {
    std::chrono::milliseconds lifetime{std::chrono::hours{24 * 1825}};   ///< of a root key
    Again rebootstrap = Again::approve;
    std::chrono::milliseconds pause{60'000};   ///< between two keys for one device
    unsigned per_day = 10;                     ///< keys for one device
    bool v1_clear_key = false;                 ///< the key in clear inside TLS, for devices of version 1.1.1
  };
  Bootstrap(Keystore& keystore, KeyAuthority& authority, const Options& options, const Clock& clock)
      : keystore_(keystore), authority_(authority), options_(options), clock_(clock) {}

  /// What the document in the request says; both may be missing.
  struct Claims {
    std::string node;                    ///< the Node-ID that the device would like, or has
    std::optional<std::uint64_t> index;  ///< of the root key that it has
  };
  struct Given {
    NextKey key;
    Time not_after{};
    std::string wrapped;                 ///< 40 octets; empty if `clear` has the key
    Secret clear;
    std::string scl_id;
  };
  /// An answer that is no key. Of the status set only `too_often` lacks a name.
  struct Refusal {
    Error error;
    bool is_too_often = false;           ///< 429
    std::chrono::seconds retry_after{0};
  };
  struct Outcome {
    std::optional<Given> given;
    Refusal refusal;                     ///< where nothing is given; Status::accepted: the operator has to approve
  };

  /// The root key that the device is given next: for its node, or for a new Node-ID.
  NextKey next(store::View& view, std::string_view hardware) const;
  /// One attempt of a device; the outcome is valid once the transaction is committed. Errors: outdated_next(), or of the keystore.
  Result<Outcome> attempt(store::Transaction& transaction, std::string_view hardware, const Claims& claims, const NextKey& next,
                          const BootstrapMethod& method, const Secret& wrapping) const;

  /// The root key that the node with this root key is given next.
  Result<NextKey> next_of_root(store::View& view, std::string_view root_identity) const;
  /// Another root key under the one that `proof` is. The old one is good until the new one is used, and an hour more.
  Result<Given> renew(store::Transaction& transaction, const KeyProof& proof, const Claims& claims, const NextKey& next, const Secret& wrapping) const;

  /// The node forgets: all its keys are revoked, its device is expected again, with another Node-ID. `index`: of the root key in force,
  /// as a token; precondition_failed if it is another.
  Result<void> erase(store::Transaction& transaction, const KeyProof& proof, std::uint64_t index) const;

 private:
  std::optional<Refusal> refuse(const store::Device& device, const Claims& claims, store::View& view) const;
  Result<Given> issue(store::Transaction& transaction, const NextKey& next, const std::string& entity, const std::string& environment, Secret root,
                      const Secret& wrapping) const;

  Keystore& keystore_;
  KeyAuthority& authority_;
  const Options options_;
  const Clock& clock_;
};

}  // namespace nscl::security
