// SPDX-License-Identifier: Apache-2.0
// The inventory of devices: whom the operator expects, blocks, approves, and what the first use of a key does to it.
#pragma once

#include <string>
#include <string_view>

#include <nscl/base/error.h>
#include <nscl/base/time.h>
#include <nscl/security/keystore.h>
#include <nscl/store/transaction.h>

namespace nscl::security {

/// "expected", "blocked", ...
std::string_view name_of(store::DeviceState state);

/// A new device: of `device` hardware, scl_id and environment count. bad_request if one of them has no good form; conflict if there
/// is one of this hardware id, or one of this SCL that is not blocked.
Result<void> expect_device(store::Transaction& transaction, store::Device device, Time now);

/// A voucher for the device in place of one it has: a key that proves it until it has used a root key, 30 days at most. The device
/// has to be expected or approved.
Result<void> give_voucher(Keystore& keystore, store::Transaction& transaction, std::string_view hardware, const std::string& identity,
                          const Secret& key, Time now);

/// Revokes all keys of the device; it gets none any more.
Result<void> block_device(Keystore& keystore, store::Transaction& transaction, std::string_view hardware, Time now);
/// A blocked device is expected again. Its keys stay revoked. conflict if another one has its SCL by now.
Result<void> unblock_device(store::Transaction& transaction, std::string_view hardware, Time now);
/// A bootstrapped or waiting device may bootstrap once more, at once.
Result<void> approve_device(store::Transaction& transaction, std::string_view hardware, Time now);
/// Revokes all keys of the device, which is expected again, as another node. `root_index`: of its root key in force, as a token.
Result<void> erase_device(Keystore& keystore, store::Transaction& transaction, std::string_view hardware, std::uint64_t root_index,
                          Time now);

/// The same for the device of a node, and for a node without a device. No token.
Result<void> erase_node(Keystore& keystore, store::Transaction& transaction, std::string_view node, Time now);

/// The node used a root key for the first time: its device is bootstrapped, and needs no voucher. The identity of the voucher that
/// is to be revoked, or empty.
std::string note_bootstrapped(store::Transaction& transaction, std::string_view node, Time now);

}  // namespace nscl::security
