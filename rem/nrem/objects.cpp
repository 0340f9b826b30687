// SPDX-License-Identifier: Apache-2.0
#include "objects.h"

#include <algorithm>

#include <nscl/base/bytes.h>
#include <nscl/base/log.h>
#include <nscl/base/path.h>
#include <nscl/codec/codec.h>
#include <nscl/core/authorise.h>

namespace nscl::rem {
namespace {

constexpr std::size_t objects_of_a_device = 10'000;
constexpr std::size_t suffix_length = 6;

Result<void> nothing(const Result<model::ResourcePtr>& put) { return put ? Result<void>{} : tl::unexpected(put.error()); }

/// The child of `parent` that stands for the same thing; null if there is none.
model::ResourcePtr counterpart(Tree& tree, std::string_view parent, const Wanted& wanted) {
  const auto* mo = wanted.attributes.find("originalMO");
  for (const auto& child : tree.transaction().children(parent, objects_of_a_device)) {
    if (child.type != wanted.type) continue;
    auto found = tree.transaction().find(join(parent, child.name));
    const bool is_one = found && (!mo || core::text_of(*found, "originalMO") == mo->text()) && (wanted.type->name != "mgmtCmd" || child.name == wanted.id);
    if (is_one) return found;
  }
  return nullptr;
}

std::string free_path(Tree& tree, std::string_view parent, const std::string& id) {
  const auto path = join(parent, id);
  return tree.transaction().find(path) ? path + "_" + random_name(suffix_length) : path;
}

Result<void> changed_by(Tree& tree, const DeviceMapping& mapping, const model::Resource& before, const std::vector<Leaf>& leaves) {
  auto changed = before;
  if (!mapping.apply(changed, leaves)) return {};
  return nothing(tree.put_changed(std::move(changed), before));
}

}  // namespace

bool is_management_object(const model::ResourceType& type) { return type.document_element() == "mgmtObj" || type.document_element() == "parameters"; }

Result<void> apply_values_to(Tree& tree, const DeviceMapping& mapping, std::string_view path, const std::vector<Leaf>& leaves) {
  const auto found = path.empty() ? nullptr : tree.transaction().find(path);
  if (!found || !is_management_object(*found->type)) return {};
  return changed_by(tree, mapping, *found, leaves);
}

Result<void> apply_values(Tree& tree, const DeviceMapping& mapping, std::string_view managed, const std::vector<Leaf>& leaves) {
  std::vector<std::string> paths;
  tree.transaction().scan(join(managed, "mgmtObjs"), {}, [&](const model::ResourcePtr& each) {
    if (is_management_object(*each->type)) paths.push_back(each->path);
    return paths.size() < objects_of_a_device;
  });
  for (const auto& path : paths) {
    if (auto done = apply_values_to(tree, mapping, path, leaves); !done) return done;
  }
  return {};
}

Result<void> make_objects(Tree& tree, const DeviceMapping& mapping, std::string_view managed, const Report& discovered) {
  const auto top = join(managed, "mgmtObjs");
  std::vector<std::string> paths;
  for (auto& wanted : mapping.objects(discovered, tree.reference(top))) {
    const auto& parent = wanted.parent == Wanted::none ? top : paths.at(wanted.parent);
    if (const auto known = counterpart(tree, parent, wanted)) {
      paths.push_back(known->path);
      if (!is_management_object(*known->type)) continue;
      auto changed = *known;
      const bool is_another = mapping.take_absent(changed, wanted.attributes);
      if (!mapping.apply(changed, discovered.leaves) && !is_another) continue;
      if (auto done = nothing(tree.put_changed(std::move(changed), *known)); !done) return done;
      continue;
    }
    model::Resource made;
    made.path = free_path(tree, parent, wanted.id);
    made.type = wanted.type;
    made.attributes = std::move(wanted.attributes);
    paths.push_back(made.path);
    if (auto done = nothing(tree.put_new(std::move(made))); !done) return done;
  }
  return {};
}

void put_difference(const model::Resource& before, const model::Resource& after, Effect& effect) {
  model::Object changed;
  for (const auto& member : after.attributes) {
    const auto* old = before.attributes.find(member.name);
    if (!old || !(*old == member.value)) changed.set(member.name, member.value);
  }
  for (const auto& member : before.attributes) {
    if (!after.attributes.find(member.name)) effect.erased.emplace_back(member.name);
  }
  effect.type = after.type->name;
  effect.attributes = codec::encode_stored(*after.type, changed);
  effect.expiration = after.expiration_time;
}

Result<void> make_difference(Tree& tree, const DeviceMapping& mapping, std::string_view path, const Effect& effect, const Report& report) {
  const auto before = tree.transaction().find(path);
  if (!before || before->type->name != effect.type) return {};   // deleted meanwhile
  auto difference = codec::decode_stored(*before->type, effect.attributes);
  if (!difference) return tl::unexpected(difference.error());
  auto changed = *before;
  for (auto& member : *difference) changed.attributes.set(member.name, std::move(member.value));
  for (const auto& name : effect.erased) changed.attributes.erase(name);
  changed.expiration_time = effect.expiration;
  mapping.apply(changed, report.leaves);
  return nothing(tree.put_changed(std::move(changed), *before));
}

Result<void> make_resource(Tree& tree, const DeviceMapping& mapping, std::string_view path, const Effect& effect, const Report& report) {
  const auto* type = tree.registry().find(effect.type);
  const auto above = type && type->document_element() == "mgmtObj" ? parent_path(parent_path(path)) : parent_path(path);
  if (!type || !tree.transaction().find(above)) return {};   // what it was to stand in is gone
  if (tree.transaction().find(path)) return failure(Status::conflict, "another resource has this name meanwhile");
  auto attributes = codec::decode_stored(*type, effect.attributes);
  if (!attributes) return tl::unexpected(attributes.error());
  model::Resource made;
  made.path = path;
  made.type = type;
  made.attributes = *std::move(attributes);
  made.expiration_time = effect.expiration;
  if (!report.object.empty()) made.attributes.set("originalMO", report.object);
  mapping.apply(made, report.leaves);
  return nothing(tree.put_new(std::move(made)));
}

model::Value action_status(std::string_view action, int progress, bool is_success) {
  model::Object out;
  out.set("action", action);
  out.set("progress", progress);
  out.set("finalStatus", is_success ? "SUCCESS" : "FAILURE");
  return out;
}

}  // namespace nscl::rem
