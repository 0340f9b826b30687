// SPDX-License-Identifier: Apache-2.0
// One HTTP request and its answer as plain data, free of the HTTP library.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nscl/net/async.h>
#include <nscl/net/web_body.h>

namespace nscl::net {

enum class Method { get, head, post, put, remove, options, connect, trace, patch };

constexpr std::string_view name_of(Method method) {
  constexpr std::string_view names[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "TRACE", "PATCH"};
  return names[static_cast<std::size_t>(method)];
}

class Connection;
struct TlsPeer;

/// A request whose head passed the checks of head_check.h. Views live as long as the handler runs.
struct WebRequest {
  Method method = Method::get;
  std::string_view target;          ///< request target as received: origin-form, absolute-form or "*"
  std::string_view host;            ///< Host field, checked for form
  std::string_view authorization, content_type, content_encoding, accept, expect, from;
  std::string_view via, cookie;
  std::string_view if_match, if_none_match, if_modified_since, if_unmodified_since;
  std::string_view range, if_range;
  std::string_view location, etag;  ///< of an answer that a peer sends as a request (long polling)
  bool has_body_framing = false;    ///< Content-Length or chunked was present
  std::string_view body;            ///< whole, decoded from chunks
  Connection* connection = nullptr; ///< that it came on; for those who let it wait long
  std::string_view peer;            ///< textual address of the other side
  const TlsPeer* tls = nullptr;     ///< what its TLS handshake told of it; null without TLS
  std::vector<std::pair<std::string_view, std::string_view>> extension_fields;   ///< the X-... fields, as received
  mutable std::shared_ptr<const void> admitted;   ///< what the handler found out in admit(), for handle()
  mutable std::shared_ptr<WebSink> sink;          ///< set by admit() where the body is streamed: it goes there, and `body` stays empty
};

/// The answer. Content-Length, Date, Connection and Server are added by the session.
struct WebResponse {
  unsigned status = 200;
  std::string_view content_type = {};                              ///< static text; empty: no body, or `fields` has it
  std::shared_ptr<const std::string> body;                         ///< may be shared with a cache; null = empty
  std::shared_ptr<WebBody> stream = {};                            ///< in the place of `body`
  std::vector<std::pair<std::string_view, std::string>> fields;    ///< names are static texts
  bool close = false;
  std::chrono::milliseconds idle_time{0};                          ///< how long the connection may wait for its next request; 0: as its listener says
  bool is_secret = false;                                          ///< the session keeps no octet of it once it is written
  std::function<void()> on_written = {};                           ///< called once the answer has gone to the socket, else never
};

/// What answers requests. Runs on the connection's I/O thread; must not block it.
class WebHandler {
 public:
  virtual ~WebHandler() = default;

  /// Called with the head alone (body empty) before a large body is read or 100 Continue is sent. An answer other
  /// than status 0 refuses the request; the connection is then closed.
  virtual Task<WebResponse> admit(const WebRequest& head) = 0;

  /// True if the body of this request is not to be held in memory: admit() is then called whatever its size is, and gives it a sink or
  /// refuses the request. `head` has a body.
  virtual bool streams(const WebRequest& /*head*/) const { return false; }

  virtual Task<WebResponse> handle(const WebRequest& request) = 0;

  /// The answer to a request that broke a framing rule: an errorInfo document for that status and text.
  virtual WebResponse refuse(unsigned status, std::string_view reason) = 0;
};

}  // namespace nscl::net
