// SPDX-License-Identifier: Apache-2.0
#include <nscl/security/hmac.h>

#include <openssl/hmac.h>

#include "evp.h"

namespace nscl::security {
namespace {

std::string hmac(const EVP_MD* function, std::size_t octets, const Secret& key, std::string_view text) {
  std::string out(octets, '\0');
  static constexpr unsigned char nothing = 0;   // a null key would mean the one before
  const void* from = key.empty() ? &nothing : key.data();
  unsigned size = 0;
  demand(HMAC(function, from, static_cast<int>(key.size()), octets_of(text), text.size(), octets_of(out), &size) != nullptr && size == out.size(),
         "HMAC cannot be used with this hash function");
  return out;
}

}  // namespace

std::string hmac_sha1(const Secret& key, std::string_view text) { return hmac(EVP_sha1(), hmac_sha1_octets, key, text); }

std::string hmac_md5(const Secret& key, std::string_view text) { return hmac(EVP_md5(), 16, key, text); }

}  // namespace nscl::security
