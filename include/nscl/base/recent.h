// SPDX-License-Identifier: Apache-2.0
// Recent: what was computed for a text lately. Direct-mapped and bounded; for one thread.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace nscl {

/// Keeps one value a slot, from the second time on that its text is asked for: what is asked once would only push out what
/// is asked again and again. Texts beyond `longest` are never kept.
template <class Value, std::size_t slots>
class Recent {
 public:
  static constexpr std::size_t longest = 256;

  /// The value kept for `text`, or that of `make()`.
  template <class Make>
  std::shared_ptr<const Value> get(std::string_view text, Make&& make) {
    if (text.size() > longest) return make();
    const auto hash = std::hash<std::string_view>{}(text);
    auto& slot = slots_[hash % slots];
    if (slot.value && slot.text == text) return slot.value;
    auto value = make();
    if (std::exchange(slot.asked, hash) != hash) return value;
    slot.text = text;
    slot.value = value;
    return value;
  }

  void clear() { slots_ = {}; }

 private:
  struct Slot {
    std::size_t asked = 0;   // hash of the last text that was not there
    std::string text;
    std::shared_ptr<const Value> value;
  };
  std::array<Slot, slots> slots_;
};

}  // namespace nscl
