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

struct RequestIndication {
  model::Verb verb = model::Verb::retrieve;
  std::string to;                       ///< canonical path below the sclBase, decoded; "" is the sclBase
  Dialect dialect = Dialect::standard;
  std::string host;                     ///< authority by which the request reached us ("host:port"), for references that use it
  security::RequestorPtr from;
  codec::Format format = codec::Format::xml;            ///< of `content`
  codec::Format answer_format = codec::Format::xml;     ///< negotiated
  std::string content_type;             ///< as received; the media type of raw content
  std::string_view content;             ///< body; lives as long as the request is handled
  bool has_format = true;               ///< content_type is one of ours; else only raw content can take it
  std::vector<std::pair<std::string, std::string>> query;   ///< decoded, in order, repeated keys kept
  Conditions conditions;
};

struct ResponseConfirm {
  Status status = Status::ok;
  std::string content_type;                        ///< empty if there is no body
  std::shared_ptr<const std::string> content;      ///< null if there is no body
  std::string resource;                            ///< canonical path of the created or retrieved resource
  bool has_resource = false;                       ///< `resource` is set: Location and Content-Location
  std::optional<Time> last_modified;               ///< of the resource: ETag and Last-Modified
  model::Verb allowed = model::Verb::none;         ///< with method_not_allowed and OPTIONS
  bool took_long = false;                          ///< the content was read from the disk: others may go before this answer
  unsigned retry_after = 0;                        ///< seconds, with service_unavailable; 0: not given
};

}  // namespace nscl::core
