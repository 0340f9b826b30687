// SPDX-License-Identifier: Apache-2.0
// HTTP Basic (RFC 7617) with the user parts that ONG, OM2M and curl send.
#include <nscl/security/basic.h>

#include <algorithm>

#include <nscl/base/bytes.h>
#include <nscl/base/path.h>

#include "auth_params.h"

namespace nscl::security {
namespace {

constexpr std::size_t longest_field = 4096;

/// `prefix` is in lower case; the text may be in any.
bool begins_with(std::string_view text, std::string_view prefix) {
  const auto equals = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
  return text.size() >= prefix.size() && std::ranges::equal(text.substr(0, prefix.size()), prefix, equals);
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

bool is_absolute_uri(std::string_view text) {
  constexpr std::string_view schemes[] = {"http://", "https://", "coap://", "coaps://"};
  return text.find(' ') == text.npos &&
         std::ranges::any_of(schemes, [&](std::string_view s) { return begins_with(text, s) && text.size() > s.size(); });
}

/// A user part of the ONG form, undone.
std::optional<std::string> quoted_uri(std::string_view text) {
  if (text.find('%') == text.npos) return std::nullopt;
  auto uri = percent_decode(text);
  const bool is_uri = uri && (uri->find("://") != std::string::npos || uri->starts_with('/'));
  return is_uri ? uri : std::nullopt;
}

std::optional<BasicCredential> split_credential(std::string_view text) {
  const auto first = text.find(':'), last = text.rfind(':');
  if (first == text.npos) return std::nullopt;
  if (auto uri = quoted_uri(text.substr(0, first))) return BasicCredential{*std::move(uri), std::string(text.substr(first + 1))};
  const auto colon = is_absolute_uri(text.substr(0, last)) ? last : first;
  return BasicCredential{std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

}  // namespace

std::optional<BasicCredential> parse_basic(std::string_view authorization) {
  if (authorization.size() > longest_field) return std::nullopt;
  const auto token = behind_scheme(authorization, "basic");
  // In a header field the white space that base64_decode skips has no place.
  if (!token || token->find_first_of(" \t\r\n") != token->npos) return std::nullopt;
  const auto text = base64_decode(*token);
  if (!text || !is_xml_text(*text) || has_control(*text)) return std::nullopt;
  auto credential = split_credential(*text);
  if (!credential || has_control(credential->user)) return std::nullopt;
  return credential;
}

bool is_basic_challenge(std::string_view www_authenticate) { return behind_scheme(www_authenticate, "basic").has_value(); }

std::string basic_answer(std::string_view user, const Secret& password) {
  std::string clear;
  clear.reserve(user.size() + 1 + password.size());   // so that no copy is left behind
  clear.append(user).append(":").append(password.view());
  auto out = "Basic " + base64_encode(clear);
  wipe(clear);
  return out;
}

}  // namespace nscl::security
