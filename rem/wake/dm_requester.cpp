// SPDX-License-Identifier: Apache-2.0
#include "dm_requester.h"

#include <algorithm>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_datagram_socket.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <nscl/base/bytes.h>
#include <nscl/rem/omadm/credentials.h>
#include <nscl/rem/omadm/notification.h>

#include "smpp_pdu.h"
#include "udp_request.h"

namespace nscl::rem {
namespace {

namespace asio = boost::asio;
namespace ip = asio::ip;
using End = CallOutcome::End;
using Socket = asio::basic_datagram_socket<ip::udp, net::Executor>;

constexpr asio::as_tuple_t<asio::use_awaitable_t<net::Executor>> as_result{};
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

DmRequester::DmRequester(asio::io_context& context, const CallOptions& options, HttpRequester& http, const Reach& reach)
    : context_(context), http_(http), reach_(reach), destinations_(options.smpp.destinations) {
  if (!options.smpp.address.empty()) smpp_.emplace(context, options.smpp);
}

net::Task<CallOutcome> DmRequester::push(Call call, std::string package, std::uint8_t transaction) {
  const auto place = push_place(call.trigger);
  if (!place) co_return CallOutcome{End::impossible, "remTriggerAddr is no address of a device: udp://1.2.3.4:2948"};
  if (auto objection = reach_.objection(place->address(), call.facts)) co_return CallOutcome{End::forbidden, *std::move(objection)};
  Socket socket(context_.get_executor());
  boost::system::error_code problem;
  socket.open(place->protocol(), problem);
  if (problem) co_return CallOutcome{End::failed, "there is no socket for the datagram: " + problem.message()};
  const auto datagram = omadm::wsp_push(transaction, package);
  const auto [error, size] = co_await socket.async_send_to(asio::buffer(datagram), *place, as_result);
  co_return error || size != datagram.size() ? CallOutcome{End::failed, "the datagram could not be sent"} : CallOutcome{End::sent, {}};
}

net::Task<CallOutcome> DmRequester::message(std::string number, std::string package, std::uint8_t transaction) {
  const bool is_admitted = std::ranges::any_of(destinations_, [&](const auto& beginning) { return number.starts_with(beginning); });
  if (!smpp_) co_return CallOutcome{End::impossible, "short messages need a message centre ([smpp] address)"};
  if (!is_admitted) co_return CallOutcome{End::forbidden, "no short message is sent to such a number (smpp.destinations)"};
  auto text = omadm::push_header() + omadm::wsp_push(transaction, package);
  if (text.size() > omadm::longest_short_message) co_return CallOutcome{End::impossible, "the name of this server is too long for a short message"};
  auto outcome = co_await smpp_->submit(std::move(number), std::move(text));
  co_return outcome_of(std::move(outcome));
}

net::Task<CallOutcome> DmRequester::request(Call call) {
  if (call.trigger.empty()) co_return CallOutcome{End::impossible, "a device of OMA-DM is called where remTriggerAddr of its scl says, and that is not set"};
  if (!call.login) co_return CallOutcome{End::impossible, "a notification is proven by the server's password for the device, and that is not known"};
  if (call.login->user.empty() || call.login->user.size() > longest_server_id) co_return CallOutcome{End::impossible, "the server's name for the device has 1 to 255 octets"};
  const auto session = called_session(call);
  const auto transaction = static_cast<std::uint8_t>(session);
  auto package = package_for(call, session);
  if (auto number = number_of(call.trigger)) co_return co_await message(*std::move(number), std::move(package), transaction);
  if (call.trigger.starts_with("udp:")) co_return co_await push(std::move(call), std::move(package), transaction);
  if (call.trigger.starts_with("http")) co_return co_await http_.post(std::move(call), std::move(package));
  co_return CallOutcome{End::impossible, "remTriggerAddr is none of udp://, http://, https:// and tel: with a number"};
}

void DmRequester::stop() {
  if (smpp_) smpp_->stop();
}

}  // namespace nscl::rem
