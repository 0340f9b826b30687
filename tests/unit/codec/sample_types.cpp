// SPDX-License-Identifier: Apache-2.0
#include "sample_types.h"

#include <algorithm>
#include <deque>
#include <stdexcept>

#include <nscl/model/messages.h>

namespace nscl::test {

using namespace model;   // NOLINT: test code
using Form = Field::Form;

namespace {

Attribute element(std::string_view name, const DataType& type) { return {.name = name, .type = &type}; }
Attribute xml_attribute(std::string_view name, const DataType& type, bool qualified) {
  return {.name = name, .type = &type, .form = Form::attribute, .qualified = qualified};
}
Attribute uri(std::string_view name) { return element(name, types::uri); }
Attribute time(std::string_view name) { return element(name, types::date_time); }


std::deque<ResourceType> make_types() {
  const auto search = element("searchStrings", types::search_strings);
  const auto announce = element("announceTo", types::announce_to);
  const auto id = xml_attribute("id", types::id, true);
  const auto created = time("creationTime");
  const auto modified = time("lastModifiedTime");
  const auto expires = time("expirationTime");
  const auto right = uri("accessRightID");
  return {
      {.name = "container", .attributes = {expires, right, search, created, modified, announce, element("maxNrOfInstances", types::non_negative),
          element("maxByteSize", types::integer), element("maxInstanceAge", types::duration), uri("contentInstancesReference"),
          uri("subcontainersReference"), uri("subscriptionsReference"), id}},
      {.name = "contentInstance", .attributes = {created, modified, time("delayTolerance"), search, element("contentTypes", types::content_types),
          element("contentSize", types::integer), element("content", types::content), id, xml_attribute("href", types::uri, false)}},
      {.name = "contentInstances", .attributes = {created, modified, element("currentNrOfInstances", types::integer),
          element("currentByteSize", types::integer), element("contentInstanceCollection", types::content_instance_collection),
          element("latest", types::named_reference), element("oldest", types::named_reference), uri("subscriptionsReference")}},
      {.name = "application", .attributes = {expires, right, search, created, modified, announce, uri("aPoC"), element("aPoCPaths", types::apoc_paths),
          element("locRequestor", types::any), element("referencePoint", types::reference_point), uri("containersReference"),
          uri("groupsReference"), uri("accessRightsReference"), uri("subscriptionsReference"), uri("notificationChannelsReference"),
          xml_attribute("appId", types::id, false)}},
      {.name = "applications", .attributes = {right, created, modified, element("applicationCollection", types::named_references),
          element("applicationAnncCollection", types::named_references), uri("subscriptionsReference"), uri("mgmtObjsReference")}},
      {.name = "applicationAnnc", .attributes = {uri("link"), right, search, expires, uri("containersReference"),
          uri("groupsReference"), uri("accessRightsReference"), xml_attribute("id", types::id, false)}},
      {.name = "scl", .attributes = {element("pocs", types::uri_list), uri("remTriggerAddr"), element("onlineStatus", types::online_status),
          element("serverCapability", types::boolean), uri("link"), element("schedule", types::schedule), expires, right, search, created, modified,
          element("locTargetDevice", types::string), element("mgmtProtocolType", types::mgmt_protocol_type),
          element("integrityValResults", types::integrity_val_results), element("aPocHandling", types::apoc_handling),
          element("sclType", types::scl_type), announce, uri("containersReference"), uri("groupsReference"),
          uri("applicationsReference"), uri("accessRightsReference"), uri("subscriptionsReference"), uri("mgmtObjsReference"),
          uri("notificationChannelsReference"), uri("communicationChannelsReference"), uri("m2mPocsReference"), uri("attachedDevicesReference"),
          uri("sclAnncsReference"), xml_attribute("sclId", types::id, false)}},
      {.name = "accessRight", .attributes = {expires, search, created, modified, announce, element("permissions", types::permission_list),
          element("selfPermissions", types::permission_list), uri("subscriptionsReference"), id}},
      {.name = "group", .attributes = {expires, right, search, created, modified, announce, element("memberType", types::member_type),
          element("currentNrOfMembers", types::integer), element("maxNrOfMembers", types::positive), element("members", types::uri_list),
          uri("membersContentAccessRightID"), element("memberTypeValidated", types::boolean),
          element("consistencyStrategy", types::consistency_strategy), uri("membersContentReference"), uri("subscriptionsReference"), id}},
      {.name = "subscription", .attributes = {expires, element("minimalTimeBetweenNotifications", types::non_negative), time("delayTolerance"),
          created, modified, element("filterCriteria", types::content_instances_filter_criteria),
          element("subscriptionType", types::subscription_type), uri("contact"), element("noRepresentation", types::boolean), id}},
      {.name = "m2mPoc", .attributes = {element("contactInfo", types::contact_info), expires, element("onlineStatus", types::online_status),
          created, modified, id}},
      {.name = "discovery", .attributes = {element("matchSize", types::integer), element("truncated", types::boolean),
          element("discoveryURI", types::uri_list)}},
      {.name = "notificationChannel", .attributes = {element("channelType", types::string), uri("contactURI"), element("channelData", types::channel_data),
          created, modified, id}},
      {.name = "vendorObj", .attributes = {element("moID", types::string),
          {.name = "$any", .type = &types::any, .form = Form::wildcard, .max = unbounded}, id}},
      {.name = "errorInfo", .attributes = {element("statusCode", types::status_code), element("additionalInfo", types::string)}},
  };
}

}  // namespace

std::span<const ResourceType* const> sample_types() {
  static const auto descriptors = make_types();
  static const auto pointers = [] {
    std::vector<const ResourceType*> list;
    for (const auto& descriptor : descriptors) list.push_back(&descriptor);
    for (const auto* message : {&messages::notify(), &messages::notify_collection(), &messages::notify_collection_response(),
                                &messages::request_notify(), &messages::response_notify(), &messages::members_content_responses()}) {
      list.push_back(message);
    }
    return list;
  }();
  return pointers;
}

const ResourceType& sample_type(std::string_view name) {
  const auto all = sample_types();
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto* type) { return type->name == name; });
  if (found == all.end()) throw std::logic_error("no sample type " + std::string(name));
  return **found;
}

}  // namespace nscl::test
