// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/omadm/push.h>

#include <stdexcept>

#include <nscl/base/bytes.h>

namespace nscl::rem::omadm {
namespace {

constexpr char push_pdu = 0x06;
constexpr char length_quote = 31;        // a length beyond 30 follows as a number of its own
constexpr std::uint16_t source_port = 9200;
constexpr std::size_t longest_short_message = 140;
// Information elements of a user data header: identifier and length, and what follows.
constexpr std::string_view ports = "\x05\x04", parts = std::string_view("\x00\x03", 2);

std::string octet(std::size_t number) { return big_endian(number, 1); }

/// WSP's form of a number (uintvar): seven bits an octet, the highest bit set in all but the last.
std::string variable(std::size_t number) {
  std::string out = octet(number & 0x7F);
  while ((number >>= 7) != 0) out.insert(0, octet(0x80 | (number & 0x7F)));
  return out;
}

std::string behind_header(std::string_view elements, std::string_view text) { return octet(elements.size()).append(elements).append(text); }

}  // namespace

std::string wsp_content_type(std::string_view octets) {
  auto length = octets.size() < length_quote ? octet(octets.size()) : length_quote + variable(octets.size());
  return std::move(length).append(octets);
}

std::string wsp_push(std::uint8_t transaction, std::string_view headers, std::string_view body) {
  return octet(transaction).append(1, push_pdu).append(variable(headers.size())).append(headers).append(body);
}

std::optional<std::string_view> read_wsp_push(std::string_view datagram) {
  constexpr std::size_t before_headers = 3;
  if (datagram.size() <= before_headers || datagram[1] != push_pdu) return std::nullopt;
  const std::size_t headers = static_cast<unsigned char>(datagram[2]);
  // A length of 128 and more has a second octet: no push of a notification has so many headers.
  const bool is_notification = headers > 0 && headers < 0x80 && datagram.size() >= before_headers + headers &&
                               datagram[before_headers] == notification_headers.front();
  return is_notification ? std::optional(datagram.substr(before_headers + headers)) : std::nullopt;
}

std::vector<std::string> short_messages(std::string_view push, std::uint8_t reference) {
  if (push.size() > longest_push) throw std::length_error("a push is too long for short messages");
  const auto to_port = std::string(ports) + big_endian(push_port, 2) + big_endian(source_port, 2);
  if (1 + to_port.size() + push.size() <= longest_short_message) return {behind_header(to_port, push)};
  const auto of_all = to_port + std::string(parts) + octet(reference);
  const auto room = longest_short_message - behind_header(of_all, {}).size() - 2;   // how many there are, and which one it is
  const auto total = (push.size() + room - 1) / room;
  std::vector<std::string> out;
  for (std::size_t i = 0; i < total; ++i) out.push_back(behind_header(of_all + octet(total) + octet(i + 1), push.substr(i * room, room)));
  return out;
}

}  // namespace nscl::rem::omadm
