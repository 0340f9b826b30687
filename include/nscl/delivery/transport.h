// SPDX-License-Identifier: Apache-2.0
// Transport: how a primitive gets to a peer. A binding implements it; delivery knows no protocol.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <tl/expected.hpp>

#include <nscl/base/error.h>
#include <nscl/core/primitive.h>
#include <nscl/net/async.h>

namespace nscl::delivery {

/// A request primitive on its way out.
struct OutgoingRequest {
  model::Verb verb = model::Verb::notify;        ///< notify goes the way of create; execute has no content
  std::string uri;                               ///< absolute; path and query are sent as they are
  std::string requesting_entity;                 ///< absolute URI; never rewritten on the way (procedures 0.2). Empty: the credential says who asks
  std::string credential;                        ///< "user:password" by which the peer knows this SCL; empty: it has none
  std::string content_type;
  std::shared_ptr<const std::string> content;    ///< null: none
  std::string accept;                            ///< empty: anything
  std::string correlation_id, contact_uri;       ///< procedures 1.4
  std::string group_request;                     ///< groupRequestIdentifier
  std::optional<unsigned> rcat;
  std::optional<std::chrono::seconds> tolerance; ///< what is left of TRPDT
  std::string via;                               ///< the SCLs it came through, this one last
  std::vector<std::pair<std::string, std::string>> conditional_fields;   ///< If-... as received
  std::chrono::milliseconds time{30'000};        ///< for everything
  bool is_once = false;                          ///< not repeated on another connection: the peer could not tell it from a second request
};

/// What came back.
struct IncomingAnswer {
  Status status = Status::ok;        ///< a code outside the table (procedures 2.2) is bad_gateway
  unsigned code = 0;                 ///< the protocol's own
  std::string content_type, content;
  std::string location, entity_tag;
  unsigned retry_after = 0;          ///< seconds; 0: not given
};

/// Why nothing came back, or nothing that could be understood.
struct TransportFailure {
  enum class Kind : unsigned char {
    bad_uri,        ///< no URI that could be called
    not_supported,  ///< a scheme that no binding speaks
    forbidden,      ///< an address that the operator does not allow
    unreachable,    ///< no name, no connection
    timed_out,      ///< connected, and then silence
    broken,         ///< reset, or an answer that is none or too much
    busy,           ///< as many requests wait for this peer as may
    stopping,       ///< this server ends
  };
  Kind kind = Kind::unreachable;
  std::string detail;                ///< for errorInfo and logs; no secret, no address of the inside
};
using OutgoingResult = tl::expected<IncomingAnswer, TransportFailure>;

/// The status a request gets whose next hop failed like this (procedures 5.12 step 6, 5.13.3).
Status status_of(TransportFailure::Kind kind);

/// The status that an HTTP code of a peer means (procedures 2.2). Where it stands in no table: a 4xx is bad_request, the
/// rest bad_gateway.
Status status_of_code(unsigned code);

class Transport {
 public:
  virtual ~Transport() = default;
  /// Sends and waits, on the thread of `context`. Does not throw.
  virtual net::Task<OutgoingResult> send(OutgoingRequest request, boost::asio::io_context& context) = 0;
  /// Why nothing could ever be sent to `uri`, by its form alone. Any thread.
  virtual std::optional<TransportFailure> objection_to(std::string_view uri) const;
};

/// Whoever knows no form of URIs objects to none.
inline std::optional<TransportFailure> Transport::objection_to(std::string_view) const { return std::nullopt; }

}  // namespace nscl::delivery
