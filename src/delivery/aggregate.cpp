// SPDX-License-Identifier: Apache-2.0
// Answers -> one document.
#include "aggregate.h"

#include <nscl/base/path.h>
#include <nscl/codec/codec.h>
#include <nscl/core/representation.h>
#include <nscl/model/messages.h>

namespace nscl::delivery {
namespace {

using core::Dialect;
using core::ResponseConfirm;
using model::Object;

std::string_view without_quotes(std::string_view tag) {
  if (tag.size() >= 2 && tag.front() == '"' && tag.back() == '"') tag = tag.substr(1, tag.size() - 2);
  return tag;
}

/// What the member says it is about, else what it was asked at.
std::string resource_uri(const ResponseConfirm& answer, const Member& member, const core::Policy& policy, Dialect dialect) {
  if (!answer.location.empty()) return answer.location;
  if (answer.has_resource && !member.route) return core::reference_to(answer.resource, policy, dialect);
  return member.uri;
}

Object status_of(const ResponseConfirm& answer, const Member& member, const core::Policy& policy, Dialect dialect) {
  Object status;
  status.set("id", member.id);
  status.set("statusCode", name_of(answer.status));
  if (!answer.entity_tag.empty()) status.set("eTag", without_quotes(answer.entity_tag));
  else if (answer.last_modified) status.set("eTag", format_date_time(*answer.last_modified));
  status.set("resourceURI", resource_uri(answer, member, policy, dialect));
  if (answer.last_modified) status.set("lastModifiedTime", *answer.last_modified);
  if (answer.content) {
    Object body;
    body.set("contentType", answer.content_type);
    body.set("$t", Bytes{*answer.content});
    status.set("resultBody", std::move(body));
  }
  return status;
}

}  // namespace

bool is_fulfilled(Status status) { return status == Status::ok || status == Status::created || status == Status::accepted || status == Status::not_modified; }

ResponseConfirm aggregate(const core::RequestIndication& request, const core::Target& target, const core::Policy& policy,
                          const std::vector<Member>& members, const std::vector<std::optional<ResponseConfirm>>& answers) {
  ResponseConfirm late;
  late.status = Status::request_timeout;
  model::List list;
  list.reserve(members.size());
  for (std::size_t i = 0; i < members.size(); ++i) {
    list.emplace_back(status_of(answers[i] ? *answers[i] : late, members[i], policy, request.dialect));
  }
  Object document;
  document.set("status", std::move(list));
  ResponseConfirm confirm;
  const bool is_om2m = request.dialect == Dialect::om2m;
  confirm.status = is_om2m && request.verb == model::Verb::create ? Status::created : Status::ok;
  confirm.content_type = codec::media_type(request.answer_format);
  confirm.content = std::make_shared<const std::string>(
      codec::encode(request.answer_format, model::messages::members_content_responses(), document, core::style_of(request.dialect)));
  // An OM2M client cannot do without the Location of a 201.
  confirm.resource = target.rest.empty() ? target.path : join(target.path, target.rest);
  confirm.has_resource = true;
  return confirm;
}

}  // namespace nscl::delivery
