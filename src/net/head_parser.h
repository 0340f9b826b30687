// SPDX-License-Identifier: Apache-2.0
// A checked head -> WebRequest, by Boost.Beast's parser. Nothing is copied: the request views the head.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nscl/net/web.h>

namespace nscl::net {

struct ParsedHead {
  WebRequest request;
  std::optional<std::uint64_t> content_length;
  bool is_chunked = false;
  bool is_http_1_0 = false;
  bool keep_alive = false;
  std::string accept;   ///< the values of several Accept fields, joined; request.accept then views it
  std::string via, cookie;   ///< the same for Via and Cookie
};

/// `head` passed check_head() and stays where it is as long as `parsed` is used. False if Beast refuses it.
bool parse_head(std::string_view head, ParsedHead& parsed);

}  // namespace nscl::net
