// SPDX-License-Identifier: Apache-2.0
#include "dm_trace.h"

#include <algorithm>

#include <nscl/rem/omadm/dialogue.h>

#include "alerts.h"

namespace nscl::rem::omadm {
namespace {

/// Of a command: those that mean no more than that something is not there are no problem.
bool is_problem(const StatusElement& status) {
  const auto code = status.code();
  const bool is_header = status.cmd_ref == "0";
  if (!is_header && (code == 404 || code == 406 || code == 418)) return false;
  return code == 0 || (code >= 400 && code != 407);
}

std::string_view name_of(const std::string& uri) { return std::string_view(uri).substr(uri.rfind('/') + 1); }   // npos + 1 is 0

/// A part of the tree in one value (TNDS), in which passwords have no node of their own that tells them.
bool is_subtree(const Item& item) { return item.meta.type.find("dmtnds") != std::string::npos || (item.data && item.data->find("MgmtTree") != std::string::npos); }

void redact(std::vector<Item>& items, Redaction& redaction) {
  for (auto& item : items) {
    item.meta.next_nonce = redaction.hide(item.meta.next_nonce);
    if (item.data && is_subtree(item)) item.data = hidden;
    else if (item.data) item.data = redaction.shown(name_of(item.target.empty() ? item.source : item.target), *item.data);
  }
}

void redact(CommandElement& command, Redaction& redaction) {
  redact(command.items, redaction);
  for (auto& inner : command.commands) redact(inner, redaction);
}

void redact(std::optional<Cred>& cred, Redaction& redaction) {
  if (cred) cred->data = redaction.hide(cred->data);
}

}  // namespace

std::string redacted(DmMessage message, Redaction& redaction) {
  redact(message.header.cred, redaction);
  if (const auto at = message.header.resp_uri.find("?s="); at != std::string::npos) message.header.resp_uri.replace(at + 3, std::string::npos, "(hidden)");
  for (auto& element : message.body) {
    if (auto* const command = std::get_if<CommandElement>(&element)) redact(*command, redaction);
    if (auto* const results = std::get_if<ResultsElement>(&element)) redact(results->items, redaction);
    if (auto* const status = std::get_if<StatusElement>(&element)) {
      redact(status->cred, redaction);
      if (status->chal) status->chal->next_nonce = redaction.hide(status->chal->next_nonce);
      redact(status->items, redaction);
    }
  }
  auto text = write_message(message, Encoding::xml);
  return text ? *std::move(text) : "(it cannot be shown)";
}

void DmTrace::heard(const DmMessage& message) {
  for (const auto& element : message.body) {
    const auto* command = std::get_if<CommandElement>(&element);
    if (command != nullptr && command->kind == CommandElement::Kind::alert) trace_->add_event(std::to_string(alert_code(*command)));
  }
  add(true, message);
}

void DmTrace::add(bool is_from_device, const DmMessage& message) {
  TracedMessage out;
  out.is_from_device = is_from_device;
  out.name = "SyncML";
  out.id = message.header.msg_id;
  out.text = redacted(message, redaction_);
  out.is_problem = std::ranges::any_of(message.body, [](const BodyElement& element) {
    const auto* status = std::get_if<StatusElement>(&element);
    return status != nullptr && is_problem(*status);
  });
  trace_->add(std::move(out));
}

}  // namespace nscl::rem::omadm
