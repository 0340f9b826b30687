// SPDX-License-Identifier: Apache-2.0
// DmAccounts: as whom a device of OMA-DM and this server authenticate to each other, and the nonces of both (rem.md 3.4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/io_context.hpp>

#include <nscl/base/secret.h>
#include <nscl/net/async.h>
#include <nscl/rem/device_facts.h>
#include <nscl/security/key_wrapper.h>
#include <nscl/store/store.h>

namespace nscl::rem::omadm {

struct DmLogin {
  std::string user;
  Secret password;
  Time changed{};                  ///< when the password was set
};

struct DmAccount {
  std::optional<DmLogin> client;   ///< as whom the device authenticates here
  std::optional<DmLogin> server;   ///< as whom this server does there
  std::string ours, theirs;        ///< nonces, octets: that this server gave out for the device's next session, and the device for ours
  DeviceFacts facts = {};          ///< what is known of it; empty: nothing
};

/// Any thread.
class DmAccounts {
 public:
  virtual ~DmAccounts() = default;

  /// Of the device with this id, which calls itself `name`: the login of its own, or else the one of that name that several share.
  /// Does not wait, and takes as long where there is none. Throws store::StoreError.
  virtual DmAccount find(std::string_view device, std::string_view name) = 0;

  /// Keeps the nonces; they are durable when it returns. service_unavailable: the store cannot write.
  virtual net::Task<Result<void>> keep_nonces(std::string device, std::string ours, std::string theirs, boost::asio::io_context& context) = 0;
};

/// Those of the store, opened by `wrapper` (cpe_credentials.h). Both outlive it.
class StoredDmAccounts final : public DmAccounts {
 public:
  StoredDmAccounts(store::Store& store, const security::KeyWrapper& wrapper);

  DmAccount find(std::string_view device, std::string_view name) override;
  net::Task<Result<void>> keep_nonces(std::string device, std::string ours, std::string theirs, boost::asio::io_context& context) override;

 private:
  std::optional<DmLogin> login_of(const std::optional<store::ManagementCredential>& credential) const;

  store::Store& store_;
  const security::KeyWrapper& wrapper_;
  const store::ManagementCredential decoy_;   ///< opened where there is none
  const std::string decoy_facts_;             ///< read where there are none
};

}  // namespace nscl::rem::omadm
