// SPDX-License-Identifier: Apache-2.0
// Entry: one line of the table of keys. Its last call says of what type the key is and where its value lives; reading,
// range check and printing follow from that.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "config_keys.h"

namespace nscl::app {

inline constexpr std::uint64_t kib = 1024, mib = 1024 * kib, gib = 1024 * mib;
inline constexpr std::chrono::milliseconds second{1000}, minute = 60 * second, hour = 60 * minute, day = 24 * hour;

inline Problem out_of_range(const std::string& value, bool below, const std::string& bound) {
  return value + (below ? " is below " : " is above ") + bound;
}

/// Builds one Key; the last call says of what type it is and where its value lives.
class Entry {
 public:
  Entry(std::string_view section, std::string_view name, std::string_view comment) {
    key_.section = section;
    key_.name = name;
    key_.comment = comment;
  }
  Entry& secret() {
    key_.is_secret = true;
    return *this;
  }
  Entry& reloads() {
    key_.reloads = true;
    return *this;
  }

  template <class Access>
  Key number(std::uint64_t low, std::uint64_t high, Access access) {
    key_.type = "integer";
    key_.form = Form::number;
    key_.range = std::to_string(low) + " to " + std::to_string(high);
    key_.get = [access](Place at) { return std::to_string(access(at)); };
    key_.set = [access, low, high](Place at, const Given& given) -> Problem {
      const auto* value = std::get_if<std::int64_t>(&given);
      if (value == nullptr) return describe(given) + " is not an integer";
      if (*value < 0 || static_cast<std::uint64_t>(*value) < low)
        return out_of_range(std::to_string(*value), true, std::to_string(low));
      if (static_cast<std::uint64_t>(*value) > high)
        return out_of_range(std::to_string(*value), false, std::to_string(high));
      auto& field = access(at);
      field = static_cast<std::remove_reference_t<decltype(field)>>(*value);
      return std::nullopt;
    };
    return std::move(key_);
  }

  template <class Access>
  Key size(std::uint64_t low, std::uint64_t high, Access access) {
    key_.type = "size";
    key_.form = Form::number;
    key_.range = format_size(low) + " to " + format_size(high);
    key_.get = [access](Place at) { return quote(format_size(access(at))); };
    key_.set = [access, low, high](Place at, const Given& given) -> Problem {
      std::optional<std::uint64_t> value;
      if (const auto* number = std::get_if<std::int64_t>(&given); number != nullptr && *number >= 0)
        value = static_cast<std::uint64_t>(*number);
      if (const auto* text = std::get_if<std::string>(&given)) value = parse_size(*text);
      if (!value) return describe(given) + " is not a size such as \"64KiB\", \"1MiB\" or a number of octets";
      if (*value < low) return out_of_range(format_size(*value), true, format_size(low));
      if (*value > high) return out_of_range(format_size(*value), false, format_size(high));
      access(at) = *value;
      return std::nullopt;
    };
    return std::move(key_);
  }

  template <class Access>
  Key time(std::chrono::milliseconds low, std::chrono::milliseconds high, Access access) {
    key_.type = "time";
    key_.form = Form::number;
    key_.range = format_time(low) + " to " + format_time(high);
    key_.get = [access](Place at) { return quote(format_time(access(at))); };
    key_.set = [access, low, high](Place at, const Given& given) -> Problem {
      using Field = std::remove_reference_t<decltype(access(at))>;
      std::optional<std::chrono::milliseconds> value;
      constexpr std::int64_t most_seconds = std::numeric_limits<std::int64_t>::max() / 1000;
      if (const auto* number = std::get_if<std::int64_t>(&given);
          number != nullptr && *number >= 0 && *number < most_seconds)
        value = std::chrono::seconds(*number);
      if (const auto* text = std::get_if<std::string>(&given)) value = parse_time(*text);
      if (!value)
        return describe(given) +
               " is not a time such as \"250ms\", \"10s\", \"5m\", \"1h\", \"7d\" or a number of seconds";
      if (*value < low) return out_of_range(format_time(*value), true, format_time(low));
      if (*value > high) return out_of_range(format_time(*value), false, format_time(high));
      const auto rounded = std::chrono::duration_cast<Field>(*value);
      if (rounded != *value) return format_time(*value) + " is not a whole number of seconds";
      access(at) = rounded;
      return std::nullopt;
    };
    return std::move(key_);
  }

  template <class Access>
  Key text(std::string_view range, Problem (*check)(const std::string&), Access access) {
    key_.type = "text";
    key_.range = range;
    key_.get = [access](Place at) { return quote(std::string(access(at))); };
    key_.set = [access, check](Place at, const Given& given) -> Problem {
      const auto* value = std::get_if<std::string>(&given);
      if (value == nullptr) return describe(given) + " is not a text in quotes";
      if (const Problem problem = check(*value)) return problem;
      access(at) = *value;
      return std::nullopt;
    };
    return std::move(key_);
  }

  template <class Access>
  Key flag(Access access) {
    key_.type = "flag";
    key_.form = Form::flag;
    key_.range = "true or false";
    key_.get = [access](Place at) -> std::string { return access(at) ? "true" : "false"; };
    key_.set = [access](Place at, const Given& given) -> Problem {
      const auto* value = std::get_if<bool>(&given);
      if (value == nullptr) return describe(given) + " is neither true nor false";
      access(at) = *value;
      return std::nullopt;
    };
    return std::move(key_);
  }

  template <class Access>
  Key list(std::string_view range, Problem (*check)(const std::string&), Access access) {
    key_.type = "list of texts";
    key_.form = Form::list;
    key_.range = range;
    key_.get = [access](Place at) {
      std::string out;
      for (const std::string& item : access(at)) out += (out.empty() ? "" : ", ") + quote(item);
      return "[" + out + "]";
    };
    key_.set = [access, check](Place at, const Given& given) -> Problem {
      const auto* value = std::get_if<std::vector<std::string>>(&given);
      if (value == nullptr) return describe(given) + " is not a list of texts";
      for (const std::string& item : *value) {
        if (const Problem problem = check(item)) return problem;
      }
      access(at) = *value;
      return std::nullopt;
    };
    return std::move(key_);
  }

  /// `names`: the words, in the order of the enumeration's values from 0.
  template <class Access>
  Key choice(std::vector<std::string> names, Access access) {
    key_.type = "word";
    for (const std::string& name : names) key_.range += (key_.range.empty() ? "" : ", ") + quote(name);
    key_.get = [access, names](Place at) { return quote(names[static_cast<std::size_t>(access(at))]); };
    key_.set = [access, names = std::move(names), range = key_.range](Place at, const Given& given) -> Problem {
      using Field = std::remove_reference_t<decltype(access(at))>;
      for (std::size_t i = 0; i < names.size(); ++i) {
        if (given == Given(names[i])) {
          access(at) = static_cast<Field>(i);
          return std::nullopt;
        }
      }
      return describe(given) + " is none of " + range;
    };
    return std::move(key_);
  }

 private:
  Key key_;
};

}  // namespace nscl::app
