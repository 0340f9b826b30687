// SPDX-License-Identifier: Apache-2.0
// Points in time and xs:duration. Everything inside is UTC with microseconds.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nscl {

/// A point in time, UTC. Stored as microseconds since 1970-01-01T00:00:00Z.
using Time = std::chrono::sys_time<std::chrono::microseconds>;

/// "Never": later than every time a peer can name.
inline constexpr Time never = Time::max();

/// xs:dateTime -> Time. Any offset is accepted, none means UTC. Years 0001 to 9999, at most 9 fraction digits
/// (further digits are read and cut), 24:00:00 means the next midnight. Anything else: nullopt.
std::optional<Time> parse_date_time(std::string_view text);

/// Time -> xs:dateTime in UTC with `Z` and 0, 3 or 6 fraction digits, as few as hold the value.
std::string format_date_time(Time time);
void append_date_time(std::string& out, Time time);

/// HTTP-date (RFC 9110 5.6.7), IMF-fixdate; parsing accepts the two obsolete forms as well.
std::string format_http_date(Time time);
std::optional<Time> parse_http_date(std::string_view text);

/// xs:duration with its calendar part kept apart, since a month has no fixed length.
struct Duration {
  bool negative = false;
  std::int32_t months = 0;                 ///< years and months together
  std::chrono::microseconds rest{0};       ///< days to seconds
};

/// xs:duration -> Duration; values that would leave the years 0001 to 9999 are refused.
std::optional<Duration> parse_duration(std::string_view text);

/// `start` moved by `duration`, the calendar part first; saturates at the bounds of Time.
Time add(Time start, const Duration& duration);
Time subtract(Time start, const Duration& duration);

/// The source of "now". The product has one system clock; tests have one they turn by hand.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
};
const Clock& system_clock();

}  // namespace nscl
