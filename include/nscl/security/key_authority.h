// SPDX-License-Identifier: Apache-2.0
// KeyAuthority: what an M2M authentication server does for us. It has the root keys of nodes and makes connection keys of them; the
// root keys themselves never come back from it.
#pragma once

#include <cstdint>
#include <memory>

#include <nscl/base/error.h>
#include <nscl/base/secret.h>
#include <nscl/security/keystore.h>
#include <nscl/store/transaction.h>

namespace nscl::security {

/// Free for all threads; called inside write jobs.
class KeyAuthority {
 public:
  virtual ~KeyAuthority() = default;

  /// Takes the root key of a node, whatever procedure made it. `description` is a pending key of kind root.
  virtual Result<void> keep(store::Transaction& transaction, const store::Key& description, const Secret& root) = 0;

  /// Kmc by the root key with this row. `connection` and `index` as in KeyDerivation.
  virtual Result<Secret> connection_key(store::View& view, const store::Key& root, std::uint64_t connection, std::uint32_t index,
                                        const Secret& exported) const = 0;
};

/// The one in this process: root keys are in the keystore, which outlives it.
std::unique_ptr<KeyAuthority> local_authority(Keystore& keystore);

}  // namespace nscl::security
