// SPDX-License-Identifier: Apache-2.0
// Fuzz target: the head of a request. Whatever check_head lets through, Beast refuses (the session then answers 400 and
// closes) or parses with the same framing: no two readers can disagree about where the request ends. And what is refused
// early is refused whole.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include <nscl/net/head_check.h>

#include "head_grammar.h"
#include "head_parser.h"

namespace {

using namespace nscl::net;

void require(bool condition) {
  if (!condition) std::abort();
}

/// The framing as it stands in the octets, read by nothing but a search for the two fields.
struct Framing {
  std::optional<std::uint64_t> length;
  bool is_chunked = false;
  std::size_t hosts = 0;
};

Framing framing_of(std::string_view head) {
  Framing framing;
  head.remove_prefix(head.find("\r\n") + 2);
  for (std::string_view line; grammar::take_line(head, line) == grammar::Line::whole && !line.empty();) {
    const auto name = line.substr(0, line.find(':'));
    const auto value = grammar::without_blanks(line.substr(name.size() + 1), " \t");
    if (grammar::equals_ignoring_case(name, "content-length")) framing.length = std::stoull(std::string(value));
    if (grammar::equals_ignoring_case(name, "transfer-encoding")) framing.is_chunked = true;
    if (grammar::equals_ignoring_case(name, "host")) ++framing.hosts;
  }
  return framing;
}

void check_accepted(std::string_view head) {
  ParsedHead parsed;
  if (!parse_head(head, parsed)) return;   // a list in Connection, for one, that is none
  const auto framing = framing_of(head);
  require(parsed.content_length == framing.length && parsed.is_chunked == framing.is_chunked);
  require(!(framing.length && framing.is_chunked) && !(framing.is_chunked && parsed.is_http_1_0));
  require(framing.hosts == 1 || (framing.hosts == 0 && parsed.is_http_1_0));
  require(parsed.request.has_body_framing == (framing.length || framing.is_chunked));
  for (const std::string_view text : {parsed.request.target, parsed.request.host, parsed.request.authorization, parsed.request.from})
    require(text.find_first_of(std::string_view("\r\n\0", 3)) == text.npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const auto end = octets.find("\r\n\r\n");
  const auto head = octets.substr(0, end == octets.npos ? end : end + 4);   // as the session cuts it
  const HeadLimits limits;
  const auto verdict = check_head(head, limits);
  require(verdict.status == 0 || (verdict.status >= 400 && !verdict.reason.empty()));
  if (verdict.status == 0) check_accepted(head);
  for (std::size_t part = 0; part < std::min<std::size_t>(head.size(), 512); ++part) {
    const auto early = check_partial_head(head.substr(0, part), limits);
    if (early.status != 0) require(verdict.status != 0);
  }
  return 0;
}
