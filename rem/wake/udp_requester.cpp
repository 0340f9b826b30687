// SPDX-License-Identifier: Apache-2.0
#include "udp_requester.h"

#include <nscl/base/bytes.h>

#include "udp_request.h"

namespace nscl::rem {
namespace {

namespace ip = boost::asio::ip;
using End = CallOutcome::End;

constexpr int copies = 3;
constexpr std::size_t cnonce_octets = 8;

/// Somewhere in the lower half, so that it can grow: devices pass over an id that they have seen.
std::uint32_t first_id() {
  std::uint32_t id = 0;
  for (const unsigned char octet : random_octets(4)) id = id << 8 | octet;
  return id >> 1;
}

}  // namespace

UdpRequester::UdpRequester(const Clock& clock, StunServer& stun, const Reach& reach) : clock_(clock), stun_(stun), reach_(reach), id_(first_id()) {}

/// Where it was seen last, or else said to be; what may not be called counts as not said.
std::optional<ip::udp::endpoint> UdpRequester::place_of(const Call& call, CallOutcome& problem) const {
  std::vector<std::optional<ip::udp::endpoint>> places;
  if (call.trigger.empty()) places = {stun_.binding(call.login->user), stun_.binding(call.device), parse_udp_place(call.facts.udp_connection_request_address)};
  else places = {parse_udp_place(std::string_view(call.trigger).substr(udp_scheme.size()))};
  problem = {End::impossible, "the device has no address and port for UDP"};
  for (const auto& place : places) {
    if (!place) continue;
    auto objection = reach_.objection(place->address(), call.facts);
    if (!objection) return place;
    problem = {End::forbidden, *std::move(objection)};
  }
  return std::nullopt;
}

net::Task<CallOutcome> UdpRequester::request(Call call) {
  if (!call.login) co_return CallOutcome{End::impossible, "a request by UDP is signed, and the device's password is not known"};
  CallOutcome outcome;
  const auto place = place_of(call, outcome);
  if (!place) co_return outcome;
  UdpRequest request;
  request.place = format_udp_place(*place);
  request.time = std::chrono::floor<std::chrono::seconds>(clock_.now()).time_since_epoch().count();
  request.id = ++id_;
  request.user = call.login->user;
  request.cnonce = hex_encode(random_octets(cnonce_octets));
  const auto datagram = udp_datagram(request, call.login->password);
  bool is_sent = false;
  for (int i = 0; i < copies; ++i) {
    const bool is_taken = co_await stun_.send(*place, datagram);
    is_sent = is_sent || is_taken;
  }
  outcome = {is_sent ? End::sent : End::failed, is_sent ? "" : "the datagram could not be sent"};
  co_return outcome;
}

}  // namespace nscl::rem
