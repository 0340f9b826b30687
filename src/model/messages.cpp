// SPDX-License-Identifier: Apache-2.0
// Message documents. By the schema only statusCode and notify are global: everything else is in no namespace.
#include <nscl/model/messages.h>

namespace nscl::model::messages {
namespace {

Field local(std::string_view name, const DataType& type, int min = 0, int max = 1) {
  return {.name = name, .type = &type, .min = min, .max = max, .qualified = false};
}

Field global(std::string_view name, const DataType& type, int min = 1, int max = 1) {
  return {.name = name, .type = &type, .min = min, .max = max};
}

ResourceType document(std::string_view name, const std::vector<Field>& fields) {
  ResourceType type{.name = name, .verbs = Verb::none, .keeps_times = false};
  for (const auto& field : fields) {
    type.attributes.push_back({.name = field.name, .type = field.type, .form = field.form, .qualified = field.qualified, .min = field.min, .max = field.max});
  }
  return type;
}

// OM2M tells of a new resource with a code that the schema does not have.
const DataType& status_code() {
  static const DataType type = [] {
    auto codes = types::status_code;
    codes.aliases = {{"STATUS_CREATED", "STATUS_OK"}};
    return codes;
  }();
  return type;
}

const DataType& notify_type() {
  static const DataType type{
      .name = "Notify", .kind = Kind::complex,
      .fields = {global("statusCode", status_code()), local("representation", types::mime_body), local("timeoutReason", types::string),
                 local("subscriptionReference", types::uri, 1), local("requestingEntity", types::uri), local("contact", types::uri)}};
  return type;
}

const DataType& method_type() {
  static const DataType type{.name = "MethodType", .kind = Kind::enumeration,
                             .values = {"CREATE", "RETRIEVE", "UPDATE", "DELETE", "EXECUTE", "NOTIFY"}};
  return type;
}

}  // namespace

const ResourceType& notify() {
  static const auto type = document("notify", notify_type().fields);
  return type;
}

const ResourceType& notify_collection() {
  static const auto type = document("notifyCollection", {global("notify", notify_type(), 0, unbounded)});
  return type;
}

const ResourceType& notify_collection_response() {
  static const DataType status{
      .name = "status", .kind = Kind::complex,
      .fields = {local("targetId", types::uri, 1), local("primitiveType", types::string, 1), local("statusCode", types::string, 1)}};
  static const auto type = document("notifyCollectionResponse", {local("status", status, 0, unbounded)});
  return type;
}

const ResourceType& request_notify() {
  static const auto type = document("requestNotify", {
      local("requestingEntity", types::uri, 1),
      local("targetID", types::uri, 1),
      local("method", method_type(), 1),
      local("filterCriteria", types::content_instances_filter_criteria),
      local("maxSize", types::integer),
      local("searchPrefix", types::uri),
      local("groupRequestIdentifier", types::hex_binary),
      local("TRPDT", types::trpdt),
      local("RCAT", types::rcat),
      local("contentTypeHeader", types::string),
      local("acceptHeader", types::string),
      local("ifModifiedSinceHeader", types::string),
      local("ifUnmodifiedSinceHeader", types::string),
      local("ifMatchHeader", types::string),
      local("ifNoneMatchHeader", types::string),
      local("xEtsiContactUriHeader", types::string, 1),
      local("xEtsiCorrelationIDHeader", types::string, 1),
      local("representation", types::mime_body),
  });
  return type;
}

const ResourceType& response_notify() {
  static const auto type = document("responseNotify", {
      global("statusCode", status_code()),
      local("representation", types::mime_body),
      local("locationHeader", types::string),
      local("etagHeader", types::string),
      local("lastModifiedHeader", types::string),
  });
  return type;
}

// resourceURI is mandatory to the schema and optional to the prose: peers leave it out, so it is not demanded.
const ResourceType& members_content_responses() {
  static const DataType status{
      .name = "status", .kind = Kind::complex,
      .fields = {{.name = "id", .type = &types::uri, .qualified = false, .form = Field::Form::attribute},
                 local("statusCode", types::string, 1), local("eTag", types::string), local("resourceURI", types::uri),
                 local("lastModifiedTime", types::date_time), local("resultBody", types::mime_body)}};
  static const auto type = document("membersContentResponses", {local("status", status, 0, unbounded)});
  return type;
}

}  // namespace nscl::model::messages
