// SPDX-License-Identifier: Apache-2.0
// A device calls: what is kept of it, and what its events end (rem.md 2.1, 4.5).
#include <algorithm>
#include <array>

#include <nscl/base/log.h>
#include <nscl/rem/alarms.h>
#include <nscl/rem/gateway_lists.h>
#include <nscl/rem/secret_names.h>

#include "entity.h"
#include "nodes.h"
#include "objects.h"
#include "state.h"

namespace nscl::rem {
namespace {

using store::ManagedDevice;
using store::ManagedState;
using store::OperationState;

constexpr std::size_t most_fresh = 100'000;
constexpr std::array<std::string_view, 2> called_events = {"6 CONNECTION REQUEST", "1200"};   // it comes because it was called
constexpr std::chrono::seconds fresh_time{10};   // a device is not called sooner again

ManagedState state_of(UnknownDevices unknown) { return unknown == UnknownDevices::adopt ? ManagedState::adopted : ManagedState::quarantined; }

/// What was known, and what this contact told.
DeviceFacts merged(DeviceFacts known, const Contact& contact) {
  const auto& told = contact.facts;
  using Text = std::string DeviceFacts::*;
  for (const Text member : {&DeviceFacts::manufacturer, &DeviceFacts::oui, &DeviceFacts::product_class, &DeviceFacts::serial, &DeviceFacts::model,
                            &DeviceFacts::hardware_version, &DeviceFacts::software_version, &DeviceFacts::root, &DeviceFacts::version,
                            &DeviceFacts::parameter_key, &DeviceFacts::connection_request_url, &DeviceFacts::udp_connection_request_address,
                            &DeviceFacts::address, &DeviceFacts::external}) {
    if (!(told.*member).empty()) known.*member = (told.*member).substr(0, longest_fact);
  }
  if (contact.protocol == store::ManagementProtocol::oma_dm) known.root = "./";
  if (told.message_size != 0) known.message_size = told.message_size;
  if (told.object_size != 0) known.object_size = told.object_size;
  return known;
}

ManagedDevice first_seen(const Contact& contact, ManagedState state) {
  ManagedDevice device;
  device.id = contact.device;
  device.protocol = contact.protocol;
  device.state = state;
  log::info("device.first_contact", {{"device", contact.device}, {"state", state == ManagedState::adopted ? "adopted" : "quarantined"}});
  return device;
}

/// Ends the pushes of its bootstrap once the device shows the password in that; whether there are any still.
bool is_pushed_still(store::ManagementWrites& management, const Contact& contact, Time now, std::size_t kept) {
  const auto pushed = management.bootstrap(contact.device);
  if (!pushed) return false;
  if (contact.password_set != pushed->created) return true;   // it has not got it, and calls by the account of before
  management.erase_bootstrap(contact.device);
  log::info("bootstrap.done", {{"device", contact.device}});
  management.add_event({.device = contact.device, .time = now, .code = "bootstrap.done", .key = {}, .text = "it came with the password that it was sent"}, kept);
  return false;
}

void note_call(ManagedDevice& device, const Contact& contact, Time now, bool is_pushed) {
  if (device.first_contact == Time{}) device.first_contact = now;
  device.last_contact = now;
  if (contact.is_boot) device.last_boot = now;
  if (contact.is_bootstrap) device.last_bootstrap = now;
  if (!contact.gateway.empty()) device.gateway = contact.gateway;
  if (is_pushed) return;
  device.wake_due = never;
  device.wake_attempts = 0;
}

/// Whether more is to be kept of a contact than when it was. `before` and `facts`: without it, and with it.
bool tells_news(const ManagedDevice& device, const Contact& contact, const DeviceFacts& before, const DeviceFacts& facts) {
  const bool is_same = facts == before || to_json(facts) == device.facts;   // the latter if a text was cut within a character
  return !is_same || !contact.events.empty() || contact.is_boot || contact.is_bootstrap ||
         (!contact.gateway.empty() && contact.gateway != device.gateway) || (device.state == ManagedState::adopted && device.managed.empty());
}

bool names(const Contact& contact, std::string_view code, std::string_view key) {
  return std::any_of(contact.events.begin(), contact.events.end(), [&](const auto& event) { return event.code == code && event.key == key; });
}

/// Whether the events of a contact are the end of what the device had accepted (rem.md 2.6, 4.9 row 13).
bool is_ended_by(const Task& task, const std::string& key, const Contact& contact) {
  if (contact.protocol == store::ManagementProtocol::oma_dm) return is_ended_by_return(task, key, contact.events);
  const auto* sent = std::get_if<Command>(&task);
  if (!sent) return false;
  const auto& command = *sent;
  if (command.type == "REBOOT" && contact.ends_reboot) return *contact.ends_reboot;
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
  if (read_.size() < most_fresh) read_[path] = now;
}

void Freshness::forget(Time now) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(read_, [&](const auto& each) { return each.second + fresh_time < now; });
}

bool Freshness::is_fresh(const std::string& path, Time now) const {
  const std::scoped_lock lock(mutex_);
  const auto found = read_.find(path);
  return found != read_.end() && found->second <= now && found->second + fresh_time > now;
}

// ---- contacts

Result<bool> Nrem::State::finish_by_events(store::Transaction& transaction, const Contact& contact) {
  bool was_reset = false;
  for (auto& operation : transaction.management().pending(contact.device, pending_looked_at)) {
    if (operation.state != OperationState::accepted) continue;
    const auto task = task_from_json(operation.body);
    if (!task || !is_ended_by(*task, operation.key, contact)) continue;
    const auto* command = std::get_if<Command>(&*task);
    was_reset = was_reset || (command && command->type == "RESET");
    Report report;
    report.completed = clock.now();
    if (auto done = conclude(transaction, std::move(operation), report); !done) return tl::unexpected(done.error());
  }
  return was_reset;
}

Result<Welcome> Nrem::State::note_contact(store::Transaction& transaction, const Contact& contact) {
  auto& management = transaction.manage();
  const auto now = clock.now();
  auto device = management.device(contact.device);
  if (!device) device = first_seen(contact, state_of(options.unknown));
  const auto before = facts_from_json(device->facts);
  auto facts = merged(before, contact);
  if (facts.software_version != before.software_version) facts.unsupported.clear();
  if (contact.is_bootstrap) facts.parameter_key = contact.facts.parameter_key;   // it has forgotten ours
  device->facts = to_json(facts);
  note_call(*device, contact, now, is_pushed_still(management, contact, now, options.events));
  bool is_new = false;   // in its place of the tree
  if (device->state == ManagedState::adopted) {
    auto where = tree(transaction);
    const auto made = ensure_entity(where, *device);
    if (!made) return tl::unexpected(made.error());
    is_new = *made;
  }
  management.put_device(*device);
  clear_by_contact(management, device->id, std::ranges::any_of(contact.events, [](const auto& event) {
    return std::ranges::find(called_events, event.code) != called_events.end();
  }));
  for (auto event : contact.events) {
    event.device = contact.device;
    event.time = now;
    management.add_event(event, options.events);
  }
  const auto was_reset = finish_by_events(transaction, contact);
  if (!was_reset) return tl::unexpected(was_reset.error());
  const bool came_back = (contact.is_boot || contact.is_bootstrap) && facts.software_version != before.software_version;
  if (auto done = came_back ? note_version(transaction, device->id, facts.software_version) : Result<void>{}; !done) return tl::unexpected(done.error());
  if (device->state != ManagedState::adopted) return Welcome{device->state, facts};
  hasten_looks(transaction, contact);
  const bool has_other_lists = names(contact, "4 VALUE CHANGE", "") && tell_of_lists(contact.leaves);
  const bool is_another_one = is_new || has_other_lists || contact.is_bootstrap || *was_reset || facts.methods.empty() || facts.software_version != before.software_version;
  if (auto done = is_another_one ? discover(transaction, *device) : Result<void>{}; !done) return tl::unexpected(done.error());
  if (auto done = look_at_actions(transaction, *device, facts); !done) return tl::unexpected(done.error());
  if (auto done = show_told(transaction, *device, facts, contact.leaves); !done) return tl::unexpected(done.error());
  auto where = tree(transaction);
  const bool has_changed = std::any_of(contact.events.begin(), contact.events.end(), [](const auto& event) { return event.code == "4 VALUE CHANGE"; });
  if (auto done = has_changed ? note_changes(where, *device, contact.leaves) : Result<void>{}; !done) return tl::unexpected(done.error());
  return Welcome{device->state, facts};
}

Result<void> Nrem::State::show_told(store::Transaction& transaction, const ManagedDevice& device, const DeviceFacts& facts, std::vector<Leaf> leaves) {
  auto where = tree(transaction);
  std::erase_if(leaves, [](const Leaf& leaf) { return is_secret(leaf.path); });
  const DeviceMapping mapping(*table, facts);
  if (auto done = apply_values(where, mapping, device.managed, leaves); !done) return done;
  return apply_embedded(where, device, mapping, leaves);
}

net::Task<Result<Welcome>> Nrem::begin(Contact contact, boost::asio::io_context& context) {
  auto& state = *state_;
  std::optional<ManagedDevice> known;
  bool ends_alarm = false;
  state.store.read([&](store::View& view) {
    known = view.management().device(contact.device);
    ends_alarm = known && is_cleared_by_contact(view.management(), contact.device);
  }, context);
  if (!known && state.options.unknown == UnknownDevices::reject) co_return failure(Status::not_found, "the device is not known here, and devices that are not are refused");
  if (known && known->state == ManagedState::rejected) co_return failure(Status::forbidden, "the operator rejects this device");
  state.presence.begin(contact.device);   // what is queued from now on calls nobody
  Result<Welcome> welcome = failure(Status::internal_server_error, {});
  const auto before = known ? facts_from_json(known->facts) : DeviceFacts();
  const auto facts = merged(before, contact);
  if (known && !tells_news(*known, contact, before, facts) && known->wake_due == never && !ends_alarm) {
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
