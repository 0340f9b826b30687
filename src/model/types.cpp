// SPDX-License-Identifier: Apache-2.0
// The data types of TS 102 921 clause 11, as the schemas of v2.1.1 declare them, with what older peers send beside.
// A field that the schema takes by reference is qualified, one declared inside its type is not.
#include <nscl/model/data_type.h>

#include <algorithm>

#include "fields.h"

namespace nscl::model {

const Field* DataType::find(std::string_view field) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.name == field; });
  return found == fields.end() ? nullptr : &*found;
}

namespace types {
namespace {

constexpr std::string_view xmlmime = "http://www.w3.org/2005/05/xmlmime";

Field elements(std::string_view name, const DataType& type, int min = 0) { return element(name, type, min, unbounded); }

Field attribute(std::string_view name, const DataType& type, bool qualified = false, std::string_view space = {}) {
  return {.name = name, .type = &type, .qualified = qualified, .form = Field::Form::attribute, .xml_namespace = space};
}
Field text(const DataType& type, int min = 1) {
  return {.name = "$t", .type = &type, .min = min, .form = Field::Form::text};
}
Field with(Field field, Field::Output output) {
  field.output = output;
  return field;
}

}  // namespace

const DataType string{.name = "string"};
const DataType uri{.name = "anyURI", .kind = Kind::uri};
const DataType id{.name = "NMTOKEN", .kind = Kind::id};
const DataType boolean{.name = "boolean", .kind = Kind::boolean};
const DataType integer{.name = "long", .kind = Kind::integer};
const DataType positive{.name = "long", .kind = Kind::integer, .minimum = 1};
const DataType non_negative{.name = "long", .kind = Kind::integer, .minimum = 0};
const DataType date_time{.name = "dateTime", .kind = Kind::date_time};
const DataType duration{.name = "duration", .kind = Kind::duration};
const DataType base64{.name = "base64Binary", .kind = Kind::base64};
const DataType any{.name = "anyType", .kind = Kind::any};
const DataType empty{.name = "anyType", .kind = Kind::empty};

const DataType search_strings{.name = "SearchStrings", .kind = Kind::complex, .fields = {elements("searchString", string)}};
const DataType uri_list{.name = "AnyURIList", .kind = Kind::complex,
                        .fields = {local("reference", uri, 0, unbounded)}, .always_local = true};
const DataType named_reference{.name = "ReferenceToNamedResource", .kind = Kind::complex,
                               .fields = {attribute("id", string), text(uri)}};
const DataType named_references{.name = "NamedReferenceCollection", .kind = Kind::complex,
                                .fields = {elements("namedReference", named_reference)}};
const DataType announce_to{
    .name = "AnnounceTo", .kind = Kind::complex,
    .fields = {element("activated", boolean), with(element("sclList", uri_list), Field::Output::always), element("global", boolean)}};

namespace {
// The id is mandatory since v2; the readers number the strings of peers that give none.
const DataType schedule_string{.name = "ScheduleString", .kind = Kind::complex, .fields = {attribute("id", string), text(string)}};
}  // namespace
const DataType schedule{.name = "Schedule", .kind = Kind::complex, .fields = {elements("scheduleString", schedule_string)}};

const DataType online_status{.name = "OnlineStatus", .kind = Kind::enumeration, .values = {"ONLINE", "OFFLINE", "NOT_REACHABLE"}};
const DataType mgmt_protocol_type{
    .name = "MgmtProtocolType", .kind = Kind::enumeration, .values = {"OMA_DM", "BBF_TR069"},
    .aliases = {{"OMA DM", "OMA_DM"}, {"BBF TR 069", "BBF_TR069"}, {"TR 069", "BBF_TR069"}, {"BBF", "BBF_TR069"}}};
const DataType scl_type{.name = "SclType", .kind = Kind::enumeration, .values = {"NSCL", "GSCL", "DSCL"}};
const DataType apoc_handling{.name = "APocHandling", .kind = Kind::enumeration, .values = {"SHALLOW", "DEEP"}};
namespace {
const DataType secure_time_stamp{.name = "dateTime", .kind = Kind::date_time, .max_length = 64, .keeps_text = true};
}  // namespace
const DataType integrity_val_results{
    .name = "IntegrityValResults", .kind = Kind::complex,
    .fields = {local("ivalResults", integer, 1), local("signedIvalResult", integer, 1), local("secureTimeStamp", secure_time_stamp, 1)}};

const DataType reference_point{.name = "ReferencePoint", .kind = Kind::enumeration,
                               .values = {"MIA_REFERENCE_POINT", "DIA_REFERENCE_POINT"}};
namespace {
const DataType apoc_path{.name = "APoCPath", .kind = Kind::complex,
                         .fields = {element("path", uri, 1), element("accessRightID", uri), element("searchStrings", search_strings)}};
}  // namespace
const DataType apoc_paths{.name = "APoCPaths", .kind = Kind::complex, .fields = {elements("aPoCPath", apoc_path)}};

namespace {
const DataType permission_flag{.name = "PermissionFlagType", .kind = Kind::enumeration,
                               .values = {"READ", "WRITE", "DISCOVER", "DELETE", "CREATE"}};
const DataType permission_flags{.name = "PermissionFlagListType", .kind = Kind::complex, .fields = {elements("flag", permission_flag)}};
const DataType holder_refs{.name = "HolderRefListType", .kind = Kind::complex, .fields = {elements("holderRef", uri)}};
const DataType application_ids{.name = "ApplicationIDs", .kind = Kind::complex, .fields = {elements("applicationID", string)}};
const DataType scl_ids{.name = "SclIDs", .kind = Kind::complex, .fields = {elements("sclID", string)}};
const DataType domains{.name = "DomainListType", .kind = Kind::complex, .fields = {elements("domain", uri)}};
const DataType permission_holders{
    .name = "PermissionHolderType", .kind = Kind::complex,
    .fields = {element("holderRefs", holder_refs), element("applicationIDs", application_ids), element("sclIDs", scl_ids),
               element("all", empty), element("domains", domains)}};
}  // namespace
const DataType permission{.name = "PermissionType", .kind = Kind::complex,
                          .fields = {attribute("id", id, true), element("permissionFlags", permission_flags, 1),
                                     element("permissionHolders", permission_holders, 1)}};
const DataType permission_list{.name = "PermissionListType", .kind = Kind::complex, .fields = {elements("permission", permission)}};

// "$t" is the v1 form: base64 straight inside the element.
const DataType content{.name = "Content", .kind = Kind::complex,
                       .fields = {attribute("contentType", string, true, xmlmime), element("binaryContent", base64),
                                  element("textContent", string), text(base64, 0)},
                       .choice = true};
const DataType content_types{.name = "ContentTypes", .kind = Kind::complex, .fields = {elements("contentType", string, 1)}};
const DataType content_instance{
    .name = "ContentInstance", .kind = Kind::complex,
    .fields = {attribute("id", id, true), attribute("href", uri), element("creationTime", date_time),
               element("lastModifiedTime", date_time), element("delayTolerance", date_time), element("searchStrings", search_strings),
               element("contentTypes", content_types), element("contentSize", integer), element("content", content)}};
const DataType content_instance_collection{.name = "ContentInstanceCollection", .kind = Kind::complex,
                                           .fields = {elements("contentInstance", content_instance)}};

const DataType member_type{.name = "MemberType", .kind = Kind::enumeration,
                           .values = {"APPLICATION", "CONTAINER", "ACCESS_RIGHT", "SCL_BASE", "SCL", "LOCATION_CONTAINER", "MGMT_OBJ",
                                      "MGMT_CMD", "ATTACHED_DEVICE", "MIXED"},
                           .aliases = {{"SERVER_CAPABILITY_LAYER", "SCL_BASE"}}};
const DataType consistency_strategy{.name = "ConsistencyStrategy", .kind = Kind::enumeration,
                                    .values = {"ABANDON_GROUP", "ABANDON_MEMBER", "MODIFY_TYPE"}};

namespace {
std::vector<Field> filter_fields() {
  return {local("ifModifiedSince", date_time), local("ifUnmodifiedSince", date_time), local("ifNoneMatch", string, 0, unbounded),
          with(local("attributeAccessor", uri), Field::Output::always), local("searchString", string, 0, unbounded),
          local("createdAfter", date_time), local("createdBefore", date_time),
          with(local("ifMatch", string, 0, unbounded), Field::Output::never)};   // v1.1.1
}
std::vector<Field> content_filter_fields() {
  auto fields = filter_fields();
  const Field more[] = {local("sizeFrom", integer), local("sizeUntil", integer), local("contentType", string, 0, unbounded),
                        local("metaDataOnly", boolean), with(local("creator", uri), Field::Output::never)};   // creator: v1.1.1
  fields.insert(fields.end(), std::begin(more), std::end(more));
  return fields;
}
}  // namespace
const DataType filter_criteria{.name = "FilterCriteriaType", .kind = Kind::complex,
                               .aliases = {{"createdSince", "createdAfter"}, {"createdUntil", "createdBefore"}},
                               .fields = filter_fields(), .always_local = true};
const DataType content_instances_filter_criteria{
    .name = "ContentInstancesFilterCriteriaType", .kind = Kind::complex,
    .aliases = {{"createdSince", "createdAfter"}, {"createdUntil", "createdBefore"}},
    .fields = content_filter_fields(), .always_local = true, .needs_xsi_type = true, .base = &filter_criteria,
    .xsi_aliases = {"ContentInstanceFilterCriteriaType"}};
const DataType subscription_type{.name = "SubscriptionType", .kind = Kind::enumeration, .values = {"ASYNCHRONOUS", "SYNCHRONOUS"}};

// A choice by the schema, but both open gateways send the two members together.
const DataType contact_info{.name = "ContactInfo", .kind = Kind::complex, .fields = {element("contactURI", uri), element("other", any)}};

const DataType status_code{
    .name = "StatusCode", .kind = Kind::enumeration,
    .values = {"STATUS_OK", "STATUS_ACCEPTED", "STATUS_BAD_REQUEST", "STATUS_PERMISSION_DENIED", "STATUS_FORBIDDEN", "STATUS_NOT_FOUND",
               "STATUS_METHOD_NOT_ALLOWED", "STATUS_NOT_ACCEPTABLE", "STATUS_REQUEST_TIMEOUT", "STATUS_CONFLICT",
               "STATUS_UNSUPPORTED_MEDIA_TYPE", "STATUS_INTERNAL_SERVER_ERROR", "STATUS_NOT_IMPLEMENTED", "STATUS_BAD_GATEWAY",
               "STATUS_SERVICE_UNAVAILABLE", "STATUS_GATEWAY_TIMEOUT", "STATUS_DELETED", "STATUS_EXPIRED"}};

namespace {

/// `text` against a form in which 9 stands for a digit and everything else for itself.
bool is_like(std::string_view text, std::string_view form) {
  return text.size() == form.size() && std::equal(text.begin(), text.end(), form.begin(), [](char c, char f) {
    return f == '9' ? c >= '0' && c <= '9' : c == f;
  });
}

bool is_hex(std::string_view text) {
  return text.size() % 2 == 0 && text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

bool is_zone(std::string_view text) {
  if (text.empty() || text == "Z") return true;
  if (!is_like(text.substr(1), "99:99") || (text[0] != '+' && text[0] != '-')) return false;
  return text.substr(1, 2) < "14" ? text.substr(4) < "60" : text.substr(1) == "14:00";
}

bool is_time_of_day(std::string_view text) {
  const auto hours = text.substr(0, 8);
  if (!is_like(hours, "99:99:99") || hours.substr(0, 2) > "23" || hours.substr(3, 2) > "59" || hours.substr(6) > "59") return false;
  text.remove_prefix(8);
  if (!text.starts_with('.')) return is_zone(text);
  const auto end = std::min(text.find_first_not_of("0123456789", 1), text.size());
  return end > 1 && is_zone(text.substr(end));
}

}  // namespace
const DataType time_of_day{.name = "time", .matches = is_time_of_day, .form = "a time of day such as 14:30:00Z"};
const DataType hex_binary{.name = "hexBinary", .matches = is_hex, .form = "an even number of hexadecimal digits"};
const DataType rcat{.name = "RcatType", .kind = Kind::enumeration,
                    .values = {"RCAT_0", "RCAT_1", "RCAT_2", "RCAT_3", "RCAT_4", "RCAT_5", "RCAT_6", "RCAT_7"}};
const DataType trpdt{.name = "TrpdtType", .kind = Kind::complex,
                     .fields = {local("tolerableDelay", duration), local("tolerableTime", time_of_day)}, .choice = true, .always_local = true};
const DataType channel_type{.name = "ChannelType", .kind = Kind::enumeration, .values = {"LONG_POLLING"}};
namespace {
const DataType any_channel_data{.name = "ChannelData", .kind = Kind::complex};
}  // namespace
const DataType channel_data{.name = "LongPollingChannelData", .kind = Kind::complex,
                            .fields = {element("longPollingURI", uri, 1)}, .needs_xsi_type = true, .base = &any_channel_data};
const DataType location_container_type{.name = "LocationContainerType", .kind = Kind::enumeration,
                                       .values = {"LOCATION_SERVER_BASED", "APPLICATION_GENERATED"}};
const DataType mime_body{.name = "base64Binary", .kind = Kind::complex,
                         .fields = {attribute("contentType", string, true, xmlmime), text(base64, 0)}};

}  // namespace types
}  // namespace nscl::model
