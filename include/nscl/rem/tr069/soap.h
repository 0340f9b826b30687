// SPDX-License-Identifier: Apache-2.0
// The SOAP envelope of CWMP (TR-069): read as CPEs really write it, written as all of them understand it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/base/error.h>

namespace nscl::rem::tr069 {

/// Name spaces of CWMP. Versions 1.3 and 1.4 use that of 1.2; their own occur all the same.
enum class NameSpace { cwmp_1_0, cwmp_1_1, cwmp_1_2, cwmp_1_3, cwmp_1_4 };
std::string_view uri_of(NameSpace name_space);

/// Bounds of a message that is read. A document beyond them is bad_request.
struct SoapLimits {
  std::size_t octets = 32 * 1024 * 1024;   ///< after decompression
  std::size_t depth = 32;
  std::size_t elements = 400'000;
  std::size_t attributes = 800'000;        ///< in the whole document
  std::size_t attributes_per_element = 64;
};

/// What stands around the RPC.
struct Header {
  std::string id;                       ///< cwmp:ID verbatim, at most 256 octets; empty: none
  NameSpace name_space = NameSpace::cwmp_1_0;
  std::string supported_versions;       ///< SupportedCWMPVersions, e.g. "1.0,1.1"; from the CPE, empty: none
  std::string use_version;              ///< UseCWMPVersion; from the ACS, empty: none
  std::uint32_t session_timeout = 0;    ///< SessionTimeout in seconds; 0: none
};

class Tree;   // the document, for the readers of RPCs

struct Envelope {
  Header header;
  std::string rpc;                           ///< local name of the element in the Body, e.g. "Inform", "Fault"
  std::vector<std::string> not_understood;   ///< headers with mustUnderstand that mean nothing here; at most 8, for the log
  std::shared_ptr<const Tree> tree;
};

/// Reads the body of an HTTP message. `content_type` may be empty; its charset goes before that of the XML declaration.
/// Tolerated: anything before the first '<' and behind the last '>', XML declarations anywhere, ISO-8859-1, prefixes that are
/// not declared, foreign name spaces, no Header. What is not well-formed because of characters that XML does not allow (they
/// become U+FFFD) or of a bare '&' is read in a second pass. Fails with bad_request: a DOCTYPE, a processing instruction,
/// otherwise not well-formed, beyond `limits`, no Envelope, no Body, an empty Body.
Result<Envelope> read_envelope(std::string_view octets, std::string_view content_type = {}, const SoapLimits& limits = {});

/// The highest version of CWMP that both sides know, of a list as in SupportedCWMPVersions; empty if there is none.
std::string common_version(std::string_view supported_versions);

/// The version of CWMP that a session goes on in, by the header of the Inform: the common one, or without a list what the
/// name space tells. Empty: none in common, to be answered with fault 8006.
std::string version_of(const Header& header);

}  // namespace nscl::rem::tr069
