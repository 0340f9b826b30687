// SPDX-License-Identifier: Apache-2.0
// The printable form of a device's identity.
#include <nscl/rem/tr069/device_id.h>

#include <nscl/base/path.h>

namespace nscl::rem::tr069 {
namespace {

void append_escaped(std::string& out, std::string_view part) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : part) {
    const bool is_plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    if (is_plain) {
      out += c;
      continue;
    }
    const auto octet = static_cast<unsigned char>(c);
    out += '%';
    out += digits[octet >> 4];
    out += digits[octet & 15];
  }
}

}  // namespace

std::string printable(const DeviceIdStruct& device) {
  std::string out;
  append_escaped(out, device.oui);
  out += '-';
  if (!device.product_class.empty()) {
    append_escaped(out, device.product_class);
    out += '-';
  }
  append_escaped(out, device.serial_number);
  return out;
}

std::optional<DeviceIdStruct> parse_device_id(std::string_view text) {
  const auto first = text.find('-');
  const auto last = text.rfind('-');
  if (first == text.npos) return std::nullopt;
  const auto oui = percent_decode(text.substr(0, first));
  const auto product_class = percent_decode(first == last ? std::string_view{} : text.substr(first + 1, last - first - 1));
  const auto serial_number = percent_decode(text.substr(last + 1));
  if (!oui || !product_class || !serial_number) return std::nullopt;
  DeviceIdStruct device{.manufacturer = {}, .oui = *oui, .product_class = *product_class, .serial_number = *serial_number};
  if (printable(device) != text) return std::nullopt;   // a device has one name, and no more
  return device;
}

}  // namespace nscl::rem::tr069
