// SPDX-License-Identifier: Apache-2.0
// The printable form of a device's identity.
#include <nscl/rem/tr069/device_id.h>

#include <nscl/base/path.h>

namespace nscl::rem::tr069 {

std::string printable(const DeviceIdStruct& device) {
  constexpr std::string_view kept = "_";   // a '-' stands between the parts, and in none of them
  std::string out = percent_encode(device.oui, kept) + "-";
  if (!device.product_class.empty()) out += percent_encode(device.product_class, kept) + "-";
  return out + percent_encode(device.serial_number, kept);
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
