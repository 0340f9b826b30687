// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/omadm/dm_accounts.h>

#include <utility>

#include <nscl/base/log.h>
#include <nscl/rem/cpe_credentials.h>

#include "awaiting.h"
namespace nscl::rem::omadm {
namespace {

constexpr std::size_t longest_user = 256;

store::ManagementCredential make_decoy(const security::KeyWrapper& wrapper) {
  store::ManagementCredential decoy;
  decoy.secret = seal(wrapper, decoy, random_secret(16));
  return decoy;
}

}  // namespace

StoredDmAccounts::StoredDmAccounts(store::Store& store, const security::KeyWrapper& wrapper)
    : store_(store), wrapper_(wrapper), decoy_(make_decoy(wrapper)), decoy_facts_(to_json(DeviceFacts{})) {}

std::optional<DmLogin> StoredDmAccounts::login_of(const std::optional<store::ManagementCredential>& credential) const {
  auto password = open(wrapper_, credential ? *credential : decoy_);
  if (!credential) return std::nullopt;
  if (!password) {
    log::error("a credential of a device does not open", {{"user", credential->user}});
    return std::nullopt;
  }
  return DmLogin{credential->user, *std::move(password), credential->changed};
}

DmAccount StoredDmAccounts::find(std::string_view device, std::string_view name) {
  std::optional<store::ManagementCredential> client, server;
  store::ManagementNonces nonces;
  std::optional<store::ManagedDevice> known;
  if (device.size() <= longest_user && name.size() <= longest_user) {
    store_.read([&](store::View& view) {
      auto& management = view.management();
      client = management.credential(device, store::CredentialPurpose::login);
      if (!client) client = management.login(name);
      server = management.credential(device, store::CredentialPurpose::connection_request);
      nonces = management.nonces(device);
      known = management.device(device);
    });
  }
  const bool is_anothers = client && client->device != device && (!client->device.empty() || !client->oui.empty());
  if (is_anothers) client.reset();
  DmAccount out;
  out.client = login_of(client);
  out.server = login_of(server);
  out.ours = nonces.ours;
  out.theirs = nonces.theirs;
  out.facts = facts_from_json(known ? known->facts : decoy_facts_);
  return out;
}

net::Task<Result<void>> StoredDmAccounts::keep_nonces(std::string device, std::string ours, std::string theirs, boost::asio::io_context& context) {
  store::WriteJob job = [&](store::Transaction& transaction) -> Result<void> {
    transaction.manage().put_nonces({device, ours, theirs});
    return {};
  };
  co_return co_await store::async_write(store_, std::move(job), context, as_result);
}

}  // namespace nscl::rem::omadm
