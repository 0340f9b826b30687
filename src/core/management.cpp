// SPDX-License-Identifier: Apache-2.0
// Management objects: shared attributes, and who may write which.
#include <nscl/core/management.h>

#include <string>

namespace nscl::core {
namespace {

using namespace model;

constexpr auto all_verbs = Verb::create | Verb::retrieve | Verb::update | Verb::remove;

Attribute full_id() {
  auto id = attributes::id();
  id.response = M;   // the schema demands it in every representation
  return id;
}

Attribute foreign_attributes() {
  return {.name = "$any", .type = &types::any, .create = O, .update = O, .response = O, .form = Field::Form::wildcard, .max = unbounded};
}

// The schema extends: inherited elements, then those of the model, then the XML attribute.
void finish(ResourceType& type, std::vector<Attribute> own) {
  type.attributes.push_back(foreign_attributes());
  type.attributes.insert(type.attributes.end(), own.begin(), own.end());
  type.attributes.push_back(full_id());
  type.children = {"subscriptions"};
  type.id_attribute = "id";
  type.hooks = {.before_create = check_new_object, .before_update = check_changed_object};
}

// The managed entity itself, over mId, or an operator in its place; everybody else comes over mIa.
bool writes_for_the_entity(const HookContext& context) {
  const auto& from = *context.request.from;
  if (from.is_operator) return true;
  return !from.scl_id().empty() && context.access.check_default(context.resource.path) == security::Decision::allowed;
}

Result<void> read_only(const Attribute& attribute) {
  return bad_request(std::string(attribute.name) + " is written by the managed entity only");
}

}  // namespace

ResourceType mgmt_obj_type(std::string_view name, std::string_view xsi_type, std::vector<Attribute> own) {
  ResourceType type{
      .name = name,
      .parents = {"mgmtObjs"},
      .verbs = all_verbs,
      .attributes = {
          attributes::expiration_time(),
          attributes::access_right_id(),
          attributes::search_strings(),
          attributes::creation_time(),
          attributes::last_modified_time(),
          {.name = "moID", .type = &types::string, .create = M, .update = NP, .response = M},
          {.name = "originalMO", .type = &types::string, .create = O, .update = NP, .response = M},
          {.name = "contentType", .type = &types::string, .create = O, .update = O, .response = O},
          {.name = "description", .type = &types::string, .create = O, .update = O, .response = O},
          attributes::collection("parametersCollection", "parameters"),
          attributes::reference("subscriptionsReference", "subscriptions"),
      },
      .id_prefix = "MO_",
      .fixed_id = xsi_type.empty() ? std::string_view() : name,
      .member_type = "MGMT_OBJ",
      .searchable = true,
      .expires = true,
      .element = "mgmtObj",
      .xsi_type = xsi_type,
  };
  finish(type, std::move(own));
  return type;
}

ResourceType parameters_type(std::string_view name, std::string_view xsi_type, std::vector<Attribute> own, std::string_view fixed_id) {
  ResourceType type{
      .name = name,
      .parents = {"mgmtObj", "parameters"},
      .verbs = all_verbs,
      .attributes = {
          attributes::access_right_id(),
          attributes::creation_time(),
          attributes::last_modified_time(),
          {.name = "originalMO", .type = &types::string, .create = O, .update = NP, .response = O},
          attributes::collection("parametersCollection", "parameters"),
          attributes::reference("subscriptionsReference", "subscriptions"),
      },
      .id_prefix = "PAR_",
      .fixed_id = fixed_id,
      .element = "parameters",
      .xsi_type = xsi_type,
  };
  finish(type, std::move(own));
  return type;
}

Attribute mo_attribute(std::string_view name, const DataType& type, Presence create) {
  return {.name = name, .type = &type, .create = create, .update = O, .response = create == M ? M : O};
}

Attribute by_entity(std::string_view name, const DataType& type, Presence create) {
  auto attribute = mo_attribute(name, type, create);
  attribute.entity_only = true;
  return attribute;
}

Attribute trigger(std::string_view name, Presence create) {
  auto attribute = by_entity(name, types::uri, create);
  attribute.trigger = true;
  attribute.local_uri = true;
  return attribute;
}

Result<void> check_new_object(HookContext& context) {
  if (writes_for_the_entity(context)) return {};
  for (const auto& attribute : context.resource.type->attributes) {
    if (attribute.entity_only && context.resource.attributes.find(attribute.name)) return read_only(attribute);
  }
  return {};
}

Result<void> check_changed_object(HookContext& context) {
  const bool by_the_entity = writes_for_the_entity(context);
  for (const auto& attribute : context.resource.type->attributes) {
    const bool demanded = attribute.origin == Origin::stored && attribute.create == M;
    const bool kept_from = attribute.entity_only && !by_the_entity;
    const auto* old = context.before->attributes.find(attribute.name);
    const auto* changed = context.resource.attributes.find(attribute.name);
    if (old && !changed && (demanded || kept_from)) {
      if (context.request.verb == Verb::remove) return demanded ? bad_request(std::string(attribute.name) + " is mandatory in this model") : read_only(attribute);
      context.resource.attributes.set(attribute.name, *old);
    } else if (changed && kept_from && !(old && *old == *changed)) {
      return read_only(attribute);
    }
  }
  return {};
}

}  // namespace nscl::core
