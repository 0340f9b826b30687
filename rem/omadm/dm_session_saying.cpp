// SPDX-License-Identifier: Apache-2.0
// What a device is said in a session: commands as far as there is room, our credentials, nonces that are durable.
#include <utility>

#include <nscl/base/log.h>
#include <nscl/rem/omadm/credentials.h>
#include <nscl/rem/omadm/dm_session.h>

#include "alerts.h"
#include "challenge.h"
#include "dm_gate.h"
#include "dm_trace.h"
#include "large_object.h"
#include "shipment.h"
#include "status_codes.h"

namespace nscl::rem::omadm {

/// Puts commands into the reply; false: there are none that could be sent.
bool DmSession::load(DmMessage& reply) {
  const auto told = contact_.facts.message_size != 0 ? contact_.facts.message_size : facts_.message_size;
  const auto size = told != 0 ? told : model_.message_size;
  const auto with = [&reply](const Shipment::Load& load) {
    auto out = reply;
    out.body.insert(out.body.end(), load.commands.begin(), load.commands.end());
    out.is_final = !load.is_chunk;
    return out;
  };
  const auto measure = [&](const Shipment::Load& load) -> std::optional<std::size_t> {
    const auto octets = write_message(dressed(with(load)), dialogue_.encoding());
    return octets ? std::optional(octets->size()) : std::nullopt;
  };
  const auto load = shipment_->next(static_cast<std::size_t>(size / 10 * 8), measure);
  if (load.commands.empty()) return false;
  reply = with(load);
  number(reply);
  std::vector<CommandElement> commands;
  for (auto at = reply.body.end() - static_cast<std::ptrdiff_t>(load.commands.size()); at != reply.body.end(); ++at) commands.push_back(std::get<CommandElement>(*at));
  shipment_->sent(reply.header.msg_id, commands);
  return true;
}

void DmSession::give_nonce() {
  nonce_ = account_.ours = fresh_nonce();
  owes_nonces_ = true;
}

/// Who shows the password itself uses up no nonce: it is told the same again, and nothing has to be kept.
StatusElement DmSession::welcome(const SyncHdr& header, bool is_first) {
  const bool is_proof = proof_ != DmAuthentication::off, by_mac = proof_ == DmAuthentication::mac;
  auto status = status_for(header, nullptr, is_first && is_proof && !by_mac ? authenticated : ok);
  if (!is_proof || (!is_first && !by_mac)) return status;
  const bool is_unused = !by_mac && header.cred && header.cred->type == auth_basic && !account_.ours.empty();
  if (is_unused) nonce_ = account_.ours;
  else give_nonce();
  status.chal = chal_of(by_mac ? auth_mac : auth_md5, nonce_);
  return status;
}

/// Of our Cred: what the device asks for, but no password where everybody between can read it.
std::string_view DmSession::own_type() const {
  return wanted_type_ == auth_basic && !admits_basic(around_.options, is_tls_) ? auth_md5 : std::string_view(wanted_type_);
}

/// With our credentials, limits and the CmdIDs.
DmMessage DmSession::dressed(DmMessage reply) const {
  reply.header.meta.max_msg_size = model_.own_message_size;
  reply.header.meta.max_obj_size = around_.options.sessions.object;
  const auto* const login = own_login();
  if (login != nullptr && (!is_trusted_ || model_.cred_in_each_message)) reply.header.cred = cred_of(*login, account_.theirs, own_type());
  number(reply);
  return reply;
}

/// The nonces are durable before a message leaves that was made with them, or tells of them; and what became of passwords.
net::Task<DmReply> DmSession::kept_and_sent(DmMessage reply, const DmMessage& heard, boost::asio::io_context& context) {
  if (owes_nonces_) {
    const auto kept = co_await around_.accounts.keep_nonces(device(), account_.ours, account_.theirs, context);
    if (!kept) co_return unavailable(heard);
    owes_nonces_ = false;
  }
  const auto kept = co_await keep_news(context);
  if (!kept) co_return unavailable(heard);
  co_return send(std::move(reply));
}

DmReply DmSession::send(DmMessage reply) {
  const auto message = dressed(std::move(reply));
  if (trace_) trace_->said(message);
  auto octets = write_message(message, dialogue_.encoding());
  DmReply out;
  out.encoding = dialogue_.encoding();
  out.is_secret = true;
  if (octets) out.octets = *std::move(octets);
  else log::error("dm.not_written", {{"device", device()}, {"reason", octets.error().detail}});
  if (const auto* const login = own_login(); login != nullptr && own_type() == auth_mac) out.hmac = mac_of(*login, account_.theirs, out.octets, model_.hmac_by_rfc_2104);
  dialogue_.say(out);
  return out;
}

/// The session ends: nothing of the message was done.
DmReply DmSession::refuse(const DmMessage& message, int code, std::string_view why, bool aborts) {
  auto reply = refusal_of(message, dialogue_.blank(), code);
  if (aborts) reply.body.emplace_back(alert_of(abort_session));
  if (!why.empty()) log::info("dm.session_lost", {{"device", device()}, {"reason", why}});
  auto out = send(std::move(reply));
  if (!is_over()) close(why, true);
  return out;
}

/// The store cannot write: the device comes again, and tells again what was not committed.
DmReply DmSession::unavailable(const DmMessage& message) { return refuse(message, busy, "device management cannot write"); }

}  // namespace nscl::rem::omadm
