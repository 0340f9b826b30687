// SPDX-License-Identifier: Apache-2.0
#include "alerts.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include <nscl/rem/omadm/dialogue.h>

namespace nscl::rem::omadm {
namespace {

using Kind = CommandElement::Kind;

constexpr std::string_view device_info = "./DevInfo", type_prefix = "Reversed-Domain-Name:", fumo = "org.openmobilealliance.dm.firmwareupdate.",
                           scomo = "urn:oma:at:scomo:", dcmo = "urn:oma:at:dcmo:", lawmo = "urn:oma:at:lawmo:";
constexpr std::size_t longest_type = 128, longest_told = 256;

struct CodeName {
  int code;
  std::string_view name;
};
constexpr std::array fumo_names = {
    CodeName{200, "successful"},                    CodeName{400, "client error"},
    CodeName{401, "cancelled by the user"},         CodeName{402, "the package is corrupt"},
    CodeName{403, "the package is not for this device"}, CodeName{404, "the package could not be validated"},
    CodeName{405, "the package is not acceptable"}, CodeName{406, "authentication failed at the download"},
    CodeName{407, "the download timed out"},        CodeName{408, "not implemented"},
    CodeName{409, "undefined error"},               CodeName{410, "the update failed"},
    CodeName{411, "malformed URL"},                 CodeName{412, "error of the download server"},
    CodeName{500, "error of the alternative download server"}, CodeName{501, "not enough memory for the download"},
    CodeName{502, "not enough memory for the update"}, CodeName{503, "network problem"}};

std::string_view name_of_code(std::string_view type, int code) {
  if (!type.starts_with(fumo)) return code / 100 == 12 || code / 100 == 2 ? "successful" : "failed";
  const auto found = std::ranges::find(fumo_names, code, &CodeName::code);
  if (found != fumo_names.end()) return found->name;
  return code < 300 ? "successful, as the vendor says" : "failed, as the vendor says";
}

std::string_view object_name(std::string_view type) {
  if (type.starts_with(fumo)) return "FUMO";
  if (type.starts_with(scomo)) return "SCOMO";
  if (type.starts_with(dcmo)) return "DCMO";
  return type.starts_with(lawmo) ? "LAWMO" : "OMA-DM alert";
}

std::string trimmed(std::string_view text, std::size_t most) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == text.npos) return {};
  text = text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
  return std::string(text.substr(0, most));
}

std::string type_of(const CommandElement& alert, const Item& item) {
  auto type = trimmed(item.meta.type.empty() ? alert.meta.type : item.meta.type, longest_type);
  return type.starts_with(type_prefix) ? trimmed(std::string_view(type).substr(type_prefix.size()), longest_type) : type;
}

/// The number that is the data, or the ResultCode in it.
std::optional<int> result_code(std::string_view data) {
  constexpr std::string_view element = "ResultCode>";
  if (const auto at = data.find(element); at != data.npos) data.remove_prefix(at + element.size());
  data.remove_prefix(std::min(data.find_first_not_of(" \t\r\n"), data.size()));
  int code = 0;
  const auto [end, error] = std::from_chars(data.data(), data.data() + data.size(), code);
  const bool is_alone = end == data.data() + data.size() || *end == '<' || *end == ' ' || *end == '\t' || *end == '\r' || *end == '\n';
  return error == std::errc{} && is_alone && code >= 0 && code < 10'000 ? std::optional(code) : std::nullopt;
}

/// FUMO fails from 300 on, those with codes of four digits from 1300 on (rem.md 2.7).
bool is_failure(int code) { return code >= 1000 ? code >= 1300 : code >= 300; }

}  // namespace

bool begins_session(const DmMessage& message) {
  return std::ranges::any_of(message.body, [](const BodyElement& element) {
    const auto* command = std::get_if<CommandElement>(&element);
    if (command == nullptr || command->kind != Kind::alert) return false;
    const auto code = alert_code(*command);
    return code == session_by_server || code == session_by_client;
  });
}

bool is_device_info(const CommandElement& command) {
  return command.kind == Kind::replace && !command.items.empty() && std::ranges::all_of(command.items, [](const Item& item) {
    return item.source.starts_with(device_info) && (item.source.size() == device_info.size() || item.source[device_info.size()] == '/');
  });
}

void add_device_info(Contact& contact, const std::vector<Item>& items) {
  auto& facts = contact.facts;
  const std::array<std::pair<std::string_view, std::string*>, 4> told = {
      {{"./DevInfo/Man", &facts.manufacturer}, {"./DevInfo/Mod", &facts.model}, {"./DevInfo/DmV", &facts.version}, {"./DevInfo/DevId", &facts.serial}}};
  for (const auto& item : items) {
    if (item.meta.format == "node" || !item.data || !item.source.starts_with("./DevInfo/")) continue;
    contact.leaves.push_back({item.source, *item.data, item.meta.format.empty() ? "chr" : item.meta.format});
    const auto fact = std::ranges::find(told, std::string_view(item.source), [](const auto& each) { return each.first; });
    if (fact != told.end()) *fact->second = *item.data;
  }
}

Contact contact_of(const DmMessage& message, const std::string& address) {
  Contact out;
  out.device = message.header.source;
  out.protocol = store::ManagementProtocol::oma_dm;
  out.facts.root = "./";
  out.facts.address = address;
  if (const auto& size = message.header.meta.max_msg_size) out.facts.message_size = *size;
  if (const auto& size = message.header.meta.max_obj_size) out.facts.object_size = *size;
  for (const auto& element : message.body) {
    const auto* command = std::get_if<CommandElement>(&element);
    if (command == nullptr) continue;
    if (is_device_info(*command)) add_device_info(out, command->items);
    const auto code = command->kind == Kind::alert ? alert_code(*command) : 0;
    if (code != session_by_server && code != session_by_client) continue;
    store::ManagementEvent event;
    event.code = std::to_string(code);
    out.events.push_back(std::move(event));
  }
  return out;
}

Completion completion_of(const std::string& device, const CommandElement& alert, const Item& item) {
  Completion out;
  auto type = type_of(alert, item);
  const auto code = result_code(item.data.value_or(""));
  out.device = device;
  out.key = alert.correlator.substr(0, 64);
  out.object = item.source.empty() ? item.target : item.source;
  auto& report = out.report;
  report.text = std::string(object_name(type)) + " ";
  if (code) {
    report.code = is_failure(*code) ? std::to_string(*code) : "0";
    report.text += std::to_string(*code) + " " + std::string(name_of_code(type, *code));
  } else {
    report.text += item.data ? trimmed(*item.data, longest_told) : "without data";
  }
  if (!out.object.empty()) report.text += ": " + out.object.substr(0, longest_told);
  if (type.starts_with(fumo) && type.ends_with("request")) out.object.clear();   // somebody wants an update: nothing has ended
  out.kind = type.empty() ? std::to_string(alert_code(alert)) : std::move(type);
  if (!code || !is_failure(*code)) return out;
  report.end = Report::End::failed;
  report.status = Status::bad_gateway;
  return out;
}

}  // namespace nscl::rem::omadm
