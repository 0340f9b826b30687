// SPDX-License-Identifier: Apache-2.0
// subscription: the wish to be told of changes of the resource above `subscriptions`.  TS 102 921 10.25
#include <nscl/base/bytes.h>
#include <nscl/base/path.h>
#include <nscl/core/authorise.h>
#include <nscl/core/channel_uri.h>
#include <nscl/core/hooks.h>
#include <nscl/core/outbound.h>
#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

namespace subscription_rules {

Result<void> check_pace(core::HookContext& context) {
  const auto& attributes = context.resource.attributes;
  if (attributes.find("minimalTimeBetweenNotifications") && attributes.find("delayTolerance")) {
    return bad_request("minimalTimeBetweenNotifications and delayTolerance exclude each other");
  }
  const auto* pace = attributes.find("minimalTimeBetweenNotifications");
  const auto* milliseconds = pace ? pace->get<std::int64_t>() : nullptr;
  return milliseconds && *milliseconds < 0 ? Result<void>(bad_request("minimalTimeBetweenNotifications is below 0")) : Result<void>{};
}

Result<void> check_contact(const core::HookContext& context) {
  const auto contact = core::text_of(context.resource, "contact");
  const bool absolute = contact.find("://") != contact.npos && contact.find("://") > 0;
  const bool om2m_form = context.request.dialect == core::Dialect::om2m && !contact.empty();
  if (absolute && context.outbound && context.local_path(contact) == "\n") return context.outbound->check_contact(contact);
  if (absolute || contact.starts_with('/') || om2m_form) return {};
  return bad_request("contact must be an absolute URI, or a path that begins with '/'");
}

// A channel of this SCL is polled: its owner alone may have things sent there (procedures 5.9.1 step 4).
Result<void> check_channel(core::HookContext& context) {
  const auto contact = core::text_of(context.resource, "contact");
  const auto place = contact.find(core::channel_path);
  const auto channel = place == contact.npos ? std::nullopt : core::parse_channel_path(contact.substr(place));
  if (!channel) return {};
  const auto found = context.view.find(channel->key);
  const bool is_real = found && channel->use == core::ChannelUse::contact &&
                       equal_in_constant_time(core::text_of(*found, core::contact_token_attribute), channel->token);
  if (!is_real || context.access.check_default(found->path) != security::Decision::allowed) {
    return bad_request("contact is no channel of yours");
  }
  context.resource.attributes.set("subscriptionType", "SYNCHRONOUS");
  return {};
}

Result<void> check_siblings(core::HookContext& context) {
  const auto collection = parent_path(context.resource.path);
  const auto most = context.policy.subscriptions_per_resource;
  const auto siblings = context.view.children(collection, most);
  if (siblings.size() >= most) return failure(Status::service_unavailable, "the resource has as many subscriptions as this SCL takes");
  if (context.request.dialect == core::Dialect::standard) return {};
  for (const auto& entry : siblings) {   // OM2M: one subscription for each contact
    const auto sibling = context.view.find(join(collection, entry.name));
    if (sibling && core::text_of(*sibling, "contact") == core::text_of(context.resource, "contact")) {
      return failure(Status::conflict, "this contact has subscribed already");
    }
  }
  return {};
}

Result<void> before_create(core::HookContext& context) {
  if (auto result = check_pace(context); !result) return result;
  if (auto result = check_contact(context); !result) return result;
  if (auto result = check_siblings(context); !result) return result;
  auto& attributes = context.resource.attributes;
  attributes.set("subscriptionType", "ASYNCHRONOUS");
  if (auto result = check_channel(context); !result) return result;
  attributes.set(core::subscriber_attribute, context.request.from->principal);
  if (context.request.dialect == core::Dialect::om2m) attributes.set(core::subscription_dialect_attribute, "om2m");
  else if (context.request.format == codec::Format::json) attributes.set(core::subscription_format_attribute, "json");
  // its URI, as the subscriber knows it, stands in every notification
  if (!context.request.host.empty()) attributes.set(security::authority_attribute, context.request.host);
  return {};
}

}  // namespace subscription_rules

const ResourceType& subscription() {
  static const ResourceType type{
      .name = "subscription",
      .parents = {"subscriptions"},
      .verbs = Verb::create | Verb::retrieve | Verb::update | Verb::remove,
      .attributes = {
          attributes::expiration_time(),
          {.name = "minimalTimeBetweenNotifications", .type = &types::integer, .create = O, .update = O, .response = O},
          {.name = "delayTolerance", .type = &types::date_time, .create = O, .update = O, .response = O},
          attributes::creation_time(),
          attributes::last_modified_time(),
          {.name = "filterCriteria", .type = &types::content_instances_filter_criteria, .create = O, .update = NP, .response = O},
          {.name = "subscriptionType", .type = &types::subscription_type},
          {.name = "contact", .type = &types::uri, .create = M, .update = NP, .response = M},
          {.name = "aggregateURI", .type = &types::uri, .create = O, .update = O, .response = O, .release_2 = true},
          {.name = "timeoutReason", .type = &types::string, .create = O, .update = O, .response = O, .release_2 = true},
          {.name = "noRepresentation", .type = &types::boolean, .create = O, .update = O, .response = O, .release_2 = true},
          {.name = "subscriberId", .type = &types::uri, .response = NP},
          attributes::id(),
      },
      .id_attribute = "id",
      .id_prefix = "SUB_",
      .governance = Governance::subscription,
      .admission = Admission::subscription,
      .expires = true,
      .hooks = {.before_create = subscription_rules::before_create, .before_update = subscription_rules::check_pace},
  };
  return type;
}

}  // namespace nscl::resources
