// SPDX-License-Identifier: Apache-2.0
// Bootstrap and service connection over HTTP: each is a listener of its own, with nothing of the resource tree. docs/bootstrap.md
#pragma once

#include <string>
#include <vector>

#include <nscl/core/pipeline.h>
#include <nscl/net/web.h>
#include <nscl/security/audit_keeper.h>
#include <nscl/security/bootstrap.h>
#include <nscl/security/service_connection.h>
#include <nscl/store/store.h>

namespace nscl::http {

/// What a bootstrapParamSet says beside the key.
struct ProvisioningOptions {
  std::string mas;                   ///< securityMasFqdn; empty: left out
  std::vector<std::string> scl_ids;  ///< sclIdList; empty: left out
};

/// The service connection of nodes, by their root key: POST and DELETE /m2m-connection/v1; another root key: POST
/// /m2m-bootstrap/v1/renew; the end of everything: DELETE /m2m-bootstrap/v1.
class ConnectionBinding final : public net::WebHandler {
 public:
  ConnectionBinding(const security::ServiceConnections& connections, const security::Bootstrap& bootstrap, store::Store& store,
                    core::Pipeline& pipeline, security::Audit& audit, ProvisioningOptions options)
      : connections_(connections), bootstrap_(bootstrap), store_(store), pipeline_(pipeline), audit_(audit), options_(std::move(options)) {}

  net::Task<net::WebResponse> admit(const net::WebRequest& head) override;
  net::Task<net::WebResponse> handle(const net::WebRequest& request) override;
  net::WebResponse refuse(unsigned status, std::string_view reason) override;

 private:
  net::Task<net::WebResponse> establish(const net::WebRequest& request);
  net::Task<net::WebResponse> end(const net::WebRequest& request);
  net::Task<net::WebResponse> renew(const net::WebRequest& request);
  net::Task<net::WebResponse> erase(const net::WebRequest& request, bool purges);
  net::Task<void> purge(const net::WebRequest& request);
  net::WebResponse denied(const net::WebRequest& request, const Error& error) const;

  const security::ServiceConnections& connections_;
  const security::Bootstrap& bootstrap_;
  store::Store& store_;
  core::Pipeline& pipeline_;
  security::Audit& audit_;
  const ProvisioningOptions options_;
};

/// The bootstrap of devices, by their certificate or a voucher: POST /m2m-bootstrap/v1.
class BootstrapBinding final : public net::WebHandler {
 public:
  BootstrapBinding(const security::Bootstrap& bootstrap, const security::BootstrapMethod& method, store::Store& store, security::Audit& audit,
                   ProvisioningOptions options)
      : bootstrap_(bootstrap), method_(method), store_(store), audit_(audit), options_(std::move(options)) {}

  net::Task<net::WebResponse> admit(const net::WebRequest& head) override;
  net::Task<net::WebResponse> handle(const net::WebRequest& request) override;
  net::WebResponse refuse(unsigned status, std::string_view reason) override;

 private:
  net::Task<net::WebResponse> bootstrap(const net::WebRequest& request);

  const security::Bootstrap& bootstrap_;
  const security::BootstrapMethod& method_;
  store::Store& store_;
  security::Audit& audit_;
  const ProvisioningOptions options_;
};

}  // namespace nscl::http
