// SPDX-License-Identifier: Apache-2.0
// Provisioning: service connection and bootstrap in one daemon, and what each purpose of a listener means.
#pragma once

#include <memory>
#include <vector>

#include <nscl/app/config.h>
#include <nscl/core/pipeline.h>
#include <nscl/net/listener.h>
#include <nscl/security/keystore.h>

namespace nscl::app {

class Provisioning {
 public:
  /// All of them outlive it.
  Provisioning(const Config& config, store::Store& store, security::Keystore& keystore, core::Pipeline& pipeline, security::Audit& audit,
               const Clock& clock);

  /// What answers on a listener whose purpose is not the tree.
  std::unique_ptr<net::WebHandler> handler_of(const ListenerConfig& listener) const;

 private:
  store::Store& store_;
  core::Pipeline& pipeline_;
  security::Audit& audit_;
  const http::ProvisioningOptions documents_;
  std::unique_ptr<security::KeyAuthority> authority_;
  security::ServiceConnections connections_;
  security::Bootstrap bootstrap_;
  std::unique_ptr<security::BootstrapMethod> by_certificate_, by_voucher_;
};

/// The kinds of keys that a listener admits.
std::vector<store::KeyKind> key_kinds_of(const ListenerConfig& listener);

/// The options with the bounds that the purpose of the listener sets.
net::ListenerOptions options_of(const ListenerConfig& listener);

}  // namespace nscl::app
