// SPDX-License-Identifier: Apache-2.0
#include <nscl/security/hmac_sha1.h>

#include <openssl/hmac.h>

#include "evp.h"

namespace nscl::security {

std::string hmac_sha1(const Secret& key, std::string_view text) {
  std::string out(hmac_sha1_octets, '\0');
  static constexpr unsigned char nothing = 0;   // a null key would mean the one before
  const void* octets = key.empty() ? &nothing : key.data();
  unsigned size = 0;
  demand(HMAC(EVP_sha1(), octets, static_cast<int>(key.size()), octets_of(text), text.size(), octets_of(out), &size) != nullptr && size == out.size(),
         "HMAC-SHA-1 cannot be used");
  return out;
}

}  // namespace nscl::security
