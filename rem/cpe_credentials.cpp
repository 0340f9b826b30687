// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/cpe_credentials.h>

#include <nscl/base/bytes.h>
#include <nscl/base/log.h>
#include <nscl/rem/credentials.h>

namespace nscl::rem {
namespace {

/// Whose password it is: under another one it does not open.
std::string context_of(const store::ManagementCredential& credential) {
  const std::string purpose = std::to_string(static_cast<unsigned>(credential.purpose));
  return length_prefixed({"NSCL-1 management", purpose, credential.user, credential.device});
}

std::string context_of(const store::ManagementBootstrap& bootstrap) { return length_prefixed({"NSCL-1 bootstrap", bootstrap.device, bootstrap.address}); }

store::ManagementCredential make_decoy(const security::KeyWrapper& wrapper) {
  store::ManagementCredential decoy;
  decoy.secret = seal(wrapper, decoy, random_secret(16));
  return decoy;
}

}  // namespace

std::string seal(const security::KeyWrapper& wrapper, const store::ManagementCredential& credential, const Secret& password) {
  return wrapper.wrap(context_of(credential), password);
}

std::optional<Secret> open(const security::KeyWrapper& wrapper, const store::ManagementCredential& credential) {
  return wrapper.unwrap(context_of(credential), credential.secret);
}

std::string seal(const security::KeyWrapper& wrapper, const store::ManagementBootstrap& bootstrap, const Secret& push) {
  return wrapper.wrap(context_of(bootstrap), push);
}

std::optional<Secret> open(const security::KeyWrapper& wrapper, const store::ManagementBootstrap& bootstrap) {
  return wrapper.unwrap(context_of(bootstrap), bootstrap.push);
}

StoredCpeCredentials::StoredCpeCredentials(store::Store& store, const security::KeyWrapper& wrapper)
    : store_(store), wrapper_(wrapper), decoy_(make_decoy(wrapper)) {}

std::optional<CpeLogin> StoredCpeCredentials::find(std::string_view user) {
  std::optional<store::ManagementCredential> found;
  if (user.size() <= DeviceCredentials::longest) store_.read([&](store::View& view) { found = view.management().login(user); });
  auto password = open(wrapper_, found ? *found : decoy_);
  if (!found) return std::nullopt;
  if (!password) {
    log::error("a credential of a device does not open", {{"user", user}});
    return std::nullopt;
  }
  return CpeLogin{found->device, found->oui, *std::move(password)};
}

bool StoredCpeCredentials::has_own(std::string_view device) {
  bool has = false;
  store_.read([&](store::View& view) { has = view.management().credential(device, store::CredentialPurpose::login).has_value(); });
  return has;
}

}  // namespace nscl::rem
