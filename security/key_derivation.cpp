// SPDX-License-Identifier: Apache-2.0
#include <nscl/security/key_derivation.h>

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <nscl/base/bytes.h>
#include <nscl/security/key_wrapper.h>

#include "evp.h"

namespace nscl::security {
namespace {

OSSL_PARAM octets_param(const char* name, std::string_view value) {
  return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(value.data()), value.size());
}

OSSL_PARAM text_param(const char* name, const char* value) {
  return OSSL_PARAM_construct_utf8_string(name, const_cast<char*>(value), 0);
}

/// HMAC-SHA-256(key, 0x00000001 || label || 0x00 || context || 0x00000100)
Secret derive(const Secret& key, std::string_view label, std::string_view context) {
  static const Evp<EVP_KDF> kdf(EVP_KDF_fetch(nullptr, "KBKDF", nullptr));
  demand(kdf != nullptr, "OpenSSL has no KBKDF");
  const Evp<EVP_KDF_CTX> state(EVP_KDF_CTX_new(kdf.get()));
  const OSSL_PARAM params[] = {text_param(OSSL_KDF_PARAM_MODE, "counter"),
                               text_param(OSSL_KDF_PARAM_MAC, "HMAC"),
                               text_param(OSSL_KDF_PARAM_DIGEST, "SHA256"),
                               octets_param(OSSL_KDF_PARAM_KEY, key.view()),
                               octets_param(OSSL_KDF_PARAM_SALT, label),
                               octets_param(OSSL_KDF_PARAM_INFO, context),
                               OSSL_PARAM_construct_end()};
  Secret out(symmetric_key_size);
  demand(state && EVP_KDF_derive(state.get(), out.data(), out.size(), params) == 1, "a key cannot be derived");
  return out;
}

class Nscl1 final : public KeyDerivation {
 public:
  std::string_view name() const override { return "NSCL-1"; }

  Secret root_key(const Secret& input, std::string_view node, std::string_view provider) const override {
    return derive(input, "NSCL-1 Kmr", length_prefixed({node, provider}));
  }
  Secret connection_key(const Secret& root, std::string_view node, std::uint64_t connection, std::uint32_t index,
                        const Secret& exported) const override {
    std::string context = length_prefixed({node, big_endian(connection, 8), big_endian(index, 4), exported.view()});
    Secret key = derive(root, "NSCL-1 Kmc", context);
    wipe(context);
    return key;
  }
  Exporter connection_exporter(std::string_view node) const override { return {"EXPORTER-NSCL-1-Kmc", length_prefixed({node})}; }

  Secret application_key(const Secret& connection_key, std::uint64_t connection, std::string_view app_id) const override {
    return derive(connection_key, "NSCL-1 Kma", length_prefixed({big_endian(connection, 8), app_id}));
  }
  Secret integrity_key(const Secret& root, std::string_view node) const override {
    return derive(root, "NSCL-1 IVal", length_prefixed({node}));
  }
  Exporter wrapping_exporter(std::string_view node, std::uint32_t index) const override {
    return {"EXPORTER-NSCL-1-KEK", length_prefixed({node, big_endian(index, 4)})};
  }
};

Evp<EVP_CIPHER_CTX> key_wrap(const Secret& wrapping_key, bool wraps) {
  static const Evp<EVP_CIPHER> cipher = fetch_cipher("AES-256-WRAP");
  Evp<EVP_CIPHER_CTX> state(EVP_CIPHER_CTX_new());
  demand(state && wrapping_key.size() == symmetric_key_size, "AES key wrap needs a key of 32 octets");
  EVP_CIPHER_CTX_set_flags(state.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  demand(EVP_CipherInit_ex2(state.get(), cipher.get(), wrapping_key.data(), nullptr, wraps ? 1 : 0, nullptr) == 1,
         "AES key wrap cannot be used");
  return state;
}

}  // namespace

const KeyDerivation& nscl_1() {
  static const Nscl1 profile;
  return profile;
}

std::string key_check_value(const Secret& key) { return hex_encode(derive(key, "NSCL-1 KCV", "").view().substr(0, 3)); }

std::string aes_wrap(const Secret& wrapping_key, const Secret& key) {
  const auto state = key_wrap(wrapping_key, true);
  std::string out(key.size() + 8, '\0');
  int size = 0;
  demand(EVP_EncryptUpdate(state.get(), octets_of(out), &size, key.data(), static_cast<int>(key.size())) == 1 &&
             static_cast<std::size_t>(size) == out.size(),
         "a key cannot be wrapped: its size is not a multiple of 8 octets");
  return out;
}

std::optional<Secret> aes_unwrap(const Secret& wrapping_key, std::string_view wrapped) {
  if (wrapped.size() < 24 || wrapped.size() % 8 != 0 || wrapped.size() > 1024) return std::nullopt;
  const auto state = key_wrap(wrapping_key, false);
  Secret out(wrapped.size());   // the library writes more than it returns
  int size = 0;
  const bool is_good = EVP_DecryptUpdate(state.get(), out.data(), &size, octets_of(wrapped), static_cast<int>(wrapped.size())) == 1 &&
                       static_cast<std::size_t>(size) + 8 == wrapped.size();
  if (!is_good) return std::nullopt;
  return Secret(out.view().substr(0, wrapped.size() - 8));
}

}  // namespace nscl::security
