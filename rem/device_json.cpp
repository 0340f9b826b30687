// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/device_json.h>

#include <algorithm>
#include <array>

#include <nscl/base/compression.h>
#include <nscl/base/time.h>
#include <nscl/rem/secret_names.h>
#include <nscl/rem/task.h>

#include "redaction.h"
#include "shown_json.h"

namespace nscl::rem {
namespace {

constexpr std::array<std::string_view, 3> device_states = {"quarantined", "adopted", "rejected"};
constexpr std::array<std::string_view, 7> operation_states = {"queued", "sent", "accepted", "undecided", "done", "failed", "cancelled"};
constexpr std::array<std::string_view, 2> protocols = {"BBF_TR069", "OMA_DM"};
constexpr std::size_t shown_events = 20;
constexpr std::size_t largest_trace = 16u << 20;   // octets of a trace's JSON

void hide(std::string& value, std::string_view name) {
  if (is_secret(name) || has_password(value)) value = hidden;
}

void hide(std::vector<Leaf>& leaves) {
  for (auto& leaf : leaves) hide(leaf.value, leaf.path);
}

// As deep as the request that brought them was allowed to be.
void hide(std::vector<Argument>& arguments) {
  for (auto& argument : arguments) {
    hide(argument.value, argument.name);
    hide(argument.parts);
    if (is_secret(argument.name) && !argument.parts.empty()) argument.parts = {{"", hidden}};
  }
}

struct Hider {
  void operator()(SetLeaves& task) const { hide(task.leaves); }
  void operator()(AddInstance& task) const { hide(task.leaves); }
  void operator()(Command& task) const { hide(task.arguments); }
  void operator()(Invoke& task) const {
    hide(task.leaves);
    hide(task.data, task.node);
  }
  template <class Other>
  void operator()(Other&) const {}
};

ShownJson describe(Task task) {
  std::visit(Hider{}, task);
  return ShownJson::parse(to_json(task), nullptr, false);
}

ShownJson describe_facts(const std::string& text) {
  ShownJson facts = ShownJson::parse(text, nullptr, false);
  if (!facts.is_object()) return ShownJson::object();
  for (auto& fact : facts) {
    if (fact.is_string() && has_password(fact.get_ref<const std::string&>())) fact = hidden;
  }
  return facts;
}

ShownJson describe(const store::ManagedDevice& device) {
  return {{"id", device.id},
          {"protocol", name_of(device.protocol)},
          {"state", name_of(device.state)},
          {"managed", text_or_null(device.managed)},
          {"gateway", text_or_null(device.gateway)},
          {"firstContact", time_or_null(device.first_contact)},
          {"lastContact", time_or_null(device.last_contact)},
          {"lastBoot", time_or_null(device.last_boot)},
          {"lastBootstrap", time_or_null(device.last_bootstrap)},
          {"wakeDue", device.wake_due == never ? ShownJson() : ShownJson(format_date_time(device.wake_due))},
          {"wakeAttempts", device.wake_attempts},
          {"facts", describe_facts(device.facts)}};
}

ShownJson describe(const store::ManagementEvent& event) {
  return {{"id", event.id}, {"device", event.device}, {"time", time_or_null(event.time)}, {"code", event.code}, {"key", event.key}, {"text", event.text}};
}

}  // namespace

std::string_view name_of(store::ManagedState state) { return device_states[static_cast<std::size_t>(state)]; }
std::string_view name_of(store::OperationState state) { return operation_states[static_cast<std::size_t>(state)]; }
std::string_view name_of(store::ManagementProtocol protocol) { return protocols[static_cast<std::size_t>(protocol)]; }

std::optional<store::ManagementProtocol> parse_protocol(std::string_view text) {
  const auto found = std::ranges::find(protocols, text);
  return found == protocols.end() ? std::nullopt : std::optional(static_cast<store::ManagementProtocol>(found - protocols.begin()));
}

std::optional<store::ManagedState> parse_managed_state(std::string_view text) {
  const auto found = std::find(device_states.begin(), device_states.end(), text);
  return found == device_states.end() ? std::nullopt : std::optional(static_cast<store::ManagedState>(found - device_states.begin()));
}

std::string kind_of(const store::Operation& operation) {
  const auto task = task_from_json(operation.body);
  if (!task) return "damaged";
  if (const auto* command = std::get_if<Command>(&*task)) return command->type;
  return ShownJson::parse(to_json(*task)).at("task").get<std::string>();
}

Outcome outcome_of(const store::Operation& operation) {
  if (operation.outcome.empty()) return {};
  auto report = report_from_json(operation.outcome);
  if (!report) return {"damaged", report.error().detail};
  return {std::move(report->code), std::move(report->text)};
}

DeviceDetails details_of(store::ManagementReads& management, std::string_view device) {
  DeviceDetails details;
  details.pending = management.pending_count(device);
  if (const auto login = management.credential(device, store::CredentialPurpose::login)) details.login = login->user;
  if (const auto there = management.credential(device, store::CredentialPurpose::connection_request)) details.connection_request = there->user;
  details.bootstrap = management.bootstrap(device);
  for (const auto purpose : {store::CredentialPurpose::next_login, store::CredentialPurpose::next_connection_request}) {
    if (const auto next = management.credential(device, purpose)) details.password_change = next->changed;
  }
  details.events = management.events(device, UINT64_MAX, shown_events);
  return details;
}

std::string to_json(const store::ManagedDevice& device) { return dump_ascii(describe(device)); }

std::string to_json(const store::ManagedDevice& device, const DeviceDetails& details) {
  ShownJson out = describe(device);
  out["login"] = text_or_null(details.login);
  out["connectionRequest"] = text_or_null(details.connection_request);
  out["pending"] = details.pending;
  const auto& pushed = details.bootstrap;
  out["bootstrap"] = pushed ? ShownJson{{"address", pushed->address}, {"since", format_date_time(pushed->created)}} : ShownJson();
  out["passwordChange"] = details.password_change ? ShownJson{{"since", format_date_time(*details.password_change)}} : ShownJson();
  out["events"] = ShownJson::array();
  for (const auto& event : details.events) out["events"].push_back(describe(event));
  return dump_ascii(out);
}

std::string to_json(const store::Operation& operation) {
  const auto task = task_from_json(operation.body);
  const auto outcome = outcome_of(operation);
  ShownJson out{{"id", operation.id},
                {"kind", kind_of(operation)},
                {"resource", operation.resource},
                {"state", name_of(operation.state)},
                {"priority", operation.priority},
                {"attempts", operation.attempts},
                {"created", time_or_null(operation.created)},
                {"due", time_or_null(operation.due)},
                {"expires", time_or_null(operation.expires)},
                {"requester", operation.requester},
                {"fleet", operation.fleet == 0 ? ShownJson() : ShownJson(operation.fleet)},
                {"task", task ? describe(*task) : ShownJson()}};
  out["outcome"] = operation.outcome.empty() ? ShownJson() : ShownJson{{"code", outcome.code}, {"text", outcome.text}};
  return dump_ascii(out);
}

std::string to_json(const store::ManagementEvent& event) { return dump_ascii(describe(event)); }

std::string to_json(const store::ManagementAlarm& alarm) {
  return dump_ascii({{"device", alarm.device}, {"kind", alarm.kind}, {"since", time_or_null(alarm.since)}, {"last", time_or_null(alarm.last)},
                     {"count", alarm.count}, {"text", alarm.text}});
}

std::string to_json(const store::ManagementTrace& trace) {
  ShownJson out{{"id", trace.id}, {"device", trace.device}, {"began", time_or_null(trace.began)}, {"ended", time_or_null(trace.ended)},
                {"isProblem", trace.is_problem}, {"end", trace.end}, {"count", trace.messages}};
  if (trace.body.empty()) return dump_ascii(out);
  const auto body = decompress(Compression::deflate, trace.body, largest_trace);
  const auto rest = body ? ShownJson::parse(*body, nullptr, false) : ShownJson();
  if (!rest.is_object()) out["damaged"] = true;
  else out.update(rest);
  return dump_ascii(out);
}

}  // namespace nscl::rem
