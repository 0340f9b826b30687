// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/omadm/notification.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <stdexcept>

#include <nscl/base/bytes.h>
#include <nscl/security/digest_authentication.h>

namespace nscl::rem::omadm {
namespace {

constexpr std::size_t digest_octets = 16, fixed_octets = 24, longest_package = 512;
constexpr std::uint64_t version = 11;   // DM 1.2, and 1.3 which keeps its layout

std::uint64_t big_endian_in(std::string_view octets) {
  std::uint64_t number = 0;
  for (const unsigned char octet : octets) number = number << 8 | octet;
  return number;
}

std::string trigger_of(const Notification& notification) {
  // 10 bits of version, 2 of ui-mode, 1 of initiator, 27 reserved.
  const auto flags = version << 30 | std::uint64_t{static_cast<unsigned char>(notification.ui_mode)} << 28 | std::uint64_t{notification.by_server} << 27;
  return big_endian(flags, 5) + big_endian(notification.session_id, 2) + big_endian(notification.server_id.size(), 1) + notification.server_id;
}

std::string digest_for(std::string_view trigger, const Secret& digest, std::string_view nonce) {
  using enum security::DigestAlgorithm;
  const auto of_trigger = base64_encode(security::hash_joined(md5, {trigger}).view());
  return std::string(security::hash_joined(md5, {digest.view(), nonce, of_trigger}).view());
}

}  // namespace

std::string write_notification(const Notification& notification, const Secret& digest, std::string_view nonce) {
  if (notification.server_id.empty() || notification.server_id.size() > 255) throw std::length_error("a server id has 1 to 255 octets");
  const auto trigger = trigger_of(notification);
  return digest_for(trigger, digest, nonce) + trigger;
}

std::optional<Notification> read_notification(std::string_view package) {
  if (package.size() <= fixed_octets || package.size() > longest_package) return std::nullopt;
  const auto flags = big_endian_in(package.substr(digest_octets, 5));
  const auto length = big_endian_in(package.substr(fixed_octets - 1, 1));
  if (flags >> 30 != version || length == 0 || package.size() < fixed_octets + length) return std::nullopt;
  return Notification{.ui_mode = static_cast<UiMode>(flags >> 28 & 3), .by_server = (flags >> 27 & 1) != 0,
                      .session_id = static_cast<std::uint16_t>(big_endian_in(package.substr(digest_octets + 5, 2))),
                      .server_id = std::string(package.substr(fixed_octets, length))};
}

bool is_authentic(std::string_view package, const Secret& digest, std::string_view nonce) {
  if (package.size() <= digest_octets || package.size() > longest_package) return false;
  return equal_in_constant_time(package.substr(0, digest_octets), digest_for(package.substr(digest_octets), digest, nonce));
}

std::string session_name(std::uint16_t session_id) {
  char digits[4];
  const auto [end, error] = std::to_chars(std::begin(digits), std::end(digits), unsigned{session_id}, 16);
  std::string name(std::begin(digits), end);
  std::ranges::transform(name, name.begin(), [](char c) { return static_cast<char>(c >= 'a' ? c - 'a' + 'A' : c); });
  return name;
}

}  // namespace nscl::rem::omadm
