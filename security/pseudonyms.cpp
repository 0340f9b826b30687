// SPDX-License-Identifier: Apache-2.0
#include <nscl/security/pseudonyms.h>

#include <stdexcept>

#include <openssl/hmac.h>

#include <nscl/base/bytes.h>

namespace nscl::security {
namespace {

constexpr std::string_view secret_fact = "pseudonym_secret";   // base64
constexpr std::size_t secret_size = 32;
constexpr std::size_t name_octets = 16, name_size = 22;

/// Behind its length, so that no two lists of texts are the same octets.
void append(std::string& out, std::string_view text) {
  if (text.size() > 0xffff) throw std::length_error("an entity is longer than any head of a request");
  out += static_cast<char>(text.size() >> 8);
  out += static_cast<char>(text.size() & 0xff);
  out += text;
}

std::string base64url(std::string_view octets) {
  std::string text = base64_encode(octets);
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

Secret secret_of(store::Store& store) {
  std::optional<Secret> secret;
  const auto done = store.write_and_wait([&](store::Transaction& transaction) -> Result<void> {
    secret = pseudonym_secret(transaction);
    if (secret) return {};
    secret = random_secret(secret_size);
    transaction.put_fact(secret_fact, base64_encode(secret->view()));
    return {};
  });
  if (!done) throw std::runtime_error("the secret of the pseudonyms cannot be stored: " + done.error().detail);
  return *std::move(secret);
}

}  // namespace

std::string pseudonym(const Secret& secret, std::string_view real, std::string_view peer, std::chrono::sys_days day) {
  std::string text;
  append(text, real);
  append(text, peer);
  append(text, std::to_string(day.time_since_epoch().count()));
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  const auto* octets = reinterpret_cast<const unsigned char*>(text.data());
  if (!HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), octets, text.size(), mac, &size)) throw std::runtime_error("HMAC-SHA-256 failed");
  return base64url({reinterpret_cast<const char*>(mac), name_octets});
}

/// One that cannot be read is not replaced: the pseudonyms of before would mean nobody any more.
std::optional<Secret> pseudonym_secret(store::View& view) {
  auto text = view.fact(secret_fact);
  if (!text) return std::nullopt;
  auto octets = base64_decode(*text);
  wipe(*text);
  if (!octets || octets->size() != secret_size) throw std::runtime_error("the secret of the pseudonyms cannot be read");
  Secret secret(*octets);
  wipe(*octets);
  return secret;
}

Pseudonyms::Pseudonyms(store::Store& store, const Clock& clock, std::vector<std::string> principals)
    : clock_(clock), principals_(principals.begin(), principals.end()) {
  if (!principals_.empty()) secret_ = secret_of(store);
}

std::string Pseudonyms::entity_for(std::string_view peer, const Requestor& requestor) const {
  if (!hides(requestor)) return requestor.entity;
  return "pseudonyms/" + pseudonym(secret_, requestor.entity, peer, std::chrono::floor<std::chrono::days>(clock_.now()));
}

std::optional<Unmasked> unmask(const Secret& secret, std::string_view name, const std::set<std::string>& entities, const std::set<std::string>& peers,
                               std::chrono::sys_days today, unsigned days) {
  if (name.size() != name_size) return std::nullopt;
  for (unsigned ago = 0; ago < days; ++ago) {
    const auto day = today - std::chrono::days(ago);
    for (const auto& real : entities) {
      for (const auto& peer : peers) {
        if (pseudonym(secret, real, peer, day) == name) return Unmasked{real, peer, day};
      }
    }
  }
  return std::nullopt;
}

}  // namespace nscl::security
