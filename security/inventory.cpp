// SPDX-License-Identifier: Apache-2.0
#include <nscl/security/inventory.h>

#include <array>
#include <utility>

#include <nscl/base/path.h>
#include <nscl/security/bootstrap_method.h>
#include <nscl/security/key_identity.h>
#include <nscl/security/node_keys.h>

namespace nscl::security {
namespace {

using store::Device;
using store::DeviceState;

constexpr std::array<std::string_view, 5> device_states{"expected", "bootstrapped", "blocked", "waiting", "approved"};
constexpr std::chrono::hours voucher_time{30 * 24};

Result<Device> known(store::View& view, std::string_view hardware) {
  auto device = view.find_device(hardware);
  if (!device) return failure(Status::not_found, "there is no device \"" + std::string(hardware) + "\"");
  return *std::move(device);
}

tl::unexpected<Error> is_in_another_state(const Device& device) {
  return failure(Status::conflict, "the device is " + std::string(name_of(device.state)));
}

void put(store::Transaction& transaction, Device& device, DeviceState state, Time now) {
  device.state = state;
  device.changed = now;
  transaction.put_device(device);
}

Result<void> revoke_voucher(Keystore& keystore, store::Transaction& transaction, Device& device) {
  const auto identity = std::exchange(device.voucher, "");
  if (identity.empty() || !transaction.find_key(identity)) return {};
  return keystore.revoke(transaction, identity);
}

bool is_any(const store::Key&) { return true; }

Result<void> revoke_all(Keystore& keystore, store::Transaction& transaction, Device& device, Time now) {
  if (auto done = revoke_voucher(keystore, transaction, device); !done) return done;
  return device.node.empty() ? Result<void>{} : revoke_keys(keystore, transaction, device.node, now, is_any);
}

/// Two devices would be one SCL, and the second to register it would be the other. A blocked device gives way, so that it can be replaced.
Result<void> check_scl_is_free(store::View& view, const Device& device) {
  if (device.scl_id.empty()) return {};
  auto other = view.find_device_of_scl(device.scl_id);
  if (!other) other = view.find_device_of_node(device.scl_id);
  const bool is_taken = other && other->hardware != device.hardware && (other->scl_id.empty() || other->scl_id == device.scl_id);
  if (!is_taken) return {};
  return failure(Status::conflict, "SCL \"" + device.scl_id + "\" is that of device \"" + other->hardware + "\" already");
}

/// Nothing of what it asked before counts against it.
void forget_attempts(Device& device) {
  device.attempts = 0;
  device.last_attempt = device.first_attempt = Time{};
}

}  // namespace

std::string_view name_of(DeviceState state) { return device_states.at(static_cast<std::size_t>(state)); }

Result<void> expect_device(store::Transaction& transaction, Device device, Time now) {
  if (!is_hardware_id(device.hardware)) return bad_request("a hardware id has 1 to 255 visible ASCII characters");
  const bool is_good_id = device.scl_id.empty() || (is_valid_id(device.scl_id) && !is_reserved_name(device.scl_id));
  if (!is_good_id) return bad_request("\"" + device.scl_id + "\" is no id of an SCL");
  if (auto done = check_environment(device.environment); !done) return done;
  if (transaction.find_device(device.hardware)) return failure(Status::conflict, "there is a device \"" + device.hardware + "\" already");
  if (auto done = check_scl_is_free(transaction, device); !done) return done;
  put(transaction, device, DeviceState::expected, now);
  return {};
}

Result<void> give_voucher(Keystore& keystore, store::Transaction& transaction, std::string_view hardware, const std::string& identity,
                          const Secret& key, Time now) {
  auto device = known(transaction, hardware);
  if (!device) return tl::unexpected(device.error());
  if (device->state != DeviceState::expected && device->state != DeviceState::approved) return is_in_another_state(*device);
  if (auto done = revoke_voucher(keystore, transaction, *device); !done) return done;
  store::Key description{.identity = identity, .kind = store::KeyKind::voucher, .state = store::KeyState::active};
  description.not_after = now + voucher_time;
  if (auto done = keystore.add(transaction, description, key); !done) return done;
  device->voucher = identity;
  put(transaction, *device, device->state, now);
  return {};
}

Result<void> block_device(Keystore& keystore, store::Transaction& transaction, std::string_view hardware, Time now) {
  auto device = known(transaction, hardware);
  if (!device) return tl::unexpected(device.error());
  if (auto done = revoke_all(keystore, transaction, *device, now); !done) return done;
  put(transaction, *device, DeviceState::blocked, now);
  return {};
}

Result<void> unblock_device(store::Transaction& transaction, std::string_view hardware, Time now) {
  auto device = known(transaction, hardware);
  if (!device) return tl::unexpected(device.error());
  if (device->state != DeviceState::blocked) return is_in_another_state(*device);
  if (auto done = check_scl_is_free(transaction, *device); !done) return done;
  forget_attempts(*device);
  put(transaction, *device, DeviceState::expected, now);
  return {};
}

Result<void> approve_device(store::Transaction& transaction, std::string_view hardware, Time now) {
  auto device = known(transaction, hardware);
  if (!device) return tl::unexpected(device.error());
  if (device->state != DeviceState::bootstrapped && device->state != DeviceState::waiting) return is_in_another_state(*device);
  forget_attempts(*device);
  put(transaction, *device, DeviceState::approved, now);
  return {};
}

Result<void> erase_device(Keystore& keystore, store::Transaction& transaction, std::string_view hardware, std::uint64_t root_index,
                          Time now) {
  const auto device = known(transaction, hardware);
  if (!device) return tl::unexpected(device.error());
  if (device->node.empty()) return failure(Status::conflict, "the device was never bootstrapped");
  for (const auto& key : transaction.keys_of_node(device->node)) {
    const bool is_in_force = key.kind == store::KeyKind::root && key.state == store::KeyState::active;
    if (!is_in_force || key.index == root_index) continue;
    return failure(Status::precondition_failed, "the root key in force has index " + std::to_string(key.index));
  }
  if (auto done = erase_node(keystore, transaction, device->node, now); !done) return done;
  auto erased = known(transaction, hardware);
  forget_attempts(*erased);
  transaction.put_device(*erased);
  return {};
}

Result<void> erase_node(Keystore& keystore, store::Transaction& transaction, std::string_view node, Time now) {
  if (auto done = revoke_keys(keystore, transaction, node, now, is_any); !done) return done;
  auto device = transaction.find_device_of_node(node);
  if (!device) return {};
  device->node.clear();
  if (device->state != DeviceState::blocked) device->state = DeviceState::expected;
  put(transaction, *device, device->state, now);
  return {};
}

std::string note_bootstrapped(store::Transaction& transaction, std::string_view node, Time now) {
  auto device = transaction.find_device_of_node(node);
  if (!device) return {};
  const auto voucher = std::exchange(device->voucher, "");
  const bool was_asked_for = device->state == DeviceState::expected || device->state == DeviceState::approved;
  put(transaction, *device, was_asked_for ? DeviceState::bootstrapped : device->state, now);
  return voucher;
}

}  // namespace nscl::security
