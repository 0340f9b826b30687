// SPDX-License-Identifier: Apache-2.0
// Finds the governing right of a resource.
#include <nscl/core/authorise.h>

#include <nscl/base/path.h>
#include <nscl/core/representation.h>
#include <nscl/core/router.h>

namespace nscl::core {

using model::Governance;
using security::Decision;
using security::Flag;

std::string_view text_of(const model::Resource& resource, std::string_view attribute) {
  const auto* value = resource.attributes.find(attribute);
  return value ? value->text() : std::string_view{};
}

std::string_view collection_right(const model::Resource& owner, const model::Resource* stored) {
  if (stored) return text_of(*stored, "accessRightID");
  if (const auto* inherited = owner.attributes.find(security::inherited_right_attribute)) return inherited->text();
  return text_of(owner, "accessRightID");
}

Authoriser::Authoriser(store::View& view, const model::Registry& registry, const Policy& policy, const security::Requestor& requestor, Time now)
    : view_(view), registry_(registry), requestor_(requestor), access_(view, requestor, policy, now), now_(now) {}

Decision Authoriser::resource(const model::Resource& resource, Flag flag) {
  if (!requestor_.is_granted(flag, resource.path)) return Decision::denied;
  if (requestor_.is_operator) return Decision::allowed;
  switch (resource.type->governance) {
    case Governance::none: return Decision::allowed;
    case Governance::self: return access_.check_self(resource, flag);
    case Governance::owner_only: return access_.check_default(resource.path);
    case Governance::subscription: return subscription(resource, flag);
    case Governance::parent: return at(parent_path(resource.path), flag);
    case Governance::own: break;
  }
  return access_.check(resource.path, text_of(resource, "accessRightID"), text_of(resource, security::authority_attribute), flag);
}

Decision Authoriser::collection(const model::ResourceType& type, std::string_view path, const model::Resource& owner,
                                const model::Resource* stored, Flag flag) {
  if (!requestor_.is_granted(flag, path)) return Decision::denied;
  if (requestor_.is_operator) return Decision::allowed;
  switch (type.governance) {
    case Governance::none: return Decision::allowed;
    case Governance::owner_only: return access_.check_default(path);
    case Governance::parent: return parent_path(path) == owner.path ? resource(owner, flag) : at(parent_path(path), flag);
    default: break;
  }
  const auto& holder = stored ? *stored : owner;
  return access_.check(path, collection_right(owner, stored), text_of(holder, security::authority_attribute), flag);
}

Decision Authoriser::at(std::string_view path, Flag flag) {
  const auto target = resolve(registry_, path);
  if (!target || !target->attribute.empty()) return Decision::hidden;
  const auto owner = view_.find(target->owner);
  if (!owner || owner->expiration_time <= now_) return Decision::hidden;
  if (target->kind == Target::Kind::individual) return resource(*owner, flag);
  if (target->kind != Target::Kind::collection) return Decision::hidden;
  return collection(*target->type, target->path, *owner, view_.find(target->path).get(), flag);
}

// Its creator may do everything; whoever may DELETE the subscribed-to resource may read and delete it (procedures 5.7.4).
Decision Authoriser::subscription(const model::Resource& resource, Flag flag) {
  if (text_of(resource, subscriber_attribute) == requestor_.principal) return Decision::allowed;
  if (flag == Flag::write || flag == Flag::create) return Decision::hidden;
  const auto subscribed_to = parent_path(parent_path(resource.path));
  return at(subscribed_to, Flag::remove) == Decision::allowed ? Decision::allowed : Decision::hidden;
}

}  // namespace nscl::core
