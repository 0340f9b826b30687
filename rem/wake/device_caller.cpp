// SPDX-License-Identifier: Apache-2.0
#include "device_caller.h"

#include "dm_requester.h"
#include "http_requester.h"
#include "udp_requester.h"
#include "xmpp_requester.h"

namespace nscl::rem {

Way way_to(const Call& call, bool has_udp) {
  const std::string_view trigger = call.trigger;
  if (call.protocol == store::ManagementProtocol::oma_dm) return Way::notification;
  if (trigger.starts_with(udp_scheme)) return Way::udp;
  if (trigger.starts_with(xmpp_scheme)) return Way::xmpp;
  if (!trigger.empty()) return Way::http;
  const bool is_behind_nat = !call.facts.udp_connection_request_address.empty();
  if (is_behind_nat && has_udp && call.login) return Way::udp;
  return call.facts.connection_request_url.empty() ? Way::none : Way::http;
}

struct DeviceCaller::Ways {
  Ways(boost::asio::io_context& context, const Clock& clock, const CallOptions& options, StunServer* stun) : reach(options.networks), http(context, options, reach), notification(context, options, http, reach) {
    if (stun) udp.emplace(clock, *stun, reach);
  }

  ConnectionRequester* requester(Way way) {
    switch (way) {
      case Way::http: return &http;
      case Way::udp: return udp ? &*udp : nullptr;
      case Way::xmpp: return &xmpp;
      case Way::notification: return &notification;
      case Way::none: break;
    }
    return nullptr;
  }

  const Reach reach;
  HttpRequester http;
  std::optional<UdpRequester> udp;
  XmppRequester xmpp;
  DmRequester notification;
};

DeviceCaller::DeviceCaller(boost::asio::io_context& context, const Clock& clock, CallOptions options, StunServer* stun)
    : ways_(std::make_unique<Ways>(context, clock, options, stun)) {}
DeviceCaller::~DeviceCaller() = default;

net::Task<CallOutcome> DeviceCaller::request(Call call) {
  auto* const requester = ways_->requester(way_to(call, ways_->udp.has_value()));
  if (!requester) co_return CallOutcome{CallOutcome::End::impossible, "the device has told no address at which it could be called"};
  co_return co_await requester->request(std::move(call));
}

void DeviceCaller::stop() {
  ways_->http.stop();
  ways_->notification.stop();
}

}  // namespace nscl::rem
