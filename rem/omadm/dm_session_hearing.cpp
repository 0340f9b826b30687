// SPDX-License-Identifier: Apache-2.0
// What a device says in a session: statuses, results, alerts (rem.md 3.3, 3.5, 3.6).
#include <algorithm>
#include <utility>

#include <nscl/base/bytes.h>
#include <nscl/base/log.h>
#include <nscl/rem/omadm/dm_session.h>

#include "alerts.h"
#include "dm_gate.h"
#include "dm_trace.h"
#include "large_object.h"
#include "shipment.h"
#include "status_codes.h"

namespace nscl::rem::omadm {
namespace {

using Kind = CommandElement::Kind;

constexpr std::size_t most_correlators = 64, longest_nonce = 256;
constexpr unsigned most_alerts = 256;   ///< that are kept of one session

bool is_of_header(const StatusElement& status) { return status.cmd_ref == "0"; }

}  // namespace

net::Task<Result<void>> DmSession::hear(const DmMessage& message, DmMessage& reply, boost::asio::io_context& context) {
  for (const auto& element : message.body) {
    if (const auto* status = std::get_if<StatusElement>(&element)) hear_status(*status);
    if (const auto* results = std::get_if<ResultsElement>(&element)) hear_results(message.header, *results, reply);
    const auto* command = std::get_if<CommandElement>(&element);
    if (command == nullptr) continue;
    const auto done = co_await hear_command(message.header, *command, reply, context);
    if (!done) co_return done;
  }
  if (const auto lost = object_->take_lost(); !lost.empty()) {
    auto alert = alert_of(no_end_of_data);
    alert.items.push_back({"", lost});
    reply.body.emplace_back(std::move(alert));
  }
  co_return Result<void>();
}

void DmSession::hear_status(const StatusElement& status) {
  if (is_of_header(status)) {
    hear_of_our_cred(status);
    return;
  }
  if (shipment_ && shipment_->take(status)) return;
  const bool is_of_alert = asked_more_ && status.cmd == "Alert" && (status.msg_ref.empty() || status.msg_ref == dialogue_.said_id());
  is_no_more_ = is_no_more_ || (is_of_alert && status.code() >= 400);
}

/// How the device takes our credentials, and with which nonce it wants the next.
void DmSession::hear_of_our_cred(const StatusElement& status) {
  const auto code = status.code();
  is_trusted_ = code == authenticated;
  is_refused_ = code == 0 || code == unauthorised || code == credentials_required;
  if (!is_refused_) {
    was_refused_ = false;
    note_server_used();
  }
  if (is_refused_ && was_refused_ && !may_show_other()) {
    log::warning("dm.server_refused", {{"device", device()}, {"status", static_cast<std::uint64_t>(code)}});
    if (around_.refused) around_.refused({"dm.server_refused", account_.server ? account_.server->user : "", contact_.facts.address, device()});
  }
  if (!status.chal) return;
  if (status.chal->type == auth_basic || status.chal->type == auth_md5 || status.chal->type == auth_mac) wanted_type_ = status.chal->type;
  auto nonce = base64_decode(status.chal->next_nonce);
  if (!nonce || nonce->empty() || nonce->size() > longest_nonce || *nonce == account_.theirs) return;
  account_.theirs = *std::move(nonce);
  owes_nonces_ = true;
}

void DmSession::hear_results(const SyncHdr& header, ResultsElement results, DmMessage& reply) {
  int answer = model_.status_for_results ? ok : 0;
  auto& items = results.items;
  for (auto item = items.begin(); item != items.end();) {
    const auto piece = object_->take(*item, results.meta);
    if (piece == LargeObject::Piece::whole) {
      ++item;
      continue;
    }
    answer = piece == LargeObject::Piece::partial ? chunk_taken : piece == LargeObject::Piece::too_large ? too_large : size_mismatch;
    if (shipment_ && answer != chunk_taken) shipment_->spoil(results, answer);
    item = items.erase(item);
  }
  if (shipment_ && !items.empty()) shipment_->take(results);
  if (answer != 0) reply.body.emplace_back(status_for(header, results, answer));
}

net::Task<Result<void>> DmSession::hear_command(const SyncHdr& header, const CommandElement& command, DmMessage& reply, boost::asio::io_context& context) {
  int code = not_allowed;
  if (command.kind == Kind::alert) {
    const auto heard = co_await hear_alert(command, context);
    if (!heard) co_return tl::unexpected(heard.error());
    code = *heard;
  } else if (is_device_info(command)) {
    code = ok;
    if (messages_ > 1) {   // else it was told already
      add_device_info(contact_, command.items);
      has_told_ = tells_more_ = true;
    }
  }
  if (code != 0) reply.body.emplace_back(status_for(header, &command, code));
  co_return Result<void>();
}

/// Whether a cancel or the end that an alert tells of came first, the order tells in which they are said (rem.md 1.7).
net::Task<Result<void>> DmSession::settle_cancel(boost::asio::io_context& context) {
  const bool is_cancel = assignment_ && std::holds_alternative<Cancel>(assignment_->task);
  if (!is_cancel || is_refused_ || !shipment_ || !shipment_->is_answered()) co_return Result<void>();
  auto step = settle();
  if (!step) co_return Result<void>();
  Report report = std::get<Report>(*std::move(step));   // one command is all of it
  co_return co_await finish(std::move(report), context);
}

/// The status it is answered with, once what it tells is durable; 0: none.
net::Task<Result<int>> DmSession::hear_alert(const CommandElement& alert, boost::asio::io_context& context) {
  const auto code = alert_code(alert);
  if (code == abort_session) {
    is_aborted_ = true;
    co_return 0;
  }
  if (code == no_end_of_data) object_->drop();
  if (code == session_by_server || code == session_by_client || code == next_message || code == no_end_of_data) co_return ok;
  if (code != client_event && code != generic_alert) co_return unknown_alert;
  if (alert.items.empty()) co_return incomplete;
  const auto settled = co_await settle_cancel(context);
  if (!settled) co_return tl::unexpected(settled.error());
  int answer = ok;
  for (auto item : alert.items) {
    const auto piece = object_->take(item, alert.meta);
    if (piece == LargeObject::Piece::partial) answer = chunk_taken;
    if (piece == LargeObject::Piece::mismatched) answer = size_mismatch;
    if (piece == LargeObject::Piece::too_large) answer = too_large;
    if (piece != LargeObject::Piece::whole) continue;
    if (++alerts_ > most_alerts) co_return retry_later;
    auto told = completion_of(device(), alert, item);
    if (!told.key.empty() && correlators_.size() < most_correlators) correlators_.push_back(told.key);
    const auto kept = co_await around_.work.complete(std::move(told), context);
    if (!kept && kept.error().status == Status::service_unavailable) co_return tl::unexpected(kept.error());
  }
  co_return answer;
}

}  // namespace nscl::rem::omadm
