// SPDX-License-Identifier: Apache-2.0
// Event codes.
#include <algorithm>
#include <array>
#include <cstddef>

#include <nscl/codec/xml_text.h>
#include <nscl/rem/tr069/inform.h>
#include <nscl/rem/tr069/model_options.h>

namespace nscl::rem::tr069 {
namespace {

constexpr std::array<std::string_view, 21> codes = {
    "0 BOOTSTRAP", "1 BOOT", "2 PERIODIC", "3 SCHEDULED", "4 VALUE CHANGE", "5 KICKED", "6 CONNECTION REQUEST", "7 TRANSFER COMPLETE",
    "8 DIAGNOSTICS COMPLETE", "9 REQUEST DOWNLOAD", "10 AUTONOMOUS TRANSFER COMPLETE", "11 DU STATE CHANGE COMPLETE",
    "12 AUTONOMOUS DU STATE CHANGE COMPLETE", "13 WAKEUP", "14 HEARTBEAT",
    "M Reboot", "M ScheduleInform", "M Download", "M ScheduleDownload", "M Upload", "M ChangeDUState"};
constexpr auto first_of_methods = static_cast<std::size_t>(Event::m_reboot);
static_assert(codes.size() == static_cast<std::size_t>(Event::vendor));

/// In lower case and without any blanks, which come in every number.
std::string squeezed(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 128)) {
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

Event numbered(std::string_view digits) {
  std::size_t number = 0;
  for (const char c : digits.substr(0, 3)) number = number * 10 + static_cast<std::size_t>(c - '0');
  return digits.size() <= 3 && number < first_of_methods ? static_cast<Event>(number) : Event::unknown;
}

}  // namespace

Event event_of(std::string_view code) {
  code = codec::trimmed(code);
  const auto digits = code.substr(0, std::min(code.find_first_not_of("0123456789"), code.size()));
  if (!digits.empty()) return numbered(digits);
  const bool has_word = code.size() > 1 && (code[1] == ' ' || code[1] == '\t' || code[1] == '_');
  if (!has_word) return Event::unknown;
  const auto plain = squeezed(code);
  if (plain.starts_with('x')) return Event::vendor;
  for (auto i = first_of_methods; i < codes.size(); ++i) {
    if (plain == squeezed(codes[i])) return static_cast<Event>(i);
  }
  return plain.starts_with("mx_") ? Event::vendor : Event::unknown;
}

std::string_view code_of(Event event) {
  const auto index = static_cast<std::size_t>(event);
  return index < codes.size() ? codes[index] : std::string_view{};
}

std::optional<bool> ends_reboot(const ModelOptions& model, const std::vector<EventStruct>& events) {
  if (!model.reboot_event) return std::nullopt;
  return std::ranges::any_of(events, [&](const EventStruct& told) { return told.event() == *model.reboot_event; });
}

}  // namespace nscl::rem::tr069
