// SPDX-License-Identifier: Apache-2.0
// CpeCredentials: as whom managed devices authenticate, and by what.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <nscl/base/secret.h>
#include <nscl/security/key_wrapper.h>
#include <nscl/store/store.h>

namespace nscl::rem {

struct CpeLogin {
  std::string device;   ///< id of the device whose it is; empty: several share it
  std::string oui;      ///< only devices of this OUI may use it; empty: any
  Secret password;
};

/// Any thread; does not wait. Throws store::StoreError.
class CpeCredentials {
 public:
  virtual ~CpeCredentials() = default;

  virtual std::optional<CpeLogin> find(std::string_view user) = 0;

  /// The device has a login of its own, so that one that several share is none for it.
  virtual bool has_own(std::string_view device) = 0;
};

/// Those of the store, opened by `wrapper` (aes_wrapper under Keystore::secret(..., management_secret_name)). Both outlive it.
class StoredCpeCredentials final : public CpeCredentials {
 public:
  StoredCpeCredentials(store::Store& store, const security::KeyWrapper& wrapper);

  std::optional<CpeLogin> find(std::string_view user) override;
  bool has_own(std::string_view device) override;

 private:
  store::Store& store_;
  const security::KeyWrapper& wrapper_;
  const store::ManagementCredential decoy_;   ///< opened where there is none, so that both take the same time
};

inline constexpr std::string_view management_secret_name = "management";

/// `password` as the `secret` of `credential`, which may not be given to another purpose, user or device then.
std::string seal(const security::KeyWrapper& wrapper, const store::ManagementCredential& credential, const Secret& password);
/// nullopt: it was changed outside of the program.
std::optional<Secret> open(const security::KeyWrapper& wrapper, const store::ManagementCredential& credential);
/// The same of a bootstrap: the octets are its `push`, which may not be given to another device or address.
std::string seal(const security::KeyWrapper& wrapper, const store::ManagementBootstrap& bootstrap, const Secret& push);
std::optional<Secret> open(const security::KeyWrapper& wrapper, const store::ManagementBootstrap& bootstrap);

}  // namespace nscl::rem
