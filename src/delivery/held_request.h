// SPDX-License-Identifier: Apache-2.0
// HeldRequest: a request that is kept until its SCL can be reached, and HeldAnswer: what came of it, until whoever asked
// has it (procedures 1.4, 5.14). The bodies of outbox rows.
#pragma once

#include <string>

#include <nscl/core/primitive.h>
#include <nscl/core/policy.h>
#include <nscl/store/outbox.h>

namespace nscl::delivery {

struct HeldRequest {
  core::RequestIndication request;   ///< its content is in `content`
  core::Route route;
  std::string content;
};
std::string encode(const HeldRequest& held);
Result<HeldRequest> decode_held_request(std::string_view body);

struct HeldAnswer {
  std::string contact_uri;           ///< empty: whoever asked fetches it
  std::string correlation_id;
  std::string authority;             ///< by which the request came: tells which URIs are ours
  std::string principal;             ///< who asked
  Status status = Status::ok;
  std::string content_type, content, location, entity_tag;
};
/// To whom the answer goes; the rest is to be filled in.
HeldAnswer answer_to(const core::RequestIndication& request);
std::string encode(const HeldAnswer& held);
Result<HeldAnswer> decode_held_answer(std::string_view body);

/// The responseNotify document of an answer.
std::string document_of(const HeldAnswer& answer);

}  // namespace nscl::delivery
