// SPDX-License-Identifier: Apache-2.0
#include "provisioning.h"

#include <algorithm>

#include <nscl/http/provisioning.h>

namespace nscl::app {
namespace {

using Purpose = ListenerConfig::Purpose;

constexpr std::size_t largest_document = 16 * 1024, largest_message = 32u << 20, most_handshakes = 64;
constexpr std::chrono::milliseconds exchange_time{30'000}, handshake_time{10'000};

}  // namespace

Provisioning::Provisioning(const Config& config, store::Store& store, security::Keystore& keystore, core::Pipeline& pipeline, security::Audit& audit,
                           const Clock& clock)
    : store_(store),
      pipeline_(pipeline),
      audit_(audit),
      documents_(config.bootstrap.documents),
      authority_(security::local_authority(keystore)),
      connections_(keystore, *authority_, config.connection, clock),
      bootstrap_(keystore, *authority_, config.bootstrap, clock),
      by_certificate_(security::bootstrap_by_certificate(config.bootstrap.rule)),
      by_voucher_(security::bootstrap_by_voucher()) {}

std::unique_ptr<net::WebHandler> Provisioning::handler_of(const ListenerConfig& listener) const {
  if (listener.purpose == Purpose::connection)
    return std::make_unique<http::ConnectionBinding>(connections_, bootstrap_, store_, pipeline_, audit_, documents_);
  const auto& method = listener.tls.mode == net::TlsOptions::Mode::psk ? *by_voucher_ : *by_certificate_;
  return std::make_unique<http::BootstrapBinding>(bootstrap_, method, store_, audit_, documents_);
}

std::vector<store::KeyKind> key_kinds_of(const ListenerConfig& listener) {
  using enum store::KeyKind;
  switch (listener.purpose) {
    case Purpose::connection: return {root, connection};   // the end of a connection may be asked for by its own key
    case Purpose::bootstrap: return {voucher};
    default: return {fixed, connection, application};
  }
}

net::ListenerOptions options_of(const ListenerConfig& listener) {
  net::ListenerOptions options = listener;
  if (listener.purpose == Purpose::tree || listener.purpose == Purpose::dm) return options;
  if (listener.purpose == Purpose::acs) {
    options.body_limit = std::max(options.body_limit, largest_message);   // [acs] message_limit bounds what is made of it
    return options;
  }
  if (listener.purpose == Purpose::files) {   // what is held in memory; files are not
    options.body_limit = std::min(options.body_limit, largest_document);
    return options;
  }
  options.body_limit = std::min(options.body_limit, largest_document);
  options.body_time = std::min(options.body_time, exchange_time);
  if (listener.purpose == Purpose::connection) return options;
  options.tls.tickets = 0;   // a bootstrap is one exchange
  options.tls.handshakes = std::min(options.tls.handshakes, most_handshakes);
  options.tls.handshake_time = std::min(options.tls.handshake_time, handshake_time);
  options.idle_time = std::min(options.idle_time, exchange_time);
  return options;
}

}  // namespace nscl::app
