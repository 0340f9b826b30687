// SPDX-License-Identifier: Apache-2.0
#include <nscl/security/key_identity.h>

#include <algorithm>
#include <array>
#include <charconv>

#include <nscl/base/bytes.h>

namespace nscl::security {
namespace {

constexpr std::size_t longest_identity = 128, shortest_key = 16, longest_key = 64, shortest_text = 32;
constexpr std::array<std::string_view, 5> key_kinds{"fixed", "root", "connection", "application", "voucher"};
constexpr std::array<std::string_view, 4> key_states{"pending", "active", "retiring", "revoked"};

bool is_visible(char c) { return c > ' ' && c < '\x7f'; }
bool is_lower_hex_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

std::optional<IndexedIdentity> parse_indexed(std::string_view identity, std::string_view prefix, std::size_t digits) {
  if (!identity.starts_with(prefix)) return std::nullopt;
  identity.remove_prefix(prefix.size());
  if (identity.size() < digits + 2 || identity[digits] != '.') return std::nullopt;
  IndexedIdentity found{identity.substr(0, digits), 0};
  const std::string_view number = identity.substr(digits + 1);
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), found.index);
  const bool is_number = error == std::errc{} && end == number.data() + number.size() && (number.size() == 1 || number[0] != '0');
  if (!is_number || !std::ranges::all_of(found.id, is_lower_hex_digit)) return std::nullopt;
  return found;
}

}  // namespace

bool is_psk_identity(std::string_view text) {
  const auto is_allowed = [](char c) { return is_visible(c) && c != '"' && c != '\\' && c != '%'; };
  return !text.empty() && text.size() <= longest_identity && std::ranges::all_of(text, is_allowed);
}

std::optional<IndexedIdentity> parse_root_identity(std::string_view identity) { return parse_indexed(identity, "n.", 32); }
std::optional<IndexedIdentity> parse_connection_identity(std::string_view identity) { return parse_indexed(identity, "c.", 16); }
std::string root_identity(std::string_view node, std::uint32_t index) { return "n." + std::string(node) + "." + std::to_string(index); }
std::string connection_identity(std::string_view connection, std::uint32_t index) {
  return "c." + std::string(connection) + "." + std::to_string(index);
}

Result<void> check_identity(std::string_view identity, store::KeyKind kind) {
  if (!is_psk_identity(identity)) {
    return bad_request("an identity has 1 to 128 printable ASCII characters, none of them a space, '\"', '\\' or '%'");
  }
  using enum store::KeyKind;
  const bool is_root = parse_root_identity(identity).has_value(), is_connection = parse_connection_identity(identity).has_value();
  const bool is_voucher = identity.starts_with("v.");
  if (kind == root && !is_root) return bad_request("the identity of a root key is n.NODE.INDEX: 32 hexadecimal digits in lower case, and a number");
  if (kind == connection && !is_connection) return bad_request("the identity of a connection key is c.CONNECTION.INDEX");
  if (kind == voucher && !is_voucher) return bad_request("the identity of a voucher begins with v.");
  if ((kind == fixed || kind == application) && (is_root || is_connection || is_voucher)) {
    return bad_request("identities of this form belong to root keys, connection keys and vouchers");
  }
  return {};
}

Result<void> check_environment(std::string_view environment) {
  constexpr std::array<std::string_view, 6> environments{"", "none", "software", "tee", "se", "tpm"};
  if (std::ranges::find(environments, environment) != environments.end()) return {};
  return bad_request("the environment is none of none, software, tee, se, tpm");
}

Result<void> check_quality(const Secret& key, bool may_be_weak) {
  const std::string_view octets = key.view();
  if (octets.size() < shortest_key) return bad_request("the key has less than 16 octets");
  if (octets.size() > longest_key) return bad_request("the key has more than 64 octets");
  if (may_be_weak) return {};
  if (octets.find_first_not_of(octets[0]) == octets.npos) return bad_request("the octets of the key are all the same");
  const auto is_text = [](char c) { return c == ' ' || is_visible(c); };
  if (octets.size() < shortest_text && std::ranges::all_of(octets, is_text)) {
    return bad_request("the key is a text of less than 32 characters, which can be guessed");
  }
  return {};
}

Result<Secret> parse_key_text(std::string_view text) {
  constexpr std::string_view hex = "hex:", base64 = "base64:";
  const bool is_hex = text.starts_with(hex);
  if (!is_hex && !text.starts_with(base64)) return bad_request("the key is not written as hex:... or base64:...");
  text.remove_prefix(is_hex ? hex.size() : base64.size());
  auto octets = is_hex ? hex_decode(text) : base64_decode(text);
  if (!octets) return bad_request(is_hex ? "the key is no hexadecimal number of whole octets" : "the key is no base64");
  Secret key(*octets);
  wipe(*octets);
  return key;
}

std::string key_text(const Secret& key) {
  std::string digits = hex_encode(key.view()), text;
  text.reserve(4 + digits.size());
  text.append("hex:").append(digits);
  wipe(digits);
  return text;
}

std::string_view name_of(store::KeyKind kind) { return key_kinds.at(static_cast<std::size_t>(kind)); }
std::string_view name_of(store::KeyState state) { return key_states.at(static_cast<std::size_t>(state)); }

std::optional<store::KeyKind> parse_kind(std::string_view name) {
  const auto found = std::ranges::find(key_kinds, name);
  if (found == key_kinds.end()) return std::nullopt;
  return static_cast<store::KeyKind>(found - key_kinds.begin());
}

}  // namespace nscl::security
