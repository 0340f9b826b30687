// SPDX-License-Identifier: Apache-2.0
#include "objects.h"

#include <algorithm>

#include <nscl/base/bytes.h>
#include <nscl/base/log.h>
#include <nscl/base/path.h>
#include <nscl/codec/codec.h>
#include <nscl/core/authorise.h>
#include <nscl/rem/node_path.h>

#include "entity.h"

namespace nscl::rem {
namespace {

Result<void> nothing(const Result<model::ResourcePtr>& put) { return put ? Result<void>{} : tl::unexpected(put.error()); }

/// Whether both are the same package of software, which may stand elsewhere by now.
bool is_same_package(const model::Resource& known, const Wanted& wanted) {
  const auto* package = wanted.attributes.find(package_attribute);
  return package && core::text_of(known, package_attribute) == package->text();
}

/// The child of `parent` that stands for the same thing; null if there is none.
model::ResourcePtr counterpart(Tree& tree, std::string_view parent, const Wanted& wanted) {
  const auto* mo = wanted.attributes.find("originalMO");
  model::ResourcePtr moved;
  for (const auto& child : tree.transaction().children(parent, objects_of_a_device)) {
    if (child.type != wanted.type) continue;
    auto found = tree.transaction().find(join(parent, child.name));
    const bool is_one = found && (!mo || core::text_of(*found, "originalMO") == mo->text()) && (wanted.type->name != "mgmtCmd" || child.name == wanted.id);
    if (is_one) return found;
    if (!moved && found && is_same_package(*found, wanted)) moved = std::move(found);
  }
  return moved;
}

Result<void> changed_by(Tree& tree, const DeviceMapping& mapping, const model::Resource& before, const std::vector<Leaf>& leaves) {
  auto changed = before;
  if (!mapping.apply(changed, leaves)) return {};
  return nothing(tree.put_changed(std::move(changed), before));
}

/// "Device.X.3." -> "Device.X."; of an object that is no instance: itself.
std::string table_of(std::string_view path) {
  const auto last = last_name(path);
  const bool is_instance = !is_node_uri(path) && !last.empty() && (last.front() == '[' || last.find_first_not_of("0123456789") == last.npos);
  return std::string(is_instance ? object_above(path) : path);
}

/// The triggers of an object that was made here, if the device has actions for it (rem.md 1.6).
Result<void> add_actions(Tree& tree, const DeviceMapping& mapping, const model::Resource& object) {
  const auto mo = core::text_of(object, "originalMO");
  const auto* rule = mapping.rule_of(*object.type, mo);
  if (!rule || !rule->action_type) return {};
  model::Resource made;
  made.path = join(object.path, rule->action_type->fixed_id);
  made.type = rule->action_type;
  made.attributes = triggers_of(*rule->action_type, mo, tree.reference(made.path));
  return tree.transaction().find(made.path) ? Result<void>{} : nothing(tree.put_new(std::move(made)));
}

/// How far this action is shown to be; 0 if it is another one, or over.
int progress_of(const model::Value& status, std::string_view action) {
  const auto* name = status.find("action");
  const auto* progress = status.find("progress");
  const auto* number = progress ? progress->get<std::int64_t>() : nullptr;
  return name && name->text() == action && number && *number < 100 ? static_cast<int>(*number) : 0;
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
      bool is_another = mapping.take_absent(changed, wanted.attributes);
      if (const auto* mo = wanted.attributes.find("originalMO"); mo && core::text_of(changed, "originalMO") != mo->text()) {
        changed.attributes.set("originalMO", *mo);
        is_another = true;
      }
      if (!mapping.apply(changed, discovered.leaves) && !is_another) continue;
      if (auto done = nothing(tree.put_changed(std::move(changed), *known)); !done) return done;
      continue;
    }
    model::Resource made;
    made.path = tree.free_path(join(parent, wanted.id));
    made.type = wanted.type;
    made.attributes = std::move(wanted.attributes);
    paths.push_back(made.path);
    if (auto done = nothing(tree.put_new(std::move(made))); !done) return done;
  }
  return {};
}

Result<void> make_object_at(Tree& tree, const DeviceMapping& mapping, std::string_view managed, const std::string& path, const std::vector<Leaf>& leaves) {
  const auto top = join(managed, "mgmtObjs");
  const auto table = table_of(path);
  Wanted wanted{.type = tree.registry().find("mgmtObj"), .id = resource_id_of(last_name(table)), .attributes = {}};
  wanted.attributes.set("moID", mo_of_object(table));
  wanted.attributes.set("originalMO", mo_of_object(path));
  if (const auto known = counterpart(tree, top, wanted)) return changed_by(tree, mapping, *known, leaves);
  model::Resource made;
  made.path = tree.free_path(join(top, wanted.id));
  made.type = wanted.type;
  made.attributes = std::move(wanted.attributes);
  mapping.apply(made, leaves);
  return nothing(tree.put_new(std::move(made)));
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
  for (const auto& member : *difference) change_attribute(*before->type, changed.attributes, member.name, &member.value);
  for (const auto& name : effect.erased) change_attribute(*before->type, changed.attributes, name, nullptr);
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
  if (!report.object.empty()) made.attributes.set("originalMO", mo_of_object(report.object));
  else if (const auto* mo = made.attributes.find("originalMO"); mo && is_node_uri(mo->text())) made.attributes.set("originalMO", mo_of_object(mo->text()));
  if (report.object.empty()) mapping.drop_parameters(made);   // of an object that was there the device tells what it has
  if (is_node_uri(report.object)) made.attributes.set(made_attribute, "true");
  mapping.apply(made, report.leaves);
  const auto put = tree.put_new(std::move(made));
  return put ? add_actions(tree, mapping, **put) : tl::unexpected(put.error());
}

Result<void> show_action(Tree& tree, const Effect& effect, int progress, bool is_success, std::optional<model::Value> upload) {
  const auto before = effect.status_resource.empty() || effect.status_attribute.empty() ? nullptr : tree.transaction().find(effect.status_resource);
  const auto* attribute = before ? before->type->find(effect.status_attribute) : nullptr;
  if (!attribute) return {};
  const auto* shown = before->attributes.find(attribute->name);
  if (progress < 100 && progress > 0 && shown && progress_of(*shown, effect.action) >= progress) return {};
  auto changed = *before;
  changed.attributes.set(attribute->name, action_status(effect.action, progress, is_success));
  if (const auto* place = upload ? before->type->find(effect.upload) : nullptr) changed.attributes.set(place->name, *std::move(upload));
  return nothing(tree.put_changed(std::move(changed), *before));
}

model::Value action_status(std::string_view action, int progress, bool is_success) {
  model::Object out;
  out.set("action", action);
  out.set("progress", progress);
  out.set("finalStatus", is_success ? "SUCCESS" : "FAILURE");
  return out;
}

}  // namespace nscl::rem
