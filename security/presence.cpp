// SPDX-License-Identifier: Apache-2.0
#include <nscl/security/presence.h>

#include <utility>

namespace nscl::security {

Presence::Stay::Stay(Presence& presence, std::string identity, std::string address)
    : presence_(presence), identity_(std::move(identity)), address_(std::move(address)) {
  const std::lock_guard lock(presence_.mutex_);
  auto& counts = presence_.keys_[identity_];
  ++counts[address_];
  came_second_ = counts.size() > 1;
}

Presence::Stay::~Stay() {
  const std::lock_guard lock(presence_.mutex_);
  const auto key = presence_.keys_.find(identity_);
  const auto place = key->second.find(address_);
  if (--place->second == 0) key->second.erase(place);
  if (key->second.empty()) presence_.keys_.erase(key);
}

}  // namespace nscl::security
