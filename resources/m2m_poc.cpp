// SPDX-License-Identifier: Apache-2.0
// m2mPoc: how a registered SCL is reached over one access network. Its coming, changing and going decide the scl's
// onlineStatus.  TS 102 921 10.27
#include <nscl/base/path.h>
#include <nscl/core/authorise.h>
#include <nscl/core/hooks.h>
#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

namespace m2m_poc_rules {

constexpr std::size_t contacts_considered = 64;

Result<void> give_status(core::HookContext& context) {
  if (!context.resource.attributes.find("onlineStatus")) {
    context.resource.attributes.set("onlineStatus", "ONLINE");
    context.altered = true;
  }
  return {};
}

std::string_view combined_status(core::HookContext& context, std::string_view collection, bool& any) {
  bool offline = false;
  any = false;
  for (const auto& entry : context.view.children(collection, contacts_considered)) {
    const auto poc = context.view.find(join(collection, entry.name));
    if (!poc) continue;
    any = true;
    const auto status = core::text_of(*poc, "onlineStatus");
    if (status == "ONLINE") return "ONLINE";
    offline = offline || status == "OFFLINE";
  }
  return any && !offline ? "NOT_REACHABLE" : "OFFLINE";
}

// procedures 5.2.4
Result<void> refresh_scl(core::HookContext& context) {
  const auto collection = parent_path(context.resource.path);
  const auto stored = context.view.find(parent_path(collection));
  if (!stored) return {};
  auto scl = *stored;
  bool any = false;
  std::string status(combined_status(context, collection, any));
  if (!any) {
    const auto* pocs = scl.attributes.find("pocs");
    const auto* references = pocs ? pocs->find("reference") : nullptr;
    any = references && !references->list().empty();
    status = any ? "ONLINE" : "OFFLINE";
  }
  scl.attributes.set("onlineStatus", status);
  scl.attributes.set("serverCapability", any);
  if (scl.attributes == stored->attributes) return {};
  context.change(std::move(scl), *stored);
  return {};
}

}  // namespace m2m_poc_rules

const ResourceType& m2m_poc() {
  static const ResourceType type{
      .name = "m2mPoc",
      .parents = {"m2mPocs"},
      .verbs = Verb::create | Verb::retrieve | Verb::update | Verb::remove,
      .attributes = {
          {.name = "contactInfo", .type = &types::contact_info, .create = M, .update = M, .response = M},
          attributes::expiration_time(),
          {.name = "onlineStatus", .type = &types::online_status, .create = O, .update = O, .response = MA},
          attributes::creation_time(),
          attributes::last_modified_time(),
          attributes::id(),
      },
      .id_attribute = "id",
      .id_prefix = "POC_",
      .governance = Governance::owner_only,
      .expires = true,
      .hooks = {.before_create = m2m_poc_rules::give_status,
                .after_create = m2m_poc_rules::refresh_scl,
                .before_update = m2m_poc_rules::give_status,
                .after_update = m2m_poc_rules::refresh_scl,
                .after_delete = m2m_poc_rules::refresh_scl},
  };
  return type;
}

}  // namespace nscl::resources
