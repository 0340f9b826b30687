// SPDX-License-Identifier: Apache-2.0
// The only place where libwbxml2 is called.
#include "wbxml.h"

#include <cstdlib>
#include <memory>

#include <wbxml/wbxml.h>
#include <wbxml/wbxml_conv.h>
#include <wbxml/wbxml_errors.h>

namespace nscl::rem::omadm {
namespace {

struct FreeEncoder {
  void operator()(WBXMLConvXML2WBXML* of) const { wbxml_conv_xml2wbxml_destroy(of); }
};
struct FreeDecoder {
  void operator()(WBXMLConvWBXML2XML* of) const { wbxml_conv_wbxml2xml_destroy(of); }
};
struct FreeOctets {
  void operator()(WB_UTINY* of) const { std::free(of); }
};

/// The library takes what it only reads as if it wrote to it.
std::string writable(std::string_view text) { return std::string(text); }
WB_UTINY* data_of(std::string& text) { return reinterpret_cast<WB_UTINY*>(text.data()); }

/// One run of `converter`: its result in `out`.
template <class Converter, class Run>
WBXMLError run(Run with, Converter* converter, std::string_view from, std::string& out) {
  auto in = writable(from);
  WB_UTINY* octets = nullptr;
  WB_ULONG size = 0;
  const auto error = with(converter, data_of(in), static_cast<WB_ULONG>(in.size()), &octets, &size);
  const std::unique_ptr<WB_UTINY, FreeOctets> owned(octets);
  if (error == WBXML_OK && octets != nullptr) out.assign(reinterpret_cast<const char*>(octets), size);
  return error;
}

WBXMLError decode(std::string_view wbxml, std::string& out) {
  WBXMLConvWBXML2XML* made = nullptr;
  if (const auto error = wbxml_conv_wbxml2xml_create(&made); error != WBXML_OK) return error;
  const std::unique_ptr<WBXMLConvWBXML2XML, FreeDecoder> converter(made);
  wbxml_conv_wbxml2xml_set_gen_type(made, WBXML_GEN_XML_COMPACT);
  wbxml_conv_wbxml2xml_enable_preserve_whitespaces(made);
  return run(wbxml_conv_wbxml2xml_run, made, wbxml, out);
}

std::string reason(WBXMLError error) { return reinterpret_cast<const char*>(wbxml_errors_string(error)); }

}  // namespace

Result<std::string> encoded_document(std::string_view xml) {
  std::string out;
  WBXMLConvXML2WBXML* made = nullptr;
  auto error = wbxml_conv_xml2wbxml_create(&made);
  const std::unique_ptr<WBXMLConvXML2WBXML, FreeEncoder> converter(made);
  if (error == WBXML_OK) {
    wbxml_conv_xml2wbxml_set_version(made, WBXML_VERSION_12);
    wbxml_conv_xml2wbxml_disable_string_table(made);
    wbxml_conv_xml2wbxml_enable_preserve_whitespaces(made);
    error = run(wbxml_conv_xml2wbxml_run, made, xml, out);
  }
  if (error != WBXML_OK) return failure(Status::internal_server_error, "the document has no form in WBXML: " + reason(error));
  return out;
}

Result<std::string> decoded_document(std::string_view wbxml) {
  std::string out;
  if (const auto error = decode(wbxml, out); error != WBXML_OK) return bad_request("the message is no WBXML: " + reason(error));
  return out;
}

bool is_language(std::string_view wbxml) {
  std::string out;
  return decode(wbxml, out) != WBXML_ERROR_UNKNOWN_PUBLIC_ID;
}

}  // namespace nscl::rem::omadm
