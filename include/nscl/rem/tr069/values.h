// SPDX-License-Identifier: Apache-2.0
// Values of parameters: read as devices write them, written as XML Schema says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nscl/base/time.h>

namespace nscl::rem::tr069 {

/// How a model of CPE wants its values; the default is what most take.
struct ValueStyle {
  bool boolean_words = false;        ///< true and false instead of 1 and 0
  bool date_milliseconds = false;    ///< always three fraction digits, instead of none
  bool operator==(const ValueStyle&) const = default;
};

/// 1, 0, true, false in any case, with blanks around.
std::optional<bool> parse_boolean(std::string_view text);

/// Decimal, with blanks around and a sign; nullopt for anything else and beyond 64 bits.
std::optional<std::int64_t> parse_integer(std::string_view text);

/// A dateTime; without a zone it is UTC. nullopt: empty, not a date, or one of the dates that stand for "unknown" (year 0001).
std::optional<Time> parse_time(std::string_view text);

std::string format_boolean(bool value, const ValueStyle& style = {});
std::string format_time(Time value, const ValueStyle& style = {});

}  // namespace nscl::rem::tr069
