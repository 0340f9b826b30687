// SPDX-License-Identifier: Apache-2.0
// xs:dateTime in and out, calendar arithmetic and the system clock. No locale, no time zone data base.
#include <nscl/base/time.h>

#include <algorithm>

#include "scan.h"

namespace nscl {
namespace {

using namespace std::chrono;

constexpr Time first_time = sys_days{year{1} / January / 1};
constexpr Time last_time = sys_days{year{10000} / January / 1} - microseconds{1};

bool scan_date(Scan& scan, sys_days& out) {
  int y = 0, m = 0, d = 0;
  if (!scan.digits(4, y) || !scan.take('-') || !scan.digits(2, m) || !scan.take('-') || !scan.digits(2, d)) return false;
  const auto date = year{y} / month{static_cast<unsigned>(m)} / day{static_cast<unsigned>(d)};
  out = date;
  return y >= 1 && date.ok();
}

bool scan_time_of_day(Scan& scan, microseconds& out) {
  int h = 0, m = 0, s = 0;
  std::int64_t fraction = 0;
  if (!scan.digits(2, h) || !scan.take(':') || !scan.digits(2, m) || !scan.take(':') || !scan.digits(2, s)) return false;
  if (scan.take('.') && !scan.fraction(fraction)) return false;
  out = hours{h} + minutes{m} + seconds{s} + microseconds{fraction};
  return m < 60 && s < 60 && (h < 24 || out == hours{24});
}

/// `Z`, an offset up to 14:00, or nothing.
bool scan_offset(Scan& scan, minutes& out) {
  out = minutes{0};
  if (scan.at_end() || scan.take('Z')) return true;
  const bool west = scan.take('-');
  if (!west && !scan.take('+')) return false;
  int h = 0, m = 0;
  if (!scan.digits(2, h) || !scan.take(':') || !scan.digits(2, m) || m > 59) return false;
  out = hours{h} + minutes{m};
  if (out > hours{14}) return false;
  if (west) out = -out;
  return true;
}

char* put_digits(char* to, unsigned value, int count) {
  for (int i = count - 1; i >= 0; --i, value /= 10) to[i] = static_cast<char>('0' + value % 10);
  return to + count;
}

char* put_fraction(char* to, unsigned microseconds) {
  if (microseconds == 0) return to;
  *to++ = '.';
  return microseconds % 1000 == 0 ? put_digits(to, microseconds / 1000, 3) : put_digits(to, microseconds, 6);
}

Time sum(Time start, microseconds rest) {
  std::int64_t total = 0;
  if (!__builtin_add_overflow(start.time_since_epoch().count(), rest.count(), &total)) return Time{microseconds{total}};
  return rest.count() > 0 ? Time::max() : Time::min();
}

/// The calendar part alone; the day of the month is cut to the length of the month it falls into.
Time add_months(Time start, std::int64_t months) {
  const auto midnight = floor<days>(start);
  const year_month_day date{midnight};
  const std::int64_t index = std::int64_t{static_cast<int>(date.year())} * 12 + static_cast<unsigned>(date.month()) - 1 + months;
  const std::int64_t target_year = index >= 0 ? index / 12 : (index - 11) / 12;
  if (target_year > static_cast<int>(year::max())) return Time::max();
  if (target_year < static_cast<int>(year::min())) return Time::min();
  const auto target_month = month{static_cast<unsigned>(index - target_year * 12 + 1)};
  const auto last = year{static_cast<int>(target_year)} / target_month / std::chrono::last;
  return sys_days{last.year() / last.month() / std::min(date.day(), last.day())} + (start - midnight);
}

class SystemClock final : public Clock {
 public:
  Time now() const override { return floor<microseconds>(std::chrono::system_clock::now()); }
};

}  // namespace

std::optional<Time> parse_date_time(std::string_view text) {
  Scan scan(text);
  sys_days date{};
  microseconds time_of_day{};
  minutes offset{};
  if (!scan_date(scan, date) || !scan.take('T') || !scan_time_of_day(scan, time_of_day)) return std::nullopt;
  if (!scan_offset(scan, offset) || !scan.at_end()) return std::nullopt;
  const Time time = date + time_of_day - offset;
  if (time < first_time || time > last_time) return std::nullopt;
  return time;
}

void append_date_time(std::string& out, Time time) {
  time = std::clamp(time, first_time, last_time);
  const auto midnight = floor<days>(time);
  const year_month_day date{midnight};
  const auto of_day = static_cast<std::uint64_t>((time - midnight).count());
  const auto second = static_cast<unsigned>(of_day / 1'000'000);
  char buffer[32];
  char* to = put_digits(buffer, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  *to++ = '-';
  to = put_digits(to, static_cast<unsigned>(date.month()), 2);
  *to++ = '-';
  to = put_digits(to, static_cast<unsigned>(date.day()), 2);
  *to++ = 'T';
  to = put_digits(to, second / 3600, 2);
  *to++ = ':';
  to = put_digits(to, second / 60 % 60, 2);
  *to++ = ':';
  to = put_digits(to, second % 60, 2);
  to = put_fraction(to, static_cast<unsigned>(of_day % 1'000'000));
  *to++ = 'Z';
  out.append(buffer, to);
}

std::string format_date_time(Time time) {
  std::string out;
  append_date_time(out, time);
  return out;
}

Time add(Time start, const Duration& duration) {
  // chrono's calendar ends long before Time does; a start out there ("never") stays where it is.
  if (start < first_time || start > last_time) return start;
  const std::int64_t months = duration.negative ? -std::int64_t{duration.months} : duration.months;
  const auto opposite = -std::max(duration.rest, -microseconds::max());
  const auto rest = duration.negative ? opposite : duration.rest;
  return sum(months == 0 ? start : add_months(start, months), rest);
}

Time subtract(Time start, const Duration& duration) {
  Duration opposite = duration;
  opposite.negative = !duration.negative;
  return add(start, opposite);
}

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

}  // namespace nscl
