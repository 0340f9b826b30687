// SPDX-License-Identifier: Apache-2.0
// What HTTP Digest judges principals by, wrapped like keys; and what stands in for it, and for keys, where there is none.
#include <algorithm>

#include <openssl/hmac.h>

#include <nscl/base/log.h>
#include <nscl/security/digest_authentication.h>
#include <nscl/security/key_derivation.h>

#include "evp.h"
#include "keystore_state.h"

namespace nscl::security {
namespace {

constexpr std::size_t first_size = size_of(DigestAlgorithm::sha_256), whole_size = first_size + size_of(DigestAlgorithm::md5);

/// In the row of another principal it does not open.
std::string context_of(const store::Principal& principal) { return length_prefixed({"NSCL-1 digest", principal.name, principal.digest_key}); }

void overwrite(Secret& whole, std::size_t place, std::string_view part) { std::copy(part.begin(), part.end(), whole.data() + place); }

}  // namespace

Secret Keystore::State::decoy_of(std::string_view identity) const {
  Secret made(first_size);
  unsigned size = 0;
  demand(HMAC(EVP_sha256(), installation.data(), static_cast<int>(installation.size()), octets_of(identity), identity.size(), made.data(), &size) != nullptr,
         "HMAC-SHA-256 cannot be used");
  return made;
}

void Keystore::State::warn(std::string_view event, std::string_view about) const {
  const auto now = clock.now().time_since_epoch().count();
  auto last = last_warning.load();
  if (now - last < 1'000'000 && now >= last) return;
  if (last_warning.compare_exchange_strong(last, now)) log::error(event, {{"about", about}});
}

Result<Secret> Keystore::State::open_digest(store::View& view, const store::Principal& principal) const {
  const auto wrapper = data_keys.find(view, principal.digest_key);
  if (!wrapper) return tl::unexpected(wrapper.error());
  auto octets = (*wrapper)->unwrap(context_of(principal), principal.digest);
  if (!octets) return failure(Status::internal_server_error, "the digest of a principal does not open: its row was changed outside of this program");
  return *std::move(octets);
}

Result<void> Keystore::put_digest(store::View& view, store::Principal& principal, const Secret& octets) const {
  const auto current = state_->data_keys.current(view);
  if (!current) return tl::unexpected(current.error());
  principal.digest_key = current->name;
  principal.digest = current->wrapper->wrap(context_of(principal), octets);
  return {};
}

Secret Keystore::digest_of(store::View& view, const std::optional<store::Principal>& principal, std::string_view name) const {
  Secret whole(whole_size);
  const Secret decoy = state_->decoy_of(name);
  overwrite(whole, 0, decoy.view());
  overwrite(whole, first_size, decoy.view().substr(0, whole_size - first_size));
  const bool has_digest = principal && !principal->digest.empty();
  const auto octets = has_digest ? state_->open_digest(view, *principal) : state_->open(view, state_->unknown);
  if (has_digest && !octets) state_->warn(octets.error().detail, name);
  if (has_digest && octets && octets->size() <= whole_size) overwrite(whole, 0, octets->view());
  return whole;
}

Result<void> Keystore::State::wrap_digests_anew(store::Transaction& transaction, std::span<const std::string> names, Rewrapped& done) const {
  const auto current = data_keys.current(transaction);
  if (!current) return tl::unexpected(current.error());
  for (const std::string& name : names) {
    auto principal = transaction.find_principal(name);
    if (!principal || principal->digest.empty() || principal->digest_key == current->name) continue;
    const auto octets = open_digest(transaction, *principal);
    ++(octets ? done.keys : done.damaged);
    if (!octets) continue;
    principal->digest_key = current->name;
    principal->digest = current->wrapper->wrap(context_of(*principal), *octets);
    transaction.put_principal(*principal);
  }
  return {};
}

}  // namespace nscl::security
