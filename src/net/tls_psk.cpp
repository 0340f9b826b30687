// SPDX-License-Identifier: Apache-2.0
// The holder is kept on the SSL_SESSION that the key belongs to, never on the connection: a callback that was asked for a key does not
// mean that the handshake is made with it.
#include "tls_psk.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "tls_state.h"

namespace nscl::net {
namespace {

// A key of no protocol's own is tied to one hash: were a SHA-384 suite chosen, OpenSSL would drop the key.
constexpr const char* suites_1_3 = "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256";
// One by one, as the aliases of OpenSSL hold suites without encryption.
constexpr const char* suites_with_psk = "ECDHE-PSK-CHACHA20-POLY1305:ECDHE-PSK-AES128-CBC-SHA256:ECDHE-PSK-AES256-CBC-SHA384";
constexpr const char* suites_without_forward_secrecy = ":PSK-AES128-GCM-SHA256:PSK-AES128-CCM:PSK-AES128-CBC-SHA256";
constexpr std::size_t most_identities = 8;   ///< offered in one ClientHello
constexpr std::size_t decoy_size = 32;

int copy_holder(CRYPTO_EX_DATA*, const CRYPTO_EX_DATA*, void** data, int, long, void*) {
  if (*data == nullptr) return 1;
  return guarded(0, [data] { return *data = new PskHolderPtr(*static_cast<const PskHolderPtr*>(*data)), 1; });
}

void free_holder(void*, void* data, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<PskHolderPtr*>(data); }

int holder_index() {
  static const int index = SSL_SESSION_get_ex_new_index(0, nullptr, nullptr, copy_holder, free_holder);
  return index;
}

/// The identities in the pre_shared_key extension of the ClientHello (RFC 8446 4.2.11), as far as they are well formed.
std::vector<std::string_view> offered_identities(SSL* ssl) {
  const unsigned char* octets = nullptr;
  std::size_t size = 0;
  std::vector<std::string_view> identities;
  if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_psk, &octets, &size) != 1) return identities;
  std::string_view rest(reinterpret_cast<const char*>(octets), size);
  const auto take = [&rest]() -> std::string_view {   // what follows its length of two octets
    if (rest.size() < 2) return {};
    const auto length = std::size_t{static_cast<unsigned char>(rest[0])} << 8 | static_cast<unsigned char>(rest[1]);
    const auto taken = rest.substr(2, length);
    rest.remove_prefix(2 + taken.size());
    return taken;
  };
  constexpr std::size_t age = 4;
  for (rest = take(); !rest.empty() && identities.size() <= most_identities; rest.remove_prefix(std::min(age, rest.size())))
    identities.push_back(take());
  return identities;
}

/// Chooses among the identities before OpenSSL asks for each: the decoy of an unknown one would hide a known one behind it.
int choose_identity(SSL* ssl, int* alert) {
  auto& state = *state_of(ssl).handshake;
  state.identity.clear();
  state.found = {};
  const auto identities = offered_identities(ssl);
  if (identities.size() > most_identities) {
    state.reason = "too many identities are offered";
    *alert = SSL_AD_ILLEGAL_PARAMETER;
    return SSL_CLIENT_HELLO_ERROR;
  }
  for (const auto identity : identities) {
    auto found = state.lookup->find(identity);
    if (found.key.empty() || (!found.holder && !state.found.key.empty())) continue;
    state.identity.assign(identity);
    state.found = std::move(found);
    if (state.found.holder) break;
  }
  return SSL_CLIENT_HELLO_SUCCESS;
}

int on_client_hello(SSL* ssl, int* alert, void* /*argument*/) {
  *alert = SSL_AD_INTERNAL_ERROR;
  if (!state_of(ssl).handshake) return SSL_CLIENT_HELLO_ERROR;   // the handshake is over
  return guarded(SSL_CLIENT_HELLO_ERROR, [ssl, alert] { return choose_identity(ssl, alert); });
}

/// Nobody has the key of an unknown identity; nobody is kept like a holder, so that it takes the same time.
const PskHolderPtr& holder_or_nobody(const PskLookup::Found& found) {
  static const PskHolderPtr nobody = std::make_shared<const PskHolder>();
  return found.holder ? found.holder : nobody;
}

SslSessionPtr session_of(SSL* ssl, const PskLookup::Found& found) {
  auto session = psk_session(ssl, found.key);
  if (session && !set_psk_holder(session.get(), holder_or_nobody(found))) session.reset();
  return session;
}

/// TLS 1.3: the session for an identity. None is no failure: it may be a ticket, which comes by this way first.
int on_identity_1_3(SSL* ssl, const unsigned char* octets, std::size_t size, SSL_SESSION** session) {
  *session = nullptr;
  const auto& state = *state_of(ssl).handshake;
  const std::string_view identity(reinterpret_cast<const char*>(octets), size);
  if (state.found.key.empty() || identity != state.identity) return 1;
  return guarded(0, [&] { return (*session = session_of(ssl, state.found).release()) != nullptr ? 1 : 0; });
}

/// TLS 1.2: the key for the identity that the state keeps; some key always, so that what is unknown looks like a wrong key.
unsigned on_identity_1_2(SSL* ssl, const char* /*cut at a NUL*/, unsigned char* key, unsigned room) {
  if (SSL_version(ssl) >= TLS1_3_VERSION) return 0;   // OpenSSL asks here for what the other callback did not know
  return guarded(0u, [=] {
    auto& state = *state_of(ssl).handshake;
    state.found = state.lookup->find(state.identity);
    auto& found = state.found;
    if (found.key.empty()) found.key = random_secret(decoy_size);
    if (found.key.size() > room || !set_psk_holder(SSL_get_session(ssl), holder_or_nobody(found))) return 0u;
    std::copy_n(found.key.data(), found.key.size(), key);
    return static_cast<unsigned>(found.key.size());
  });
}

}  // namespace

PskHolderPtr psk_holder_of(const SSL_SESSION* session) {
  const auto* const holder = session != nullptr ? static_cast<const PskHolderPtr*>(SSL_SESSION_get_ex_data(session, holder_index())) : nullptr;
  return holder != nullptr && !(*holder)->identity.empty() ? *holder : nullptr;
}

bool set_psk_holder(SSL_SESSION* session, const PskHolderPtr& holder) {
  auto kept = std::make_unique<PskHolderPtr>(holder);
  const std::unique_ptr<PskHolderPtr> before(static_cast<PskHolderPtr*>(SSL_SESSION_get_ex_data(session, holder_index())));
  if (SSL_SESSION_set_ex_data(session, holder_index(), kept.get()) != 1) {
    SSL_SESSION_set_ex_data(session, holder_index(), nullptr);
    return false;
  }
  kept.release();
  return true;
}

void drop_psk_holder(SSL_SESSION* session) {
  const std::unique_ptr<PskHolderPtr> dropped(static_cast<PskHolderPtr*>(SSL_SESSION_get_ex_data(session, holder_index())));
  SSL_SESSION_set_ex_data(session, holder_index(), nullptr);
  SSL_SESSION_set1_ticket_appdata(session, nullptr, 0);
}

void set_psk_suites(SSL_CTX* context, bool allow_no_forward_secrecy) {
  const auto suites = std::string(suites_with_psk) + (allow_no_forward_secrecy ? suites_without_forward_secrecy : "");
  if (SSL_CTX_set_ciphersuites(context, suites_1_3) != 1 || SSL_CTX_set_cipher_list(context, suites.c_str()) != 1)
    throw std::runtime_error("OpenSSL lacks the suites for pre-shared keys: " + take_openssl_error());
}

SslSessionPtr psk_session(SSL* ssl, const Secret& key) {
  constexpr unsigned char suite[] = {0x13, 0x01};   // any of SHA-256
  SslSessionPtr session(SSL_SESSION_new());
  const bool is_made = session && SSL_SESSION_set1_master_key(session.get(), key.data(), key.size()) == 1 &&
                       SSL_SESSION_set_cipher(session.get(), SSL_CIPHER_find(ssl, suite)) == 1 &&
                       SSL_SESSION_set_protocol_version(session.get(), TLS1_3_VERSION) == 1;
  if (!is_made) session.reset();
  return session;
}

void enable_psk(SSL_CTX* context, const TlsOptions& options) {
  set_psk_suites(context, options.allow_no_forward_secrecy);
  if (!options.psk_hint.empty() && SSL_CTX_use_psk_identity_hint(context, options.psk_hint.c_str()) != 1)
    throw std::runtime_error("the hint for pre-shared keys is refused: " + take_openssl_error());
  SSL_CTX_set_client_hello_cb(context, on_client_hello, nullptr);
  SSL_CTX_set_psk_find_session_callback(context, on_identity_1_3);
  SSL_CTX_set_psk_server_callback(context, on_identity_1_2);
}

}  // namespace nscl::net
