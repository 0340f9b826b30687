// SPDX-License-Identifier: Apache-2.0
// Values of configuration keys as text: times, sizes, addresses.
#include <arpa/inet.h>

#include <array>
#include <charconv>

#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <nscl/base/bytes.h>
#include <nscl/base/path.h>

#include "config_keys.h"

namespace nscl::app {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};
constexpr std::array<Unit, 5> time_units{{{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};
constexpr std::array<Unit, 4> size_units{{{"GiB", 1u << 30}, {"MiB", 1u << 20}, {"KiB", 1u << 10}, {"B", 1}}};

template <std::size_t N>
std::optional<std::uint64_t> parse_quantity(std::string_view text, const std::array<Unit, N>& units) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const Unit& known : units) {
    if (unit != known.name) continue;
    if (number > static_cast<std::uint64_t>(INT64_MAX) / known.factor) return std::nullopt;
    return number * known.factor;
  }
  return std::nullopt;
}

template <std::size_t N>
std::string format_quantity(std::uint64_t value, const std::array<Unit, N>& units) {
  for (const Unit& unit : units) {
    if (value != 0 && value % unit.factor == 0) return std::to_string(value / unit.factor) + std::string(unit.name);
  }
  return "0" + std::string(units.back().name == "ms" ? "s" : "B");
}

bool has_blank_or_control(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= ' ' || c == '\x7f') return true;
  }
  return false;
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_time(std::string_view text) {
  const auto value = parse_quantity(text, time_units);
  if (!value) return std::nullopt;
  return std::chrono::milliseconds(static_cast<std::int64_t>(*value));
}

std::optional<std::uint64_t> parse_size(std::string_view text) { return parse_quantity(text, size_units); }

std::string format_time(std::chrono::milliseconds time) {
  return format_quantity(static_cast<std::uint64_t>(time.count()), time_units);
}

std::string format_size(std::uint64_t octets) { return format_quantity(octets, size_units); }

std::string quote(std::string_view text) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out = "\"";
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (octet < 0x20 || octet == 0x7f) {
      out += "\\u00";
      out += digits[octet >> 4];
      out += digits[octet & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string describe(const Given& given) {
  if (const auto* flag = std::get_if<bool>(&given)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<std::int64_t>(&given)) return std::to_string(*number);
  if (const auto* text = std::get_if<std::string>(&given)) return quote(text->substr(0, 100));
  if (std::holds_alternative<std::vector<std::string>>(given)) return "a list";
  return "this value";
}

Problem check_address(const std::string& text) {
  std::array<unsigned char, 16> binary{};
  if (inet_pton(AF_INET, text.c_str(), binary.data()) == 1 || inet_pton(AF_INET6, text.c_str(), binary.data()) == 1) {
    return std::nullopt;
  }
  return quote(text) + " is not an IP address";
}

Problem check_user(const std::string& text) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  if (text.size() <= 32 && text.find_first_not_of(allowed) == text.npos && text.front() != '-') return std::nullopt;
  return quote(text) + " is no name of a user";
}

Problem check_name(const std::string& text) {
  if (!text.empty() && text.size() <= 255 && is_xml_text(text) && text.find_first_of("\t\r\n") == text.npos) return std::nullopt;
  return quote(text) + " is no name: 1 to 255 octets of text without control characters";
}

Problem check_network(const std::string& text) {
  boost::system::error_code no_v4, no_v6;
  boost::asio::ip::make_network_v4(text, no_v4);
  boost::asio::ip::make_network_v6(text, no_v6);
  if (!no_v4 || !no_v6) return std::nullopt;
  return quote(text) + " is not a network such as \"10.0.0.0/8\" or \"fd00::/8\"";
}

Problem check_uri_path(const std::string& text) {
  if (text.empty() || text == "/" || text.front() != '/' || text.back() == '/') {
    return quote(text) + " is not a path such as \"/m2m\": it begins with '/', ends without one";
  }
  for (std::size_t begin = 1; begin <= text.size();) {
    const std::size_t end = std::min(text.find('/', begin), text.size());
    const std::string segment = text.substr(begin, end - begin);
    if (!is_valid_id(segment) || percent_encode(segment) != segment) {
      return quote(text) + " has a segment that would have to be escaped in a URI";
    }
    begin = end + 1;
  }
  return std::nullopt;
}

Problem check_path(const std::string& text) { return text.empty() || text == "/" ? std::nullopt : check_uri_path(text); }

Problem check_authority(const std::string& text) {
  if (text.empty() || has_blank_or_control(text) || text.find_first_of("/?#@\\") != std::string::npos) {
    return quote(text) + " is not a host or host:port";
  }
  return std::nullopt;
}

Problem check_base_uri(const std::string& text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (text.starts_with(scheme) && !check_authority(text.substr(scheme.size()))) return std::nullopt;
  }
  return quote(text) + " is not of the form \"http://host:port\" (no path, no final slash)";
}

Problem check_credential(const std::string& text) {
  const bool is_visible = std::all_of(text.begin(), text.end(), [](unsigned char c) { return c >= 0x20 && c != 0x7f; });
  return is_visible && text.find(':') != text.npos && text.find(':') > 0 ? std::nullopt : Problem("is no user, colon and password");
}

Problem check_id(const std::string& text) {
  if (is_valid_id(text) && !is_reserved_name(text) && percent_encode(text) == text) return std::nullopt;
  return quote(text) + " cannot be an id: letters, digits, '.', '-', '_' and no name the standard uses itself";
}

Problem check_directory(const std::string& text) {
  if (text.find('\0') == std::string::npos) return std::nullopt;
  return "is not a directory name";
}

Problem check_scl_base(const std::string& text) {
  const std::size_t authority = text.find("://") == std::string::npos ? text.npos : text.find("://") + 3;
  const std::size_t path = authority == text.npos ? text.npos : text.find('/', authority);
  const bool is_whole = path != text.npos && !check_base_uri(text.substr(0, path)) && !check_uri_path(text.substr(path));
  if (is_whole) return std::nullopt;
  return quote(text) + " is not the URI of an sclBase such as \"http://host:8080/m2m\"";
}

}  // namespace nscl::app
