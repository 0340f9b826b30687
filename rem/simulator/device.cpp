// SPDX-License-Identifier: Apache-2.0
// Time and events of a device.
#include "device.h"

#include <algorithm>

#include <nscl/rem/tr069/values.h>

namespace nscl::rem::simulator {
namespace {

constexpr std::string_view forced[] = {
    "DeviceSummary", "RootDataModelVersion", "DeviceInfo.SpecVersion", "DeviceInfo.HardwareVersion", "DeviceInfo.SoftwareVersion",
    "DeviceInfo.ProvisioningCode", "ManagementServer.ConnectionRequestURL", "ManagementServer.ParameterKey", "ManagementServer.AliasBasedAddressing",
    "WANDevice.1.WANConnectionDevice.1.WANIPConnection.1.ExternalIPAddress"};
constexpr std::size_t most_events = 64;

}  // namespace

Device::Device(std::shared_ptr<const CpeOptions> options, std::string serial, std::string connection_request_url, Time now)
    : options_(std::move(options)), habits_(habits_of(options_->style)), serial_(std::move(serial)), url_(std::move(connection_request_url)),
      model_(options_->model), periodic_base_(now) {
  leave_factory();
  boot(habits_.first_event, now);
}

void Device::leave_factory() {
  model_.reset();
  const auto& id = options_->id;
  const std::pair<std::string_view, std::string_view> own[] = {
      {"DeviceInfo.Manufacturer", id.manufacturer}, {"DeviceInfo.ManufacturerOUI", id.oui}, {"DeviceInfo.ProductClass", id.product_class},
      {"DeviceInfo.SerialNumber", serial_}, {"ManagementServer.URL", options_->acs_url}, {"ManagementServer.ConnectionRequestURL", url_},
      {"ManagementServer.Username", options_->user}, {"ManagementServer.ConnectionRequestUsername", options_->connection_request_user},
      {"ManagementServer.ConnectionRequestPassword", options_->connection_request_password.view()}};
  for (const auto& [name, value] : own) {
    if (model_.value(name) != value) model_.change(name, value);   // what all have alike stays in the tree
  }
  name_callers(model_, id.oui, serial_);
  if (options_->interval) model_.change("ManagementServer.PeriodicInformInterval", std::to_string(*options_->interval));
}

void Device::add_event(std::string_view code, const std::string& key) {
  const auto& sent = habits_.sends_keys ? key : std::string();
  const bool is_known = std::ranges::any_of(events_, [&](const auto& event) { return event.code == code && event.command_key == sent; });
  if (!is_known && events_.size() < most_events) events_.push_back({std::string(code), sent});
}

/// `first_event`: of a client that does not begin as the standard wants it; empty: 0 BOOTSTRAP and 1 BOOT.
void Device::boot(std::string_view first_event, Time now) {
  add_event(first_event.empty() ? code_of(tr069::Event::bootstrap) : first_event);
  if (first_event.empty()) add_event(code_of(tr069::Event::boot));
  periodic_base_ = now;
  interval_ = 0;
}

Time Device::next_timer() const {
  Time out = periodic_;
  for (const auto& [time, key] : scheduled_) out = std::min(out, time);
  return out;
}

Time Device::next() const {
  Time out = std::min(next_timer(), jobs_.next());
  if (!events_.empty() || jobs_.first_done()) out = Time{};
  return std::max(out, up_at_);
}

void Device::take_timers(Time now) {
  const bool is_enabled = model_.value("ManagementServer.PeriodicInformEnable") == "true";
  const auto interval = tr069::parse_integer(model_.value("ManagementServer.PeriodicInformInterval")).value_or(0);
  const auto wanted = is_enabled ? static_cast<std::uint32_t>(interval) : 0;
  if (wanted != interval_) {
    interval_ = wanted;
    periodic_ = wanted == 0 ? never : std::max(periodic_base_, now) + std::chrono::seconds(wanted);
  }
  if (now >= periodic_) {
    add_event(code_of(tr069::Event::periodic));
    while (periodic_ <= now) periodic_ += std::chrono::seconds(interval_);
  }
  std::erase_if(scheduled_, [&](const auto& entry) {
    if (entry.first > now) return false;
    add_event(code_of(tr069::Event::scheduled));
    add_event(code_of(tr069::Event::m_schedule_inform), entry.second);
    return true;
  });
}

bool Device::wants_session(Time now) {
  if (is_down(now)) return false;
  take_timers(now);
  return !events_.empty() || jobs_.first_done() != nullptr;
}

tr069::Inform Device::inform(Time now, std::uint32_t retry_count) {
  tr069::Inform out;
  out.device_id = options_->id;
  out.device_id.serial_number = serial_;
  if (!changed_.empty()) add_event(code_of(tr069::Event::value_change));
  if (events_.empty()) add_event(code_of(tr069::Event::periodic));
  out.events = events_;
  out.current_time = now;
  out.retry_count = retry_count;
  std::set<std::string> names = changed_;
  for (const auto name : forced) names.insert(model_.root() + std::string(name));
  for (const auto& name : names) {
    if (const auto* const node = model_.find(name)) out.parameters.push_back({name, node->value, node->type});
  }
  return out;
}

void Device::forget_events() {
  events_.clear();
  changed_.clear();
}

void Device::end_session(Time now) {
  if (resets_) {
    jobs_.clear();
    scheduled_.clear();
    forget_events();
    leave_factory();
    boot(habits_.event_of_reset, now);
  } else if (reboots_) {
    activate_image();
    add_event(code_of(tr069::Event::boot));
    if (habits_.names_reboot) add_event(code_of(tr069::Event::m_reboot), *reboots_);
  }
  if (resets_ || reboots_) up_at_ = now + options_->reboot_time;
  resets_ = false;
  reboots_.reset();
  take_timers(now);
}

void Device::request_connection() { add_event(code_of(tr069::Event::connection_request)); }

bool Device::change(std::string_view name, std::string_view value) {
  const auto path = model_.root() + std::string(name);
  const auto* const before = model_.find(path);
  if (before && before->value == value) return true;
  if (!model_.change(name, value)) return false;
  const auto notification = model_.find(path)->notification;
  if (notification == 1 || notification == 2) changed_.insert(path);
  if (notification == 2) add_event(code_of(tr069::Event::value_change));
  return true;
}

/// The image that the next boot was set to.
void Device::activate_image() {
  const auto wanted = model_.value("DeviceInfo.BootFirmwareImage"), active = model_.value("DeviceInfo.ActiveFirmwareImage");
  if (wanted.empty() || wanted == active || !wanted.starts_with(model_.root())) return;
  const auto image = wanted.substr(model_.root().size()), last = active.substr(std::min(active.size(), model_.root().size()));
  const auto version = model_.value(image + "Version");
  if (version.empty()) return;   // nothing to boot: the old one goes on
  model_.change(last + "Status", "Available");
  model_.change(image + "Status", "Active");
  model_.change("DeviceInfo.ActiveFirmwareImage", wanted);
  change("DeviceInfo.SoftwareVersion", version);
}

}  // namespace nscl::rem::simulator
