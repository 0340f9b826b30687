// SPDX-License-Identifier: Apache-2.0
// The digest of a credential and the memory behind it.
#include "verdict_memory.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <stdexcept>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <nscl/base/bytes.h>

namespace nscl::security {
namespace {

struct FreeMac {
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using MacContext = std::unique_ptr<EVP_MAC_CTX, FreeMac>;

/// A context that holds the key of this process: made once per thread, since fetching it costs more than using it.
MacContext make_context() {
  static const std::string key = random_octets(32);
  EVP_MAC* const mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  MacContext context(mac ? EVP_MAC_CTX_new(mac) : nullptr);
  EVP_MAC_free(mac);
  char digest[] = "SHA256";
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
  const auto* const octets = reinterpret_cast<const unsigned char*>(key.data());
  if (!context || EVP_MAC_init(context.get(), octets, key.size(), params) != 1) throw std::runtime_error("HMAC-SHA-256 is not available");
  return context;
}

}  // namespace

CredentialDigest digest_of(std::string_view authorization, std::string_view host) {
  thread_local const MacContext context = make_context();
  const auto update = [](std::string_view text) {
    return EVP_MAC_update(context.get(), reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
  };
  CredentialDigest digest{};
  std::size_t size = 0;
  // A header field holds no NUL, so this one tells where the host begins.
  const bool done = EVP_MAC_init(context.get(), nullptr, 0, nullptr) == 1 && update(authorization) && update({"", 1}) && update(host) &&
                    EVP_MAC_final(context.get(), digest.data(), &size, digest.size()) == 1;
  if (!done) throw std::runtime_error("HMAC-SHA-256 failed");
  return digest;
}

VerdictMemory::Answer VerdictMemory::find(const CredentialDigest& digest) const {
  const std::shared_lock lock(mutex_);
  const auto found = entries_.find(digest);
  if (found == entries_.end() || found->second.until <= Clock::now()) return {};
  return {true, found->second.requestor};
}

std::uint64_t VerdictMemory::generation() const {
  const std::shared_lock lock(mutex_);
  return generation_;
}

void VerdictMemory::insert(const CredentialDigest& digest, RequestorPtr requestor, std::uint64_t generation, std::string verifier,
                           Clock::duration most) {
  const std::lock_guard lock(mutex_);
  if (generation != generation_) return;
  const auto now = Clock::now();
  const auto until = now + std::min(lifetime_, most);
  entries_[digest] = Entry{std::move(requestor), until, std::move(verifier)};
  by_age_.emplace_back(digest, until);
  while (!by_age_.empty() && (by_age_.size() > capacity_ || by_age_.front().second <= now)) {
    const auto oldest = entries_.find(by_age_.front().first);
    // A credential verified anew has a younger entry further back.
    if (oldest != entries_.end() && oldest->second.until == by_age_.front().second) entries_.erase(oldest);
    by_age_.pop_front();
  }
}

std::vector<Proof> VerdictMemory::proofs() const {
  const std::shared_lock lock(mutex_);
  std::vector<Proof> all;
  for (const auto& [digest, entry] : entries_) {
    if (entry.requestor) all.push_back({entry.requestor, entry.verifier});
  }
  return all;
}

void VerdictMemory::retain(const std::function<bool(const Requestor&, const std::string&)>& is_valid) {
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [&](const auto& item) { return !item.second.requestor || !is_valid(*item.second.requestor, item.second.verifier); });
  ++generation_;
}

void VerdictMemory::clear() {
  const std::lock_guard lock(mutex_);
  entries_.clear();
  by_age_.clear();
  ++generation_;
}

}  // namespace nscl::security
