// SPDX-License-Identifier: Apache-2.0
#include "entity.h"

#include <chrono>

#include <nscl/base/bytes.h>
#include <nscl/base/log.h>
#include <nscl/base/path.h>
#include <nscl/core/authorise.h>
#include <nscl/rem/device_json.h>

#include "ties.h"

namespace nscl::rem {
namespace {

using store::ManagedDevice;

constexpr std::chrono::hours life{10 * 365 * 24};   // nobody refreshes it

/// By it an scl is known that was made here.
std::string link_of(const ManagedDevice& device) { return device.id.starts_with("urn:") ? device.id : "urn:dev:ops:" + device.id; }

model::Resource scl_of(const Tree& tree, const ManagedDevice& device) {
  model::Resource made;
  made.path = device.managed;
  made.type = tree.registry().find("scl");
  made.expiration_time = std::chrono::floor<std::chrono::milliseconds>(tree.now()) + life;
  made.attributes.set("pocs", model::Object{});
  made.attributes.set("onlineStatus", "OFFLINE");
  made.attributes.set("serverCapability", false);
  made.attributes.set("link", link_of(device));
  made.attributes.set("searchStrings", model::Object{});
  made.attributes.set("mgmtProtocolType", name_of(device.protocol));
  made.attributes.set("sclType", "DSCL");
  return made;
}

bool is_own_scl(const model::Resource& resource, const ManagedDevice& device) {
  return resource.type->name == "scl" && core::text_of(resource, "link") == link_of(device);
}

/// Whether the device's place in the tree was chosen here, and by nobody else.
bool is_chosen_here(Tree& tree, const ManagedDevice& device) {
  if (device.managed.empty()) return true;
  const auto resource = tree.transaction().find(device.managed);
  return resource && (is_own_scl(*resource, device) || core::text_of(*resource, mark::device) == device.id);
}

/// An scl that was made only because it was not known yet behind which gateway the device is goes, unless somebody uses it.
Result<void> leave(Tree& tree, const std::string& path, const ManagedDevice& device) {
  const auto resource = path.empty() ? nullptr : tree.transaction().find(path);
  if (!resource || !is_own_scl(*resource, device)) return {};
  const auto objects = join(path, "mgmtObjs");
  bool is_used = false;
  tree.transaction().scan(path, {}, [&](const model::ResourcePtr& each) {
    is_used = each->path != path && (!is_within(each->path, objects) || each->type->name == "subscription");
    return !is_used;
  });
  return is_used ? Result<void>{} : tree.erase(path);
}

model::Object marks_of(const ManagedDevice& device) {
  model::Object marks;
  marks.set(mark::device, device.id);
  return marks;
}

Result<bool> attach(Tree& tree, ManagedDevice& device, const std::string& collection) {
  const auto old = device.managed;
  device.managed = attached_path(tree, collection, device.id);
  log::info("device.attached", {{"device", device.id}, {"gateway", device.gateway}, {"was", old}});
  if (auto done = put_attached(tree, device.managed, marks_of(device)); !done) return tl::unexpected(done.error());
  if (auto done = leave(tree, old, device); !done) return tl::unexpected(done.error());
  return true;
}

}  // namespace

std::string resource_id_of(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    out += is_plain ? c : '_';
  }
  return is_valid_id(out) && !is_reserved_name(out) ? out : "DEV_" + random_name(10);
}

std::string attached_devices_of(Tree& tree, const ManagedDevice& gateway) {
  const auto scl = tree.transaction().find(gateway.managed);
  return scl && scl->type->name == "scl" ? join(gateway.managed, "attachedDevices") : std::string();
}

std::string attached_path(Tree& tree, std::string_view collection, std::string_view name) {
  auto path = join(collection, resource_id_of(name));
  const auto taken = tree.transaction().find(path);
  const bool is_free = taken && !tree.transaction().management().device_of(path) && !taken->attributes.find(mark::identity) &&
                       (!taken->attributes.find(mark::device) || core::text_of(*taken, mark::device) == name);
  return is_free ? path : tree.free_path(std::move(path));
}

Result<void> put_attached(Tree& tree, const std::string& path, const model::Object& marks) {
  const auto known = tree.transaction().find(path);
  model::Resource made;
  if (known) made = *known;
  made.path = path;
  made.type = tree.registry().find("attachedDevice");
  for (const auto& each : marks) made.attributes.set(each.name, each.value);
  if (known && made.attributes == known->attributes) return {};
  const auto put = known ? tree.put_changed(std::move(made), *known) : tree.put_new(std::move(made));
  return put ? Result<void>{} : tl::unexpected(put.error());
}

Result<bool> ensure_entity(Tree& tree, ManagedDevice& device) {
  const auto gateway = device.gateway.empty() ? std::nullopt : tree.transaction().management().device(device.gateway);
  const auto behind = gateway && gateway->id != device.id ? attached_devices_of(tree, *gateway) : std::string();
  if (!behind.empty() && parent_path(device.managed) != behind && is_chosen_here(tree, device)) return attach(tree, device, behind);
  if (device.managed.empty()) device.managed = tree.free_path(join("scls", resource_id_of(device.id)));
  else if (tree.transaction().find(device.managed)) return false;
  const auto above = parent_path(parent_path(device.managed));
  const bool is_named_here = last_segment(device.managed).starts_with(resource_id_of(device.id));
  if (above.empty()) {
    if (!is_named_here) return false;   // somebody will register it
    const auto put = tree.put_new(scl_of(tree, device));
    return put ? Result<bool>(true) : tl::unexpected(put.error());
  }
  if (!tree.transaction().find(above)) return false;
  const auto put = put_attached(tree, device.managed, is_named_here ? marks_of(device) : model::Object());
  return put ? Result<bool>(true) : tl::unexpected(put.error());
}

}  // namespace nscl::rem
