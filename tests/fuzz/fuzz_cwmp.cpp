// SPDX-License-Identifier: Apache-2.0
// Fuzz target: the body of an HTTP message from a CPE; the octets in front of the first line feed are its Content-Type. What is
// read and written is read again as the same, and nothing of it can leave the lines of a log.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <nscl/base/bytes.h>
#include <nscl/rem/tr069/rpc.h>

namespace {

using namespace nscl::rem::tr069;

void require(bool condition) {
  if (!condition) std::abort();
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

void check_identity(const DeviceIdStruct& device) {
  const auto again = parse_device_id(printable(device));
  require(again && again->oui == device.oui && again->product_class == device.product_class && again->serial_number == device.serial_number);
}

void check_message(const Header& header, const Message& message) {
  if (const auto* inform = std::get_if<Inform>(&message)) {
    require(!inform->events.empty() && inform->events.size() <= max_events);
    for (const auto& event : inform->events) (void)event.event();
    check_identity(inform->device_id);
  }
  if (const auto* fault = std::get_if<Fault>(&message)) require(!has_control(additional_info(*fault, "a")));
  const auto text = write_message(header, message);
  require(nscl::is_xml_text(text));
  SoapLimits wide;
  wide.attributes_per_element = wide.attributes = 10'000'000;   // what was written has attributes that the original may lack
  wide.elements = 10'000'000;
  const auto envelope = read_envelope(text, {}, wide);
  require(envelope.has_value());
  const auto again = read_message(*envelope);
  require(again.has_value() && write_message(envelope->header, *again) == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto line = std::min(input.find('\n'), input.size());
  const auto envelope = read_envelope(input.substr(line), input.substr(0, line));
  (void)parse_device_id(input);
  if (!envelope) return 0;
  require(nscl::is_xml_text(envelope->header.id) && !version_of(envelope->header).starts_with("2"));
  if (const auto message = read_message(*envelope)) check_message(envelope->header, *message);
  return 0;
}
