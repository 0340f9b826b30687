// SPDX-License-Identifier: Apache-2.0
#include "habits.h"

#include <algorithm>

namespace nscl::rem::simulator {
namespace {

constexpr std::string_view netcwmp_methods[] = {
    "GetRPCMethods", "SetParameterValues", "GetParameterValues", "GetParameterNames", "SetParameterAttributes", "GetParameterAttributes",
    "AddObject", "DeleteObject", "Download", "Upload", "Reboot", "FactoryReset", "Inform"};
constexpr std::string_view genieacs_methods[] = {"GetParameterNames", "GetParameterValues", "SetParameterValues", "AddObject", "DeleteObject", "Download"};
constexpr std::string_view cwmp_sim_methods[] = {
    "GetRPCMethods", "SetParameterValues", "GetParameterValues", "GetParameterNames", "SetParameterAttributes", "GetParameterAttributes",
    "AddObject", "DeleteObject", "Download", "Upload", "Reboot", "FactoryReset", "ScheduleInform", "GetQueuedTransfers",
    "GetAllQueuedTransfers", "ScheduleDownload", "CancelTransfer"};

constexpr Habits plain{.user_agent = "nscl-simulator", .first_event = {}, .event_of_reset = {}, .methods = {}};
constexpr Habits netcwmp{.user_agent = "CPE Netcwmp Agent", .opens_empty = true, .signs_inform_only = true, .knows_qop = false,
                         .echoes_attributes = true, .hates_declarations = true, .first_event = "0 BOOTSTRAP", .event_of_reset = "0 BOOTSTRAP",
                         .names_reboot = false, .names_transfers = false, .sends_keys = false, .keeps_parameter_key = false,
                         .skips_unknown = true, .knows_faults_of_names = false, .methods = netcwmp_methods};
constexpr Habits genieacs{.user_agent = {}, .sends_basic_first = true, .echoes_attributes = true, .keeps_cookies_over = true,
                          .knows_file_logins = false, .dies_of_status = true, .first_event = "2 PERIODIC", .event_of_reset = "2 PERIODIC",
                          .names_transfers = false, .announces_transfers = false, .sends_keys = false, .keeps_parameter_key = false, .methods = genieacs_methods};
constexpr Habits cwmp_sim{.user_agent = "CWMP/1.0", .sends_basic_first = true, .counts = false, .keeps_cookies = false,
                          .first_event = "1 BOOT", .event_of_reset = "1 BOOT", .sends_keys = false, .keeps_parameter_key = false,
                          .knows_faults_of_names = false, .methods = cwmp_sim_methods};

constexpr std::string_view declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (auto place = text.find(what); place != text.npos; place = text.find(what, place + by.size())) text.replace(place, what.size(), by);
}

/// The element of that name that comes first, with its tags, moved to in front of `mark`.
void move_before(std::string& text, std::string_view name, std::string_view mark) {
  const auto end_tag = "</" + std::string(name) + ">";
  const auto begin = text.find("<" + std::string(name) + ">"), end = text.find(end_tag), place = text.find(mark);
  if (begin == text.npos || end == text.npos || place == text.npos || place > begin) return;
  const auto element = text.substr(begin, end + end_tag.size() - begin);
  text.erase(begin, element.size());
  text.insert(place, element);
}

/// Each text has a '<' of markup in it, or stands in the Header: no value is changed.
constexpr std::pair<std::string_view, std::string_view> netcwmp_spellings[] = {
    {"<soap-env:", "<SOAP-ENV:"}, {"</soap-env:", "</SOAP-ENV:"}, {" soap-env:mustUnderstand=\"1\">", " SOAP-ENV:mustUnderstand=\"1\">"},
    {"List soap-enc:arrayType=\"", "List SOAP-ENC:arrayType=\""}, {"<Event soap-enc:arrayType=\"", "<Event SOAP-ENC:arrayType=\""}};
constexpr std::string_view netcwmp_head =
    "<SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:SOAP-ENC=\"http://schemas.xmlsoap.org/soap/encoding/\""
    " xmlns:xsi=\"http://www.w3.org/1999/XMLSchema-instance\" xmlns:xsd=\"http://www.w3.org/1999/XMLSchema\" xmlns:cwmp=\"urn:dslforum-org:cwmp-1-0\">";

void dress_as_netcwmp(std::string& text) {
  text.replace(0, text.find('>') + 1, netcwmp_head);
  for (const auto& [usual, theirs] : netcwmp_spellings) replace_all(text, usual, theirs);
  replace_all(text, "<faultstring>CWMP fault</faultstring><detail>", "<faultstring><detail>");
  replace_all(text, "</detail></SOAP-ENV:Fault>", "</detail></faultstring></SOAP-ENV:Fault>");
  for (const auto* name : {"StartTime", "CompleteTime"}) {
    replace_all(text, "<" + std::string(name) + ">0001-01-01T00:00:00Z<", "<" + std::string(name) + "><");
  }
  replace_all(text, "Z</CurrentTime>", "</CurrentTime>");
}

void put_times_first(std::string& text) {
  move_before(text, "StartTime", "<FaultStruct>");
  move_before(text, "CompleteTime", "<FaultStruct>");
}

}  // namespace

std::optional<Style> style_named(std::string_view name) {
  constexpr std::string_view names[] = {"plain", "netcwmp", "genieacs-sim", "cwmp-sim"};
  const auto found = std::ranges::find(names, name);
  return found == std::end(names) ? std::nullopt : std::optional(static_cast<Style>(found - std::begin(names)));
}

const Habits& habits_of(Style style) {
  switch (style) {
    case Style::netcwmp: return netcwmp;
    case Style::genieacs_sim: return genieacs;
    case Style::cwmp_sim: return cwmp_sim;
    case Style::plain: break;
  }
  return plain;
}

void dress(Style style, std::string& document, const tr069::Message& message) {
  if (style == Style::plain) return;
  if (style == Style::netcwmp) return dress_as_netcwmp(document);
  document.insert(0, declaration);
  if (std::holds_alternative<tr069::Fault>(message)) replace_all(document, "<faultcode>Server</faultcode>", "<faultcode>Client</faultcode>");
  if (std::holds_alternative<tr069::TransferComplete>(message)) put_times_first(document);
  if (const auto* inform = std::get_if<tr069::Inform>(&message); inform && style == Style::genieacs_sim) {
    replace_all(document, "cwmp:ParameterValueStruct[" + std::to_string(inform->parameters.size()) + "]", "cwmp:ParameterValueStruct[16]");
  }
  if (style == Style::cwmp_sim) {
    replace_all(document, "<faultstring>CWMP fault</faultstring>", "<faultstring>Invalid arguments</faultstring>");
    replace_all(document, "<soap-env:Fault>", "<soap:Fault>");
    replace_all(document, "</soap-env:Fault>", "</soap:Fault>");
  }
}

}  // namespace nscl::rem::simulator
