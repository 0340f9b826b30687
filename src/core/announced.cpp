// SPDX-License-Identifier: Apache-2.0
// Rules of announced and registered resources.
#include <nscl/core/announced.h>

#include <set>

#include <nscl/base/path.h>
#include <nscl/core/authorise.h>
#include <nscl/core/outbound.h>

namespace nscl::core {

namespace {

constexpr std::size_t most_targets = 1000;   ///< of one resource: each change of it is a request to each of them

/// The scl that the announcement lies below, null if it lies elsewhere. The announcement does not outlive it.
model::ResourcePtr announcing_scl(HookContext& context) {
  auto& resource = context.resource;
  if (!resource.path.starts_with("scls/")) return nullptr;
  auto scl = context.view.find(std::string_view(resource.path).substr(0, resource.path.find('/', 5)));
  if (scl && resource.expiration_time > scl->expiration_time) {
    resource.expiration_time = scl->expiration_time;
    context.altered = true;
  }
  return scl;
}

}  // namespace

Result<void> check_announcement(HookContext& context) {
  auto& resource = context.resource;
  if (text_of(resource, "link").empty()) return bad_request("link must name the announced resource");
  const auto scl = announcing_scl(context);
  // OM2M announces without a right; the announcing SCL's own then governs (procedures 6.3).
  if (scl && context.request.dialect == Dialect::om2m && text_of(resource, "accessRightID").empty()) {
    if (const auto right = text_of(*scl, "accessRightID"); !right.empty()) resource.attributes.set("accessRightID", right);
  }
  return {};
}

Result<void> check_announcement_update(HookContext& context) {
  announcing_scl(context);
  return {};
}

model::ResourcePtr registered_scl(store::View& view, std::string_view reference, Outbound* outbound, Time now) {
  std::string path;
  if (is_valid_id(reference)) path = join("scls", reference);
  else if (outbound) path = outbound->scl_at(view, reference);
  if (path.empty()) return nullptr;
  auto scl = view.find(path);
  return scl && scl->expiration_time > now ? scl : nullptr;
}

Result<void> settle_announce_to(HookContext& context) {
  auto* wish = context.resource.attributes.find("announceTo");
  auto* members = wish ? wish->get<model::Object>() : nullptr;
  const auto* scls = members ? members->find("sclList") : nullptr;
  const auto* references = scls ? scls->find("reference") : nullptr;
  if (!references) return {};
  if (references->list().size() > most_targets) return failure(Status::forbidden, "sclList names more than " + std::to_string(most_targets) + " SCLs");
  model::List kept;
  std::set<std::uint64_t> seen;
  for (const auto& reference : references->list()) {
    const auto scl = registered_scl(context.view, reference.text(), context.outbound, context.now);
    if (scl && seen.insert(scl->key).second) kept.push_back(reference);
  }
  if (kept.size() == references->list().size()) return {};
  context.altered = true;
  model::Object list;
  list.set("reference", std::move(kept));
  members->set("sclList", std::move(list));
  return {};
}

void remember_registrant(HookContext& context) {
  if (!context.request.from->is_operator) context.resource.attributes.set(security::registrant_attribute, context.request.from->principal);
}

}  // namespace nscl::core
