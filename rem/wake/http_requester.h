// SPDX-License-Identifier: Apache-2.0
// HttpRequester: connection requests by HTTP GET (TR-069 3.2.2.2): once without credentials, and again with what the device asks for. And
// notifications of OMA-DM by POST.
#pragma once

#include <nscl/net/web_client.h>
#include <nscl/rem/connection_request.h>

#include "reach.h"

namespace nscl::rem {

class HttpRequester final : public ConnectionRequester {
 public:
  HttpRequester(boost::asio::io_context& context, const CallOptions& options, const Reach& reach);

  /// Calls `trigger` if it is set, else the device's ConnectionRequestURL.
  net::Task<CallOutcome> request(Call call) override;
  /// Posts a notification to `trigger`.
  net::Task<CallOutcome> post(Call call, std::string notification);
  void stop() { client_.stop(); }

 private:
  net::Task<net::WebResult> get(std::string uri, std::string authorization);

  const Reach& reach_;
  const bool allow_basic_;
  const std::chrono::milliseconds answer_time_;
  net::WebClient client_;
};

}  // namespace nscl::rem
