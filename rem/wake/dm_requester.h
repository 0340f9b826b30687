// SPDX-License-Identifier: Apache-2.0
// DmRequester: package 0 to clients of OMA-DM, by UDP, HTTP or short message (rem.md 3.2). remTriggerAddr of the scl says where. To clients
// that do not know this SCL yet, the document that tells them (3.7).
#pragma once

#include <nscl/rem/connection_request.h>
#include <nscl/rem/smpp.h>

#include "http_requester.h"
#include "reach.h"

namespace nscl::rem {

class DmRequester final : public ConnectionRequester {
 public:
  /// Throws std::invalid_argument if the message centre has no good address. `http` and `reach` outlive it.
  DmRequester(boost::asio::io_context& context, const CallOptions& options, HttpRequester& http, const Reach& reach);

  net::Task<CallOutcome> request(Call call) override;
  void stop();

 private:
  net::Task<CallOutcome> notify(Call call);
  net::Task<CallOutcome> bootstrap(Call call);
  net::Task<CallOutcome> send_datagram(std::string address, DeviceFacts facts, std::string push);
  net::Task<CallOutcome> send_messages(std::string number, std::vector<std::string> messages);

  boost::asio::io_context& context_;
  HttpRequester& http_;
  const Reach& reach_;
  const std::vector<std::string> destinations_;   ///< of short messages
  std::optional<SmppClient> smpp_;
};

/// Of the session that a device is called for; not 0. The same for all calls until a session has come.
std::uint16_t called_session(const Call& call);

/// Where "udp://host:port" or "udp:host:port" leads; port 2948 if there is none.
std::optional<boost::asio::ip::udp::endpoint> push_place(std::string_view trigger);

}  // namespace nscl::rem
