// SPDX-License-Identifier: Apache-2.0
// HTTP-date (RFC 9110 5.6.7): IMF-fixdate, and the RFC 850 and asctime forms for reading.
#include <nscl/base/time.h>

#include <algorithm>
#include <span>

#include "scan.h"

namespace nscl {
namespace {

using namespace std::chrono;

constexpr std::string_view short_days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::string_view long_days[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr std::string_view month_names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Fields {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

bool take_any(Scan& scan, std::span<const std::string_view> names) {
  return std::ranges::any_of(names, [&](std::string_view name) { return scan.take(name); });
}

bool take_month(Scan& scan, int& month) {
  for (month = 1; month <= 12; ++month)
    if (scan.take(month_names[month - 1])) return true;
  return false;
}

bool take_clock(Scan& scan, Fields& to) {
  return scan.digits(2, to.hour) && scan.take(':') && scan.digits(2, to.minute) && scan.take(':') && scan.digits(2, to.second);
}

/// "Sun, 06 Nov 1994 08:49:37 GMT"
bool take_fixdate(Scan scan, Fields& to) {
  return take_any(scan, short_days) && scan.take(", ") && scan.digits(2, to.day) && scan.take(' ') && take_month(scan, to.month) &&
         scan.take(' ') && scan.digits(4, to.year) && scan.take(' ') && take_clock(scan, to) && scan.take(" GMT") && scan.at_end();
}

/// "Sunday, 06-Nov-94 08:49:37 GMT"; a year more than 50 years ahead belongs to the last century.
bool take_rfc850(Scan scan, Fields& to) {
  const bool matches = take_any(scan, long_days) && scan.take(", ") && scan.digits(2, to.day) && scan.take('-') &&
                       take_month(scan, to.month) && scan.take('-') && scan.digits(2, to.year) && scan.take(' ') &&
                       take_clock(scan, to) && scan.take(" GMT") && scan.at_end();
  const int this_year = static_cast<int>(year_month_day{floor<days>(system_clock().now())}.year());
  to.year += this_year / 100 * 100;
  if (to.year > this_year + 50) to.year -= 100;
  return matches;
}

/// "Sun Nov  6 08:49:37 1994"
bool take_asctime(Scan scan, Fields& to) {
  if (!take_any(scan, short_days) || !scan.take(' ') || !take_month(scan, to.month) || !scan.take(' ')) return false;
  const std::size_t width = scan.take(' ') ? 1 : 2;
  return scan.digits(width, to.day) && scan.take(' ') && take_clock(scan, to) && scan.take(' ') && scan.digits(4, to.year) && scan.at_end();
}

}  // namespace

std::string format_http_date(Time time) {
  const Time first = sys_days{year{1} / January / 1}, last = sys_days{year{9999} / December / 31} + hours{24} - microseconds{1};
  const auto second = floor<seconds>(std::clamp(time, first, last));
  const auto midnight = floor<days>(second);
  const year_month_day date{midnight};
  const hh_mm_ss clock{second - midnight};
  std::string out;
  out.reserve(29);
  const auto two = [&](auto number) { out.push_back(static_cast<char>('0' + number / 10)), out.push_back(static_cast<char>('0' + number % 10)); };
  out.append(short_days[weekday{midnight}.c_encoding()]).append(", ");
  two(static_cast<unsigned>(date.day()));
  out.append(" ").append(month_names[static_cast<unsigned>(date.month()) - 1]).append(" ");
  two(static_cast<int>(date.year()) / 100);
  two(static_cast<int>(date.year()) % 100);
  out.push_back(' ');
  two(clock.hours().count());
  out.push_back(':');
  two(clock.minutes().count());
  out.push_back(':');
  two(clock.seconds().count());
  return out.append(" GMT");
}

std::optional<Time> parse_http_date(std::string_view text) {
  Fields fields;
  const Scan scan(text);
  if (!take_fixdate(scan, fields) && !take_rfc850(scan, fields = {}) && !take_asctime(scan, fields = {})) return std::nullopt;
  const auto date = year{fields.year} / fields.month / fields.day;
  // 60 is a leap second, which the form allows.
  if (!date.ok() || fields.year < 1 || fields.hour > 23 || fields.minute > 59 || fields.second > 60) return std::nullopt;
  return Time{sys_days{date} + hours{fields.hour} + minutes{fields.minute} + seconds{fields.second}};
}

}  // namespace nscl
