// SPDX-License-Identifier: Apache-2.0
// Rules of announced and registered resources.
#include <nscl/core/announced.h>

#include <nscl/core/authorise.h>

namespace nscl::core {

Result<void> check_announcement(HookContext& context) {
  auto& resource = context.resource;
  if (text_of(resource, "link").empty()) return bad_request("link must name the announced resource");
  if (!resource.path.starts_with("scls/")) return {};
  const auto scl = context.view.find(std::string_view(resource.path).substr(0, resource.path.find('/', 5)));
  if (scl && resource.expiration_time > scl->expiration_time) {
    resource.expiration_time = scl->expiration_time;
    context.altered = true;
  }
  // OM2M announces without a right; the announcing SCL's own then governs (procedures 6.3).
  if (scl && context.request.dialect == Dialect::om2m && text_of(resource, "accessRightID").empty()) {
    if (const auto right = text_of(*scl, "accessRightID"); !right.empty()) resource.attributes.set("accessRightID", right);
  }
  return {};
}

void remember_registrant(HookContext& context) {
  if (!context.request.from->is_operator) context.resource.attributes.set(security::registrant_attribute, context.request.from->principal);
}

}  // namespace nscl::core
