// SPDX-License-Identifier: Apache-2.0
// RequestIndication and ResponseConfirm: the primitives of TS 102 921, whatever binding carried them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nscl/base/error.h>
#include <nscl/base/time.h>
#include <nscl/codec/codec.h>
#include <nscl/model/resource_type.h>
#include <nscl/security/requestor.h>

namespace nscl::core {

/// How references are written and a few rules (docs/dialects.md): chosen by the URI prefix of the request.
enum class Dialect : unsigned char { standard, om2m };

/// If-Match and its kin, parsed. Tags without their quotes; "*" stands alone.
struct Conditions {
  std::vector<std::string> if_match, if_none_match;
  std::optional<Time> if_modified_since, if_unmodified_since;
  bool empty() const { return if_match.empty() && if_none_match.empty() && !if_modified_since && !if_unmodified_since; }
};

/// Request category and how long the request may take (TS 102 921 10.3.1.2.2; resources.md 1.15), and where its answer
/// is to go if it comes later (procedures 1.4).
struct Delivery {
  std::optional<unsigned> rcat;             ///< 0 to 7
  std::optional<Time> deadline;             ///< arrival + TRPDT
  std::string correlation_id;
  std::string contact_uri;
  std::string group_request;                ///< groupRequestIdentifier: fan-outs this request came through
  bool is_asynchronous() const { return !correlation_id.empty(); }
};

/// Where a request goes on that is not answered from this tree.
struct Route {
  enum class Kind : unsigned char {
    application,   ///< `uri` is below the aPoC of a local application (TS 102 921 10.3.2.23)
    scl,           ///< a resource of another SCL: `uri`, or `scl_id` and `path`
  };
  Kind kind = Kind::scl;
  std::string uri;       ///< absolute, without the request's own query
  std::string scl_id;    ///< OM2M form: the SCL that the first path segment names ...
  std::string path;      ///< ... and what follows, as it stood in the request
  std::string application;   ///< Kind::application: its path in this tree
};

struct RequestIndication {
  model::Verb verb = model::Verb::retrieve;
  std::string to;                       ///< canonical path below the sclBase, decoded; "" is the sclBase
  Dialect dialect = Dialect::standard;
  std::string host;                     ///< authority by which the request reached us ("host:port"), for references that use it
  security::RequestorPtr from;
  std::string source;                   ///< address of the peer that sent it; empty: this SCL itself
  std::string session;                  ///< of the transport, for the audit trail; empty: none
  std::string key;                      ///< that authenticated it, with its generation, for the audit trail; empty: none
  codec::Format format = codec::Format::xml;            ///< of `content`
  codec::Format answer_format = codec::Format::xml;     ///< negotiated
  std::string content_type;             ///< as received; the media type of raw content
  std::string_view content;             ///< body; lives as long as the request is handled
  bool has_format = true;               ///< content_type is one of ours; else only raw content can take it
  std::vector<std::pair<std::string, std::string>> query;   ///< decoded, in order, repeated keys kept
  Conditions conditions;
  Delivery delivery;
  std::optional<Route> route;           ///< the target is a resource of another SCL
  std::string raw_query;                ///< as received, for whoever the request is passed on to
  std::string via;                      ///< the SCLs it came through, as received (loops)
  std::vector<std::pair<std::string, std::string>> conditional_fields;   ///< If-... as received, for the same
};

struct ResponseConfirm {
  Status status = Status::ok;
  std::string content_type;                        ///< empty if there is no body
  std::shared_ptr<const std::string> content;      ///< null if there is no body
  std::string resource;                            ///< canonical path of the created or retrieved resource
  bool has_resource = false;                       ///< `resource` is set: Location and Content-Location
  std::optional<Time> last_modified;               ///< of the resource: ETag and Last-Modified
  model::Verb allowed = model::Verb::none;         ///< with method_not_allowed and OPTIONS
  std::vector<std::pair<std::string_view, std::string>> fields;   ///< of this SCL's own ("X-Nscl-..."); names are static texts
  unsigned retry_after = 0;                        ///< seconds, with service_unavailable; 0: not given
  std::string location;                            ///< of a relayed answer, as it came, in place of `resource`
  std::string entity_tag;                          ///< of a relayed answer, with its quotes, in place of `last_modified`
};

}  // namespace nscl::core
