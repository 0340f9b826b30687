// SPDX-License-Identifier: Apache-2.0
// Message documents. By the schema only statusCode and notify are global: everything else is in no namespace.
#include <nscl/model/messages.h>

#include <charconv>
#include <string>

#include "fields.h"

namespace nscl::model::messages {
namespace {

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

/// xs:hexBinary of so many octets.
template <std::size_t octets>
const DataType& hex_of() {
  static const std::string form = std::to_string(2 * octets) + " hexadecimal digits";
  static const DataType type{
      .name = "hexBinary",
      .matches = [](std::string_view text) { return text.size() == 2 * octets && types::hex_binary.matches(text); },
      .form = form};
  return type;
}

const DataType& unsigned_int() {
  static const DataType type{.name = "unsignedInt", .kind = Kind::integer, .minimum = 0, .maximum = UINT32_MAX};
  return type;
}

bool is_unsigned_long(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

/// A text, since Value's integers are signed.
const DataType& unsigned_long() {
  static const DataType type{.name = "unsignedLong", .matches = is_unsigned_long, .form = "a number from 0 to 18446744073709551615"};
  return type;
}

/// In the schema's order; `min` of what must be there.
ResourceType bootstrap_document(int min) {
  return document("bootstrapParamSet", {global("securityM2MNodeId", hex_of<16>(), min), global("securityKmrIndex", unsigned_int(), min),
                                        global("securityLifetime", types::date_time, min), global("securityMasFqdn", types::uri, 0),
                                        global("securityEncryptedM2MKey", hex_of<40>(), 0), global("securityM2MKey", hex_of<32>(), 0),
                                        global("sclId", types::uri, 0), global("sclIdList", types::uri_list, 0)});
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

const ResourceType& bootstrap_param_set() {
  static const auto type = bootstrap_document(1);
  return type;
}

const ResourceType& bootstrap_request() {
  static const auto type = bootstrap_document(0);
  return type;
}

const ResourceType& connection_param_set() {
  static const auto type = document("connectionParamSet", {global("securityConnectionId", unsigned_long()), global("securityKmcIndex", unsigned_int()),
                                                           global("securityLifetime", types::date_time), global("securityEncryptedM2MKey", hex_of<40>()),
                                                           global("sclId", types::uri), global("securitymIdFlags", hex_of<2>())});
  return type;
}

}  // namespace nscl::model::messages
