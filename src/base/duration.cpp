// SPDX-License-Identifier: Apache-2.0
// xs:duration: P[nY][nM][nD][T[nH][nM][n(.n)S]], at least one part.
#include <nscl/base/time.h>

#include "scan.h"

namespace nscl {
namespace {

constexpr std::int64_t most_months = 9999 * 12;
constexpr std::int64_t most_microseconds = std::int64_t{9999} * 366 * 86'400 * 1'000'000;

/// One designator and how much a unit of it is.
struct Part {
  char designator;
  std::int64_t unit;
};
constexpr Part calendar_parts[] = {{'Y', 12}, {'M', 1}};
constexpr Part day_parts[] = {{'D', 86'400'000'000}};
constexpr Part clock_parts[] = {{'H', 3'600'000'000}, {'M', 60'000'000}, {'S', 1'000'000}};

/// Reads numbers with their designators, which must come in the order of `parts`.
class Parts {
 public:
  explicit Parts(Scan& scan) : scan_(scan) {}

  /// Adds the parts that are there to `total`. A number that none of `parts` wants is kept for the next call.
  template <std::size_t N>
  bool read(const Part (&parts)[N], std::int64_t& total) {
    for (const Part& part : parts) {
      if (!pending_ && scan_.at_digit() && !read_number()) return false;
      if (!pending_ || !scan_.take(part.designator)) continue;
      if (has_fraction_ && part.designator != 'S') return false;
      std::int64_t value = 0;
      if (__builtin_mul_overflow(number_, part.unit, &value) || __builtin_add_overflow(total, value, &total)) return false;
      if (__builtin_add_overflow(total, fraction_, &total)) return false;
      pending_ = false;
      ++count_;
    }
    return true;
  }

  bool is_pending() const { return pending_; }
  int count() const { return count_; }

 private:
  bool read_number() {
    pending_ = true;
    fraction_ = 0;
    if (!scan_.number(number_)) return false;
    has_fraction_ = scan_.take('.');
    return !has_fraction_ || scan_.fraction(fraction_);
  }

  Scan& scan_;
  std::int64_t number_ = 0;
  std::int64_t fraction_ = 0;
  bool has_fraction_ = false;
  bool pending_ = false;
  int count_ = 0;
};

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  Scan scan(text);
  Duration duration;
  duration.negative = scan.take('-');
  if (!scan.take('P')) return std::nullopt;
  Parts parts(scan);
  std::int64_t months = 0, rest = 0;
  if (!parts.read(calendar_parts, months) || !parts.read(day_parts, rest) || parts.is_pending()) return std::nullopt;
  if (scan.take('T')) {
    const int before = parts.count();
    if (!parts.read(clock_parts, rest) || parts.is_pending() || parts.count() == before) return std::nullopt;
  }
  if (parts.count() == 0 || !scan.at_end() || months > most_months || rest > most_microseconds) return std::nullopt;
  duration.months = static_cast<std::int32_t>(months);
  duration.rest = std::chrono::microseconds{rest};
  return duration;
}

}  // namespace nscl
