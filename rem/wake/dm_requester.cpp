// SPDX-License-Identifier: Apache-2.0
#include "dm_requester.h"

#include <algorithm>

#include <boost/asio/basic_datagram_socket.hpp>

#include <nscl/base/bytes.h>
#include <nscl/net/awaiting.h>
#include <nscl/rem/omadm/credentials.h>
#include <nscl/rem/omadm/notification.h>
#include <nscl/rem/omadm/push.h>

#include "smpp_pdu.h"
#include "udp_request.h"

namespace nscl::rem {
namespace {

namespace asio = boost::asio;
namespace ip = asio::ip;
using End = CallOutcome::End;
using Socket = asio::basic_datagram_socket<ip::udp, net::Executor>;

constexpr unsigned attempt_with_default_nonce = 4;   // three were not answered: the device may have lost its nonce
constexpr std::size_t longest_server_id = 255;

std::string package_for(const Call& call, std::uint16_t session) {
  const omadm::Notification notification{.session_id = session, .server_id = call.login->user};
  const auto nonce = call.attempt == attempt_with_default_nonce ? omadm::default_nonce : std::string_view(call.nonce);
  return omadm::write_notification(notification, omadm::digest_of(call.login->user, call.login->password), nonce);
}

CallOutcome outcome_of(SmppOutcome outcome) {
  switch (outcome.end) {
    case SmppOutcome::End::sent: return {End::sent, {}};
    case SmppOutcome::End::later: return {End::busy, std::move(outcome.detail)};
    case SmppOutcome::End::refused: break;
  }
  return {End::failed, std::move(outcome.detail)};
}

}  // namespace

std::uint16_t called_session(const Call& call) {
  const auto mark = sha256(call.device + '\n' + std::to_string(call.last_contact.time_since_epoch().count()));
  const auto session = static_cast<std::uint16_t>(static_cast<unsigned char>(mark[0]) << 8 | static_cast<unsigned char>(mark[1]));
  return std::max<std::uint16_t>(session, 1);
}

std::optional<ip::udp::endpoint> push_place(std::string_view trigger) {
  constexpr std::string_view scheme = "udp:";
  if (!trigger.starts_with(scheme)) return std::nullopt;
  trigger.remove_prefix(scheme.size());
  if (trigger.starts_with("//")) trigger.remove_prefix(2);
  const auto place = parse_udp_place(trigger);
  return place ? place : parse_udp_place(std::string(trigger) + ":" + std::to_string(omadm::push_port));
}

Result<void> check_push(std::string_view address, std::size_t octets) {
  if (!number_of(address) && !push_place(address)) return bad_request("a document is pushed to udp://1.2.3.4:2948 or tel:+49123: addresses of devices and numbers, no names");
  if (octets > omadm::longest_push) return bad_request("the document has " + std::to_string(octets) + " octets, and " + std::to_string(omadm::longest_push) + " can be pushed");
  return {};
}

DmRequester::DmRequester(asio::io_context& context, const CallOptions& options, HttpRequester& http, const Reach& reach)
    : context_(context), http_(http), reach_(reach), destinations_(options.smpp.destinations) {
  if (!options.smpp.address.empty()) smpp_.emplace(context, options.smpp);
}

net::Task<CallOutcome> DmRequester::send_datagram(std::string address, DeviceFacts facts, std::string push) {
  const auto place = push_place(address);
  if (!place) co_return CallOutcome{End::impossible, "the address is none of a device: udp://1.2.3.4:2948"};
  if (auto objection = reach_.objection(place->address(), facts)) co_return CallOutcome{End::forbidden, *std::move(objection)};
  Socket socket(context_.get_executor());
  boost::system::error_code problem;
  socket.open(place->protocol(), problem);
  if (problem) co_return CallOutcome{End::failed, "there is no socket for the datagram: " + problem.message()};
  const auto [error, size] = co_await socket.async_send_to(asio::buffer(push), *place, net::awaited);
  const bool is_sent = !error && size == push.size();
  wipe(push);
  co_return is_sent ? CallOutcome{End::sent, {}} : CallOutcome{End::failed, "the datagram could not be sent"};
}

/// One after the other: a centre that has too much to do is not given the rest.
net::Task<CallOutcome> DmRequester::send_messages(std::string number, std::vector<std::string> messages) {
  const bool is_admitted = std::ranges::any_of(destinations_, [&](const auto& beginning) { return number.starts_with(beginning); });
  if (!smpp_) co_return CallOutcome{End::impossible, "short messages need a message centre ([smpp] address)"};
  if (!is_admitted) co_return CallOutcome{End::forbidden, "no short message is sent to such a number (smpp.destinations)"};
  for (auto& message : messages) {
    auto sent = co_await smpp_->submit(number, std::move(message));
    auto outcome = outcome_of(std::move(sent));
    if (outcome.end != End::sent) co_return outcome;
  }
  co_return CallOutcome{End::sent, {}};
}

net::Task<CallOutcome> DmRequester::notify(Call call) {
  if (call.trigger.empty()) co_return CallOutcome{End::impossible, "a device of OMA-DM is called where remTriggerAddr of its scl says, and that is not set"};
  if (!call.login) co_return CallOutcome{End::impossible, "a notification is proven by the server's password for the device, and that is not known"};
  if (call.login->user.empty() || call.login->user.size() > longest_server_id) co_return CallOutcome{End::impossible, "the server's name for the device has 1 to 255 octets"};
  const auto session = called_session(call);
  auto package = package_for(call, session);
  if (call.trigger.starts_with("http")) co_return co_await http_.post(std::move(call), std::move(package));
  auto push = omadm::wsp_push(static_cast<std::uint8_t>(session), omadm::notification_headers, package);
  if (call.trigger.starts_with("udp:")) co_return co_await send_datagram(std::move(call.trigger), std::move(call.facts), std::move(push));
  auto number = number_of(call.trigger);
  if (!number) co_return CallOutcome{End::impossible, "remTriggerAddr is none of udp://, http://, https:// and tel: with a number"};
  auto messages = omadm::short_messages(push, {});
  if (messages.size() > 1) co_return CallOutcome{End::impossible, "the name of this server is too long for a short message"};
  co_return co_await send_messages(*std::move(number), std::move(messages));
}

net::Task<CallOutcome> DmRequester::bootstrap(Call call) {
  if (call.push->octets.empty()) co_return CallOutcome{End::impossible, "its document does not open: it was changed outside of this program"};
  if (auto good = check_push(call.push->address, call.push->octets.size()); !good) co_return CallOutcome{End::impossible, good.error().detail};
  std::string push(call.push->octets.view());
  auto number = number_of(call.push->address);
  if (!number) co_return co_await send_datagram(std::move(call.push->address), std::move(call.facts), std::move(push));
  auto messages = omadm::short_messages(push, static_cast<std::uint8_t>(called_session(call) + call.attempt));   // a new try is a new message
  wipe(push);
  co_return co_await send_messages(*std::move(number), std::move(messages));
}

net::Task<CallOutcome> DmRequester::request(Call call) { return call.push ? bootstrap(std::move(call)) : notify(std::move(call)); }

void DmRequester::stop() {
  if (smpp_) smpp_->stop();
}

}  // namespace nscl::rem
