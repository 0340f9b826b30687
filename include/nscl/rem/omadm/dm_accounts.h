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

/// A password that may be in use in place of the one that is thought to be, as it is being changed.
struct DmOtherLogin {
  DmLogin login;
  bool is_next = false;            ///< the device is to be told it, or was, in a session that broke off; else it is the one before
};

struct DmAccount {
  std::optional<DmLogin> client;   ///< as whom the device authenticates here
  std::optional<DmLogin> server;   ///< as whom this server does there
  std::optional<DmOtherLogin> other_client, other_server;   ///< of both
  bool shows_other = false;        ///< the device has shown `other_client`
  std::string ours, theirs;        ///< nonces, octets: that this server gave out for the device's next session, and the device for ours
  DeviceFacts facts = {};          ///< what is known of it; empty: nothing
};

/// What became known of the password of one side that is being changed.
struct DmPasswordNews {
  enum class What : unsigned char {
    none,
    taken,       ///< the device says that it has the next one: this is in effect, and the one before is still good
    refused,     ///< it does not take the next one
    next_used,   ///< the next one is in use: it is in effect, and the one before good for nothing any more
    new_used,    ///< the one in effect is in use: the one before is good for nothing any more
  };
  What what = What::none;
  Time changed{};                  ///< of the DmOtherLogin that it is about
};

struct DmPasswordsNews {
  DmPasswordNews client, server;
  std::string why = {};            ///< it refuses

  bool has_any() const { return client.what != DmPasswordNews::What::none || server.what != DmPasswordNews::What::none; }
};

/// Any thread.
class DmAccounts {
 public:
  virtual ~DmAccounts() = default;

  /// Of the device with this id, which calls itself `name`: the login of its own, or else the one of that name that several share.
  /// Does not wait, and takes as long where there is none. `context` is this thread's, whose next reads may see the same. Throws store::StoreError.
  virtual DmAccount find(std::string_view device, std::string_view name, boost::asio::io_context& context) = 0;

  /// Keeps the nonces; they are durable when it returns. service_unavailable: the store cannot write.
  virtual net::Task<Result<void>> keep_nonces(std::string device, std::string ours, std::string theirs, boost::asio::io_context& context) = 0;

  /// Keeps what became of passwords, and tells it as events of the device; durable when it returns. What is not being changed any more, as
  /// an operator has set another password, stays as it is. service_unavailable: the store cannot write.
  virtual net::Task<Result<void>> settle(std::string device, DmPasswordsNews news, boost::asio::io_context& context) = 0;
};

/// Those of the store, opened by `wrapper` (cpe_credentials.h). Both outlive it.
class StoredDmAccounts final : public DmAccounts {
 public:
  /// `events`: that are kept of each device.
  StoredDmAccounts(store::Store& store, const security::KeyWrapper& wrapper, const Clock& clock = system_clock(), std::size_t events = 200);

  DmAccount find(std::string_view device, std::string_view name, boost::asio::io_context& context) override;
  net::Task<Result<void>> keep_nonces(std::string device, std::string ours, std::string theirs, boost::asio::io_context& context) override;
  net::Task<Result<void>> settle(std::string device, DmPasswordsNews news, boost::asio::io_context& context) override;

 private:
  std::optional<DmLogin> login_of(const std::optional<store::ManagementCredential>& credential) const;
  std::optional<DmOtherLogin> other_of(const std::optional<store::ManagementCredential>& credential) const;
  DmPasswordNews::What settle_side(store::ManagementWrites& management, std::string_view device, store::CredentialPurpose purpose, const DmPasswordNews& news) const;

  store::Store& store_;
  const security::KeyWrapper& wrapper_;
  const Clock& clock_;
  const std::size_t events_;
  const store::ManagementCredential decoy_;   ///< opened where there is none
  const std::string decoy_facts_;             ///< read where there are none
};

}  // namespace nscl::rem::omadm
