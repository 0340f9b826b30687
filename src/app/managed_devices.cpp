// SPDX-License-Identifier: Apache-2.0
// `nscl device`: what is known of managed devices. Works beside a running daemon.
#include <algorithm>
#include <charconv>
#include <iostream>

#include <nlohmann/json.hpp>

#include <nscl/app/commands.h>
#include <nscl/rem/device_json.h>

#include "command_store.h"
#include "listing.h"

namespace nscl::app {
namespace {

constexpr std::size_t most_operations = 10'000;

std::string time_or_nothing(Time time) { return time == Time{} || time == never ? "" : format_date_time(time); }

store::ManagedDevice device_or_throw(store::ManagementReads& management, const std::string& id) {
  auto device = management.device(id);
  if (!device) throw std::runtime_error("there is no device " + shown(id));
  return *std::move(device);
}

/// Runs `job` on the tables of device management.
int look(const ManagedDeviceCommand& command, char** environment, const std::function<void(store::Store&)>& job) {
  return guarded("nscl device", [&] {
    const auto store = open_store(load_config(command.source, environment), false);
    job(*store);
    store->stop();
    return exit_ok;
  });
}

void print(Listing& listing, const store::ManagedDevice& device) {
  listing.add({shown(device.id), std::string(rem::name_of(device.protocol)), std::string(rem::name_of(device.state)), shown(device.managed), shown(device.gateway),
               time_or_nothing(device.last_contact)},
              [&] { return rem::to_json(device); });
}

void print(Listing& listing, const store::Operation& operation) {
  const auto outcome = rem::outcome_of(operation);
  listing.add({std::to_string(operation.id), shown(rem::kind_of(operation)), shown(operation.resource), std::string(rem::name_of(operation.state)),
               std::to_string(operation.attempts), time_or_nothing(operation.due), time_or_nothing(operation.expires), shown(outcome.code), shown(outcome.text)},
              [&] { return rem::to_json(operation); });
}

void print(Listing& listing, const store::ManagementEvent& event) {
  listing.add({time_or_nothing(event.time), shown(event.device), shown(event.code), shown(event.key), shown(event.text)}, [&] { return rem::to_json(event); });
}

void print(Listing& listing, const store::ManagementTrace& trace) {
  listing.add({std::to_string(trace.id), time_or_nothing(trace.began), time_or_nothing(trace.ended), shown(trace.end), std::to_string(trace.messages)}, [&] { return rem::to_json(trace); });
}

void print(Listing& listing, const store::ManagementAlarm& alarm) {
  listing.add({shown(alarm.device), alarm.kind, time_or_nothing(alarm.since), time_or_nothing(alarm.last), std::to_string(alarm.count), shown(alarm.text)},
              [&] { return rem::to_json(alarm); });
}

/// An element a line; what a terminal might take for an order becomes '?'.
std::string message_shown(const std::string& text) {
  std::string out = "    ";
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
    const bool is_between = text[i] == '>' && i + 1 < text.size() && text[i + 1] == '<';
    if (is_between) out += "\n    ";
  }
  return out;
}

void print_line(const std::string& name, const std::string& word) { std::cout << name << '\t' << (word.empty() ? "-" : word) << '\n'; }

void print_members(const std::string& of, const nlohmann::ordered_json& object) {
  for (const auto& [name, member] : object.items()) print_line(shown(of + "." + name), member.is_string() ? shown(member.get<std::string>()) : member.dump(-1, ' ', true));
}

void print_trace(const store::ManagementTrace& trace) {
  const auto json = nlohmann::ordered_json::parse(rem::to_json(trace));
  for (const auto& [name, member] : json.items()) {
    if (name != "messages") print_line(name, member.is_string() ? shown(member.get<std::string>()) : member.dump(-1, ' ', true));
  }
  for (const auto& message : json.value("messages", nlohmann::ordered_json::array())) {
    std::cout << message.value("time", "") << '\t' << (message.value("from", "") == "device" ? "-->" : "<--") << '\t' << shown(message.value("name", ""));
    for (const char* part : {"id", "status", "isCut"}) {
      if (message.contains(part)) std::cout << '\t' << part << ' ' << message[part].dump(-1, ' ', true);
    }
    std::cout << '\n';
    if (message.contains("text")) std::cout << message_shown(message["text"].get<std::string>()) << '\n';
  }
}

/// The members of the JSON, one a line, and then the events.
void print_device(const store::ManagedDevice& device, const rem::DeviceDetails& details) {
  const auto json = nlohmann::ordered_json::parse(rem::to_json(device, details));
  for (const auto& [name, member] : json.items()) {
    if (member.is_object()) print_members(name, member);
    else if (name != "events") print_line(name, member.is_null() ? "" : member.is_string() ? shown(member.get<std::string>()) : member.dump());
  }
  for (const auto& event : details.events) {
    std::cout << "event\t" << time_or_nothing(event.time) << '\t' << shown(event.code) << '\t' << shown(event.key) << '\t' << shown(event.text) << '\n';
  }
}

}  // namespace

int list_devices(const ManagedDeviceCommand& command, char** environment) {
  return look(command, environment, [&](store::Store& store) {
    const auto wanted = rem::parse_managed_state(command.state);
    if (!command.state.empty() && !wanted) throw UsageError("the state is none of quarantined, adopted, rejected");
    Listing listing(command.json);
    for (std::string after;;) {
      std::vector<store::ManagedDevice> found;
      store.read([&](store::View& view) { found = view.management().devices(after, page, command.gateway); });
      for (const auto& device : found) {
        if (!wanted || device.state == *wanted) print(listing, device);
      }
      if (found.size() < page) break;
      after = found.back().id;
    }
    listing.end();
  });
}

int show_device(const ManagedDeviceCommand& command, char** environment) {
  return look(command, environment, [&](store::Store& store) {
    store.read([&](store::View& view) {
      const auto device = device_or_throw(view.management(), command.device);
      const auto details = rem::details_of(view.management(), device.id);
      if (command.json) std::cout << rem::to_json(device, details) << '\n';
      else print_device(device, details);
    });
  });
}

int list_operations(const ManagedDeviceCommand& command, char** environment) {
  return look(command, environment, [&](store::Store& store) {
    std::vector<store::Operation> pending;
    store.read([&](store::View& view) {
      device_or_throw(view.management(), command.device);
      pending = view.management().pending(command.device, most_operations);
    });
    Listing listing(command.json);
    for (const auto& operation : pending) print(listing, operation);
    listing.end();
  });
}

int list_device_events(const ManagedDeviceCommand& command, char** environment) {
  return look(command, environment, [&](store::Store& store) {
    if (!command.device.empty()) store.read([&](store::View& view) { device_or_throw(view.management(), command.device); });
    Listing listing(command.json);
    std::uint64_t before = UINT64_MAX;
    for (std::size_t left = command.limit; left > 0;) {
      const auto wanted = std::min(left, page);
      std::vector<store::ManagementEvent> found;
      store.read([&](store::View& view) { found = view.management().events(command.device, before, wanted); });
      for (const auto& event : found) print(listing, event);
      if (found.size() < wanted) break;
      left -= wanted;
      before = found.back().id;
    }
    listing.end();
  });
}

int trace_device(const ManagedDeviceCommand& command, char** environment) {
  if (command.trace == "on" || command.trace == "off") return choose_traces(command, environment);
  return look(command, environment, [&](store::Store& store) {
    std::uint64_t number = 0;
    const auto* end = command.trace.data() + command.trace.size();
    if (!command.trace.empty() && std::from_chars(command.trace.data(), end, number).ptr != end) throw UsageError("what follows the id is a number, on, or off");
    std::vector<store::ManagementTrace> list;
    std::optional<store::ManagementTrace> one;
    store.read([&](store::View& view) {
      device_or_throw(view.management(), command.device);
      if (command.trace.empty()) list = view.management().traces(command.device, UINT64_MAX, page);
      else one = view.management().trace(command.device, number);
    });
    if (command.trace.empty()) {
      Listing listing(command.json);
      for (const auto& trace : list) print(listing, trace);
      return listing.end();
    }
    if (!one) throw std::runtime_error("there is no such trace, or it is not kept any more");
    if (command.json) std::cout << rem::to_json(*one) << '\n';
    else print_trace(*one);
  });
}

int list_alarms(const ManagedDeviceCommand& command, char** environment) {
  if (!command.alarm.empty()) return clear_alarm(command, environment);
  return look(command, environment, [&](store::Store& store) {
    Listing listing(command.json);
    std::vector<store::ManagementAlarm> found;
    if (!command.device.empty()) {
      store.read([&](store::View& view) {
        device_or_throw(view.management(), command.device);
        found = view.management().alarms(command.device);
      });
      for (const auto& alarm : found) print(listing, alarm);
      return listing.end();
    }
    for (store::ManagementAlarm last;; last = found.back()) {
      store.read([&](store::View& view) { found = view.management().alarms_after(last.device, last.kind, page); });
      for (const auto& alarm : found) print(listing, alarm);
      if (found.size() < page) return listing.end();
    }
  });
}

}  // namespace nscl::app
