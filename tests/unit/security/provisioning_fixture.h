// SPDX-License-Identifier: Apache-2.0
// A keystore with what bootstrap and service connection need, and a device that does what a device does.
#pragma once

#include <nscl/base/bytes.h>
#include <nscl/security/bootstrap.h>
#include <nscl/security/inventory.h>
#include <nscl/security/key_derivation.h>
#include <nscl/security/key_identity.h>
#include <nscl/security/service_connection.h>

#include "key_fixture.h"

namespace nscl::security {

class ProvisioningTest : public KeyTest {
 protected:
  static inline const std::string wrapping = "a wrapping key of 32 octets, yes", forward = "what the session exports, 32 oct";

  void SetUp() override {
    KeyTest::SetUp();
    configure({});
  }
  void configure(const Bootstrap::Options& options) {
    authority = local_authority(*keystore);
    bootstrap = std::make_unique<Bootstrap>(*keystore, *authority, options, clock);
    connections = std::make_unique<ServiceConnections>(*keystore, *authority, ServiceConnections::Options{}, clock);
  }

  Result<void> expect(const std::string& hardware, const std::string& scl = "gw1") {
    return write([&](store::Transaction& t) { return expect_device(t, {.hardware = hardware, .scl_id = scl}, clock.now()); });
  }
  store::Device device(const std::string& hardware) {
    store::Device found;
    store->read([&](store::View& view) { found = view.find_device(hardware).value(); });
    return found;
  }

  /// A POST to the bootstrap; its outcome is the HTTP status that it will be.
  struct Answer {
    int status = 0;
    std::chrono::seconds retry_after{0};
    std::string node, identity, key;   ///< if there is one
    std::string scl_id;
    Time not_after{};
  };
  Answer post(const std::string& hardware, const Bootstrap::Claims& claims = {}) {
    NextKey next;
    store->read([&](store::View& view) { next = bootstrap->next(view, hardware); });
    return post(hardware, claims, next);
  }
  Answer post(const std::string& hardware, const Bootstrap::Claims& claims, const NextKey& next) {
    Answer answer;
    const auto done = write([&](store::Transaction& t) -> Result<void> {
      auto outcome = bootstrap->attempt(t, hardware, claims, next, *method, Secret(wrapping));
      if (!outcome) return tl::unexpected(outcome.error());
      if (outcome->given) return answer = answer_of(*outcome->given), Result<void>{};
      answer.status = outcome->refusal.is_too_often ? 429 : static_cast<int>(http_code_of(outcome->refusal.error.status));
      answer.retry_after = outcome->refusal.retry_after;
      return {};
    });
    if (!done) answer.status = static_cast<int>(http_code_of(done.error().status));
    return answer;
  }
  static Answer answer_of(const Bootstrap::Given& given) {
    Answer answer{.status = 201, .node = given.key.node, .scl_id = given.scl_id, .not_after = given.not_after};
    answer.identity = root_identity(given.key.node, given.key.index);
    const auto key = given.clear.empty() ? aes_unwrap(Secret(wrapping), given.wrapped) : given.clear.copy();
    answer.key = key.value().view();
    return answer;
  }

  KeyProof proof(const std::string& identity) { return {identity, row(identity).value_or(store::Key{}).generation}; }
  Result<NextKey> next_root(const std::string& identity) {
    Result<NextKey> next;
    store->read([&](store::View& view) { next = bootstrap->next_of_root(view, identity); });
    return next;
  }
  Result<Answer> renew(const std::string& identity, const Bootstrap::Claims& claims = {}) {
    const auto next = next_root(identity);
    if (!next) return tl::unexpected(next.error());
    Answer answer;
    const auto done = write([&](store::Transaction& t) -> Result<void> {
      const auto given = bootstrap->renew(t, proof_of_row(t, identity), claims, *next, Secret(wrapping));
      if (!given) return tl::unexpected(given.error());
      return answer = answer_of(*given), Result<void>{};
    });
    if (!done) return tl::unexpected(done.error());
    return answer;
  }
  static KeyProof proof_of_row(store::View& view, const std::string& identity) {
    return {identity, view.find_key(identity).value_or(store::Key{}).generation};
  }

  /// A POST to the service connection.
  Result<ServiceConnections::Given> connect(const std::string& identity) {
    Result<NextKey> next;
    store->read([&](store::View& view) { next = connections->next(view, identity); });
    if (!next) return tl::unexpected(next.error());
    return connect(proof(identity), *next);
  }
  Result<ServiceConnections::Given> connect(const KeyProof& by, const NextKey& next) {
    Result<ServiceConnections::Given> given;
    const auto done = write([&](store::Transaction& t) -> Result<void> {
      given = connections->establish(t, by, next, {Secret(wrapping), Secret(forward)});
      return given ? Result<void>{} : Result<void>(tl::unexpected(given.error()));
    });
    if (!done && given) return tl::unexpected(done.error());
    return given;
  }
  static std::string identity_of(const ServiceConnections::Given& given) {
    return connection_identity(hex_encode(big_endian(given.connection, 8)), given.index);
  }
  store::KeyState state_of(const std::string& identity) { return row(identity).value().state; }
  std::vector<store::Key> keys_of(const std::string& node) {
    std::vector<store::Key> found;
    store->read([&](store::View& view) { found = view.keys_of_node(node); });
    return found;
  }

  std::unique_ptr<KeyAuthority> authority;
  std::unique_ptr<Bootstrap> bootstrap;
  std::unique_ptr<ServiceConnections> connections;
  std::unique_ptr<BootstrapMethod> method = bootstrap_by_certificate({});
};

}  // namespace nscl::security
