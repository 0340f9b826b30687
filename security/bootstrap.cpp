// SPDX-License-Identifier: Apache-2.0
// The table of situations and answers of a bootstrap.
#include <nscl/security/bootstrap.h>

#include <algorithm>

#include <nscl/base/bytes.h>
#include <nscl/base/log.h>
#include <nscl/base/path.h>
#include <nscl/security/audit.h>
#include <nscl/security/inventory.h>
#include <nscl/security/key_derivation.h>
#include <nscl/security/key_identity.h>

namespace nscl::security {
namespace {

using store::Device;
using store::DeviceState;
using store::KeyKind;
using store::KeyState;

constexpr std::chrono::hours day{24};
constexpr std::chrono::seconds approval_time{3600};

/// A refusal, which is no change: whoever has the connection tells the audit trail.
void note(std::string_view event, std::string_view hardware, std::string_view node) {
  log::info(event, {{"hardware", hardware}, {"node", node}});
}

void record(store::Transaction& transaction, std::string_view event, std::string_view entity, std::string_view hardware, std::string_view node, Time now) {
  note(event, hardware, node);
  append_event(transaction, event, entity, hardware.empty() ? std::string(node) : std::string(hardware) + " " + std::string(node), now);
}

/// Random octets in the layout of a UUID of version 4.
std::string new_node_id() {
  auto octets = random_octets(16);
  octets[6] = static_cast<char>((octets[6] & 0x0f) | 0x40);
  octets[8] = static_cast<char>((octets[8] & 0x3f) | 0x80);
  return hex_encode(octets);
}

/// One answer for a device that is unknown and for one that is blocked: neither is told which it is.
Bootstrap::Refusal unwelcome() { return {Error{Status::forbidden, "no bootstrap is expected of this device"}}; }

Bootstrap::Refusal needs_approval() { return {Error{Status::accepted, "the operator has to approve this"}, false, approval_time}; }

Bootstrap::Refusal too_often(std::chrono::microseconds wait) {
  return {Error{Status::service_unavailable, "this device was given keys too often; try again later"}, true,
          std::chrono::ceil<std::chrono::seconds>(wait)};
}

/// How long the device has to wait; nothing if it need not. A clock that was set back starts the count anew.
std::optional<std::chrono::microseconds> wait_of(const Device& device, Time now, const Bootstrap::Options& options) {
  const auto since = now - device.last_attempt;
  if (device.last_attempt != Time{} && since.count() >= 0 && since < options.pause) return options.pause - since;
  const auto begun = now - device.first_attempt;
  const bool is_same_day = device.attempts > 0 && begun.count() >= 0 && begun < day;
  if (is_same_day && device.attempts >= options.per_day) return day - begun;
  return std::nullopt;
}

void count_attempt(Device& device, Time now) {
  const auto begun = now - device.first_attempt;
  if (device.attempts == 0 || begun.count() < 0 || begun >= day) device.first_attempt = now, device.attempts = 0;
  device.last_attempt = now;
  ++device.attempts;
}

/// Also if there is no device of that node, but a key that was imported.
bool is_of_somebody_else(store::View& view, const Device& device, std::string_view node) {
  if (node.empty() || node == device.node) return false;
  const auto keys = view.keys_of_node(node);
  return view.find_device_of_node(node) || std::ranges::any_of(keys, [](const store::Key& key) { return key.state != KeyState::revoked; });
}

/// An index below that of the key in force: of a document that was recorded, or of a device that was put back.
bool is_rolled_back(store::View& view, std::string_view node, std::optional<std::uint64_t> index) {
  if (!index || node.empty()) return false;
  for (const auto& key : view.keys_of_node(node)) {
    if (key.kind == KeyKind::root && key.state == KeyState::active && *index < key.index) return true;
  }
  return false;
}

Error rollback_error(std::string_view node) {
  note("key.rollback", "", node);
  return {Status::permission_denied, "the node has used a later root key than the one with this index"};
}

/// Tells of the refusal, and puts a device that is to be approved on the operator's list.
Bootstrap::Refusal decline(store::Transaction& transaction, std::optional<Device>& device, std::string_view hardware, Bootstrap::Refusal refusal, Time now) {
  const bool needs_approval = refusal.error.status == Status::accepted;
  if (device && needs_approval && device->state != DeviceState::waiting) {
    device->state = DeviceState::waiting;
    device->changed = now;
    transaction.put_device(*device);
    append_event(transaction, "bootstrap.waiting", "", hardware, now);
  }
  note(needs_approval ? "bootstrap.waiting" : device ? "bootstrap.refused" : "bootstrap.unknown", hardware, device ? device->node : "");
  return refusal;
}

std::string entity_of(const Device& device, const std::string& node) { return join("scls", device.scl_id.empty() ? node : device.scl_id); }

}  // namespace

NextKey Bootstrap::next(store::View& view, std::string_view hardware) const {
  const auto device = view.find_device(hardware);
  if (!device || device->node.empty()) return {new_node_id(), 1};
  return {device->node, index_after(node_of(view, device->node).root_index).value_or(0)};
}

/// The answer that is no key; nothing if the device is to be given one.
std::optional<Bootstrap::Refusal> Bootstrap::refuse(const Device& device, const Claims& claims, store::View& view) const {
  if (device.state == DeviceState::blocked) return unwelcome();
  if (is_of_somebody_else(view, device, claims.node)) return Refusal{Error{Status::conflict, "this Node-ID belongs to another device"}};
  if (is_rolled_back(view, device.node, claims.index)) return Refusal{rollback_error(device.node)};
  if (device.state == DeviceState::waiting) return needs_approval();
  if (const auto wait = wait_of(device, clock_.now(), options_)) return too_often(*wait);
  if (device.state != DeviceState::bootstrapped || options_.rebootstrap == Again::always) return std::nullopt;
  return options_.rebootstrap == Again::never ? unwelcome() : needs_approval();
}

Result<Bootstrap::Outcome> Bootstrap::attempt(store::Transaction& transaction, std::string_view hardware, const Claims& claims, const NextKey& next,
                                              const BootstrapMethod& method, const Secret& wrapping) const {
  auto device = transaction.find_device(hardware);
  auto refusal = device ? refuse(*device, claims, transaction) : unwelcome();
  if (refusal) return Outcome{std::nullopt, decline(transaction, device, hardware, *std::move(refusal), clock_.now())};
  const bool is_new = device->node.empty() && !transaction.find_node(next.node) && next.index == 1;
  const bool is_next = is_new || (!device->node.empty() && this->next(transaction, hardware) == next);
  if (!is_next || next.index == 0) return tl::unexpected(outdated_next());
  auto given = issue(transaction, next, entity_of(*device, next.node), device->environment, method.root_key(next.node), wrapping);
  if (!given) return tl::unexpected(given.error());
  device->node = next.node;
  count_attempt(*device, clock_.now());
  transaction.put_device(*device);
  record(transaction, "bootstrap.issued", entity_of(*device, next.node), hardware, next.node, clock_.now());
  return Outcome{*std::move(given), {}};
}

Result<Bootstrap::Given> Bootstrap::issue(store::Transaction& transaction, const NextKey& next, const std::string& entity, const std::string& environment,
                                          Secret root, const Secret& wrapping) const {
  store::Key description{.identity = root_identity(next.node, next.index), .kind = KeyKind::root, .state = KeyState::pending, .entity = entity,
                         .environment = environment, .derivation = std::string(nscl_1().name())};
  description.not_after = std::chrono::floor<std::chrono::seconds>(clock_.now() + std::chrono::microseconds(options_.lifetime));
  auto node = node_of(transaction, next.node);
  node.root_index = next.index;
  erase_pending_roots(transaction, next.node);
  if (auto done = authority_.keep(transaction, description, root); !done) return tl::unexpected(done.error());
  transaction.put_node(node);
  Given given{.key = next, .not_after = description.not_after, .scl_id = entity.substr(entity.find('/') + 1)};
  if (options_.v1_clear_key) given.clear = std::move(root);
  else given.wrapped = aes_wrap(wrapping, root);
  return given;
}

Result<NextKey> Bootstrap::next_of_root(store::View& view, std::string_view root_identity) const {
  const auto root = known_root(view, root_identity);
  if (!root) return tl::unexpected(root.error());
  const auto index = index_after(node_of(view, root->node).root_index);
  if (!index) return tl::unexpected(index.error());
  return NextKey{root->node, *index};
}

Result<Bootstrap::Given> Bootstrap::renew(store::Transaction& transaction, const KeyProof& proof, const Claims& claims, const NextKey& next,
                                          const Secret& wrapping) const {
  const auto root = used_root(keystore_, transaction, proof);
  if (!root) return tl::unexpected(root.error());
  if (!claims.node.empty() && claims.node != root->node) return failure(Status::conflict, "this Node-ID is not that of the node with this key");
  if (is_rolled_back(transaction, root->node, claims.index)) return tl::unexpected(rollback_error(root->node));
  if (const auto now_next = next_of_root(transaction, proof.identity); !now_next || *now_next != next) return tl::unexpected(outdated_next());
  auto given = issue(transaction, next, root->entity, root->environment, random_secret(32), wrapping);
  if (given) record(transaction, "bootstrap.renewed", root->entity, "", root->node, clock_.now());
  return given;
}

Result<void> Bootstrap::erase(store::Transaction& transaction, const KeyProof& proof, std::uint64_t index) const {
  const auto root = used_root(keystore_, transaction, proof);
  if (!root) return tl::unexpected(root.error());
  if (index < root->index) return tl::unexpected(rollback_error(root->node));
  if (index != root->index) return failure(Status::precondition_failed, "If-Match is not the index of the root key in force");
  record(transaction, "bootstrap.erased", root->entity, "", root->node, clock_.now());
  return erase_node(keystore_, transaction, root->node, clock_.now());
}

}  // namespace nscl::security
