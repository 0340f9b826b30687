// SPDX-License-Identifier: Apache-2.0
// HotInstances: small instances that one thread reads again and again. They never change; whether one is still there is
// asked of the index before.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <nscl/model/resource.h>

namespace nscl::store::sqlite {

class HotInstances {
 public:
  model::InstancePtr find(std::uint64_t sequence) const {
    const auto& slot = slots_[sequence % slots_.size()];
    return slot.sequence == sequence ? slot.instance : nullptr;
  }
  /// Kept only when it is offered a second time: what is read once would only push out what is hot.
  void offer(const model::InstancePtr& instance) {
    auto& slot = slots_[instance->sequence % slots_.size()];
    const bool again = slot.sequence == instance->sequence && instance->content.size() <= largest;
    slot = {instance->sequence, again ? instance : nullptr};
  }

 private:
  static constexpr std::size_t largest = 4096;
  struct Slot {
    std::uint64_t sequence = 0;
    model::InstancePtr instance;
  };
  std::array<Slot, 1024> slots_;
};

}  // namespace nscl::store::sqlite
