// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/credentials.h>

#include <algorithm>

#include <nscl/base/bytes.h>
#include <nscl/rem/cpe_credentials.h>
#include <nscl/security/key_wrapper.h>

namespace nscl::rem {
namespace {

using store::CredentialPurpose;
using store::ManagementCredential;

constexpr std::size_t made_password = 26;   ///< characters: 130 bits

bool is_sendable(std::string_view text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; };
  return !text.empty() && text.size() <= DeviceCredentials::longest && is_xml_text(text) && std::none_of(text.begin(), text.end(), is_control);
}

Result<void> check_login(store::ManagementReads& management, const ManagementCredential& description) {
  if (description.device.empty() && description.oui.empty()) return bad_request("a login that several devices share needs their OUI");
  const auto other = management.login(description.user);
  if (!other || (other->device == description.device && (!other->device.empty() || other->oui == description.oui))) return {};
  return failure(Status::conflict, "the user name is another device's login");
}

}  // namespace

void erase_change(store::ManagementWrites& management, std::string_view device, CredentialPurpose purpose) {
  for (const auto other : {next_of(purpose), former_of(purpose)}) {
    while (const auto row = management.credential(device, other)) management.erase_credential(device, other, row->user);
  }
}

std::optional<ManagementCredential> credential_of_call(store::ManagementReads& management, std::string_view device, unsigned attempt) {
  constexpr auto purpose = CredentialPurpose::connection_request;
  constexpr unsigned others = 3;   // the second, the fifth ...; the fourth is the one with the default nonce
  auto credential = management.credential(device, purpose);
  if (!credential || attempt % others != 2) return credential;
  auto other = management.credential(device, next_of(purpose));
  if (!other) other = management.credential(device, former_of(purpose));
  return other ? other : credential;
}

Result<void> DeviceCredentials::check(store::ManagementReads& management, const ManagementCredential& description, const Secret& password) {
  // The colon would end the name in HTTP Basic.
  if (!is_sendable(description.user) || description.user.find(':') != std::string::npos) return bad_request("a user name has 1 to 256 octets of text without colon and control characters");
  if (!is_sendable(password.view())) return bad_request("a password has 1 to 256 octets of text without control characters");
  if (description.purpose == CredentialPurpose::login) return check_login(management, description);
  return description.device.empty() ? bad_request("a device authenticates this SCL by a credential of its own") : Result<void>{};
}

Result<void> DeviceCredentials::put(store::Transaction& transaction, ManagementCredential description, const Secret& password) {
  if (auto good = check(transaction.management(), description, password); !good) return good;
  auto key = keystore_.secret(transaction, management_secret_name);
  if (!key) return tl::unexpected(key.error());
  description.secret = seal(*security::aes_wrapper(*std::move(key)), description, password);
  auto& management = transaction.manage();
  management.put_credential(description);
  management.erase_bootstrap(description.device);
  if (!description.device.empty()) erase_change(management, description.device, description.purpose);
  return {};
}

Result<void> DeviceCredentials::plan_change(store::Transaction& transaction, std::string_view device, Time now) {
  auto& management = transaction.manage();
  auto key = keystore_.secret(transaction, management_secret_name);
  if (!key) return tl::unexpected(key.error());
  const auto wrapper = security::aes_wrapper(*std::move(key));
  for (const auto purpose : {CredentialPurpose::login, CredentialPurpose::connection_request}) {
    const auto known = management.credential(device, purpose);
    if (!known) return failure(Status::conflict, "the device has no credentials of its own of both sides");
    const bool is_login = purpose == CredentialPurpose::login;
    if (is_login && management.credential(device, former_of(purpose))) return failure(Status::conflict, "the device was not seen yet to use the password that it took on last");
    while (const auto former = management.credential(device, former_of(purpose))) management.erase_credential(device, former->purpose, former->user);   // it uses its new one
    if (management.credential(device, next_of(purpose))) continue;
    ManagementCredential next{.purpose = next_of(purpose), .user = known->user, .device = known->device, .oui = {}, .secret = {}, .changed = now};
    next.secret = seal(*wrapper, next, Secret(random_name(made_password)));
    management.put_credential(next);
  }
  return {};
}

Result<void> DeviceCredentials::put_bootstrap(store::Transaction& transaction, store::ManagementBootstrap description, const Secret& push) {
  auto key = keystore_.secret(transaction, management_secret_name);
  if (!key) return tl::unexpected(key.error());
  description.push = seal(*security::aes_wrapper(*std::move(key)), description, push);
  transaction.manage().put_bootstrap(description);
  return {};
}

Result<void> DeviceCredentials::put_only(store::Transaction& transaction, ManagementCredential description, const Secret& password) {
  auto& management = transaction.manage();
  while (!description.device.empty()) {
    const auto other = management.credential(description.device, description.purpose);
    if (!other || !management.erase_credential(other->device, other->purpose, other->user)) break;
  }
  return put(transaction, std::move(description), password);
}

Result<Secret> DeviceCredentials::open(store::View& view, const ManagementCredential& credential) const {
  auto key = keystore_.find_secret(view, management_secret_name);
  if (!key) return tl::unexpected(key.error());
  auto password = *key ? rem::open(*security::aes_wrapper(**std::move(key)), credential) : std::nullopt;
  if (!password) return failure(Status::internal_server_error, "the password of \"" + credential.user + "\" does not open: it was changed outside of this program");
  return *std::move(password);
}

}  // namespace nscl::rem
