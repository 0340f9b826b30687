// SPDX-License-Identifier: Apache-2.0
// Beast's basic_parser with callbacks that keep views into the head instead of building a message.
#include "head_parser.h"

#include <limits>

#include <boost/beast/http/basic_parser.hpp>

namespace nscl::net {
namespace {

namespace http = boost::beast::http;
using BeastView = boost::beast::string_view;
using ErrorCode = boost::beast::error_code;

std::string_view view(BeastView text) { return {text.data(), text.size()}; }

Method method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get: return Method::get;
    case http::verb::head: return Method::head;
    case http::verb::post: return Method::post;
    case http::verb::put: return Method::put;
    case http::verb::delete_: return Method::remove;
    case http::verb::options: return Method::options;
    case http::verb::connect: return Method::connect;
    case http::verb::patch: return Method::patch;
    default: return Method::trace;   // check_head lets no other through
  }
}

class HeadParser final : public http::basic_parser<true> {
 public:
  explicit HeadParser(ParsedHead& parsed) : parsed_(parsed) {
    header_limit(std::numeric_limits<std::uint32_t>::max());
    skip(true);   // the body is none of Beast's business
  }

 private:
  void on_request_impl(http::verb verb, BeastView, BeastView target, int version, ErrorCode&) override {
    parsed_.request.method = method_of(verb);
    parsed_.request.target = view(target);
    parsed_.is_http_1_0 = version == 10;
  }

  void on_field_impl(http::field field, BeastView name, BeastView value, ErrorCode&) override {
    WebRequest& request = parsed_.request;
    switch (field) {
      case http::field::host: request.host = view(value); break;
      case http::field::authorization: request.authorization = view(value); break;
      case http::field::content_type: request.content_type = view(value); break;
      case http::field::content_encoding: request.content_encoding = view(value); break;
      case http::field::accept: add_accept(view(value)); break;
      case http::field::expect: request.expect = view(value); break;
      case http::field::from: request.from = view(value); break;
      case http::field::via: add_via(view(value)); break;
      case http::field::cookie: add_to_list(request.cookie, view(value), parsed_.cookie); break;
      case http::field::location: request.location = view(value); break;
      case http::field::etag: request.etag = view(value); break;
      case http::field::if_match: request.if_match = view(value); break;
      case http::field::if_none_match: request.if_none_match = view(value); break;
      case http::field::if_modified_since: request.if_modified_since = view(value); break;
      case http::field::if_unmodified_since: request.if_unmodified_since = view(value); break;
      case http::field::range: request.range = view(value); break;
      case http::field::if_range: request.if_range = view(value); break;
      default:
        if (name.size() > 2 && (name[0] == 'X' || name[0] == 'x') && name[1] == '-')
          request.extension_fields.emplace_back(view(name), view(value));
    }
  }

  void add_accept(std::string_view value) { add_to_list(parsed_.request.accept, value, parsed_.accept); }
  void add_via(std::string_view value) { add_to_list(parsed_.request.via, value, parsed_.via); }

  /// A list may come in several fields; `joined` then holds it.
  static void add_to_list(std::string_view& list, std::string_view value, std::string& joined) {
    if (list.empty()) {
      list = value;
      return;
    }
    joined = std::string(list).append(", ").append(value);
    list = joined;
  }

  void on_response_impl(int, BeastView, int, ErrorCode&) override {}
  void on_header_impl(ErrorCode&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
  std::size_t on_body_impl(BeastView, ErrorCode&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, BeastView, ErrorCode&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, BeastView, ErrorCode&) override { return 0; }
  void on_finish_impl(ErrorCode&) override {}

  ParsedHead& parsed_;
};

void clear(ParsedHead& parsed) {
  auto fields = std::move(parsed.request.extension_fields);   // keeps its memory
  fields.clear();
  parsed.request = WebRequest{};
  parsed.request.extension_fields = std::move(fields);
}

}  // namespace

bool parse_head(std::string_view head, ParsedHead& parsed) {
  clear(parsed);
  HeadParser parser{parsed};
  ErrorCode error;
  const auto used = parser.put(boost::asio::const_buffer{head.data(), head.size()}, error);
  if (error || used != head.size() || !parser.is_header_done()) return false;
  const auto length = parser.content_length();
  parsed.content_length = length ? std::optional<std::uint64_t>{*length} : std::nullopt;
  parsed.is_chunked = parser.chunked();
  parsed.keep_alive = parser.keep_alive();
  parsed.request.has_body_framing = parsed.content_length.has_value() || parsed.is_chunked;
  return true;
}

}  // namespace nscl::net
