// SPDX-License-Identifier: Apache-2.0
#include "held_request.h"

#include <nscl/codec/codec.h>
#include <nscl/model/messages.h>

#include "stored_form.h"

namespace nscl::delivery {
namespace {

using model::Attribute;
using model::Object;
using model::ResourceType;
namespace types = model::types;

Attribute text(std::string_view name) { return {.name = name, .type = &types::string}; }
Attribute number(std::string_view name) { return {.name = name, .type = &types::integer}; }
Attribute flag(std::string_view name) { return {.name = name, .type = &types::boolean}; }
Attribute octets(std::string_view name) { return {.name = name, .type = &types::base64}; }

const ResourceType& request_type() {
  static const ResourceType type{
      .name = "request",
      .attributes = {number("verb"), text("principal"), text("entity"), flag("isOperator"), text("host"), flag("isOm2m"), flag("isJson"),
                     text("contentType"), octets("content"), text("query"), text("via"), number("rcat"), {.name = "deadline", .type = &types::date_time},
                     text("correlationID"), text("contactURI"), text("groupRequest"), text("ifMatch"), text("ifNoneMatch"), text("ifModifiedSince"),
                     text("ifUnmodifiedSince"), text("uri"), text("sclId"), text("path"), text("to"),
                     {.name = "parameters", .type = &types::search_strings}}};
  return type;
}

const ResourceType& answer_type() {
  static const ResourceType type{
      .name = "answer",
      .attributes = {text("contactURI"), text("correlationID"), text("authority"), text("principal"), number("status"), text("contentType"),
                     octets("content"), text("location"), text("entityTag")}};
  return type;
}

using Query = std::vector<std::pair<std::string, std::string>>;

/// Names and values in turn.
model::Value flattened(const Query& query) {
  model::List list;
  for (const auto& [name, value] : query) {
    list.emplace_back(name);
    list.emplace_back(value);
  }
  Object out;
  out.set("searchString", std::move(list));
  return out;
}

Query unflattened(const model::Value& parameters) {
  Query query;
  const auto* list = parameters.find("searchString");
  if (!list) return query;
  const auto& items = list->list();
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) query.emplace_back(items[i].text(), items[i + 1].text());
  return query;
}

constexpr std::pair<std::string_view, std::string_view> condition_names[] = {
    {"ifMatch", "If-Match"}, {"ifNoneMatch", "If-None-Match"}, {"ifModifiedSince", "If-Modified-Since"}, {"ifUnmodifiedSince", "If-Unmodified-Since"}};

}  // namespace

std::string encode(const HeldRequest& held) {
  const auto& request = held.request;
  Object out;
  out.set("verb", std::int64_t(request.verb));
  out.set("principal", request.from->principal);
  out.set("entity", request.from->entity);
  out.set("isOperator", request.from->is_operator);
  out.set("host", request.host);
  out.set("isOm2m", request.dialect == core::Dialect::om2m);
  out.set("isJson", request.answer_format == codec::Format::json);
  out.set("contentType", request.content_type);
  out.set("content", Bytes{held.content});
  out.set("query", request.raw_query);
  out.set("via", request.via);
  if (request.delivery.rcat) out.set("rcat", std::int64_t(*request.delivery.rcat));
  if (request.delivery.deadline) out.set("deadline", *request.delivery.deadline);
  out.set("correlationID", request.delivery.correlation_id);
  out.set("contactURI", request.delivery.contact_uri);
  out.set("groupRequest", request.delivery.group_request);
  for (const auto& [field, value] : request.conditional_fields) {
    for (const auto& [name, wire] : condition_names) {
      if (wire == field) out.set(name, value);
    }
  }
  out.set("uri", held.route.uri);
  out.set("sclId", held.route.scl_id);
  out.set("path", held.route.path);
  out.set("to", request.to);
  if (!request.to.empty()) out.set("parameters", flattened(request.query));
  return codec::encode_stored(request_type(), out);
}

Result<HeldRequest> decode_held_request(std::string_view body) {
  const auto object = codec::decode_stored(request_type(), body);
  if (!object) return tl::unexpected(object.error());
  HeldRequest held;
  auto& request = held.request;
  request.verb = model::Verb(number_member(*object, "verb"));
  request.from = std::make_shared<const security::Requestor>(
      security::Requestor{text_member(*object, "principal"), text_member(*object, "entity"), flag_member(*object, "isOperator")});
  request.host = text_member(*object, "host");
  request.dialect = flag_member(*object, "isOm2m") ? core::Dialect::om2m : core::Dialect::standard;
  request.answer_format = flag_member(*object, "isJson") ? codec::Format::json : codec::Format::xml;
  request.content_type = text_member(*object, "contentType");
  held.content = octets_member(*object, "content");
  request.raw_query = text_member(*object, "query");
  request.via = text_member(*object, "via");
  if (object->find("rcat")) request.delivery.rcat = unsigned(number_member(*object, "rcat"));
  if (object->find("deadline")) request.delivery.deadline = time_member(*object, "deadline");
  request.delivery.correlation_id = text_member(*object, "correlationID");
  request.delivery.contact_uri = text_member(*object, "contactURI");
  request.delivery.group_request = text_member(*object, "groupRequest");
  for (const auto& [name, wire] : condition_names) {
    if (auto value = text_member(*object, name); !value.empty()) request.conditional_fields.emplace_back(wire, std::move(value));
  }
  held.route.kind = core::Route::Kind::scl;
  held.route.uri = text_member(*object, "uri");
  held.route.scl_id = text_member(*object, "sclId");
  held.route.path = text_member(*object, "path");
  request.to = text_member(*object, "to");
  if (const auto* parameters = object->find("parameters")) request.query = unflattened(*parameters);
  const auto format = codec::format_of(request.content_type);
  request.has_format = format.has_value();
  request.format = format.value_or(codec::Format::xml);
  return held;
}

HeldAnswer answer_to(const core::RequestIndication& request) {
  HeldAnswer answer;
  answer.contact_uri = request.delivery.contact_uri;
  answer.correlation_id = request.delivery.correlation_id;
  answer.authority = request.host;
  answer.principal = request.from->principal;
  return answer;
}

std::string encode(const HeldAnswer& held) {
  Object out;
  out.set("contactURI", held.contact_uri);
  out.set("correlationID", held.correlation_id);
  out.set("authority", held.authority);
  out.set("principal", held.principal);
  out.set("status", std::int64_t(held.status));
  out.set("contentType", held.content_type);
  out.set("content", Bytes{held.content});
  out.set("location", held.location);
  out.set("entityTag", held.entity_tag);
  return codec::encode_stored(answer_type(), out);
}

Result<HeldAnswer> decode_held_answer(std::string_view body) {
  const auto object = codec::decode_stored(answer_type(), body);
  if (!object) return tl::unexpected(object.error());
  return HeldAnswer{.contact_uri = text_member(*object, "contactURI"), .correlation_id = text_member(*object, "correlationID"),
                    .authority = text_member(*object, "authority"), .principal = text_member(*object, "principal"),
                    .status = Status(number_member(*object, "status")), .content_type = text_member(*object, "contentType"),
                    .content = octets_member(*object, "content"), .location = text_member(*object, "location"),
                    .entity_tag = text_member(*object, "entityTag")};
}

std::string document_of(const HeldAnswer& answer) {
  Object out;
  out.set("statusCode", schema_name_of(answer.status));
  if (!answer.content.empty()) {
    Object representation;
    representation.set("contentType", answer.content_type.empty() ? std::string_view("application/octet-stream") : std::string_view(answer.content_type));
    representation.set("$t", Bytes{answer.content});
    out.set("representation", std::move(representation));
  }
  if (!answer.location.empty()) out.set("locationHeader", answer.location);
  if (!answer.entity_tag.empty()) out.set("etagHeader", answer.entity_tag);
  return codec::encode(codec::Format::xml, model::messages::response_notify(), out);
}

}  // namespace nscl::delivery
