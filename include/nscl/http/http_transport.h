// SPDX-License-Identifier: Apache-2.0
// HttpTransport: primitives on their way out, over HTTP (TS 102 921 annex C; procedures 3.5, 3.8).
#pragma once

#include <map>
#include <memory>

#include <nscl/delivery/transport.h>
#include <nscl/net/web_client.h>

namespace nscl::http {

class HttpTransport final : public delivery::Transport {
 public:
  /// One client for each of the contexts, which requests are sent on.
  HttpTransport(const std::vector<boost::asio::io_context*>& contexts, const net::WebClientOptions& options);

  net::Task<delivery::OutgoingResult> send(delivery::OutgoingRequest request, boost::asio::io_context& context) override;
  std::optional<delivery::TransportFailure> objection_to(std::string_view uri) const override;
  /// On the contexts' own threads, or after they ended.
  void stop(boost::asio::io_context& context);

 private:
  std::shared_ptr<const net::OutgoingTls> tls_;
  std::map<boost::asio::io_context*, std::unique_ptr<net::WebClient>> clients_;
};

}  // namespace nscl::http
