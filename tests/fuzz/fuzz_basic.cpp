// SPDX-License-Identifier: Apache-2.0
// Fuzz target: an Authorization field. What parse_basic gives is text without control characters, the same for every way
// to write the same credential, and a user that is a plain name is what stands in front of the first colon.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <nscl/base/bytes.h>
#include <nscl/security/basic.h>

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

void check(const nscl::security::BasicCredential& credential) {
  require(nscl::is_xml_text(credential.user) && nscl::is_xml_text(credential.password));
  require(!has_control(credential.user) && !has_control(credential.password));
}

void check_field(std::string_view field) {
  const auto credential = nscl::security::parse_basic(field);
  if (!credential) return;
  check(*credential);
  require(field.size() <= 4096);
  const auto token = field.substr(field.find_last_of(' ') + 1);
  const auto again = nscl::security::parse_basic("BASIC  " + std::string(token));
  if (token.size() + 7 <= 4096) require(again && again->user == credential->user && again->password == credential->password);
}

void check_text(std::string_view text) {
  const auto credential = nscl::security::parse_basic("Basic " + nscl::base64_encode(text));
  if (!credential) return;
  check(*credential);
  const auto colon = text.find(':');
  require(colon != text.npos && text.ends_with(credential->password));
  const bool is_plain = text.find_first_of("%/") == text.npos;
  if (is_plain) require(credential->user == text.substr(0, colon) && credential->password == text.substr(colon + 1));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_field(text);
  check_text(text);
  return 0;
}
