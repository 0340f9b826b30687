// SPDX-License-Identifier: Apache-2.0
#include <nscl/security/key_wrapper.h>

#include <openssl/rand.h>

#include "evp.h"

namespace nscl::security {
namespace {

constexpr std::size_t nonce_size = 12, tag_size = 16;

class AesWrapper final : public KeyWrapper {
 public:
  explicit AesWrapper(Secret key) : key_(std::move(key)) { demand(key_.size() == symmetric_key_size, "a wrapping key has 32 octets"); }

  std::string wrap(std::string_view context, const Secret& octets) const override {
    std::string out(nonce_size + octets.size() + tag_size, '\0');
    demand(RAND_bytes(octets_of(out), nonce_size) == 1, "the system gives no random octets");
    const auto state = start(octets_of(out), context, true);
    unsigned char* const body = octets_of(out) + nonce_size;
    int size = 0, rest = 0;
    demand(EVP_EncryptUpdate(state.get(), body, &size, octets.data(), static_cast<int>(octets.size())) == 1 &&
               EVP_EncryptFinal_ex(state.get(), body + size, &rest) == 1 &&
               EVP_CIPHER_CTX_ctrl(state.get(), EVP_CTRL_AEAD_GET_TAG, tag_size, body + octets.size()) == 1,
           "a key cannot be wrapped");
    return out;
  }

  std::optional<Secret> unwrap(std::string_view context, std::string_view wrapped) const override {
    if (wrapped.size() < nonce_size + tag_size) return std::nullopt;
    const auto state = start(octets_of(wrapped), context, false);
    const std::string_view body = wrapped.substr(nonce_size, wrapped.size() - nonce_size - tag_size);
    std::string tag(wrapped.substr(wrapped.size() - tag_size));
    Secret out(body.size());
    int size = 0, rest = 0;
    const bool is_good = EVP_DecryptUpdate(state.get(), out.data(), &size, octets_of(body), static_cast<int>(body.size())) == 1 &&
                         EVP_CIPHER_CTX_ctrl(state.get(), EVP_CTRL_AEAD_SET_TAG, tag_size, tag.data()) == 1 &&
                         EVP_DecryptFinal_ex(state.get(), out.data() + size, &rest) == 1;
    return is_good ? std::optional(std::move(out)) : std::nullopt;
  }

 private:
  Evp<EVP_CIPHER_CTX> start(const unsigned char* nonce, std::string_view context, bool encrypts) const {
    static const Evp<EVP_CIPHER> cipher = fetch_cipher("AES-256-GCM");   // its nonce has 12 octets unless told otherwise
    Evp<EVP_CIPHER_CTX> state(EVP_CIPHER_CTX_new());
    int ignored = 0;
    demand(state && EVP_CipherInit_ex2(state.get(), cipher.get(), key_.data(), nonce, encrypts ? 1 : 0, nullptr) == 1 &&
               EVP_CipherUpdate(state.get(), nullptr, &ignored, octets_of(context), static_cast<int>(context.size())) == 1,
           "AES-256-GCM cannot be used");
    return state;
  }

  Secret key_;
};

}  // namespace

std::unique_ptr<KeyWrapper> aes_wrapper(Secret key) { return std::make_unique<AesWrapper>(std::move(key)); }

}  // namespace nscl::security
