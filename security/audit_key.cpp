// SPDX-License-Identifier: Apache-2.0
#include <nscl/security/audit_key.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

namespace nscl::security {
namespace {

constexpr std::size_t signature_size = 64;

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;
using Bio = std::unique_ptr<BIO, FreeBio>;
using SharedKey = std::shared_ptr<EVP_PKEY>;

SharedKey hold(EVP_PKEY* key) { return {key, EVP_PKEY_free}; }
bool is_ed25519(const SharedKey& key) { return key && EVP_PKEY_get_id(key.get()) == EVP_PKEY_ED25519; }
const unsigned char* octets(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

Bio open(std::string_view text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }
/// Its memory is wiped when it is freed.
Bio make_output() { return Bio(BIO_new(BIO_s_secmem())); }

std::string_view content(const Bio& bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

[[noreturn]] void fail(const char* what) {
  ERR_clear_error();
  throw std::runtime_error(what);
}

}  // namespace

AuditKey AuditKey::make() {
  auto key = hold(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (!key) fail("the key of the audit trail could not be made");
  return AuditKey(std::move(key));
}

std::optional<AuditKey> AuditKey::read(const Secret& text) {
  const auto in = open(text.view());
  // without a password of its own OpenSSL would ask at the terminal
  const auto no_password = [](char*, int, int, void*) { return 0; };
  auto key = in ? hold(PEM_read_bio_PrivateKey(in.get(), nullptr, no_password, nullptr)) : nullptr;
  ERR_clear_error();
  if (!is_ed25519(key)) return std::nullopt;
  return AuditKey(std::move(key));
}

Secret AuditKey::private_text() const {
  const auto out = make_output();
  if (!out || PEM_write_bio_PKCS8PrivateKey(out.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) fail("the key of the audit trail could not be written");
  return Secret(content(out));
}

std::string AuditKey::public_text() const {
  const auto out = make_output();
  if (!out || PEM_write_bio_PUBKEY(out.get(), key_.get()) != 1) fail("the public key of the audit trail could not be written");
  return std::string(content(out));
}

std::string AuditKey::sign(std::string_view text) const {
  const Context context(EVP_MD_CTX_new());
  std::string signature(signature_size, '\0');
  auto size = signature.size();
  auto* to = reinterpret_cast<unsigned char*>(signature.data());
  const bool good = context && EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
                    EVP_DigestSign(context.get(), to, &size, octets(text), text.size()) == 1 && size == signature.size();
  if (!good) fail("the audit trail could not be signed");
  return signature;
}

AuditPublicKeys::AuditPublicKeys(std::string_view text) {
  const auto in = open(text);
  while (in) {
    auto key = hold(PEM_read_bio_PUBKEY(in.get(), nullptr, nullptr, nullptr));
    if (!key) break;
    if (is_ed25519(key)) keys_.push_back(std::move(key));
  }
  ERR_clear_error();
}

bool AuditPublicKeys::verify(std::string_view text, std::string_view signature) const {
  const auto made_it = [&](const SharedKey& key) {
    const Context context(EVP_MD_CTX_new());
    return context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
           EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(text), text.size()) == 1;
  };
  const bool good = std::any_of(keys_.begin(), keys_.end(), made_it);
  ERR_clear_error();
  return good;
}

}  // namespace nscl::security
