// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/omadm/credentials.h>

#include <algorithm>

#include <nscl/base/bytes.h>
#include <nscl/security/digest_authentication.h>
#include <nscl/security/hmac.h>

namespace nscl::rem::omadm {
namespace {

using security::DigestAlgorithm;
using security::hash_joined;

constexpr std::size_t longest = 1024, nonce_octets = 16;
constexpr std::string_view blanks = " \t";

std::string base64_of_md5(std::initializer_list<std::string_view> parts) { return base64_encode(hash_joined(DigestAlgorithm::md5, parts).view()); }

/// As a Secret, without a copy that is left behind.
Secret secret_of(std::string text) {
  Secret out{text};
  wipe(text);
  return out;
}

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

/// Takes `name = value` and the comma behind it from the front; nullopt: there is none. A mac is base64 without quotes, which no parameter
/// of HTTP may be.
std::optional<std::pair<std::string, std::string>> take_param(std::string_view& text) {
  const auto equals = text.find('=');
  if (equals == text.npos) return std::nullopt;
  std::string name(trimmed(text.substr(0, equals)));
  std::ranges::transform(name, name.begin(), [](char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); });
  text = trimmed(text.substr(equals + 1));
  const bool is_quoted = text.starts_with('"');
  if (is_quoted) text.remove_prefix(1);
  const auto end = text.find(is_quoted ? '"' : ',');
  if (is_quoted && end == text.npos) return std::nullopt;
  std::string value(is_quoted ? text.substr(0, end) : trimmed(text.substr(0, end)));
  text.remove_prefix(std::min(end, text.size()));
  if (is_quoted) text = trimmed(text.substr(1));
  if (!text.empty() && !text.starts_with(',')) return std::nullopt;
  if (!text.empty()) text.remove_prefix(1);
  return std::pair(std::move(name), std::move(value));
}

bool is_md5(std::string_view text) {
  return text.size() == 3 && (text[0] | 0x20) == 'm' && (text[1] | 0x20) == 'd' && text[2] == '5';
}

}  // namespace

Secret digest_of(std::string_view name, const Secret& password) { return secret_of(base64_of_md5({name, password.view()})); }

Secret basic_data(std::string_view name, const Secret& password) {
  std::string clear;
  clear.reserve(name.size() + 1 + password.size());   // so that no copy is left behind
  clear.append(name).append(":").append(password.view());
  auto out = secret_of(base64_encode(clear));
  wipe(clear);
  return out;
}

std::string md5_data(const Secret& digest, std::string_view nonce) { return base64_of_md5({digest.view(), nonce}); }

std::string mac_data(const Secret& digest, std::string_view nonce, std::string_view body, bool by_rfc_2104) {
  const auto of_body = base64_of_md5({body});
  if (!by_rfc_2104) return base64_of_md5({digest.view(), nonce, of_body});
  return base64_encode(security::hmac_md5(digest, std::string(nonce) + ":" + of_body));
}

std::optional<NameAndPassword> read_basic(std::string_view data) {
  if (data.size() > longest) return std::nullopt;
  auto clear = base64_decode(data);
  if (!clear) return std::nullopt;
  const auto colon = clear->find(':');
  std::optional<NameAndPassword> out;
  if (colon != clear->npos) out = NameAndPassword{clear->substr(0, colon), Secret(std::string_view(*clear).substr(colon + 1))};
  wipe(*clear);
  return out;
}

std::optional<HmacHeader> read_hmac(std::string_view value) {
  if (value.size() > longest || !is_xml_text(value)) return std::nullopt;
  HmacHeader header{.algorithm = {}, .user = {}, .mac = {}};
  for (value = trimmed(value); !value.empty();) {
    auto param = take_param(value);
    if (!param) return std::nullopt;
    const auto& name = param->first;
    auto* const field = name == "algorithm" ? &header.algorithm : name == "username" ? &header.user : name == "mac" ? &header.mac : nullptr;
    if (field && !field->empty()) return std::nullopt;
    if (field) *field = std::move(param->second);
  }
  if (header.algorithm.empty()) header.algorithm = "MD5";
  const bool is_whole = is_md5(header.algorithm) && !header.user.empty() && !header.mac.empty();
  return is_whole ? std::optional(std::move(header)) : std::nullopt;
}

std::string write_hmac(const HmacHeader& header) {
  return "algorithm=" + header.algorithm + ", username=\"" + header.user + "\", mac=" + header.mac;
}

std::string fresh_nonce() { return random_octets(nonce_octets); }

}  // namespace nscl::rem::omadm
