// SPDX-License-Identifier: Apache-2.0
// RPCs about the data model and the device as a whole.
#include <algorithm>

#include <nscl/rem/tr069/values.h>

#include "device.h"

namespace nscl::rem::simulator {
namespace {

constexpr std::string_view all_methods[] = {
    "GetRPCMethods", "SetParameterValues", "GetParameterValues", "GetParameterNames", "SetParameterAttributes", "GetParameterAttributes",
    "AddObject", "DeleteObject", "Download", "Upload", "Reboot", "FactoryReset", "ScheduleInform", "GetQueuedTransfers",
    "GetAllQueuedTransfers", "ScheduleDownload", "CancelTransfer", "ChangeDUState"};

template <class Response, class Outcome>
Answer response_or_fault(Outcome outcome) {
  if (!outcome) return tr069::Message(outcome.error());
  return tr069::Message(Response{std::move(*outcome)});
}

std::string listed(const std::vector<tr069::SetParameterValuesFault>& faults) {
  std::string out;
  for (const auto& fault : faults) out += (out.empty() ? "" : ", ") + fault.parameter_name;
  return out;
}

}  // namespace

Answer Device::answer(tr069::Message request, Time now) {
  const auto name = tr069::name_of(request);
  const bool is_known = habits_.methods.empty() || std::ranges::find(habits_.methods, name) != habits_.methods.end();
  if (!is_known) return refuse(tr069::make_fault(9000));
  auto out = std::visit([&](auto& message) { return perform(std::move(message), now); }, request);
  auto* const message = std::get_if<tr069::Message>(&out);
  auto* const fault = message ? std::get_if<tr069::Fault>(message) : nullptr;
  if (fault && options_->style == Style::netcwmp) fault->text = tr069::rule_of(fault->code).text;   // and no more
  return out;
}

Answer Device::refuse(const tr069::Fault& fault) const {
  if (habits_.skips_unknown && fault.code % 1000 == 0) return Silence::skips;
  return tr069::Message(tr069::make_fault(9000 + fault.code % 1000));
}

void Device::keep_key(const std::string& key) {
  if (habits_.keeps_parameter_key) model_.change("ManagementServer.ParameterKey", key);
}

Answer Device::perform(tr069::GetRPCMethods, Time) {
  tr069::GetRPCMethodsResponse out;
  if (habits_.methods.empty()) out.methods.assign(std::begin(all_methods), std::end(all_methods));
  else out.methods.assign(habits_.methods.begin(), habits_.methods.end());
  if (options_->style == Style::netcwmp) std::erase_if(out.methods, [](const auto& name) { return name == "AddObject" || name == "DeleteObject"; });
  return tr069::Message(std::move(out));
}

Answer Device::perform(tr069::GetParameterNames request, Time) {
  return response_or_fault<tr069::GetParameterNamesResponse>(model_.names(request.parameter_path, request.next_level));
}

Answer Device::perform(tr069::GetParameterValues request, Time now) {
  proxy_.settle(model_, now);
  const auto is_missing = [&](const std::string& name) { return !model_.find(name); };
  const auto is_partial = [](const std::string& name) { return name.empty() || name.ends_with('.'); };
  const auto& names = request.parameter_names;
  if (options_->style == Style::genieacs_sim && (std::ranges::any_of(names, is_partial) || std::ranges::any_of(names, is_missing))) return Silence::dies;
  if (!habits_.knows_faults_of_names) std::erase_if(request.parameter_names, [&](const auto& name) { return !name.empty() && is_missing(name); });
  return response_or_fault<tr069::GetParameterValuesResponse>(model_.values(request.parameter_names));
}

Answer Device::perform(tr069::SetParameterValues request, Time now) {
  if (request.parameter_key.size() > longest_key) return fault(9003, "ParameterKey");
  const auto is_missing = [&](const auto& parameter) { return !model_.find(parameter.name); };
  if (options_->style == Style::genieacs_sim && std::ranges::any_of(request.parameters, is_missing)) return Silence::dies;
  Proxy::Values before;
  for (const auto& parameter : request.parameters) {
    const auto* const node = model_.find(parameter.name);
    before.emplace_back(parameter.name, node ? node->value : std::string());
  }
  auto wrong = model_.set(request.parameters);
  if (wrong && options_->style == Style::cwmp_sim) {
    auto text = "Unable to set parameter(s): " + listed(wrong->parameters);
    return tr069::Message(tr069::Fault{.code = 9008, .text = std::move(text), .parameters = {}});
  }
  if (wrong) return tr069::Message(*std::move(wrong));
  keep_key(request.parameter_key);
  for (std::size_t i = 0; i < before.size(); ++i) proxy_.take(model_, before[i].first, request.parameters[i].value, std::move(before[i].second), now);
  act_on(request.parameters);
  return tr069::Message(tr069::SetParameterValuesResponse{});
}

/// Parameters that do something.
void Device::act_on(const std::vector<tr069::ParameterValueStruct>& parameters) {
  for (const auto& parameter : parameters) {
    const auto name = parameter.name.substr(model_.root().size());
    const auto dot = name.rfind('.') + 1;
    const auto object = name.substr(0, dot), last = name.substr(dot);
    const bool is_set = tr069::parse_boolean(parameter.value).value_or(false);
    if (last == "RequestedState") {
      change(object + "Status", parameter.value);
      model_.change(name, "");   // always reads as empty
    } else if (last == "Reregistration" && is_set) {
      model_.change(object + "ActionStatus.Progress", "100");
      model_.change(object + "ActionStatus.FinalStatus", "SUCCESS");
    } else if (last == "Enable" && object.find(".SampleSet.") != object.npos) {
      change(object + "Status", is_set ? "Enabled" : "Disabled");
    } else if (last == "Enable" && object.find(".Radio.") != object.npos) {
      change(object + "Status", is_set ? "Up" : "Down");
    }
  }
}

Answer Device::perform(tr069::GetParameterAttributes request, Time) {
  return response_or_fault<tr069::GetParameterAttributesResponse>(model_.attributes(request.parameter_names));
}

Answer Device::perform(tr069::SetParameterAttributes request, Time) {
  auto wrong = model_.set_attributes(request.parameters);
  if (wrong) return tr069::Message(*std::move(wrong));
  return tr069::Message(tr069::SetParameterAttributesResponse{});
}

Answer Device::perform(tr069::AddObject request, Time now) {
  const auto* const table = model_.find(request.object_name);
  const bool is_good_form = request.object_name.ends_with('.') && request.parameter_key.size() <= longest_key;
  std::uint32_t code = !is_good_form ? 9003 : !table || !table->is_table || !table->is_writable ? 9005 : 0;
  tr069::AddObjectResponse out;
  if (code == 0) {
    const auto made = model_.add(request.object_name);
    if (made) out.instance_number = *made;
    else code = made.error().code;
  }
  if (code != 0 && options_->style == Style::cwmp_sim) {
    out.status = code;
    return tr069::Message(out);
  }
  if (code != 0) return fault(code, request.object_name);
  proxy_.take(model_, request.object_name, {}, {}, now);
  keep_key(request.parameter_key);
  return tr069::Message(out);
}

Answer Device::perform(tr069::DeleteObject request, Time now) {
  const auto* const object = model_.find(request.object_name);
  const bool is_good_form = request.object_name.ends_with('.') && request.parameter_key.size() <= longest_key;
  const std::uint32_t code = !is_good_form ? 9003 : !object || !object->is_object || object->is_table || !object->is_writable ? 9005 : 0;
  if (code != 0 && options_->style == Style::cwmp_sim) return tr069::Message(tr069::DeleteObjectResponse{.status = 1});
  if (code != 0) return fault(code, request.object_name);
  auto wrong = model_.remove(request.object_name);
  if (wrong) return tr069::Message(*std::move(wrong));
  proxy_.take(model_, request.object_name, {}, {}, now);
  keep_key(request.parameter_key);
  return tr069::Message(tr069::DeleteObjectResponse{});
}

Answer Device::perform(tr069::Reboot request, Time) {
  reboots_ = std::move(request.command_key);
  return tr069::Message(tr069::RebootResponse{});
}

Answer Device::perform(tr069::FactoryReset, Time) {
  resets_ = true;
  return tr069::Message(tr069::FactoryResetResponse{});
}

Answer Device::perform(tr069::ScheduleInform request, Time now) {
  constexpr std::size_t most_scheduled = 16;
  if (request.delay_seconds == 0 || request.command_key.size() > longest_key) return fault(9003, "DelaySeconds");
  if (scheduled_.size() >= most_scheduled) return fault(9004);
  const bool forgets = options_->style == Style::cwmp_sim;
  if (!forgets) scheduled_.emplace_back(now + std::chrono::seconds(request.delay_seconds), std::move(request.command_key));
  return tr069::Message(tr069::ScheduleInformResponse{});
}

}  // namespace nscl::rem::simulator
