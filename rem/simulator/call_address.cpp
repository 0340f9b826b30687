// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/simulator/call_address.h>

#include <algorithm>

namespace nscl::rem::simulator {
namespace {

constexpr std::size_t serial_digits = 6;

}  // namespace

std::string host_of(const CallAddress& where) { return where.address.find(':') != std::string::npos ? "[" + where.address + "]" : where.address; }

std::string numbered_serial(const std::string& prefix, std::size_t number) {
  const auto digits = std::to_string(number);
  return prefix + std::string(serial_digits - std::min(serial_digits, digits.size()), '0') + digits;
}

}  // namespace nscl::rem::simulator
