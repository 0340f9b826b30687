// SPDX-License-Identifier: Apache-2.0
// A tree -> a message: elements in any order and of any name space, what is not known passed over.
#include <cstddef>
#include <string>
#include <utility>

#include <nscl/base/bytes.h>
#include <nscl/codec/xml_text.h>
#include <nscl/rem/omadm/syncml.h>

#include "syncml_names.h"
#include "wbxml_document.h"
#include "xml/charset.h"
#include "xml/tree.h"

namespace nscl::rem::omadm {
namespace {

using xml::child;
using xml::local_name;

constexpr std::size_t longest_word = 256, longest_uri = 4096, longest_cred = 8192;
constexpr std::size_t most_elements = 100'000;

/// Octets of the texts of a message in WBXML, whose string table may be referred to again and again.
std::size_t most_texts(const SyncmlLimits& limits) { return 8 * limits.octets; }

bool is_element(pugi::xml_node node) { return node.type() == pugi::node_element; }

std::string_view without_zeros(std::string_view octets) { return octets.substr(0, octets.find_last_not_of('\0') + 1); }

/// Commands that only other servers than ours know, and that may stand in an Atomic all the same.
bool is_command(std::string_view name) {
  for (const std::string_view other : {"Put", "Search", "Map", "Sync", "Move"}) {
    if (name == other) return true;
  }
  return kind_named(name) != CommandElement::Kind::other;
}

class MessageReader {
 public:
  explicit MessageReader(const SyncmlLimits& limits) : limits_(limits) {}
  Result<DmMessage> message(pugi::xml_node root);

 private:
  SyncHdr header(pugi::xml_node node);
  StatusElement status(pugi::xml_node node);
  ResultsElement results(pugi::xml_node node);
  CommandElement command(pugi::xml_node node);
  std::vector<Item> items(pugi::xml_node parent);
  Item item(pugi::xml_node node);
  void data(pugi::xml_node node, Item& to);
  bool embedded(std::string_view octets, Item& to) const;
  Meta meta(pugi::xml_node parent);
  std::optional<Cred> cred(pugi::xml_node parent);
  std::optional<Chal> chal(pugi::xml_node parent);

  std::string content(pugi::xml_node node, std::size_t longest);
  std::string word(pugi::xml_node parent, std::string_view name) { return content(child(parent, name), longest_word); }
  std::string uri(pugi::xml_node parent, std::string_view name) { return content(child(child(parent, name), "LocURI"), longest_uri); }
  std::vector<std::string> references(pugi::xml_node parent, std::string_view name);
  void count_command();
  void refuse(std::string what) {
    if (refused_.empty()) refused_ = std::move(what);
  }

  const SyncmlLimits& limits_;
  std::size_t commands_ = 0, items_ = 0;
  std::string refused_;   // the first thing that is wrong
};

std::string MessageReader::content(pugi::xml_node node, std::size_t longest) {
  if (!node) return {};
  const auto octets = content_of(node);
  auto text = to_xml_text(codec::trimmed(without_zeros(octets)));
  if (text.size() <= longest) return text;
  refuse(std::string(local_name(node)) + " is longer than " + std::to_string(longest) + " octets");
  return {};
}

std::vector<std::string> MessageReader::references(pugi::xml_node parent, std::string_view name) {
  std::vector<std::string> out;
  for (const auto node : parent.children()) {
    if (local_name(node) != name) continue;
    if (auto given = content(node, longest_uri); !given.empty()) out.push_back(std::move(given));
  }
  return out;
}

/// Some put it into an element MetInf, as SyncML 1.0 did.
Meta MessageReader::meta(pugi::xml_node parent) {
  auto node = child(parent, "Meta");
  if (const auto inner = child(node, "MetInf")) node = inner;
  Meta out;
  if (!node) return out;
  out.format = word(node, "Format");
  out.type = word(node, "Type");
  out.mark = word(node, "Mark");
  out.next_nonce = word(node, "NextNonce");
  out.size = number_in(word(node, "Size"));
  out.max_msg_size = number_in(word(node, "MaxMsgSize"));
  out.max_obj_size = number_in(word(node, "MaxObjSize"));
  return out;
}

/// What is no text is a digest or a password as it is: its base64 is what others send.
std::optional<Cred> MessageReader::cred(pugi::xml_node parent) {
  const auto node = child(parent, "Cred");
  if (!node) return std::nullopt;
  const auto given = meta(node);
  const auto octets = content_of(child(node, "Data"));
  const auto text = codec::trimmed(without_zeros(octets));
  auto data = is_xml_text(text) ? std::string(text) : base64_encode(octets);
  if (data.size() > longest_cred) refuse("the Data of Cred is longer than " + std::to_string(longest_cred) + " octets");
  return Cred{given.type, given.format, std::move(data)};
}

std::optional<Chal> MessageReader::chal(pugi::xml_node parent) {
  const auto node = child(parent, "Chal");
  if (!node) return std::nullopt;
  const auto given = meta(node);
  return Chal{given.type, given.format, given.next_nonce};
}

/// A tree of nodes in WBXML of its own, as the Type says: it becomes XML.
bool MessageReader::embedded(std::string_view octets, Item& to) const {
  constexpr std::string_view binary = "+wbxml";
  if (octets.empty() || octets.front() < 1 || octets.front() > 3 || !to.meta.type.ends_with(binary)) return false;
  pugi::xml_document tree;
  if (!parse_wbxml(tree, octets, limits_.depth, most_texts(limits_))) return false;
  to.data = inner_xml(tree);
  to.meta.type.replace(to.meta.type.size() - binary.size(), binary.size(), "+xml");
  return true;
}

void MessageReader::data(pugi::xml_node node, Item& to) {
  if (!node) return;
  if (xml::first_element(node)) {
    to.data = inner_xml(node);
    return;
  }
  const auto octets = content_of(node);
  const bool is_exact = to.meta.format == "bin" || to.more_data;   // a zero at the end belongs to it
  const auto text = is_exact ? std::string_view(octets) : without_zeros(octets);
  if (is_xml_text(text)) {
    to.data = text;
  } else if (!embedded(octets, to)) {
    to.data = base64_encode(octets);
    to.is_base64 = true;
  }
}

Item MessageReader::item(pugi::xml_node node) {
  if (++items_ > limits_.items) refuse("the message has more than " + std::to_string(limits_.items) + " items");
  Item out;
  out.target = uri(node, "Target");
  out.source = uri(node, "Source");
  out.source_name = word(child(node, "Source"), "LocName");
  out.meta = meta(node);
  out.more_data = !child(node, "MoreData").empty();
  data(child(node, "Data"), out);
  return out;
}

std::vector<Item> MessageReader::items(pugi::xml_node parent) {
  std::vector<Item> out;
  for (const auto node : parent.children()) {
    if (local_name(node) == "Item" && refused_.empty()) out.push_back(item(node));
  }
  return out;
}

void MessageReader::count_command() {
  if (++commands_ > limits_.commands) refuse("the message has more than " + std::to_string(limits_.commands) + " commands");
}

StatusElement MessageReader::status(pugi::xml_node node) {
  StatusElement out;
  out.id = word(node, "CmdID");
  out.msg_ref = word(node, "MsgRef");
  out.cmd_ref = word(node, "CmdRef");
  out.cmd = word(node, "Cmd");
  out.target_refs = references(node, "TargetRef");
  out.source_refs = references(node, "SourceRef");
  out.cred = cred(node);
  out.chal = chal(node);
  out.data = word(node, "Data");
  out.items = items(node);
  return out;
}

ResultsElement MessageReader::results(pugi::xml_node node) {
  ResultsElement out;
  out.id = word(node, "CmdID");
  out.msg_ref = word(node, "MsgRef");
  out.cmd_ref = word(node, "CmdRef");
  out.target_ref = content(child(node, "TargetRef"), longest_uri);
  out.source_ref = content(child(node, "SourceRef"), longest_uri);
  out.meta = meta(node);
  out.items = items(node);
  return out;
}

CommandElement MessageReader::command(pugi::xml_node node) {
  count_command();
  CommandElement out;
  out.kind = kind_named(local_name(node));
  if (out.kind == CommandElement::Kind::other) out.name = local_name(node);
  out.id = word(node, "CmdID");
  out.no_response = !child(node, "NoResp").empty();
  out.meta = meta(node);
  out.data = word(node, "Data");
  out.correlator = word(node, "Correlator");
  out.items = items(node);
  for (const auto inner : node.children()) {
    if (is_command(local_name(inner)) && refused_.empty()) out.commands.push_back(command(inner));
  }
  return out;
}

SyncHdr MessageReader::header(pugi::xml_node node) {
  SyncHdr out;
  if (auto given = word(node, "VerDTD"); !given.empty()) out.version_dtd = std::move(given);
  if (auto given = word(node, "VerProto"); !given.empty()) out.version_protocol = std::move(given);
  out.session_id = word(node, "SessionID");
  out.msg_id = word(node, "MsgID");
  out.target = uri(node, "Target");
  out.source = uri(node, "Source");
  out.source_name = word(child(node, "Source"), "LocName");
  out.resp_uri = content(child(node, "RespURI"), longest_uri);
  out.no_response = !child(node, "NoResp").empty();
  out.cred = cred(node);
  out.meta = meta(node);
  if (out.session_id.empty() || out.msg_id.empty() || out.source.empty()) refuse("SyncHdr needs SessionID, MsgID and Source");
  return out;
}

Result<DmMessage> MessageReader::message(pugi::xml_node root) {
  if (local_name(root) != "SyncML") return bad_request("the document element is not SyncML");
  const auto head = child(root, "SyncHdr");
  const auto body = child(root, "SyncBody");
  if (!head || !body) return bad_request("SyncML needs SyncHdr and SyncBody");
  DmMessage out;
  out.header = header(head);
  for (const auto node : body.children()) {
    if (!is_element(node)) continue;
    if (!refused_.empty()) break;
    const auto name = local_name(node);
    if (name == "Final") {
      out.is_final = true;
    } else if (name == "Status") {
      count_command();
      out.body.emplace_back(status(node));
    } else if (name == "Results") {
      count_command();
      out.body.emplace_back(results(node));
    } else {
      out.body.emplace_back(command(node));
    }
  }
  if (!refused_.empty()) return bad_request(std::move(refused_));
  return out;
}

/// A document type that names no entity is passed over: what stands elsewhere is never looked for.
Result<std::string> without_document_type(std::string text) {
  if (!text.starts_with("<!DOCTYPE")) return text;
  const auto end = text.find_first_of("[>");
  if (end == std::string::npos || text[end] == '[') return bad_request("a document type with declarations of its own is not accepted; leave it out");
  return text.erase(0, text.find('<', end));
}

Result<void> parse_xml(xml::XmlTree& tree, std::string_view octets, const SyncmlLimits& limits) {
  std::string clean(octets);
  std::erase(clean, '\0');   // some clients put one behind a value
  auto text = without_document_type(xml::document_text(clean, {}));
  if (!text) return tl::unexpected(text.error());
  return tree.parse(std::move(*text), {.depth = limits.depth, .elements = most_elements, .attributes_per_element = 64, .attributes = 2 * most_elements}, limits.octets);
}

Result<DmMessage> read_xml(std::string_view octets, const SyncmlLimits& limits) {
  xml::XmlTree tree;
  if (auto done = parse_xml(tree, octets, limits); !done) return tl::unexpected(std::move(done.error()));
  return MessageReader(limits).message(tree.root());
}

Result<DmMessage> read_wbxml(std::string_view octets, const SyncmlLimits& limits) {
  pugi::xml_document tree;
  if (auto done = parse_wbxml(tree, octets, limits.depth, most_texts(limits)); !done) return tl::unexpected(std::move(done.error()));
  return MessageReader(limits).message(tree.document_element());
}

}  // namespace

Result<DmMessage> read_message(std::string_view octets, Encoding encoding, const SyncmlLimits& limits) {
  if (octets.size() > limits.octets) return bad_request("the message is larger than " + std::to_string(limits.octets) + " octets");
  auto message = encoding == Encoding::xml ? read_xml(octets, limits) : read_wbxml(octets, limits);
  if (!message) return bad_request(std::move(message.error().detail));
  return message;
}

}  // namespace nscl::rem::omadm
