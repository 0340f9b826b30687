// SPDX-License-Identifier: Apache-2.0
// Devices and nodes as they are kept: whom a bootstrap is expected of, and how far the indexes of a node's keys have come
// (docs/bootstrap.md).
#pragma once

#include <cstdint>
#include <string>

#include <nscl/base/time.h>

namespace nscl::store {

/// expected: may bootstrap, or has been given a key that it did not use yet. bootstrapped: its node has used its root key.
/// blocked: by the operator. waiting: is bootstrapped and asked to be again, which the operator has to approve. approved: has been.
enum class DeviceState : unsigned char { expected, bootstrapped, blocked, waiting, approved };

/// A piece of hardware in the inventory.
struct Device {
  std::string hardware;            ///< the id that its certificate proves, or that the operator gave; unique
  DeviceState state = DeviceState::expected;
  std::string node;                ///< M2M-Node-ID, 32 hexadecimal digits; empty: it was never bootstrapped, or was erased
  std::string scl_id;              ///< of the SCL on it; empty: it is called as its node
  std::string environment;         ///< declared class of its secured environment, as in Key
  std::string voucher;             ///< identity of the key that vouches for it; empty: its certificate does
  Time last_attempt{};             ///< when a key was asked for
  Time first_attempt{};            ///< of the day that is counted
  std::uint64_t attempts = 0;      ///< in that day
  Time changed{};                  ///< when its state was last changed
};

/// What outlives the keys of a node, so that no index is given twice.
struct Node {
  std::string id;                  ///< M2M-Node-ID
  std::uint64_t root_index = 0;    ///< the highest Kmr index that was given; 0: none
  std::uint64_t connection_index = 0;   ///< likewise of Kmc
  std::string connection;          ///< of its M2M service connection, 16 hexadecimal digits; empty: there is none
};

}  // namespace nscl::store
