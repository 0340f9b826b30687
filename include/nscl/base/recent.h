// SPDX-License-Identifier: Apache-2.0
// Recent: what was computed for a text lately. Direct-mapped and bounded; for one thread.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace nscl {

/// Keeps one value a slot: a text that falls on a taken slot replaces what is there. Texts beyond `longest` are never kept.
template <class Value, std::size_t slots>
class Recent {
 public:
  static constexpr std::size_t longest = 256;

  /// The value kept for `text`, or that of `make()`, which is then kept.
  template <class Make>
  std::shared_ptr<const Value> get(std::string_view text, Make&& make) {
    if (text.size() > longest) return make();
    auto& slot = slots_[std::hash<std::string_view>{}(text) % slots];
    if (slot.value && slot.text == text) return slot.value;
    auto value = make();
    slot.text = text;
    slot.value = value;
    return value;
  }

  void clear() { slots_ = {}; }

 private:
  struct Slot {
    std::string text;
    std::shared_ptr<const Value> value;
  };
  std::array<Slot, slots> slots_;
};

}  // namespace nscl
