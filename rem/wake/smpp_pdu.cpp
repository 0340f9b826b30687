// SPDX-License-Identifier: Apache-2.0
#include "smpp_pdu.h"

#include <algorithm>

#include <nscl/base/bytes.h>

namespace nscl::rem {
namespace {

constexpr std::size_t fewest_digits = 3, most_digits = 15;   // E.164
constexpr std::string_view tel = "tel:", separators = "-.()";
constexpr std::uint8_t version_3_4 = 0x34, has_data_header = 0x40, eight_bit_data = 0x04;
constexpr std::uint8_t unknown = 0, international = 1, telephone_plan = 1;

std::uint32_t number_at(std::string_view octets, std::size_t place) {
  std::uint32_t number = 0;
  for (const unsigned char octet : octets.substr(place, 4)) number = number << 8 | octet;
  return number;
}

/// Writes fields one behind the other.
class Body {
 public:
  Body& text(std::string_view text) {
    out_.append(text) += '\0';
    return *this;
  }
  Body& octet(std::uint8_t octet) {
    out_ += static_cast<char>(octet);
    return *this;
  }
  std::string out() { return std::move(out_); }

 private:
  std::string out_;
};

}  // namespace

std::string write_pdu(const SmppPdu& pdu) {
  std::string out;
  for (const auto number : {static_cast<std::uint32_t>(smpp::head + pdu.body.size()), pdu.command, pdu.status, pdu.sequence}) out += big_endian(number, 4);
  return out + pdu.body;
}

bool is_garbage(std::string_view octets) {
  if (octets.size() < 4) return false;
  const auto size = number_at(octets, 0);
  return size < smpp::head || size > smpp::largest;
}

std::optional<SmppPdu> take_pdu(std::string& octets) {
  if (octets.size() < smpp::head || is_garbage(octets)) return std::nullopt;
  const auto size = number_at(octets, 0);
  if (octets.size() < size) return std::nullopt;
  SmppPdu pdu{number_at(octets, 4), number_at(octets, 8), number_at(octets, 12), octets.substr(smpp::head, size - smpp::head)};
  octets.erase(0, size);
  return pdu;
}

std::string bind_body(const SmppOptions& options) {
  return Body().text(options.system_id).text(options.password).text(options.system_type).octet(version_3_4).octet(unknown).octet(unknown).text("").out();
}

std::string submit_body(const SmppOptions& options, std::string_view number, std::string_view message) {
  const bool is_international = number.starts_with('+');
  if (is_international) number.remove_prefix(1);
  Body body;
  body.text("").octet(options.source_ton).octet(options.source_npi).text(options.source);
  body.octet(is_international ? international : unknown).octet(telephone_plan).text(number);
  body.octet(has_data_header).octet(0).octet(0).text("").text("");   // protocol, priority; at once, for as long as the centre keeps messages
  body.octet(0).octet(0).octet(eight_bit_data).octet(0).octet(static_cast<std::uint8_t>(message.size()));
  return body.out().append(message);
}

std::optional<std::string> number_of(std::string_view uri) {
  if (!uri.starts_with(tel)) return std::nullopt;
  std::string number(uri.substr(tel.size()));
  std::erase_if(number, [](char c) { return separators.find(c) != separators.npos; });
  const auto digits = std::string_view(number).substr(number.starts_with('+') ? 1 : 0);
  const bool is_number = digits.size() >= fewest_digits && digits.size() <= most_digits && digits.find_first_not_of("0123456789") == digits.npos;
  return is_number ? std::optional(std::move(number)) : std::nullopt;
}

}  // namespace nscl::rem
