// SPDX-License-Identifier: Apache-2.0
// Channels: only the owner sees them, and they never change.
#include <nscl/core/channels.h>

#include <nscl/base/bytes.h>
#include <nscl/core/authorise.h>
#include <nscl/core/channel_uri.h>

namespace nscl::core {
namespace {

using namespace model;

Result<void> give_tokens(HookContext& context) {
  auto& attributes = context.resource.attributes;
  attributes.set(contact_token_attribute, random_name(channel_token_length));
  attributes.set(poll_token_attribute, random_name(channel_token_length));
  if (!context.request.host.empty()) attributes.set(security::authority_attribute, context.request.host);
  context.altered = true;   // the answer has to show the URIs
  return {};
}

Result<void> show_uris(HookContext& context) {
  const auto uri = [&](ChannelUse use, std::string_view token) {
    return channel_uri({use, context.resource.key, text_of(context.resource, token)}, context.policy, context.request.host);
  };
  Object data;
  data.set("longPollingURI", uri(ChannelUse::poll, poll_token_attribute));
  context.representation->set("contactURI", uri(ChannelUse::contact, contact_token_attribute));
  context.representation->set("channelData", std::move(data));
  return {};
}

}  // namespace

ResourceType channel_type(std::string_view name, std::string_view parent, std::string_view id_prefix) {
  auto id = attributes::id();
  id.response = M;   // the answer to a CREATE is read as a whole
  return {
      .name = name,
      .parents = {parent},
      .verbs = Verb::create | Verb::retrieve | Verb::remove,
      .attributes = {
          {.name = "channelType", .type = &types::channel_type, .create = M, .update = NA, .response = M},
          {.name = "contactURI", .type = &types::uri, .origin = Origin::computed},
          {.name = "channelData", .type = &types::channel_data, .origin = Origin::computed},
          attributes::creation_time(),
          attributes::last_modified_time(),
          id,
      },
      .id_attribute = "id",
      .id_prefix = id_prefix,
      .governance = Governance::owner_only,
      .hooks = {.before_create = give_tokens, .on_retrieve = show_uris},
  };
}

}  // namespace nscl::core
