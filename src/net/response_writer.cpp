// SPDX-License-Identifier: Apache-2.0
// Response heads. What the handler gives is written with its controls blanked, so that no value can begin a new line.
#include "response_writer.h"

#include <algorithm>
#include <charconv>

#include <nscl/base/time.h>

namespace nscl::net {
namespace {

std::string_view reason_of(unsigned status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 402: return "Payment Required";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    case 507: return "Insufficient Storage";
    default: return "Status";
  }
}

void append_number(std::string& out, std::uint64_t number) {
  char digits[20];
  out.append(digits, std::to_chars(std::begin(digits), std::end(digits), number).ptr);
}

void append_clean(std::string& out, std::string_view value) {
  const auto is_control = [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; };
  const auto begin = static_cast<std::ptrdiff_t>(out.size());
  out.append(value);
  if (std::count_if(value.begin(), value.end(), is_control) > 0) std::replace_if(out.begin() + begin, out.end(), is_control, ' ');
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  append_clean(out, value);
  out.append("\r\n");
}

bool is_bodiless(const WebResponse& response) { return response.status == 204 || response.status == 304; }

void append_persistence(std::string& out, Persistence persistence) {
  if (persistence == Persistence::close) out.append("Connection: close\r\n");
  if (persistence == Persistence::keep_http_1_0) out.append("Connection: keep-alive\r\n");
}

}  // namespace

std::string_view CommonFields::text() {
  const std::time_t now = std::time(nullptr);
  if (now != second_) {
    second_ = now;
    text_ = "Date: " + format_http_date(Time{std::chrono::seconds{now}}) + "\r\nServer: nscl\r\n";
  }
  return text_;
}

std::string_view body_of(const WebResponse& response) {
  return is_bodiless(response) || !response.body ? std::string_view{} : std::string_view{*response.body};
}

std::uint64_t body_size_of(const WebResponse& response) {
  return response.stream && !is_bodiless(response) ? response.stream->size() : body_of(response).size();
}

void append_response_head(std::string& out, const WebResponse& response, Persistence persistence, std::string_view common_fields) {
  out.append("HTTP/1.1 ");
  append_number(out, response.status);
  out.append(" ").append(reason_of(response.status)).append("\r\n").append(common_fields);
  for (const auto& [name, value] : response.fields) append_field(out, name, value);
  const auto size = body_size_of(response);
  if (size != 0 && !response.content_type.empty()) append_field(out, "Content-Type", response.content_type);
  if (response.status != 304) {
    out.append("Content-Length: ");
    append_number(out, size);
    out.append("\r\n");
  }
  append_persistence(out, persistence);
  out.append("\r\n");
}

}  // namespace nscl::net
