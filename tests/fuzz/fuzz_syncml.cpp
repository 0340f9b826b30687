// SPDX-License-Identifier: Apache-2.0
// Fuzz target: the body of an HTTP message from a client of OMA-DM; its first octet says whether it is WBXML ('w') or XML. What is read and written is
// read again as the same, in both encodings.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/base/bytes.h>
#include <nscl/rem/omadm/syncml.h>

namespace {

using namespace nscl::rem::omadm;

constexpr SyncmlLimits wide{.octets = 64u << 20, .depth = 64};   // what was written may be longer than the original

void require(bool condition) {
  if (!condition) std::abort();
}

std::vector<Item>* items_of(BodyElement& element) {
  return std::visit([](auto& of) { return &of.items; }, element);
}

void each_command(std::vector<CommandElement>& commands, const auto& visit) {
  for (auto& command : commands) {
    visit(command);
    each_command(command.commands, visit);
  }
}

/// As it is read from XML, which does not tell octets from their base64.
DmMessage as_xml_has_it(DmMessage message) {
  const auto forget = [](std::vector<Item>& items) {
    for (auto& item : items) item.is_base64 = false;
  };
  for (auto& element : message.body) {
    forget(*items_of(element));
    if (auto* const command = std::get_if<CommandElement>(&element)) each_command(command->commands, [&](CommandElement& inner) { forget(inner.items); });
  }
  return message;
}

/// Commands of DM in SyncML 1.2 have all their tokens.
bool has_tokens(DmMessage message) {
  bool has_all = message.header.version_dtd != "1.1";
  const auto look = [&](const CommandElement& command) { has_all = has_all && command.kind != CommandElement::Kind::other; };
  for (auto& element : message.body) {
    auto* const command = std::get_if<CommandElement>(&element);
    if (command == nullptr) continue;
    look(*command);
    each_command(command->commands, look);
  }
  return has_all;
}

void check(const DmMessage& message) {
  if (message.header.version_dtd != "1.1") {   // which has no Correlator
    const auto xml = write_message(message, Encoding::xml);
    require(xml && nscl::is_xml_text(*xml));
    const auto again = read_message(*xml, Encoding::xml, wide);
    require(again && *again == as_xml_has_it(message));
  }
  const auto wbxml = write_message(message, Encoding::wbxml);
  if (!has_tokens(message)) return;
  require(wbxml.has_value());
  const auto again = read_message(*wbxml, Encoding::wbxml, wide);
  require(again && *again == message);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.empty()) return 0;
  const auto encoding = input.front() == 'w' ? Encoding::wbxml : Encoding::xml;
  input.remove_prefix(1);
  (void)encoding_of(input.substr(0, 80), input);
  if (const auto message = read_message(input, encoding)) check(*message);
  return 0;
}
