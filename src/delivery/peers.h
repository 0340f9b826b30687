// SPDX-License-Identifier: Apache-2.0
// Peers: the SCLs that the configuration names.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nscl/core/policy.h>
#include <nscl/delivery/options.h>

namespace nscl::delivery {

class Peers {
 public:
  explicit Peers(std::vector<PeerOptions> all) : all_(std::move(all)) {}

  const std::vector<PeerOptions>& all() const { return all_; }
  /// The one whose scl here has this id; null if there is none.
  const PeerOptions* find(std::string_view id) const {
    for (const auto& peer : all_) {
      if (peer.id == id) return &peer;
    }
    return nullptr;
  }
  /// Id of the scl that stands for this SCL at the SCL `id` (procedures 5.2.2).
  std::string own_id(std::string_view id, const core::Policy& policy) const {
    const auto* peer = find(id);
    return peer && !peer->own_id.empty() ? peer->own_id : policy.scl_id;
  }

 private:
  std::vector<PeerOptions> all_;
};

}  // namespace nscl::delivery
