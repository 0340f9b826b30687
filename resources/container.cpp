// SPDX-License-Identifier: Apache-2.0
// container: buffers content between those who produce it and those who consume it.  TS 102 921 10.14
#include <nscl/core/procedure.h>
#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

namespace container_rules {

// Absent or not positive: the SCL's default; above the SCL's bound: that bound (resources.md 3.13).
void settle_limit(core::HookContext& context, std::string_view name, std::uint64_t normal, std::uint64_t bound) {
  auto& attributes = context.resource.attributes;
  const auto* value = attributes.find(name);
  const auto* number = value ? value->get<std::int64_t>() : nullptr;
  const auto asked = number && *number > 0 ? std::uint64_t(*number) : 0;
  auto given = asked ? asked : normal;
  if (bound && (given == 0 || given > bound)) given = bound;
  if (given == asked && (asked || !number)) return;
  context.altered = true;
  if (given) attributes.set(name, std::int64_t(given));
  else attributes.erase(name);
}

Result<void> settle_limits(core::HookContext& context) {
  const auto& policy = context.policy;
  settle_limit(context, "maxNrOfInstances", policy.default_nr_of_instances, policy.maximum_nr_of_instances);
  settle_limit(context, "maxByteSize", policy.default_byte_size, policy.maximum_byte_size);
  const auto* age = context.resource.attributes.find("maxInstanceAge");
  const auto duration = age ? parse_duration(age->text()) : std::nullopt;
  if (age && (!duration || duration->negative || (duration->months == 0 && duration->rest.count() == 0))) {
    context.resource.attributes.erase("maxInstanceAge");
    context.altered = true;
  }
  return {};
}

Result<void> shrink_to_limits(core::HookContext& context) {
  core::enforce_limits(*context.transaction, context.resource, context.policy, context.now);
  return {};
}

}  // namespace container_rules

const ResourceType& container() {
  static const ResourceType type{
      .name = "container",
      .parents = {"containers", "subcontainers"},
      .verbs = Verb::create | Verb::retrieve | Verb::update | Verb::remove,
      .attributes = {
          attributes::expiration_time(),
          attributes::access_right_id(),
          attributes::search_strings(),
          attributes::creation_time(),
          attributes::last_modified_time(),
          attributes::announce_to(),
          {.name = "maxNrOfInstances", .type = &types::integer, .create = O, .update = O, .response = MA},
          {.name = "maxByteSize", .type = &types::integer, .create = O, .update = O, .response = MA},
          {.name = "maxInstanceAge", .type = &types::duration, .create = O, .update = O, .response = MA},
          attributes::reference("contentInstancesReference", "contentInstances"),
          attributes::reference_in_release_2("subcontainersReference", "subcontainers"),
          attributes::reference("subscriptionsReference", "subscriptions"),
          attributes::id(),
      },
      .children = {"contentInstances", "subcontainers", "subscriptions"},
      .id_attribute = "id",
      .id_prefix = "CONT_",
      .member_type = "CONTAINER",
      .announced_as = "containerAnnc",
      .searchable = true,
      .expires = true,
      .hooks = {.before_create = container_rules::settle_limits,
                .before_update = container_rules::settle_limits,
                .after_update = container_rules::shrink_to_limits},
  };
  return type;
}

}  // namespace nscl::resources
