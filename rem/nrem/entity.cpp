// SPDX-License-Identifier: Apache-2.0
#include "entity.h"

#include <chrono>

#include <nscl/base/bytes.h>
#include <nscl/base/path.h>

namespace nscl::rem {
namespace {

constexpr std::chrono::hours life{10 * 365 * 24};   // nobody refreshes it
constexpr std::size_t suffix_length = 6;

/// The device's id as that of a resource.
std::string id_of(std::string_view device) {
  std::string out;
  for (const char c : device) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    out += is_plain ? c : '_';
  }
  return is_valid_id(out) && !is_reserved_name(out) ? out : "DEV_" + random_name(10);
}

std::string_view name_of(store::ManagementProtocol protocol) { return protocol == store::ManagementProtocol::oma_dm ? "OMA_DM" : "BBF_TR069"; }

model::Resource scl_of(const Tree& tree, const std::string& path, const store::ManagedDevice& device) {
  model::Resource made;
  made.path = path;
  made.type = tree.registry().find("scl");
  made.expiration_time = std::chrono::floor<std::chrono::milliseconds>(tree.now()) + life;
  made.attributes.set("pocs", model::Object{});
  made.attributes.set("onlineStatus", "OFFLINE");
  made.attributes.set("serverCapability", false);
  made.attributes.set("link", "urn:dev:ops:" + device.id);
  made.attributes.set("searchStrings", model::Object{});
  made.attributes.set("mgmtProtocolType", name_of(device.protocol));
  made.attributes.set("sclType", "DSCL");
  return made;
}

std::string free_path(Tree& tree, const std::string& collection, const std::string& device) {
  const auto path = join(collection, id_of(device));
  return tree.transaction().find(path) ? path + "_" + random_name(suffix_length) : path;
}

}  // namespace

Result<void> ensure_entity(Tree& tree, store::ManagedDevice& device) {
  auto& transaction = tree.transaction();
  if (device.managed.empty()) {
    const auto gateway = device.gateway.empty() ? std::nullopt : transaction.management().device(device.gateway);
    const bool is_attached = gateway && gateway->managed.starts_with("scls/") && transaction.find(gateway->managed);
    device.managed = free_path(tree, is_attached ? join(gateway->managed, "attachedDevices") : "scls", device.id);
  } else if (transaction.find(device.managed)) {
    return {};
  }
  const auto above = parent_path(parent_path(device.managed));
  if (above.empty() && !device.managed.starts_with("scls/" + id_of(device.id))) return {};   // somebody will register it
  model::Resource made;
  if (above.empty()) {
    made = scl_of(tree, device.managed, device);
  } else {
    if (!transaction.find(above)) return {};
    made.path = device.managed;
    made.type = tree.registry().find("attachedDevice");
  }
  const auto put = tree.put_new(std::move(made));
  return put ? Result<void>{} : tl::unexpected(put.error());
}

}  // namespace nscl::rem
