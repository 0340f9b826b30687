// SPDX-License-Identifier: Apache-2.0
// What every use of OpenSSL's EVP functions here needs: handles that free themselves, octets as it wants them, and errors.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include <openssl/evp.h>
#include <openssl/kdf.h>

namespace nscl::security {

struct FreeEvp {
  void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
  void operator()(EVP_MD* function) const { EVP_MD_free(function); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(EVP_KDF* kdf) const { EVP_KDF_free(kdf); }
  void operator()(EVP_KDF_CTX* context) const { EVP_KDF_CTX_free(context); }
};
template <class Type>
using Evp = std::unique_ptr<Type, FreeEvp>;

inline const unsigned char* octets_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
inline unsigned char* octets_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

/// `what` for the operator; never with a text of the library, which may know too much.
inline void demand(bool is_good, const char* what) {
  if (!is_good) throw std::runtime_error(what);
}

/// Fetched once for the whole process, as that costs more than its use.
inline Evp<EVP_CIPHER> fetch_cipher(const char* name) {
  Evp<EVP_CIPHER> cipher(EVP_CIPHER_fetch(nullptr, name, nullptr));
  demand(cipher != nullptr, "OpenSSL has no AES-256 in the form that is needed");
  return cipher;
}

}  // namespace nscl::security
