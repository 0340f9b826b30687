// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/omadm/bootstrap.h>

#include <algorithm>

#include <nscl/base/bytes.h>
#include <nscl/codec/xml_text.h>
#include <nscl/rem/omadm/push.h>
#include <nscl/rem/omadm/syncml.h>
#include <nscl/security/hmac.h>

#include "wbxml.h"

namespace nscl::rem::omadm {
namespace {

constexpr std::size_t longest_text = 1024;
constexpr std::string_view account_type = "urn:oma:mo:oma-dm-dmacc:1.0", account_place = "./Inbox/DMAcc";
constexpr std::string_view w7_type = "application/vnd.wap.connectivity-wbxml", tree_type = "application/vnd.syncml.dmtnds+xml";

/// XML without blanks between elements, which would become content.
class Document {
 public:
  explicit Document(std::string_view head) : xml_(head) {}

  void open(std::string_view tag) { xml_.append("<").append(tag).append(">"); }
  void close(std::string_view name) { xml_.append("</").append(name).append(">"); }
  void put(std::string_view name, std::string_view text) {
    open(name);
    codec::append_xml_text(xml_, text);
    close(name);
  }
  /// <parm name="" value=""/>
  void parm(std::string_view name, std::string_view value) {
    xml_.append("<parm name=\"").append(name).append("\" value=\"");
    codec::append_xml_attribute(xml_, value);
    xml_.append("\"/>");
  }
  std::string out() { return std::move(xml_); }

 private:
  std::string xml_;
};

// ---- client provisioning

void put_authentication(Document& document, std::string_view level, std::string_view name, const Secret& secret, std::string_view nonce) {
  document.open("characteristic type=\"APPAUTH\"");
  document.parm("AAUTHLEVEL", level);
  document.parm("AAUTHTYPE", "DIGEST");
  document.parm("AAUTHNAME", name);
  document.parm("AAUTHSECRET", secret.view());
  document.parm("AAUTHDATA", base64_encode(nonce));
  document.close("characteristic");
}

constexpr std::string_view access_point_id = "NAP1", proxy_id = "PROXY1";

void put_proxy(Document& document, const BootstrapConnectivity& by) {
  document.open("characteristic type=\"PXLOGICAL\"");
  document.parm("PROXY-ID", proxy_id);
  document.parm("NAME", by.proxy);
  document.open("characteristic type=\"PXPHYSICAL\"");
  document.parm("PHYSICAL-PROXY-ID", proxy_id);
  document.parm("PXADDR", by.proxy);
  document.parm("PXADDRTYPE", "IPV4");
  document.parm("TO-NAPID", access_point_id);
  document.open("characteristic type=\"PORT\"");
  document.parm("PORTNBR", std::to_string(by.proxy_port));
  for (int open = 3; open > 0; --open) document.close("characteristic");
}

void put_access_point(Document& document, const BootstrapConnectivity& by) {
  document.open("characteristic type=\"NAPDEF\"");
  document.parm("NAPID", access_point_id);
  document.parm("NAME", by.access_point);
  document.parm("BEARER", "GSM-GPRS");
  document.parm("NAP-ADDRESS", by.access_point);
  document.parm("NAP-ADDRTYPE", "APN");
  if (!by.user.empty()) {
    document.open("characteristic type=\"NAPAUTHINFO\"");
    document.parm("AUTHTYPE", by.is_pap ? "PAP" : "CHAP");
    document.parm("AUTHNAME", by.user);
    document.parm("AUTHSECRET", by.password.view());
    document.close("characteristic");
  }
  document.close("characteristic");
}

std::string provisioning_xml(const BootstrapAccount& account) {
  const auto& by = account.connectivity;
  Document document("<?xml version=\"1.0\"?><!DOCTYPE wap-provisioningdoc PUBLIC \"-//WAPFORUM//DTD PROV 1.0//EN\" \"http://www.wapforum.org/DTD/prov.dtd\">");
  document.open("wap-provisioningdoc version=\"1.1\"");
  if (!by.proxy.empty()) put_proxy(document, by);
  if (!by.access_point.empty()) put_access_point(document, by);
  document.open("characteristic type=\"APPLICATION\"");
  document.parm("APPID", "w7");
  document.parm("PROVIDER-ID", account.server_id);
  document.parm("NAME", account.name);
  document.parm("ADDR", account.url);
  if (!by.proxy.empty()) document.parm("TO-PROXY", proxy_id);
  else if (!by.access_point.empty()) document.parm("TO-NAPID", access_point_id);
  put_authentication(document, "APPSRV", account.user, account.password, account.nonce);
  put_authentication(document, "CLIENT", account.server_id, account.server_password, account.server_nonce);
  document.close("characteristic");
  document.close("wap-provisioningdoc");
  return document.out();
}

// ---- a management object (TNDS)

void begin_node(Document& tree, std::string_view name, std::string_view type = {}) {
  tree.open("Node");
  tree.put("NodeName", name);
  if (type.empty()) return;
  tree.open("RTProperties");
  tree.open("Type");
  tree.put("DDFName", type);
  tree.close("Type");
  tree.close("RTProperties");
}

void put_leaf(Document& tree, std::string_view name, std::string_view value, std::string_view format = "chr") {
  begin_node(tree, name);
  tree.open("RTProperties");
  tree.open("Format");
  tree.open(std::string(format) + "/");
  tree.close("Format");
  tree.close("RTProperties");
  tree.put("Value", value);
  tree.close("Node");
}

void put_credentials(Document& tree, std::string_view node, std::string_view level, std::string_view name, const Secret& secret, std::string_view nonce) {
  begin_node(tree, node);
  put_leaf(tree, "AAuthLevel", level);
  put_leaf(tree, "AAuthType", "DIGEST");
  put_leaf(tree, "AAuthName", name);
  put_leaf(tree, "AAuthSecret", secret.view());
  put_leaf(tree, "AAuthData", base64_encode(nonce), "b64");   // base64 is how TNDS writes such a value
  tree.close("Node");
}

std::string account_tree(const BootstrapAccount& account) {
  Document tree({});
  tree.open("MgmtTree xmlns=\"syncml:dmddf1.2\"");
  tree.put("VerDTD", "1.2");
  begin_node(tree, "DMAcc", account_type);
  put_leaf(tree, "AppID", "w7");
  put_leaf(tree, "ServerID", account.server_id);
  put_leaf(tree, "Name", account.name);
  begin_node(tree, "AppAddr");
  begin_node(tree, "1");
  put_leaf(tree, "Addr", account.url);
  put_leaf(tree, "AddrType", "URI");
  tree.close("Node");
  tree.close("Node");
  put_leaf(tree, "AAuthPref", "DIGEST");
  begin_node(tree, "AppAuth");
  put_credentials(tree, "1", "CLCRED", account.user, account.password, account.nonce);
  put_credentials(tree, "2", "SRVCRED", account.server_id, account.server_password, account.server_nonce);
  tree.close("Node");
  tree.close("Node");
  tree.close("MgmtTree");
  return tree.out();
}

DmMessage account_message(const BootstrapAccount& account) {
  DmMessage message;
  message.header.session_id = "0";
  message.header.msg_id = "1";
  message.header.target = account.device;
  message.header.source = account.server_id;
  CommandElement add;
  add.kind = CommandElement::Kind::add;
  add.id = "1";
  Item item;
  item.target = account_place;
  item.meta.format = "xml";
  item.meta.type = tree_type;
  item.data = account_tree(account);
  add.items.push_back(std::move(item));
  message.body.emplace_back(std::move(add));
  message.is_final = true;
  return message;
}

// ---- the proof

std::string upper_hex(std::string_view octets) {
  auto digits = hex_encode(octets);
  std::ranges::transform(digits, digits.begin(), [](char c) { return static_cast<char>(c >= 'a' ? c - 'a' + 'A' : c); });
  return digits;
}

/// Value of the parameter SEC; MAC is of the same document.
struct Proof {
  bool is_network = false;
  std::string mac;
};

std::string content_type(BootstrapProfile profile, const Proof& proof) {
  const bool is_w7 = profile == BootstrapProfile::w7;
  const std::string_view sec = is_w7 ? (proof.is_network ? "0" : "1") : (proof.is_network ? "NETWORKID" : "USERPIN");
  return std::string(is_w7 ? w7_type : media_type(Encoding::wbxml)).append("; SEC=").append(sec).append("; MAC=").append(proof.mac);
}

/// WSP has numbers for the type of client provisioning and its parameters. Those of OMA-DM are words, each of them a text with a zero behind it.
std::string push_headers(BootstrapProfile profile, const Proof& proof) {
  std::string type;
  if (profile == BootstrapProfile::w7) {
    constexpr std::string_view head = "\xB6\x91", network = "\x80\x92", user = "\x81\x92";   // the type; SEC and its value; MAC
    return wsp_content_type(type.append(head).append(proof.is_network ? network : user).append(proof.mac).append(1, '\0'));
  }
  const std::string_view sec = proof.is_network ? "NETWORKID" : "USERPIN";
  for (const std::string_view text : {media_type(Encoding::wbxml), std::string_view("SEC"), sec, std::string_view("MAC"), std::string_view(proof.mac)}) type.append(text).append(1, '\0');
  constexpr std::string_view application = "\xAF\x87";   // X-WAP-Application-ID: x-wap-application:syncml.dm
  return wsp_content_type(type).append(application);
}

bool is_text_of(std::string_view text) { return text.size() <= longest_text && is_xml_text(text); }

bool is_writable(const BootstrapAccount& account) {
  const auto& by = account.connectivity;
  const std::string_view texts[] = {account.server_id, account.name, account.url, account.device, account.user, account.password.view(), account.server_password.view()};
  const std::string_view others[] = {by.access_point, by.user, by.password.view(), by.proxy};
  return std::ranges::all_of(texts, [](auto text) { return !text.empty() && is_text_of(text); }) && std::ranges::all_of(others, is_text_of);
}

/// As a Secret, without a copy that is left behind.
Secret taken(Result<std::string>& text) {
  Secret out{*text};
  wipe(*text);
  return out;
}

}  // namespace

Result<BootstrapDocument> write_bootstrap(const BootstrapAccount& account, BootstrapProfile profile, BootstrapProof proof, const Secret& key, bool is_xml) {
  if (!is_writable(account)) return bad_request("the names and passwords of an account have 1 to 1,024 octets of text");
  const bool is_w7 = profile == BootstrapProfile::w7;
  const auto& by = account.connectivity;
  if (!is_w7 && !by.access_point.empty()) return bad_request("only client provisioning (w7) tells a client how it reaches the network");
  if (by.access_point.empty() && (!by.user.empty() || !by.proxy.empty())) return bad_request("a proxy, or a user of an access point, needs the name of the access point");
  Result<std::string> written = is_w7 ? provisioning_xml(account) : write_message(account_message(account), is_xml ? Encoding::xml : Encoding::wbxml);
  if (written && is_w7 && !is_xml) written = encoded_document(*written);
  if (!written) return tl::unexpected(written.error());
  if (is_xml) return BootstrapDocument{taken(written), is_w7 ? "text/vnd.wap.connectivity-xml" : std::string(media_type(Encoding::xml)), {}};
  if (proof == BootstrapProof::none) return BootstrapDocument{taken(written), std::string(is_w7 ? w7_type : media_type(Encoding::wbxml)), {}};
  const Proof shown{proof == BootstrapProof::network, upper_hex(security::hmac_sha1(key, *written))};
  return BootstrapDocument{taken(written), content_type(profile, shown), push_headers(profile, shown)};
}

}  // namespace nscl::rem::omadm
