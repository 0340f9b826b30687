// SPDX-License-Identifier: Apache-2.0
// DeviceCredentials: as whom managed devices authenticate here and this SCL does there, with passwords that are wrapped at rest, as are
// documents with such passwords.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include <nscl/base/error.h>
#include <nscl/base/secret.h>
#include <nscl/security/keystore.h>
#include <nscl/store/management.h>
#include <nscl/store/transaction.h>

namespace nscl::rem {

/// Of login and connection_request: what the device is to be told, and what was before.
constexpr store::CredentialPurpose next_of(store::CredentialPurpose purpose) {
  return purpose == store::CredentialPurpose::login ? store::CredentialPurpose::next_login : store::CredentialPurpose::next_connection_request;
}
constexpr store::CredentialPurpose former_of(store::CredentialPurpose purpose) {
  return purpose == store::CredentialPurpose::login ? store::CredentialPurpose::former_login : store::CredentialPurpose::former_connection_request;
}

/// A change of the password for login or connection_request is none any more.
void erase_change(store::ManagementWrites& management, std::string_view device, store::CredentialPurpose purpose);

/// By what a device is called for the `attempt`th time in a row, from 1: if it did not come, it may believe the password that it was told in a
/// session that broke off, or the one before.
std::optional<store::ManagementCredential> credential_of_call(store::ManagementReads& management, std::string_view device, unsigned attempt);

/// Free for all threads. The keystore outlives it.
class DeviceCredentials {
 public:
  static constexpr std::size_t longest = 256;   ///< octets of a user and of a password (TR-069: string(256))

  explicit DeviceCredentials(security::Keystore& keystore) : keystore_(keystore) {}

  /// Whether put() would take it. bad_request: user or password are empty, too long or hold what no device can send, or it is not
  /// said for whom it is. conflict: another device, or another OUI, has this login.
  static Result<void> check(store::ManagementReads& management, const store::ManagementCredential& description, const Secret& password);

  /// Keeps a credential; `secret` of `description` is set here. Replaces the one of this purpose, user and device. A bootstrap of the device
  /// that was on its way, and a change of the password that was, are none any more, as they tell of others.
  Result<void> put(store::Transaction& transaction, store::ManagementCredential description, const Secret& password);

  /// The same, and drops the other credentials that this device has for this purpose.
  Result<void> put_only(store::Transaction& transaction, store::ManagementCredential description, const Secret& password);

  /// Keeps a bootstrap that tells of the credentials that the device has; `push` of `description` is set here.
  Result<void> put_bootstrap(store::Transaction& transaction, store::ManagementBootstrap description, const Secret& push);

  /// Has a device of OMA-DM told new passwords of both sides in its next session; they are made here (rem.md 3.7). What it is to be told already
  /// stays as it is, since it may know it. conflict: it has no credentials of its own of both sides, or was not seen yet to use what it
  /// took on last.
  Result<void> plan_change(store::Transaction& transaction, std::string_view device, Time now);

  /// The password. internal_server_error if it does not open: its row was changed outside of this program.
  Result<Secret> open(store::View& view, const store::ManagementCredential& credential) const;

 private:
  security::Keystore& keystore_;
};

}  // namespace nscl::rem
