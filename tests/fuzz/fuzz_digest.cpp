// SPDX-License-Identifier: Apache-2.0
// Fuzz target: an Authorization field of Digest. What parse_digest gives has the form it must have, and is read again the same from a field
// that is written anew; judging it never succeeds, as nobody knows the key.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <nscl/base/bytes.h>
#include <nscl/security/digest_authentication.h>

namespace {

using namespace nscl::security;

void require(bool condition) {
  if (!condition) std::abort();
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string written(const DigestCredential& credential) {
  return "Digest username=" + quoted(credential.user) + ",realm=" + quoted(credential.realm) + ",nonce=" + quoted(credential.nonce) +
         ",uri=" + quoted(credential.uri) + ",cnonce=" + quoted(credential.cnonce) + ",nc=" + credential.nc +
         ",qop=auth,response=" + quoted(credential.response) + ",algorithm=" + (credential.algorithm == DigestAlgorithm::sha_256 ? "SHA-256" : "MD5");
}

}   // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view field(reinterpret_cast<const char*>(data), size);
  const auto credential = parse_digest(field);
  if (!credential) return 0;
  require(is_digest(field) && field.size() <= 4096 && nscl::is_xml_text(credential->user));
  require(credential->nc.size() == 8 && credential->response.size() == 2 * size_of(credential->algorithm));
  const auto text = written(*credential);
  const auto again = parse_digest(text);
  if (text.size() <= 4096) require(again && written(*again) == text && again->count == credential->count);
  static DigestAuthentication authentication({.allow_md5 = true});
  static const auto strong = nscl::random_secret(32), weak = nscl::random_secret(16);
  const auto& ha1 = credential->algorithm == DigestAlgorithm::sha_256 ? strong : weak;
  require(authentication.judge(*credential, ha1, "GET", credential->uri) == DigestAuthentication::Verdict::wrong);
  return 0;
}
