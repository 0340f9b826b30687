// SPDX-License-Identifier: Apache-2.0
// A ticket resumes a session without the key and, in TLS 1.3, without any identity. So it carries which key it was made with, and
// that key is asked for again.
#include "tls_tickets.h"

#include <algorithm>
#include <stdexcept>
#include <string_view>

#include <openssl/core_names.h>
#include <openssl/rand.h>

#include "tls_psk.h"
#include "tls_state.h"

namespace nscl::net {
namespace {

constexpr int use_once = 1, use_and_replace = 2, unknown_key = 0, failure = -1;
constexpr std::size_t key_size = 32;
constexpr long ticket_seconds = 3600;
constexpr std::string_view form = "NSCL-1|";

std::string label_of(const Tickets& tickets, const PskHolder& holder) {
  return std::string(form) + tickets.listener + "|" + holder.identity + "|" + std::to_string(holder.generation) + "|" +
         std::to_string(holder.not_after.time_since_epoch().count());
}

/// The identity in a label; it may itself hold the sign that parts a label.
std::string_view identity_in(std::string_view label, const Tickets& tickets) {
  const auto begin = form.size() + tickets.listener.size() + 1;
  const auto last = label.rfind('|');
  const auto end = last == std::string_view::npos || last == 0 ? last : label.rfind('|', last - 1);
  return end != std::string_view::npos && begin <= end ? label.substr(begin, end - begin) : std::string_view();
}

/// Null if the key is not what it was when the ticket was given.
PskHolderPtr holder_for(const Tickets& tickets, std::string_view label) {
  auto holder = tickets.lookup->holder(identity_in(label, tickets));
  const bool holds = holder && label_of(tickets, *holder) == label && std::chrono::system_clock::now() < holder->not_after;
  return holds ? holder : nullptr;
}

int on_ticket_made(SSL* ssl, void* argument) {
  return guarded(0, [=] {
    auto* const session = SSL_get_session(ssl);
    const auto holder = psk_holder_of(session);
    if (!holder) return 0;
    const auto label = label_of(*static_cast<const Tickets*>(argument), *holder);
    return SSL_SESSION_set1_ticket_appdata(session, label.data(), label.size());
  });
}

SSL_TICKET_RETURN on_ticket_opened(SSL* ssl, SSL_SESSION* session, const unsigned char*, std::size_t, SSL_TICKET_STATUS status, void* argument) {
  if (status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW) return SSL_TICKET_RETURN_IGNORE_RENEW;
  return guarded(SSL_TICKET_RETURN_IGNORE_RENEW, [=] {
    void* octets = nullptr;
    std::size_t size = 0;
    if (SSL_SESSION_get0_ticket_appdata(session, &octets, &size) != 1) return SSL_TICKET_RETURN_IGNORE_RENEW;
    const auto holder = holder_for(*static_cast<const Tickets*>(argument), {static_cast<const char*>(octets), size});
    if (!holder || !set_psk_holder(session, holder)) return SSL_TICKET_RETURN_IGNORE_RENEW;
    state_of(ssl).is_resumed = true;
    return SSL_TICKET_RETURN_USE_RENEW;
  });
}

int on_ticket_keys(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, int is_sealing) {
  auto* const tickets = static_cast<Tickets*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  return guarded(failure, [=] { return tickets->keys.set_up(name, iv, cipher, mac, is_sealing != 0, TicketKeys::Clock::now()); });
}

}  // namespace

TicketKeys::Key::Key() : cipher(random_secret(key_size)), mac(random_secret(key_size)) {
  if (RAND_bytes(name.data(), static_cast<int>(name.size())) != 1) throw std::runtime_error("the system gives no random octets");
}

TicketKeys::TicketKeys() = default;

void TicketKeys::renew() {
  const std::lock_guard lock{mutex_};
  renew_unlocked();
  since_ = Clock::now();
}

void TicketKeys::renew_unlocked() { previous_ = std::exchange(current_, Key()); }

int TicketKeys::set_up(unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, bool is_sealing,
                       Clock::time_point now) {
  const std::lock_guard lock{mutex_};
  for (int i = 0; i < 2 && now - since_ >= life; ++i) {
    renew_unlocked();
    since_ = i == 0 ? since_ + life : now;
  }
  const auto is_named = [name](const Key& key) { return std::equal(key.name.begin(), key.name.end(), name); };
  if (is_sealing) {
    std::copy(current_.name.begin(), current_.name.end(), name);
    if (RAND_bytes(iv, EVP_MAX_IV_LENGTH) != 1) return failure;
  } else if (!is_named(current_) && !is_named(previous_)) {
    return unknown_key;
  }
  const Key& key = is_named(current_) ? current_ : previous_;
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, const_cast<unsigned char*>(key.mac.data()), key_size),
                                   OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
  if (EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key.cipher.data(), iv, is_sealing ? 1 : 0) != 1 ||
      EVP_MAC_CTX_set_params(mac, parameters) != 1)
    return failure;
  return &key == &current_ ? use_once : use_and_replace;
}

void enable_tickets(SSL_CTX* context, unsigned count, Tickets& tickets) {
  if (SSL_CTX_set_num_tickets(context, count) != 1) throw std::runtime_error("so many tickets cannot be given: " + std::to_string(count));
  if (count == 0) {
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    return;
  }
  SSL_CTX_set_timeout(context, ticket_seconds);
  SSL_CTX_set_app_data(context, &tickets);
  SSL_CTX_set_tlsext_ticket_key_evp_cb(context, on_ticket_keys);
  if (tickets.lookup != nullptr) SSL_CTX_set_session_ticket_cb(context, on_ticket_made, on_ticket_opened, &tickets);
}

}  // namespace nscl::net
