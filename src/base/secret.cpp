// SPDX-License-Identifier: Apache-2.0
#include <nscl/base/secret.h>

#include <stdexcept>

#include <openssl/crypto.h>
#include <openssl/rand.h>

namespace nscl {

Secret::Secret(std::string_view octets) : octets_(octets.begin(), octets.end()) {}

Secret::~Secret() { OPENSSL_cleanse(octets_.data(), octets_.size()); }

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  OPENSSL_cleanse(octets_.data(), octets_.size());
  octets_ = std::move(other.octets_);
  other.octets_.clear();
  return *this;
}

Secret random_secret(std::size_t count) {
  Secret secret(count);
  if (RAND_priv_bytes(secret.data(), static_cast<int>(count)) != 1) throw std::runtime_error("the system gives no random octets");
  return secret;
}

void wipe(std::string& text) {
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

}  // namespace nscl
