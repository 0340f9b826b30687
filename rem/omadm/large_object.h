// SPDX-License-Identifier: Apache-2.0
// LargeObject: puts together what a device sends in chunks (rem.md 3.5).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include <nscl/rem/omadm/syncml.h>

namespace nscl::rem::omadm {

/// One object at a time.
class LargeObject {
 public:
  /// `most`: octets of an object.
  explicit LargeObject(std::size_t most) : most_(most) {}

  enum class Piece : unsigned char {
    whole,       ///< the item holds all of its data, now at the latest
    partial,     ///< others follow
    mismatched,  ///< its size is not that which was told
    too_large,
  };
  /// `meta`: of the element around the item.
  Piece take(Item& item, const Meta& meta);

  bool is_collecting() const { return !uri_.empty(); }
  /// Whose end did not come, as another object came before it, or the package ended; empty: none.
  std::string take_lost();
  /// What was collected is of no use any more.
  void drop();

 private:
  void begin(const Item& item, const Meta& meta);
  bool append(const Item& item);

  const std::size_t most_;
  std::string uri_, octets_, lost_;
  Meta meta_;
  std::optional<std::uint64_t> size_;
};

}  // namespace nscl::rem::omadm
