// SPDX-License-Identifier: Apache-2.0
// The M2M service connection: a node that has proven its root key (Kmr) is given a connection key (Kmc) for mId. docs/bootstrap.md
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <nscl/base/error.h>
#include <nscl/base/secret.h>
#include <nscl/base/time.h>
#include <nscl/security/key_authority.h>
#include <nscl/security/node_keys.h>

namespace nscl::security {

/// Free for all threads, without sockets: what is exported from the TLS session comes with the call.
class ServiceConnections {
 public:
  struct Options {
    std::chrono::milliseconds lifetime{std::chrono::hours{24}};   ///< of a connection key; it never outlives the root key
  };
  ServiceConnections(Keystore& keystore, KeyAuthority& authority, const Options& options, const Clock& clock)
      : keystore_(keystore), authority_(authority), options_(options), clock_(clock) {}

  /// The connection key that the node with this root key is given next. permission_denied as in used_root().
  Result<NextKey> next(store::View& view, std::string_view root_identity) const;

  /// What the TLS session under the root key exports, by KeyDerivation.
  struct Exported {
    Secret wrapping;     ///< for wrapping_exporter(node, index)
    Secret connection;   ///< for connection_exporter(node)
  };
  struct Given {
    std::uint64_t connection = 0;   ///< M2M service connection id: random, and the same while keys are renewed
    std::uint32_t index = 0;
    Time not_after{};
    std::string wrapped;            ///< 40 octets
    std::string scl_id;
  };
  /// Makes the connection key `next`, pending until the node uses it. outdated_next(): it is not the next one any more.
  Result<Given> establish(store::Transaction& transaction, const KeyProof& proof, const NextKey& next, const Exported& exported) const;

  /// The end of the connection: all connection keys of the node are revoked, by its root key or one of them. The next connection has
  /// another id.
  Result<void> end(store::Transaction& transaction, const KeyProof& proof) const;

 private:
  Result<std::string> node_of_proof(store::Transaction& transaction, const KeyProof& proof) const;

  Keystore& keystore_;
  KeyAuthority& authority_;
  const Options options_;
  const Clock& clock_;
};

}  // namespace nscl::security
