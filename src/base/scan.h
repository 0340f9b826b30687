// SPDX-License-Identifier: Apache-2.0
// Scan: reads fixed text forms from left to right. Private to base; knows no locale.
#pragma once

#include <cstdint>
#include <string_view>

namespace nscl {

/// The value of a hexadecimal digit in either case; -1: it is none.
constexpr int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

class Scan {
 public:
  explicit Scan(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  bool at_digit() const { return !rest_.empty() && is_digit(rest_.front()); }

  bool take(char expected) {
    if (rest_.empty() || rest_.front() != expected) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool take(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }

  /// Exactly `count` digits (9 at most).
  bool digits(std::size_t count, int& value) {
    if (rest_.size() < count) return false;
    value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_digit(rest_[i])) return false;
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return true;
  }

  /// One digit or more; false if the number does not fit.
  bool number(std::int64_t& value) {
    if (!at_digit()) return false;
    value = 0;
    while (at_digit()) {
      if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, rest_.front() - '0', &value)) return false;
      rest_.remove_prefix(1);
    }
    return true;
  }

  /// The digits after a decimal point, as microseconds: what is finer is cut. 1 to 30 digits.
  bool fraction(std::int64_t& microseconds) {
    std::int64_t weight = 100'000;
    std::size_t count = 0;
    for (microseconds = 0; at_digit(); ++count, weight /= 10, rest_.remove_prefix(1)) microseconds += (rest_.front() - '0') * weight;
    return count >= 1 && count <= 30;
  }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  std::string_view rest_;
};

}  // namespace nscl
