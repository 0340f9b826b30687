// SPDX-License-Identifier: Apache-2.0
// A message -> XML in one line, and from there to WBXML. What is empty is left out.
#include <algorithm>
#include <string>
#include <vector>

#include <nscl/base/bytes.h>
#include <nscl/codec/xml_text.h>
#include <nscl/rem/omadm/syncml.h>

#include "wbxml_document.h"

namespace nscl::rem::omadm {
namespace {

constexpr std::string_view meta_information = R"( xmlns="syncml:metinf")";

/// As far as a message that was read may have it.
bool is_element_name(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; };
  const auto is_further = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.'; };
  return !name.empty() && is_letter(name.front()) && std::ranges::all_of(name, is_further);
}

/// Elements of Meta have a name space of their own.
class MessageWriter {
 public:
  explicit MessageWriter(Encoding encoding) : keeps_texts_(encoding == Encoding::wbxml) {}

  void message(const DmMessage& message);
  Result<std::string> result() const;

 private:
  void write(const SyncHdr& header);
  void write(const StatusElement& status);
  void write(const ResultsElement& results);
  void write(const CommandElement& command);
  void write(const Item& item);
  void write(const Cred& cred);
  void write(const Meta& meta);
  void place(std::string_view name, const std::string& uri, const std::string& local_name = {});
  void data(const Item& item);

  void open(std::string_view name, std::string_view attributes = {}) { xml_.append("<").append(name).append(attributes).append(">"); }
  void close(std::string_view name) { xml_.append("</").append(name).append(">"); }
  void flag(std::string_view name, bool is_set) {
    if (is_set) xml_.append("<").append(name).append("/>");
  }
  /// Nothing if the text is empty.
  void put(std::string_view name, const std::string& text, std::string_view attributes = {}) {
    if (!text.empty()) put_always(name, text, attributes);
  }
  void put_always(std::string_view name, const std::string& text, std::string_view attributes = {});
  void text(std::string_view of, const std::string& text);

  bool keeps_texts_;
  bool is_old_ = false;              // SyncML 1.1
  std::string xml_;
  std::vector<std::string> texts_;   // that markers stand for
  std::string unwritable_;           // name of the element that is
};

void MessageWriter::text(std::string_view of, const std::string& text) {
  if (!is_xml_text(text)) unwritable_ = of;
  if (text.empty()) return;
  if (!keeps_texts_) return codec::append_xml_text(xml_, text);
  xml_ += marker_of(texts_.size());
  texts_.push_back(text);
}

void MessageWriter::put_always(std::string_view name, const std::string& text, std::string_view attributes) {
  open(name, attributes);
  this->text(name, text);
  close(name);
}

void MessageWriter::place(std::string_view name, const std::string& uri, const std::string& local_name) {
  if (uri.empty() && local_name.empty()) return;
  open(name);
  put("LocURI", uri);
  put("LocName", local_name);
  close(name);
}

void MessageWriter::write(const Meta& meta) {
  if (meta == Meta{}) return;
  const auto number = [&](std::string_view name, const std::optional<std::uint64_t>& value) {
    if (value) put(name, std::to_string(*value), meta_information);
  };
  open("Meta");
  put("Format", meta.format, meta_information);
  put("Type", meta.type, meta_information);
  put("Mark", meta.mark, meta_information);
  number("Size", meta.size);
  put("NextNonce", meta.next_nonce, meta_information);
  number("MaxMsgSize", meta.max_msg_size);
  number("MaxObjSize", meta.max_obj_size);
  close("Meta");
}

void MessageWriter::write(const Cred& cred) {
  open("Cred");
  write(Meta{.format = cred.format, .type = cred.type});
  put("Data", cred.data);
  close("Cred");
}

/// WBXML has the octets themselves where the message has their base64.
void MessageWriter::data(const Item& item) {
  if (!item.data) return;
  if (!item.is_base64 || !keeps_texts_) return put_always("Data", *item.data);
  open("Data");
  xml_ += marker_of(texts_.size());
  texts_.push_back(octets_of(item));
  close("Data");
}

void MessageWriter::write(const Item& item) {
  open("Item");
  place("Target", item.target);
  place("Source", item.source, item.source_name);
  write(item.meta);
  data(item);
  flag("MoreData", item.more_data);
  close("Item");
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
    close("Chal");
  }
  put("Data", status.data);
  for (const auto& item : status.items) write(item);
  close("Status");
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
  close("Results");
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
  for (const auto& item : command.items) write(item);
  for (const auto& inner : command.commands) write(inner);
  close(name);
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
  close("SyncHdr");
}

void MessageWriter::message(const DmMessage& message) {
  is_old_ = message.header.version_dtd == "1.1";
  open("SyncML", is_old_ ? R"( xmlns="SYNCML:SYNCML1.1")" : R"( xmlns="SYNCML:SYNCML1.2")");
  write(message.header);
  open("SyncBody");
  for (const auto& element : message.body) std::visit([&](const auto& of) { write(of); }, element);
  flag("Final", message.is_final);
  close("SyncBody");
  close("SyncML");
}

Result<std::string> MessageWriter::result() const {
  if (!unwritable_.empty()) return failure(Status::internal_server_error, unwritable_ + " has characters that SyncML cannot carry");
  if (keeps_texts_) return wbxml_of(xml_, texts_);
  return R"(<?xml version="1.0" encoding="UTF-8"?>)" + xml_;
}

}  // namespace

Result<std::string> write_message(const DmMessage& message, Encoding encoding) {
  MessageWriter writer(encoding);
  writer.message(message);
  return writer.result();
}

}  // namespace nscl::rem::omadm
