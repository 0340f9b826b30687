// SPDX-License-Identifier: Apache-2.0
#include <nscl/base/digest.h>

#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/sha.h>

namespace nscl {
namespace {

void demand(bool is_good) {
  if (!is_good) throw std::runtime_error("SHA-256 failed");
}

}  // namespace

struct Sha256::State {
  ~State() { EVP_MD_CTX_free(context); }
  EVP_MD_CTX* context = EVP_MD_CTX_new();
};

Sha256::Sha256() : state_(std::make_unique<State>()) { demand(state_->context != nullptr && EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr) == 1); }
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::add(std::string_view octets) { demand(EVP_DigestUpdate(state_->context, octets.data(), octets.size()) == 1); }

std::string Sha256::finish() {
  std::string out(SHA256_DIGEST_LENGTH, '\0');
  demand(EVP_DigestFinal_ex(state_->context, reinterpret_cast<unsigned char*>(out.data()), nullptr) == 1);
  return out;
}

}  // namespace nscl
