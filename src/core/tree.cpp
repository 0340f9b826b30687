// SPDX-License-Identifier: Apache-2.0
// What a new tree holds: the sclBase and two accessRights (docs/security.md).
#include <nscl/core/tree.h>

#include <initializer_list>

#include <nscl/core/representation.h>

namespace nscl::core {
namespace {

using model::List;
using model::Object;
using model::Value;

Value list_of(std::string_view element, std::initializer_list<std::string_view> texts) {
  List list;
  for (const auto text : texts) list.emplace_back(text);
  Object out;
  out.set(element, std::move(list));
  return out;
}

Value everybody() {
  Object holders;
  holders.set("all", Object{});
  return holders;
}

Value principal(std::string_view name) {
  Object holders;
  holders.set("holderRefs", list_of("holderRef", {name}));
  return holders;
}

Value permission(std::string_view id, std::initializer_list<std::string_view> flags, Value holders) {
  Object out;
  out.set("id", id);
  out.set("permissionFlags", list_of("flag", flags));
  out.set("permissionHolders", std::move(holders));
  return out;
}

Value permissions(List list) {
  Object out;
  out.set("permission", std::move(list));
  return out;
}

void put(store::Transaction& transaction, const model::ResourceType& type, std::string path, Object attributes) {
  model::Resource resource;
  resource.path = std::move(path);
  resource.type = &type;
  resource.attributes = std::move(attributes);
  resource.creation_time = resource.last_modified_time = transaction.stamp();
  transaction.put(std::move(resource));
}

}  // namespace

Result<void> make_tree(store::Transaction& transaction, const model::Registry& registry, const Policy& policy) {
  if (transaction.find("")) return {};
  Object everyone_reads, om2m_rights, base;
  everyone_reads.set("permissions", permissions({permission("everybody", {"READ", "DISCOVER"}, everybody())}));
  everyone_reads.set("selfPermissions", permissions({permission("everybody", {"READ", "DISCOVER"}, everybody())}));
  om2m_rights.set("permissions", permissions({permission("admin", {"CREATE", "READ", "WRITE", "DELETE", "DISCOVER"}, principal("admin")),
                                              permission("guest", {"READ", "DISCOVER"}, principal("guest"))}));
  om2m_rights.set("selfPermissions", permissions({permission("admin", {"CREATE", "READ", "WRITE", "DELETE", "DISCOVER"}, principal("admin"))}));
  base.set("accessRightID", reference_to("accessRights/AR_DEFAULT", policy, Dialect::standard));
  base.set("searchStrings", list_of("searchString", {policy.scl_id}));
  put(transaction, registry.root(), "", std::move(base));
  put(transaction, *registry.find("accessRight"), "accessRights/AR_DEFAULT", std::move(everyone_reads));
  put(transaction, *registry.find("accessRight"), "accessRights/" + policy.om2m_default_access_right, std::move(om2m_rights));
  return {};
}

}  // namespace nscl::core
