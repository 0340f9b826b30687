// SPDX-License-Identifier: Apache-2.0
#include "notification.h"

#include <nscl/core/authorise.h>
#include <nscl/core/representation.h>
#include <nscl/model/messages.h>

#include "stored_form.h"

namespace nscl::delivery {
namespace {

using model::Object;
using model::ResourceType;
using model::types::boolean, model::types::date_time, model::types::integer, model::types::string, model::types::base64;

// The stored forms, read and written like resources.
const ResourceType& progress_type() {
  static const ResourceType type{.name = "progress",
                                 .attributes = {{.name = "sequence", .type = &integer}, {.name = "reported", .type = &date_time}, {.name = "sent", .type = &date_time}}};
  return type;
}

const ResourceType& held_type() {
  static const ResourceType type{
      .name = "notification",
      .attributes = {{.name = "status", .type = &integer}, {.name = "contentType", .type = &string}, {.name = "representation", .type = &base64},
                     {.name = "contact", .type = &string}, {.name = "authority", .type = &string}, {.name = "reference", .type = &string},
                     {.name = "subscriber", .type = &string}, {.name = "finalContact", .type = &string}, {.name = "isOm2m", .type = &boolean},
                     {.name = "isJson", .type = &boolean}}};
  return type;
}

}  // namespace

std::string encode(const Progress& progress) {
  Object object;
  object.set("sequence", std::int64_t(progress.sequence));
  object.set("reported", progress.reported);
  object.set("sent", progress.sent);
  return codec::encode_stored(progress_type(), object);
}

Progress decode_progress(std::string_view state) {
  const auto object = state.empty() ? Result<Object>(Object{}) : codec::decode_stored(progress_type(), state);
  if (!object) return {};
  return {std::uint64_t(number_member(*object, "sequence")), time_member(*object, "reported"), time_member(*object, "sent")};
}

std::string encode(const Notification& held) {
  Object object;
  object.set("status", std::int64_t(held.status));
  object.set("contentType", held.content_type);
  object.set("representation", Bytes{held.representation});
  object.set("contact", held.contact);
  object.set("authority", held.authority);
  object.set("reference", held.reference);
  object.set("subscriber", held.subscriber);
  object.set("finalContact", held.final_contact);
  object.set("isOm2m", held.dialect == core::Dialect::om2m);
  object.set("isJson", held.format == codec::Format::json);
  return codec::encode_stored(held_type(), object);
}

Result<Notification> decode_notification(std::string_view body) {
  const auto object = codec::decode_stored(held_type(), body);
  if (!object) return tl::unexpected(object.error());
  Notification held;
  held.status = Status(number_member(*object, "status"));
  held.content_type = text_member(*object, "contentType");
  held.representation = octets_member(*object, "representation");
  held.contact = text_member(*object, "contact");
  held.authority = text_member(*object, "authority");
  held.reference = text_member(*object, "reference");
  held.subscriber = text_member(*object, "subscriber");
  held.final_contact = text_member(*object, "finalContact");
  held.dialect = flag_member(*object, "isOm2m") ? core::Dialect::om2m : core::Dialect::standard;
  held.format = flag_member(*object, "isJson") ? codec::Format::json : codec::Format::xml;
  return held;
}

Notification head_of(const model::Resource& subscription) {
  Notification head;
  head.contact = core::text_of(subscription, "contact");
  if (const auto aggregate = core::text_of(subscription, "aggregateURI"); !aggregate.empty()) {
    head.final_contact = std::exchange(head.contact, std::string(aggregate));
  }
  head.authority = core::text_of(subscription, security::authority_attribute);
  head.reference = subscription.path;
  head.subscriber = core::text_of(subscription, core::subscriber_attribute);
  if (core::text_of(subscription, core::subscription_dialect_attribute) == "om2m") head.dialect = core::Dialect::om2m;
  if (core::text_of(subscription, core::subscription_format_attribute) == "json") head.format = codec::Format::json;
  return head;
}

void set_error(Notification& notification, const Error& error) {
  notification.status = error.status;
  notification.content_type = codec::media_type(notification.format);
  notification.representation = codec::encode_error(notification.format, error, core::style_of(notification.dialect));
}

std::string document_of(const Notification& notification, const core::Policy& policy) {
  const bool is_om2m = notification.dialect == core::Dialect::om2m;
  Object out;
  const bool is_created = notification.status == Status::created && is_om2m;   // no value of the schema, but what its clients wait for
  out.set("statusCode", is_created ? name_of(Status::created) : schema_name_of(notification.status));
  if (!notification.representation.empty()) {
    Object representation;
    representation.set("contentType", notification.content_type);
    representation.set("$t", Bytes{notification.representation});
    out.set("representation", std::move(representation));
  }
  out.set("subscriptionReference", is_om2m ? core::reference_to(notification.reference, policy, core::Dialect::om2m)
                                           : core::absolute_uri(notification.reference, policy, notification.authority));
  if (!notification.final_contact.empty()) {
    out.set("requestingEntity", core::absolute_uri("", policy, notification.authority));
    out.set("contact", notification.final_contact);
  }
  return codec::encode(notification.format, model::messages::notify(), out, core::style_of(notification.dialect));
}

}  // namespace nscl::delivery
