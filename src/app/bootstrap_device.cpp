// SPDX-License-Identifier: Apache-2.0
// `nscl device bootstrap`: makes the document by which a client of OMA-DM knows this server, and keeps the credentials in it. The daemon
// pushes it, if that is wished.
#include <algorithm>
#include <filesystem>
#include <iostream>

#include <nscl/app/commands.h>
#include <nscl/base/bytes.h>
#include <nscl/base/path.h>
#include <nscl/core/authorise.h>
#include <nscl/rem/connection_request.h>
#include <nscl/rem/credentials.h>
#include <nscl/rem/omadm/bootstrap.h>
#include <nscl/rem/omadm/credentials.h>
#include <nscl/rem/omadm/push.h>

#include "administrator.h"
#include "key_access.h"
#include "listing.h"

namespace nscl::app {
namespace {

using rem::omadm::BootstrapProfile;
using rem::omadm::BootstrapProof;
using rem::omadm::BootstrapAccount;
using rem::omadm::BootstrapDocument;
using store::CredentialPurpose;
using store::ManagementProtocol;

constexpr std::size_t password_characters = 26, longest_id = 256;

/// Basic has no user with a colon, which ids of devices mostly have.
std::string user_of(const DeviceBootstrapCommand& command) {
  if (!command.user.empty()) return command.user;
  auto user = command.device;
  std::ranges::replace(user, ':', '-');
  return user;
}

rem::omadm::BootstrapConnectivity connectivity_of(const DeviceBootstrapCommand& command) {
  rem::omadm::BootstrapConnectivity out{.access_point = command.apn, .user = command.apn_user, .is_pap = command.apn_auth == "pap", .proxy = command.proxy, .proxy_port = command.proxy_port};
  if (command.apn_user.empty()) return out;
  auto password = read_secret_line(command.apn_password_file, "password", "");
  out.password = Secret(password);
  wipe(password);
  return out;
}

BootstrapAccount account_of(const DeviceBootstrapCommand& command) {
  if (command.device.size() > longest_id) throw UsageError("the id of a device has 256 octets at most");
  if (!command.scl.empty() && (!is_valid_id(command.scl) || is_reserved_name(command.scl))) throw UsageError(shown(command.scl) + " is no id of an SCL");
  BootstrapAccount account;
  account.server_id = command.server_id;
  account.name = command.name.empty() ? command.server_id : command.name;
  account.url = command.url;
  account.device = command.device;
  account.user = user_of(command);
  account.password = Secret(random_name(password_characters));
  account.server_password = Secret(random_name(password_characters));
  account.nonce = rem::omadm::fresh_nonce();
  account.server_nonce = rem::omadm::fresh_nonce();
  account.connectivity = connectivity_of(command);
  return account;
}

/// Empty without a proof.
Secret key_of(const DeviceBootstrapCommand& command) {
  if (command.sec.empty() != command.pin_file.empty()) throw UsageError("--sec and --pin-file belong together");
  if (command.sec.empty()) return {};
  auto text = read_secret_line(command.pin_file, "pin", "");
  const auto octets = command.is_pin_hex ? hex_decode(text) : std::optional(text);
  wipe(text);
  if (!octets) throw UsageError("the pin is not of hexadecimal digits");
  return Secret(*octets);
}

Result<store::ManagedDevice> device_for(store::ManagementReads& management, const DeviceBootstrapCommand& command) {
  auto device = management.device(command.device).value_or(store::ManagedDevice{.id = command.device, .protocol = ManagementProtocol::oma_dm, .state = store::ManagedState::adopted});
  if (device.protocol != ManagementProtocol::oma_dm) return failure(Status::conflict, "the device is managed by TR-069");
  if (command.scl.empty()) return device;
  device.managed = join("scls", command.scl);
  const auto other = management.device_of(device.managed);
  if (other && other->id != device.id) return failure(Status::conflict, "another device is " + device.managed + " already: " + shown(other->id));
  return device;
}

/// Everything of the document that the store keeps.
struct Kept {
  const DeviceBootstrapCommand& command;
  const BootstrapAccount& account;
  const BootstrapDocument& document;
  const bool is_to_change;   ///< the passwords in it, once the device has come
  const Time now = system_clock().now();
};

Result<std::string> address_of(store::View& view, const store::ManagedDevice& device, const std::string& wanted) {
  if (wanted != trigger_address) return wanted;
  const auto scl = device.managed.empty() ? nullptr : view.find(device.managed);
  const std::string trigger(scl ? core::text_of(*scl, trigger_address) : "");
  return trigger.empty() ? bad_request("remTriggerAddr of its scl is not set: say where the document is pushed to") : Result<std::string>(trigger);
}

/// Has the daemon push the document, until the device comes with the password in it.
Result<void> keep_push(store::Transaction& transaction, rem::DeviceCredentials& credentials, store::ManagedDevice device, const Kept& kept) {
  if (device.state != store::ManagedState::adopted) return failure(Status::conflict, "nothing is sent to a device that is not adopted");
  const auto address = address_of(transaction, device, kept.command.push);
  if (!address) return tl::unexpected(address.error());
  auto octets = rem::omadm::wsp_push(static_cast<std::uint8_t>(random_octets(1).front()), kept.document.push_headers, kept.document.octets.view());
  const Secret push(octets);
  wipe(octets);
  if (auto good = rem::check_push(*address, push.size()); !good) return good;
  device.wake_due = Time{};
  device.wake_attempts = 0;
  transaction.manage().put_device(device);
  return credentials.put_bootstrap(transaction, {.device = device.id, .address = *address, .push = {}, .created = kept.now}, push);
}

Result<void> keep(store::Transaction& transaction, rem::DeviceCredentials& credentials, const Kept& kept) {
  auto& management = transaction.manage();
  const auto device = device_for(management, kept.command);
  if (!device) return tl::unexpected(device.error());
  record(transaction, "device.bootstrapped", device->managed, device->id);
  management.put_device(*device);
  management.put_nonces({.device = device->id, .ours = kept.account.nonce, .theirs = kept.account.server_nonce});
  store::ManagementCredential description{.purpose = CredentialPurpose::login, .user = kept.account.user, .device = device->id, .oui = {}, .secret = {}, .changed = kept.now};
  if (auto done = credentials.put_only(transaction, description, kept.account.password); !done) return done;
  description.purpose = CredentialPurpose::connection_request;
  description.user = kept.account.server_id;
  if (auto done = credentials.put_only(transaction, description, kept.account.server_password); !done) return done;
  if (auto done = kept.is_to_change ? credentials.plan_change(transaction, device->id, kept.now) : Result<void>(); !done) return done;
  return kept.command.push.empty() ? Result<void>() : keep_push(transaction, credentials, *device, kept);
}

void write_or_take_back(KeyAccess& access, const Kept& kept) {
  const auto& file = kept.command.file;
  if (!file.empty()) write_secret_file(file, kept.document.octets.view());
  try {
    rem::DeviceCredentials credentials(access.keystore());
    write_or_throw(access.store(), [&](store::Transaction& transaction) { return keep(transaction, credentials, kept); });
  } catch (...) {
    if (!file.empty()) std::filesystem::remove(file);   // its passwords are nobody's
    throw;
  }
}

}  // namespace

int bootstrap_device(const DeviceBootstrapCommand& command, char** environment) {
  return guarded("nscl device", [&] {
    const auto account = account_of(command);
    const auto key = key_of(command);
    const auto proof = command.sec.empty() ? BootstrapProof::none : command.sec == "netwpin" ? BootstrapProof::network : BootstrapProof::user;
    const auto document = rem::omadm::write_bootstrap(account, command.profile == "dm" ? BootstrapProfile::dm : BootstrapProfile::w7, proof, key, command.is_xml);
    if (!document) throw UsageError(document.error().detail);
    KeyAccess access(command.source, false, environment);
    if (!command.push.empty() && !access.config().wake.is_on) throw UsageError("the daemon pushes nothing with management.connection_requests = false");
    const bool is_to_change = access.config().dm.change_passwords == rem::omadm::DmPasswordPolicy::after_bootstrap;
    write_or_take_back(access, {command, account, *document, is_to_change});
    std::cout << document->content_type << '\n';
    if (!command.file.empty()) std::cerr << "The document is in " << command.file << "; it holds the passwords of both ends, which are kept.\n";
    if (!command.push.empty()) std::cerr << "The daemon pushes the document until the device comes; nscl device show tells how it stands.\n";
    return exit_ok;
  });
}

}  // namespace nscl::app
