// SPDX-License-Identifier: Apache-2.0
// The HTTP binding of TS 102 921 annex C: WebRequest <-> RequestIndication, ResponseConfirm <-> WebResponse.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <nscl/core/pipeline.h>
#include <nscl/delivery/delivery.h>
#include <nscl/http/authentication.h>
#include <nscl/net/web.h>
#include <nscl/security/audit_keeper.h>
#include <nscl/security/credentials.h>
#include <nscl/security/time_stamping.h>

namespace nscl::http {

class Identifier;

/// What /readyz says.
struct Readiness {
  bool ready = false;
  std::string reason;    ///< empty when ready
};

/// Answers the requests of one listener.
class HttpBinding final : public net::WebHandler {
 public:
  HttpBinding(core::Pipeline& pipeline, security::Credentials& credentials, delivery::Delivery& delivery, store::Store& store,
              security::TimeStamping& stamping, security::Audit& audit, std::function<Readiness()> readiness, Authentication ways = {});
  ~HttpBinding() override;

  net::Task<net::WebResponse> admit(const net::WebRequest& head) override;
  net::Task<net::WebResponse> handle(const net::WebRequest& request) override;
  net::WebResponse refuse(unsigned status, std::string_view reason) override;

  /// Answers operators' requests below /m2m-admin that `is_its` tells apart; others are told that nothing is there. Before the first request.
  struct Annex {
    std::function<bool(const net::WebRequest&)> is_its;
    std::function<net::Task<net::WebResponse>(const net::WebRequest&, security::RequestorPtr)> answer;
  };
  void add(Annex annex) { annexes_.push_back(std::move(annex)); }

 private:
  const Annex* annex_of(const net::WebRequest& request, const security::Requestor& requestor) const;

  core::Pipeline& pipeline_;
  security::Credentials& credentials_;
  std::unique_ptr<Identifier> identifier_;
  delivery::Delivery& delivery_;
  store::Store& store_;
  security::TimeStamping& stamping_;
  security::Audit& audit_;
  std::function<Readiness()> readiness_;
  std::vector<Annex> annexes_;
};

}  // namespace nscl::http
