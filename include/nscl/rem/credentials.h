// SPDX-License-Identifier: Apache-2.0
// DeviceCredentials: as whom managed devices authenticate here and this SCL does there, with passwords that are wrapped at rest, as are
// documents with such passwords.
#pragma once

#include <cstddef>

#include <nscl/base/error.h>
#include <nscl/base/secret.h>
#include <nscl/security/keystore.h>
#include <nscl/store/management.h>
#include <nscl/store/transaction.h>

namespace nscl::rem {

/// Free for all threads. The keystore outlives it.
class DeviceCredentials {
 public:
  static constexpr std::size_t longest = 256;   ///< octets of a user and of a password (TR-069: string(256))

  explicit DeviceCredentials(security::Keystore& keystore) : keystore_(keystore) {}

  /// Whether put() would take it. bad_request: user or password are empty, too long or hold what no device can send, or it is not
  /// said for whom it is. conflict: another device, or another OUI, has this login.
  static Result<void> check(store::ManagementReads& management, const store::ManagementCredential& description, const Secret& password);

  /// Keeps a credential; `secret` of `description` is set here. Replaces the one of this purpose, user and device. A bootstrap of the device
  /// that was on its way is none any more, as it tells of others.
  Result<void> put(store::Transaction& transaction, store::ManagementCredential description, const Secret& password);

  /// The same, and drops the other credentials that this device has for this purpose.
  Result<void> put_only(store::Transaction& transaction, store::ManagementCredential description, const Secret& password);

  /// Keeps a bootstrap that tells of the credentials that the device has; `push` of `description` is set here.
  Result<void> put_bootstrap(store::Transaction& transaction, store::ManagementBootstrap description, const Secret& push);

  /// The password. internal_server_error if it does not open: its row was changed outside of this program.
  Result<Secret> open(store::View& view, const store::ManagementCredential& credential) const;

 private:
  security::Keystore& keystore_;
};

}  // namespace nscl::rem
