// SPDX-License-Identifier: Apache-2.0
// Fuzz target: what CPEs put into Authorization and Cookie. A lenient reader takes whatever a strict one does, and the same of it; what it takes
// has its form, and is never right by chance. A session's id is 32 digits of the field, or nothing.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <nscl/base/bytes.h>
#include <nscl/security/digest_authentication.h>

#include "cookie.h"

namespace {

using namespace nscl::security;

void require(bool condition) {
  if (!condition) std::abort();
}

void check_digest(std::string_view field) {
  const auto credential = parse_digest(field, DigestForm::lenient);
  const auto strict = parse_digest(field);
  require(!strict || (credential && credential->nc == strict->nc && credential->user == strict->user && credential->response == strict->response));
  if (!credential) return;
  require(is_digest(field) && nscl::is_xml_text(credential->user) && !credential->user.empty() && !credential->nonce.empty());
  require(credential->response.size() == 2 * size_of(credential->algorithm));
  require(credential->nc.empty() || credential->nc.size() == 8);
  static DigestAuthentication authentication({.allow_md5 = true, .is_lenient = true});
  static const auto strong = nscl::random_secret(32), weak = nscl::random_secret(16);
  const auto& ha1 = credential->algorithm == DigestAlgorithm::sha_256 ? strong : weak;
  require(authentication.judge(*credential, ha1, "POST", "/acs") == DigestAuthentication::Verdict::wrong);
}

void check_cookie(std::string_view field) {
  const auto id = nscl::rem::tr069::session_in(field);
  require(id.empty() || (id.size() == 32 && nscl::hex_decode(id) && field.find(id) != field.npos));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view field(reinterpret_cast<const char*>(data), size);
  check_digest(field);
  check_cookie(field);
  return 0;
}
