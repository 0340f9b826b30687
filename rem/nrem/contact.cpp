// SPDX-License-Identifier: Apache-2.0
// A device calls: what is kept of it, and what its events end (rem.md 2.1, 4.5).
#include <algorithm>

#include <nscl/base/log.h>
#include <nscl/rem/secret_names.h>

#include "entity.h"
#include "objects.h"
#include "state.h"

namespace nscl::rem {
namespace {

using store::ManagedDevice;
using store::ManagedState;
using store::OperationState;

constexpr std::size_t longest_fact = 256;
constexpr std::size_t pending_looked_at = 1000;
constexpr std::size_t most_fresh = 100'000;
constexpr std::chrono::seconds fresh_time{10};   // a device is not called sooner again

ManagedState state_of(UnknownDevices unknown) { return unknown == UnknownDevices::adopt ? ManagedState::adopted : ManagedState::quarantined; }

/// What was known, and what this contact told.
DeviceFacts merged(DeviceFacts known, const DeviceFacts& told) {
  using Text = std::string DeviceFacts::*;
  for (const Text member : {&DeviceFacts::manufacturer, &DeviceFacts::oui, &DeviceFacts::product_class, &DeviceFacts::serial, &DeviceFacts::model,
                            &DeviceFacts::hardware_version, &DeviceFacts::software_version, &DeviceFacts::root, &DeviceFacts::version,
                            &DeviceFacts::parameter_key, &DeviceFacts::connection_request_url, &DeviceFacts::udp_connection_request_address,
                            &DeviceFacts::address}) {
    if (!(told.*member).empty()) known.*member = (told.*member).substr(0, longest_fact);
  }
  return known;
}

bool is_another(const ManagedDevice& device, const Contact& contact, const DeviceFacts& facts) {
  return to_json(facts) != device.facts || !contact.events.empty() || contact.is_boot || contact.is_bootstrap ||
         (!contact.gateway.empty() && contact.gateway != device.gateway) || (device.state == ManagedState::adopted && device.managed.empty());
}

bool names(const Contact& contact, std::string_view code, std::string_view key) {
  return std::any_of(contact.events.begin(), contact.events.end(), [&](const auto& event) { return event.code == code && event.key == key; });
}

/// Whether the events of a contact are the end of what the device had accepted (rem.md 2.6, 4.9 row 13).
bool is_ended_by(const Command& command, const std::string& key, const Contact& contact) {
  if (command.type == "REBOOT") return contact.is_boot || names(contact, "M Reboot", key);
  if (command.type == "RESET") return contact.is_boot || contact.is_bootstrap;
  if (command.type != "SCHEDULEINFORM") return false;
  return names(contact, "M ScheduleInform", key) || std::any_of(contact.events.begin(), contact.events.end(), [](const auto& event) { return event.code == "3 SCHEDULED"; });
}

}  // namespace

// ---- Presence

bool Presence::is_in_session(const std::string& device) const {
  const std::scoped_lock lock(mutex_);
  return sessions_.contains(device);
}

void Presence::change(const std::string& device, int by) {
  const std::scoped_lock lock(mutex_);
  if ((sessions_[device] += by) <= 0) sessions_.erase(device);
}

void Presence::note(const std::string& device, Time now) {
  const std::scoped_lock lock(mutex_);
  seen_[device] = now;
}

std::map<std::string, Time> Presence::take(std::size_t limit) {
  const std::scoped_lock lock(mutex_);
  std::map<std::string, Time> out;
  while (!seen_.empty() && out.size() < limit) out.insert(seen_.extract(seen_.begin()));
  return out;
}

// ---- Freshness

void Freshness::note(const std::string& path, Time now) {
  const std::scoped_lock lock(mutex_);
  if (read_.size() >= most_fresh) std::erase_if(read_, [&](const auto& each) { return each.second + fresh_time < now; });
  if (read_.size() < most_fresh) read_[path] = now;
}

bool Freshness::is_fresh(const std::string& path, Time now) const {
  const std::scoped_lock lock(mutex_);
  const auto found = read_.find(path);
  return found != read_.end() && found->second <= now && found->second + fresh_time > now;
}

// ---- contacts

Result<void> Nrem::State::finish_by_events(store::Transaction& transaction, const Contact& contact) {
  for (auto& operation : transaction.management().pending(contact.device, pending_looked_at)) {
    if (operation.state != OperationState::accepted) continue;
    const auto task = task_from_json(operation.body);
    const auto* command = task ? std::get_if<Command>(&*task) : nullptr;
    if (!command || !is_ended_by(*command, operation.key, contact)) continue;
    Report report;
    report.completed = clock.now();
    if (auto done = conclude(transaction, std::move(operation), report); !done) return done;
  }
  return {};
}

Result<Welcome> Nrem::State::note_contact(store::Transaction& transaction, const Contact& contact) {
  auto& management = transaction.manage();
  const auto now = clock.now();
  auto device = management.device(contact.device);
  if (!device) {
    device.emplace();
    device->id = contact.device;
    device->protocol = contact.protocol;
    device->state = state_of(options.unknown);
    device->first_contact = now;
    log::info("device.first_contact", {{"device", contact.device}, {"state", device->state == ManagedState::adopted ? "adopted" : "quarantined"}});
  }
  const auto before = facts_from_json(device->facts);
  const auto facts = merged(before, contact.facts);
  device->facts = to_json(facts);
  device->last_contact = now;
  if (contact.is_boot) device->last_boot = now;
  if (contact.is_bootstrap) device->last_bootstrap = now;
  if (!contact.gateway.empty()) device->gateway = contact.gateway;
  device->wake_due = never;
  device->wake_attempts = 0;
  if (device->state == ManagedState::adopted) {
    auto where = tree(transaction);
    if (auto done = ensure_entity(where, *device); !done) return tl::unexpected(done.error());
  }
  management.put_device(*device);
  for (auto event : contact.events) {
    event.device = contact.device;
    event.time = now;
    management.add_event(event, options.events);
  }
  if (auto done = finish_by_events(transaction, contact); !done) return tl::unexpected(done.error());
  if (device->state != ManagedState::adopted) return Welcome{device->state, facts};
  const bool is_another_one = contact.is_bootstrap || facts.methods.empty() || facts.software_version != before.software_version;
  if (auto done = is_another_one ? discover(transaction, *device) : Result<void>{}; !done) return tl::unexpected(done.error());
  auto where = tree(transaction);
  auto leaves = contact.leaves;
  std::erase_if(leaves, [](const Leaf& leaf) { return is_secret(leaf.path); });
  if (auto done = apply_values(where, DeviceMapping(*table, facts), device->managed, leaves); !done) return tl::unexpected(done.error());
  const bool has_changed = std::any_of(contact.events.begin(), contact.events.end(), [](const auto& event) { return event.code == "4 VALUE CHANGE"; });
  if (auto done = has_changed ? note_changes(where, *device, contact.leaves) : Result<void>{}; !done) return tl::unexpected(done.error());
  return Welcome{device->state, facts};
}

net::Task<Result<Welcome>> Nrem::begin(Contact contact, boost::asio::io_context& context) {
  auto& state = *state_;
  std::optional<ManagedDevice> known;
  state.store.read([&](store::View& view) { known = view.management().device(contact.device); }, context);
  if (!known && state.options.unknown == UnknownDevices::reject) co_return failure(Status::not_found, "the device is not known here, and devices that are not are refused");
  if (known && known->state == ManagedState::rejected) co_return failure(Status::forbidden, "the operator rejects this device");
  state.presence.begin(contact.device);   // what is queued from now on calls nobody
  Result<Welcome> welcome = failure(Status::internal_server_error, {});
  const auto facts = known ? merged(facts_from_json(known->facts), contact.facts) : DeviceFacts();
  if (known && !is_another(*known, contact, facts) && known->wake_due == never) {
    welcome = Welcome{known->state, facts};
    state.presence.note(contact.device, state.clock.now());
  } else {
    store::WriteJob job = [&state, &welcome, &contact](store::Transaction& transaction) -> Result<void> {
      welcome = state.note_contact(transaction, contact);
      return welcome ? Result<void>{} : tl::unexpected(welcome.error());
    };
    const auto written = co_await state.write(std::move(job), context);
    if (!written) {
      state.presence.end(contact.device);
      co_return tl::unexpected(written.error());
    }
  }
  co_return welcome;
}

}  // namespace nscl::rem
