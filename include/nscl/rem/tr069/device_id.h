// SPDX-License-Identifier: Apache-2.0
// Who a CPE is: DeviceId of an Inform, and its printable form.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace nscl::rem::tr069 {

inline constexpr std::size_t longest_device_id = 512;   ///< octets of a printable one that is looked at

/// The identity is OUI, ProductClass (often empty) and SerialNumber, as sent; the manufacturer is not part of it.
struct DeviceIdStruct {
  std::string manufacturer;
  std::string oui;
  std::string product_class;
  std::string serial_number;
};

/// "OUI-ProductClass-Serial", or "OUI-Serial" without a class; each octet outside [A-Za-z0-9_] of a part as %XX.
std::string printable(const DeviceIdStruct& device);

/// Undoes printable(); nullopt for every text that printable() would not give.
std::optional<DeviceIdStruct> parse_device_id(std::string_view text);

}  // namespace nscl::rem::tr069
