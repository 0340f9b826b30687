// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/omadm/dm_accounts.h>

#include <algorithm>
#include <utility>

#include <nscl/base/log.h>
#include <nscl/net/awaiting.h>
#include <nscl/rem/cpe_credentials.h>
#include <nscl/rem/credentials.h>

namespace nscl::rem::omadm {
namespace {

constexpr std::size_t longest_user = 256;

using store::CredentialPurpose;
using store::ManagementCredential;
using What = DmPasswordNews::What;

store::ManagementCredential make_decoy(const security::KeyWrapper& wrapper) {
  store::ManagementCredential decoy;
  decoy.secret = seal(wrapper, decoy, random_secret(16));
  return decoy;
}

std::optional<ManagementCredential> credential_in(const std::vector<ManagementCredential>& rows, CredentialPurpose purpose) {
  const auto found = std::ranges::find(rows, purpose, &ManagementCredential::purpose);
  return found == rows.end() ? std::nullopt : std::optional(*found);
}

/// What the device is to be told, or else what was before.
std::optional<ManagementCredential> other_row(const std::vector<ManagementCredential>& rows, CredentialPurpose purpose) {
  auto row = credential_in(rows, next_of(purpose));
  return row ? row : credential_in(rows, former_of(purpose));
}

/// "of both sides", "of the device" ...
std::string sides_text(bool of_client, bool of_server) { return of_client && of_server ? "of both sides" : of_client ? "of the device" : "of this server"; }

bool is_in_effect(What what) { return what == What::taken || what == What::next_used; }

}  // namespace

StoredDmAccounts::StoredDmAccounts(store::Store& store, const security::KeyWrapper& wrapper, const Clock& clock, std::size_t events)
    : store_(store), wrapper_(wrapper), clock_(clock), events_(events), decoy_(make_decoy(wrapper)), decoy_facts_(to_json(DeviceFacts{})) {}

std::optional<DmLogin> StoredDmAccounts::login_of(const std::optional<store::ManagementCredential>& credential) const {
  auto password = open(wrapper_, credential ? *credential : decoy_);
  if (!credential) return std::nullopt;
  if (!password) {
    log::error("a credential of a device does not open", {{"user", credential->user}});
    return std::nullopt;
  }
  return DmLogin{credential->user, *std::move(password), credential->changed};
}

std::optional<DmOtherLogin> StoredDmAccounts::other_of(const std::optional<ManagementCredential>& credential) const {
  auto login = login_of(credential);
  if (!login) return std::nullopt;
  const auto purpose = credential->purpose;
  return DmOtherLogin{*std::move(login), purpose == CredentialPurpose::next_login || purpose == CredentialPurpose::next_connection_request};
}

DmAccount StoredDmAccounts::find(std::string_view device, std::string_view name, boost::asio::io_context& context) {
  std::optional<ManagementCredential> client, server, other_client, other_server;
  store::ManagementNonces nonces;
  std::optional<store::ManagedDevice> known;
  if (device.size() <= longest_user && name.size() <= longest_user) {
    store_.read([&](store::View& view) {
      auto& management = view.management();
      const auto rows = management.credentials(device);
      client = credential_in(rows, CredentialPurpose::login);
      if (client) other_client = other_row(rows, CredentialPurpose::login);
      else client = management.login(name);
      server = credential_in(rows, CredentialPurpose::connection_request);
      if (server) other_server = other_row(rows, CredentialPurpose::connection_request);
      nonces = management.nonces(device);
      known = management.device(device);
    }, context);
  }
  const bool is_anothers = client && client->device != device && (!client->device.empty() || !client->oui.empty());
  if (is_anothers) client.reset();
  DmAccount out;
  out.client = login_of(client);
  out.server = login_of(server);
  out.other_client = other_of(other_client);
  out.other_server = other_of(other_server);
  if (!out.client) out.other_client.reset();
  if (!out.server) out.other_server.reset();
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
  co_return co_await store::async_write(store_, std::move(job), context, net::as_result);
}

/// What was kept of it; none: it is news of a change that there is no more.
What StoredDmAccounts::settle_side(store::ManagementWrites& management, std::string_view device, CredentialPurpose purpose, const DmPasswordNews& news) const {
  const auto rows = management.credentials(device);
  const auto before = credential_in(rows, purpose), other = other_row(rows, purpose);
  const bool is_known = other && before && other->changed == news.changed && (other->purpose == next_of(purpose)) == (news.what != What::new_used);
  if (news.what == What::none || !is_known) return What::none;
  const auto take_over = [&](CredentialPurpose wanted, const ManagementCredential& from) {
    const auto password = open(wrapper_, from);
    if (!password) return false;
    auto row = from;
    row.purpose = wanted;
    row.secret = seal(wrapper_, row, *password);   // for this purpose alone
    management.put_credential(row);
    return true;
  };
  if (news.what == What::taken && !take_over(former_of(purpose), *before)) return What::none;
  if (is_in_effect(news.what) && !take_over(purpose, *other)) return What::none;
  management.erase_credential(device, other->purpose, other->user);
  return news.what;
}

net::Task<Result<void>> StoredDmAccounts::settle(std::string device, DmPasswordsNews news, boost::asio::io_context& context) {
  store::WriteJob job = [&](store::Transaction& transaction) -> Result<void> {
    auto& management = transaction.manage();
    const auto tell = [&](std::string code, std::string text) {
      log::info(code, {{"device", device}, {"what", text}});
      management.add_event({.device = device, .time = clock_.now(), .code = std::move(code), .key = {}, .text = std::move(text)}, events_);
    };
    const auto client = settle_side(management, device, CredentialPurpose::login, news.client);
    const auto server = settle_side(management, device, CredentialPurpose::connection_request, news.server);
    if (is_in_effect(client) || is_in_effect(server)) tell("passwords.changed", sides_text(is_in_effect(client), is_in_effect(server)));
    const bool of_client = client == What::refused, of_server = server == What::refused;
    if (of_client || of_server) tell("passwords.refused", sides_text(of_client, of_server) + ": " + news.why);
    return {};
  };
  co_return co_await store::async_write(store_, std::move(job), context, net::as_result);
}

}  // namespace nscl::rem::omadm
