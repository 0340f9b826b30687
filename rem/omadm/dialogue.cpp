// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/omadm/dialogue.h>

#include <charconv>
#include <utility>

#include <nscl/base/secret.h>

namespace nscl::rem::omadm {
namespace {

/// 0: no number above 0.
std::uint64_t number_of(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == text.npos) return 0;
  text = text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? value : 0;
}

void number(CommandElement& command, unsigned& next) {
  command.id = std::to_string(next++);
  for (auto& inner : command.commands) number(inner, next);
}

}  // namespace

Dialogue::Dialogue(const SyncHdr& first, Encoding encoding, std::string url, std::string token)
    : device_(first.source), name_(first.source_name), session_id_(first.session_id), version_dtd_(first.version_dtd),
      version_protocol_(first.version_protocol), encoding_(encoding), url_(std::move(url)), token_(std::move(token)) {}

Dialogue::Turn Dialogue::turn_of(const SyncHdr& header, std::string_view digest) const {
  const auto id = number_of(header.msg_id);
  if (id == 0 || header.session_id != session_id_ || header.source != device_) return Turn::wrong;
  if (id == heard_) return digest == digest_ ? Turn::repeated : Turn::wrong;
  return heard_ == 0 || id == heard_ + 1 ? Turn::next : Turn::wrong;
}

void Dialogue::hear(const SyncHdr& header, std::string digest) {
  heard_ = number_of(header.msg_id);
  digest_ = std::move(digest);
}

DmMessage Dialogue::blank() const {
  DmMessage out;
  out.header.version_dtd = version_dtd_;
  out.header.version_protocol = version_protocol_;
  out.header.session_id = session_id_;
  out.header.msg_id = std::to_string(said_ + 1);
  out.header.target = device_;
  out.header.source = url_;
  out.header.resp_uri = url_ + "?s=" + token_;
  return out;
}

void Dialogue::say(DmReply reply) {
  ++said_;
  forget();
  last_ = std::move(reply);
}

void Dialogue::forget() {
  if (last_.is_secret) wipe(last_.octets);
  last_ = {};
}

void number(DmMessage& message) {
  unsigned next = 1;
  for (auto& element : message.body) {
    if (auto* const command = std::get_if<CommandElement>(&element)) number(*command, next);
    else if (auto* const status = std::get_if<StatusElement>(&element)) status->id = std::to_string(next++);
    else std::get<ResultsElement>(element).id = std::to_string(next++);
  }
}

StatusElement status_for(const SyncHdr& header, const CommandElement* command, int code) {
  StatusElement out;
  out.msg_ref = header.msg_id;
  out.cmd_ref = command != nullptr ? command->id : "0";
  out.cmd = command != nullptr ? std::string(name_of(*command)) : "SyncHdr";
  out.data = std::to_string(code);
  if (command == nullptr) {
    out.target_refs = {header.target};
    out.source_refs = {header.source};
  }
  return out;
}

StatusElement status_for(const SyncHdr& header, const ResultsElement& results, int code) {
  StatusElement out;
  out.msg_ref = header.msg_id;
  out.cmd_ref = results.id;
  out.cmd = "Results";
  out.data = std::to_string(code);
  return out;
}

CommandElement alert_of(int code) {
  CommandElement out;
  out.kind = CommandElement::Kind::alert;
  out.data = std::to_string(code);
  return out;
}

int alert_code(const CommandElement& alert) {
  const auto code = number_of(alert.data);
  return code < 10'000 ? static_cast<int>(code) : 0;
}

}  // namespace nscl::rem::omadm
