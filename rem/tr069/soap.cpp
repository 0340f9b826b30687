// SPDX-License-Identifier: Apache-2.0
// Envelopes of CWMP in and out. Every octet that is written was understood by the CPEs it was tried with: some compare prefixes,
// some end the session at an XML declaration.
#include <nscl/rem/tr069/soap.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <nscl/codec/xml_text.h>
#include <nscl/rem/tr069/values.h>

#include "envelope.h"
#include "tree.h"
#include "xml/charset.h"

namespace nscl::rem::tr069 {
namespace {

constexpr std::size_t longest_id = 256;
constexpr std::size_t most_not_understood = 8;
constexpr std::string_view own_versions[] = {"1.4", "1.3", "1.2", "1.1", "1.0"};   // the best first
constexpr std::array<std::string_view, 5> uris = {"urn:dslforum-org:cwmp-1-0", "urn:dslforum-org:cwmp-1-1", "urn:dslforum-org:cwmp-1-2",
                                                  "urn:dslforum-org:cwmp-1-3", "urn:dslforum-org:cwmp-1-4"};

/// The name space of CWMP that `node` declares.
std::optional<NameSpace> declared_by(pugi::xml_node node) {
  for (const auto given : node.attributes()) {
    if (!std::string_view(given.name()).starts_with("xmlns")) continue;
    const auto found = std::ranges::find(uris, codec::trimmed(given.value()));
    if (found != uris.end()) return static_cast<NameSpace>(found - uris.begin());
  }
  return std::nullopt;
}

/// 1.0, which every CPE reads, if there is none that is known.
NameSpace name_space_of(pugi::xml_node rpc, pugi::xml_node body, pugi::xml_node root) {
  for (const auto node : {rpc, body, root}) {
    if (const auto found = declared_by(node)) return *found;
  }
  return NameSpace::cwmp_1_0;
}

std::uint32_t seconds_of(std::string_view text) {
  const auto given = parse_integer(text);
  return given && *given > 0 && *given <= UINT32_MAX ? static_cast<std::uint32_t>(*given) : 0;
}

/// HoldRequests and NoMoreRequests are known, and nothing that an ACS would have to do.
bool is_not_understood(pugi::xml_node node) {
  const auto name = local_name(node);
  return name != "HoldRequests" && name != "NoMoreRequests" && parse_boolean(attribute(node, "mustUnderstand")).value_or(false);
}

void read_header(pugi::xml_node node, Envelope& to) {
  const auto name = local_name(node);
  auto text = text_of(node);
  if (name == "ID") to.header.id = std::move(text);
  else if (name == "SupportedCWMPVersions") to.header.supported_versions = codec::trimmed(text);
  else if (name == "UseCWMPVersion") to.header.use_version = codec::trimmed(text);
  else if (name == "SessionTimeout") to.header.session_timeout = seconds_of(text);
  else if (is_not_understood(node) && to.not_understood.size() < most_not_understood) to.not_understood.emplace_back(name);
}

void put_header(std::string& out, std::string_view name, std::string_view text, bool must_understand) {
  out.append("<cwmp:").append(name).append(must_understand ? " soap-env:mustUnderstand=\"1\">" : " soap-env:mustUnderstand=\"0\">");
  codec::append_xml_text(out, text);
  out.append("</cwmp:").append(name).append(">");
}

}  // namespace

std::string_view uri_of(NameSpace name_space) { return uris.at(static_cast<std::size_t>(name_space)); }

Result<Envelope> read_envelope(std::string_view octets, std::string_view content_type, const SoapLimits& limits) {
  if (octets.size() > limits.octets) return bad_request("the message is larger than " + std::to_string(limits.octets) + " octets");
  const auto tree = std::make_shared<Tree>();
  const codec::Limits bounds{.depth = limits.depth, .elements = limits.elements,
                             .attributes_per_element = limits.attributes_per_element, .attributes = limits.attributes};
  if (auto done = tree->parse(xml::document_text(octets, content_type), bounds, limits.octets); !done) return tl::unexpected(done.error());
  const auto root = tree->root();
  if (local_name(root) != "Envelope") return bad_request("the document element is not a SOAP Envelope");
  const auto body = child(root, "Body");
  tree->rpc = first_element(body);
  if (!tree->rpc) return bad_request(body ? "the Body of the envelope is empty" : "the envelope has no Body");
  Envelope envelope;
  envelope.rpc = local_name(tree->rpc);
  envelope.header.name_space = name_space_of(tree->rpc, body, root);
  for (const auto node : child(root, "Header").children()) {
    if (node.type() == pugi::node_element) read_header(node, envelope);
  }
  if (envelope.header.id.size() > longest_id) return bad_request("cwmp:ID is longer than " + std::to_string(longest_id) + " octets");
  envelope.tree = tree;
  return envelope;
}

std::string common_version(std::string_view supported_versions) {
  for (const auto own : own_versions) {
    for (auto rest = supported_versions; !rest.empty();) {
      const auto comma = std::min(rest.find(','), rest.size());
      if (codec::trimmed(rest.substr(0, comma)) == own) return std::string(own);
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return {};
}

std::string version_of(const Header& header) {
  if (!header.supported_versions.empty()) return common_version(header.supported_versions);
  return "1." + std::to_string(static_cast<int>(header.name_space));
}

void open_envelope(std::string& out, const Header& header) {
  out += R"(<soap-env:Envelope xmlns:soap-enc="http://schemas.xmlsoap.org/soap/encoding/")"
         R"( xmlns:soap-env="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema")"
         R"( xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:cwmp=")";
  out.append(uri_of(header.name_space)).append("\">");
  std::string headers;
  if (!header.id.empty()) put_header(headers, "ID", header.id, true);
  if (!header.supported_versions.empty()) put_header(headers, "SupportedCWMPVersions", header.supported_versions, false);
  if (!header.use_version.empty()) put_header(headers, "UseCWMPVersion", header.use_version, true);
  if (header.session_timeout != 0) put_header(headers, "SessionTimeout", std::to_string(header.session_timeout), false);
  if (!headers.empty()) out.append("<soap-env:Header>").append(headers).append("</soap-env:Header>");
  out += "<soap-env:Body>";
}

void close_envelope(std::string& out) { out += "</soap-env:Body></soap-env:Envelope>"; }

}  // namespace nscl::rem::tr069
