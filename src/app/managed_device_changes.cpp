// SPDX-License-Identifier: Apache-2.0
// `nscl device`: changes. They touch the tables of device management only; the tree is the daemon's, which makes of them what
// follows for it. Each is recorded in the audit trail.
#include <functional>
#include <iostream>

#include <nscl/app/commands.h>
#include <nscl/base/path.h>
#include <nscl/rem/alarms.h>
#include <nscl/rem/cancellation.h>
#include <nscl/rem/credentials.h>
#include <nscl/rem/device_import.h>

#include "key_access.h"
#include "listing.h"

namespace nscl::app {
namespace {

constexpr std::string_view device_command = "nscl device";

using store::CredentialPurpose;
using store::ManagedDevice;

Error unknown(const std::string& id) { return {Status::not_found, "there is no device " + shown(id)}; }

using ChangeJob = std::function<Result<void>(store::ManagementWrites&, ManagedDevice)>;

/// Runs `job` for the device in one transaction with its record in the trail.
int change(const ManagedDeviceCommand& command, char** environment, std::string_view event, const std::string& done, const ChangeJob& job) {
  return guarded(device_command, [&] {
    const auto store = open_store(load_config(command.source, environment), false);
    write_or_throw(*store, [&](store::Transaction& transaction) -> Result<void> {
      auto device = transaction.management().device(command.device);
      if (!device) return tl::unexpected(unknown(command.device));
      record(transaction, event, device->managed, command.operation == 0 ? command.device : command.device + " " + std::to_string(command.operation));
      return job(transaction.manage(), *std::move(device));
    });
    store->stop();
    std::cerr << "Device " << shown(command.device) << ' ' << done << ".\n";
    return exit_ok;
  });
}

/// Nothing is sent to a device that is not adopted, and so no document is pushed.
ChangeJob change_to(store::ManagedState state) {
  return [state](store::ManagementWrites& management, ManagedDevice device) -> Result<void> {
    device.state = state;
    management.put_device(device);
    management.erase_bootstrap(device.id);
    return {};
  };
}

bool is_id(std::string_view text) { return is_valid_id(text) && !is_reserved_name(text); }

/// scls/x, or scls/x/attachedDevices/y
bool is_managed_path(std::string_view path) {
  const auto last = last_segment(path), above = parent_path(path);
  if (!is_id(last)) return false;
  if (above == "scls") return true;
  const auto scl = parent_path(above);
  return last_segment(above) == "attachedDevices" && parent_path(scl) == "scls" && is_id(last_segment(scl));
}

/// What the device is to be in the tree; empty: nothing was said.
std::string managed_of(const ManagedDeviceCommand& command) {
  const auto path = command.scl.empty() ? command.managed : join("scls", command.scl);
  if (!path.empty() && !is_managed_path(path)) throw UsageError("a device is scls/ID or scls/ID/attachedDevices/ID");
  return path;
}

store::ManagementCredential description_of(const DeviceCredentialCommand& command) {
  const auto purpose = command.is_connection_request ? CredentialPurpose::connection_request : CredentialPurpose::login;
  return {.purpose = purpose, .user = command.user, .device = command.device, .oui = command.oui, .changed = system_clock().now()};
}

Result<void> remove_credential(store::ManagementWrites& management, const store::ManagementCredential& which) {
  const auto shared = which.device.empty() ? management.login(which.user) : std::nullopt;
  const bool is_meant = !which.device.empty() || (shared && shared->oui == which.oui);
  if (is_meant && management.erase_credential(which.device, which.purpose, which.user)) {
    management.erase_bootstrap(which.device);   // which tells of it
    if (!which.device.empty()) rem::erase_change(management, which.device, which.purpose);
    return {};
  }
  return failure(Status::not_found, "there is no such credential");
}

}  // namespace

int adopt_device(const ManagedDeviceCommand& command, char** environment) {
  return guarded(device_command, [&] {
    const auto managed = managed_of(command);
    return change(command, environment, "device.adopted", "is adopted", [&](store::ManagementWrites& management, ManagedDevice device) -> Result<void> {
      const auto other = managed.empty() ? std::nullopt : management.device_of(managed);
      if (other && other->id != device.id) return failure(Status::conflict, "another device is " + managed + " already: " + shown(other->id));
      if (!managed.empty()) device.managed = managed;
      device.state = store::ManagedState::adopted;
      management.put_device(device);
      return {};
    });
  });
}

int quarantine_device(const ManagedDeviceCommand& command, char** environment) {
  return change(command, environment, "device.quarantined", "is quarantined; nothing is sent to it", change_to(store::ManagedState::quarantined));
}

int reject_device(const ManagedDeviceCommand& command, char** environment) {
  return change(command, environment, "device.rejected", "is rejected; its next session is refused", change_to(store::ManagedState::rejected));
}

int forget_device(const ManagedDeviceCommand& command, char** environment) {
  return change(command, environment, "device.forgotten", "is forgotten", [&](store::ManagementWrites& management, const ManagedDevice& device) -> Result<void> {
    // What waits would never be told of in the tree.
    const auto pending = management.pending_count(device.id);
    if (pending > 0 && !command.with_pending) return failure(Status::conflict, std::to_string(pending) + " operations wait for it: cancel them first, or forget them too by --with-pending");
    management.erase_device(device.id);
    return {};
  });
}

int connect_device(const ManagedDeviceCommand& command, char** environment) {
  return change(command, environment, "device.called", "is to be called", [](store::ManagementWrites& management, ManagedDevice device) -> Result<void> {
    if (device.state == store::ManagedState::rejected) return failure(Status::conflict, "the device is rejected");
    device.wake_due = Time{};
    device.wake_attempts = 0;   // also one that did not answer before
    management.put_device(device);
    return {};
  });
}

int choose_traces(const ManagedDeviceCommand& command, char** environment) {
  const bool is_on = command.trace == "on";
  return change(command, environment, is_on ? "device.traced" : "device.notTraced", is_on ? "is traced" : "is traced as others are",
                [is_on](store::ManagementWrites& management, const ManagedDevice& device) -> Result<void> {
                  management.set_traced(device.id, is_on);
                  return {};
                });
}

int clear_alarm(const ManagedDeviceCommand& command, char** environment) {
  return change(command, environment, rem::alarm::cleared_event, "has the alarm no more", [&](store::ManagementWrites& management, const ManagedDevice& device) -> Result<void> {
    if (!rem::is_alarm_kind(command.alarm) || rem::clear_alarms(management, device.id, command.alarm).empty()) return failure(Status::not_found, "there is no such alarm");
    return {};
  });
}

int cancel_operation(const ManagedDeviceCommand& command, char** environment) {
  const auto job = [&](store::ManagementWrites& management, const ManagedDevice& device) { return rem::request_cancellation(management, device.id, command.operation, system_clock().now()); };
  return change(command, environment, "operation.cancelled", "is not given operation " + std::to_string(command.operation), job);
}

int set_device_credential(const DeviceCredentialCommand& command, char** environment) {
  return guarded(device_command, [&] {
    const auto description = description_of(command);
    KeyAccess access(command.source, false, environment);
    Secret password;
    if (!command.is_removed) {
      std::string text = read_secret_line(command.password_file.empty() ? std::nullopt : std::optional(command.password_file), "password", "Password: ");
      password = Secret(text);
      wipe(text);
    }
    rem::DeviceCredentials credentials(access.keystore());
    write_or_throw(access.store(), [&](store::Transaction& transaction) -> Result<void> {
      const auto device = transaction.management().device(command.device);
      if (!device && !command.device.empty()) return tl::unexpected(unknown(command.device));
      const std::string what = (command.device.empty() ? command.oui : command.device) + (command.is_connection_request ? " connection request " : " login ") + command.user;
      record(transaction, command.is_removed ? "device.credentialRemoved" : "device.credentialSet", device ? device->managed : "", what);
      if (command.is_removed) return remove_credential(transaction.manage(), description);
      if (command.is_connection_request) rem::clear_alarm(transaction.manage(), command.device, rem::alarm::call_login);
      if (device && command.is_connection_request && device->wake_due != never) {   // it is worth another call
        auto called = *device;
        called.wake_due = Time{};
        called.wake_attempts = 0;
        transaction.manage().put_device(called);
      }
      return credentials.put_only(transaction, description, password);
    });
    std::cerr << "The credential is " << (command.is_removed ? "removed" : "kept") << ".\n";
    return exit_ok;
  });
}

int change_passwords(const ManagedDeviceCommand& command, char** environment) {
  return guarded(device_command, [&] {
    KeyAccess access(command.source, false, environment);
    rem::DeviceCredentials credentials(access.keystore());
    write_or_throw(access.store(), [&](store::Transaction& transaction) -> Result<void> {
      const auto device = transaction.management().device(command.device);
      if (!device) return tl::unexpected(unknown(command.device));
      if (device->protocol != store::ManagementProtocol::oma_dm) return failure(Status::conflict, "only devices of OMA-DM are told new passwords");
      record(transaction, "device.passwordsDue", device->managed, device->id);
      return credentials.plan_change(transaction, device->id, system_clock().now());
    });
    std::cerr << "Device " << shown(command.device) << " is told new passwords in its next session.\n";
    return exit_ok;
  });
}

int import_devices(const DeviceImportCommand& command, char** environment) {
  return guarded(device_command, [&] {
    KeyAccess access(command.source, !command.is_dry, environment);
    rem::DeviceCredentials credentials(access.keystore());
    const rem::DeviceImport wanted{command.file, command.is_dry, [](store::Transaction& transaction, std::uint64_t rows) {
                                     record(transaction, "device.imported", "", std::to_string(rows) + " devices");
                                   }};
    const auto report = [&](std::uint64_t line, const std::string& reason) { std::cerr << command.file << ':' << line << ": " << reason << '\n'; };
    const auto done = rem::import_devices(credentials, access.store(), wanted, report, system_clock().now());
    if (!done) throw std::runtime_error(done.error().detail);
    if (done->bad > 0) throw std::runtime_error(std::to_string(done->bad) + " rows are bad; nothing was imported");
    if (command.is_dry) std::cerr << done->rows << " rows are good; nothing was imported, as this was a dry run.\n";
    else std::cerr << done->rows << " devices imported. Now destroy the file (shred -u " << command.file << ").\n";
    return exit_ok;
  });
}

}  // namespace nscl::app
