// SPDX-License-Identifier: Apache-2.0
// A message -> its elements. What is empty is left out.
#include <algorithm>
#include <string>
#include <vector>

#include <nscl/base/bytes.h>
#include <nscl/rem/omadm/syncml.h>

#include "syncml_output.h"

namespace nscl::rem::omadm {
namespace {

/// As far as a message that was read may have it.
bool is_element_name(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; };
  const auto is_further = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.'; };
  return !name.empty() && is_letter(name.front()) && std::ranges::all_of(name, is_further);
}

class MessageWriter {
 public:
  explicit MessageWriter(SyncmlOutput& out, bool is_old) : out_(out), is_old_(is_old) {}

  void message(const DmMessage& message);
  Result<std::string> result();

 private:
  void write(const SyncHdr& header);
  void write(const StatusElement& status);
  void write(const ResultsElement& results);
  void write(const CommandElement& command);
  void write(const Item& item, bool is_value = false);
  void write(const Cred& cred);
  void write(const Meta& meta);
  void place(std::string_view name, const std::string& uri, const std::string& local_name = {});
  void data(const Item& item, bool is_value);

  void open(std::string_view name) { out_.open(Vocabulary::syncml, name); }
  void close() { out_.close(); }
  void flag(std::string_view name, bool is_set) {
    if (is_set) out_.flag(name);
  }
  /// Nothing if the text is empty.
  void put(std::string_view name, const std::string& text, Vocabulary of = Vocabulary::syncml);
  void check(std::string_view of, const std::string& text) {
    if (!is_xml_text(text)) unwritable_ = of;
  }

  SyncmlOutput& out_;
  const bool is_old_;        // SyncML 1.1
  std::string unwritable_;   // name of the element that is
};

void MessageWriter::put(std::string_view name, const std::string& text, Vocabulary of) {
  if (text.empty()) return;
  check(name, text);
  out_.open(of, name);
  out_.text(text);
  out_.close();
}

void MessageWriter::place(std::string_view name, const std::string& uri, const std::string& local_name) {
  if (uri.empty() && local_name.empty()) return;
  open(name);
  put("LocURI", uri);
  put("LocName", local_name);
  close();
}

void MessageWriter::write(const Meta& meta) {
  if (meta == Meta{}) return;
  const auto number = [&](std::string_view name, const std::optional<std::uint64_t>& value) {
    if (value) put(name, std::to_string(*value), Vocabulary::meta);
  };
  open("Meta");
  put("Format", meta.format, Vocabulary::meta);
  put("Type", meta.type, Vocabulary::meta);
  put("Mark", meta.mark, Vocabulary::meta);
  number("Size", meta.size);
  put("NextNonce", meta.next_nonce, Vocabulary::meta);
  number("MaxMsgSize", meta.max_msg_size);
  number("MaxObjSize", meta.max_obj_size);
  close();
}

void MessageWriter::write(const Cred& cred) {
  open("Cred");
  write(Meta{.format = cred.format, .type = cred.type});
  put("Data", cred.data);
  close();
}

/// WBXML has the octets themselves where the message has their base64; and what is added or replaced as octets, as clients are used to (rem.md 3.8).
void MessageWriter::data(const Item& item, bool is_value) {
  if (!item.data) return;
  check("Data", *item.data);
  open("Data");
  if (item.is_base64) out_.octets(item);
  else if (is_value) out_.value(*item.data);
  else out_.text(*item.data);
  close();
}

void MessageWriter::write(const Item& item, bool is_value) {
  open("Item");
  place("Target", item.target);
  place("Source", item.source, item.source_name);
  write(item.meta);
  data(item, is_value);
  flag("MoreData", item.more_data);
  close();
}

void MessageWriter::write(const StatusElement& status) {
  open("Status");
  put("CmdID", status.id);
  put("MsgRef", status.msg_ref);
  put("CmdRef", status.cmd_ref);
  put("Cmd", status.cmd);
  for (const auto& target : status.target_refs) put("TargetRef", target);
  for (const auto& source : status.source_refs) put("SourceRef", source);
  if (status.cred) write(*status.cred);
  if (status.chal) {
    open("Chal");
    write(Meta{.format = status.chal->format, .type = status.chal->type, .next_nonce = status.chal->next_nonce});
    close();
  }
  put("Data", status.data);
  for (const auto& item : status.items) write(item);
  close();
}

void MessageWriter::write(const ResultsElement& results) {
  open("Results");
  put("CmdID", results.id);
  put("MsgRef", results.msg_ref);
  put("CmdRef", results.cmd_ref);
  write(results.meta);
  put("TargetRef", results.target_ref);
  put("SourceRef", results.source_ref);
  for (const auto& item : results.items) write(item);
  close();
}

/// The Data of an Alert goes before its Correlator; no other command has both. SyncML 1.1 has no Correlator, nor a token for it.
void MessageWriter::write(const CommandElement& command) {
  const auto name = name_of(command);
  if (!is_element_name(name)) unwritable_ = "the name of a command";
  open(name);
  put("CmdID", command.id);
  flag("NoResp", command.no_response);
  write(command.meta);
  put("Data", command.data);
  if (!is_old_) put("Correlator", command.correlator);
  const bool has_values = command.kind == CommandElement::Kind::add || command.kind == CommandElement::Kind::replace;
  for (const auto& item : command.items) write(item, has_values);
  for (const auto& inner : command.commands) write(inner);
  close();
}

void MessageWriter::write(const SyncHdr& header) {
  open("SyncHdr");
  put("VerDTD", header.version_dtd);
  put("VerProto", header.version_protocol);
  put("SessionID", header.session_id);
  put("MsgID", header.msg_id);
  place("Target", header.target);
  place("Source", header.source, header.source_name);
  put("RespURI", header.resp_uri);
  flag("NoResp", header.no_response);
  if (header.cred) write(*header.cred);
  write(header.meta);
  close();
}

void MessageWriter::message(const DmMessage& message) {
  open("SyncML");
  write(message.header);
  open("SyncBody");
  for (const auto& element : message.body) std::visit([&](const auto& of) { write(of); }, element);
  flag("Final", message.is_final);
  close();
  close();
}

Result<std::string> MessageWriter::result() {
  if (!unwritable_.empty()) return failure(Status::internal_server_error, unwritable_ + " has characters that SyncML cannot carry");
  return out_.result();
}

}  // namespace

Result<std::string> write_message(const DmMessage& message, Encoding encoding) {
  const bool is_old = message.header.version_dtd == "1.1";
  const auto out = encoding == Encoding::xml ? xml_output(is_old) : wbxml_output(is_old);
  MessageWriter writer(*out, is_old);
  writer.message(message);
  return writer.result();
}

}  // namespace nscl::rem::omadm
