// SPDX-License-Identifier: Apache-2.0
// The special-purpose registries of IANA (RFC 6890 and its successors), by hand.
#include <nscl/net/address_guard.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <stdexcept>

namespace nscl::net {
namespace {

namespace ip = boost::asio::ip;
using boost::system::error_code;

struct Prefix {
  std::uint32_t address;
  unsigned length;
};

constexpr std::uint32_t quad(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) { return a << 24 | b << 16 | c << 8 | d; }

constexpr Prefix forbidden_v4[] = {
    {quad(0, 0, 0, 0), 8},       {quad(10, 0, 0, 0), 8},       {quad(100, 64, 0, 0), 10},   {quad(127, 0, 0, 0), 8},
    {quad(169, 254, 0, 0), 16},  {quad(172, 16, 0, 0), 12},    {quad(192, 0, 0, 0), 24},    {quad(192, 0, 2, 0), 24},
    {quad(192, 88, 99, 0), 24},  {quad(192, 168, 0, 0), 16},   {quad(198, 18, 0, 0), 15},   {quad(198, 51, 100, 0), 24},
    {quad(203, 0, 113, 0), 24},  {quad(224, 0, 0, 0), 4},      {quad(240, 0, 0, 0), 4}};

bool begins_with(const ip::address_v6::bytes_type& octets, std::initializer_list<unsigned> prefix) {
  return std::equal(prefix.begin(), prefix.end(), octets.begin());
}

ip::address_v4 v4_at(const ip::address_v6::bytes_type& octets, std::size_t at) {
  return ip::address_v4{ip::address_v4::bytes_type{octets[at], octets[at + 1], octets[at + 2], octets[at + 3]}};
}

/// The IPv4 address that a packet to this address is in the end sent to.
std::optional<ip::address_v4> embedded_v4(const ip::address_v6::bytes_type& octets) {
  if (begins_with(octets, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff})) return v4_at(octets, 12);          // mapped
  if (begins_with(octets, {0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0})) return v4_at(octets, 12);          // translated
  if (begins_with(octets, {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0})) return v4_at(octets, 12);       // NAT64
  if (begins_with(octets, {0x20, 0x02})) return v4_at(octets, 2);                                         // 6to4
  const bool is_low = begins_with(octets, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  const bool is_own = v4_at(octets, 12).to_uint() <= 1;   // :: and ::1 are addresses of their own
  return is_low && !is_own ? std::optional{v4_at(octets, 12)} : std::nullopt;                             // compatible
}

bool is_public(const ip::address_v4& address) {
  return std::none_of(std::begin(forbidden_v4), std::end(forbidden_v4), [&](const Prefix& prefix) {
    return (address.to_uint() ^ prefix.address) >> (32 - prefix.length) == 0;
  });
}

/// Global unicast is 2000::/3 and nothing else; of that, protocol assignments (2001::/23, Teredo among them) and
/// documentation are left out.
bool is_public(const ip::address_v6::bytes_type& octets) {
  const bool is_global = octets[0] >> 5 == 1;
  const bool is_protocol = begins_with(octets, {0x20, 0x01}) && octets[2] < 2;
  const bool is_documentation = begins_with(octets, {0x20, 0x01, 0x0d, 0xb8}) || (begins_with(octets, {0x3f, 0xff}) && octets[2] < 16);
  return is_global && !is_protocol && !is_documentation;
}

template <class Address, class Network>
bool lies_in(const Address& address, const Network& network) {
  return network.canonical() == Network{address, network.prefix_length()}.canonical();
}

}  // namespace

AddressGuard::AddressGuard(const std::vector<std::string>& allowed, bool allow_every_address) : allow_every_address_(allow_every_address) {
  for (const auto& text : allowed) {
    error_code no_v4, no_v6;
    const auto v4 = ip::make_network_v4(text, no_v4);
    const auto v6 = ip::make_network_v6(text, no_v6);
    if (!no_v4) allowed_v4_.push_back(v4);
    if (!no_v6) allowed_v6_.push_back(v6);
    if (no_v4 && no_v6) throw std::invalid_argument("not a network such as \"10.0.0.0/8\": " + text);
  }
}

bool AddressGuard::is_allowed(const ip::address_v4& address) const {
  return std::any_of(allowed_v4_.begin(), allowed_v4_.end(), [&](const auto& network) { return lies_in(address, network); });
}

bool AddressGuard::is_allowed(const ip::address_v6& address) const {
  return std::any_of(allowed_v6_.begin(), allowed_v6_.end(), [&](const auto& network) { return lies_in(address, network); });
}

bool AddressGuard::lists(const ip::address& address) const { return address.is_v4() ? is_allowed(address.to_v4()) : is_allowed(address.to_v6()); }

bool AddressGuard::admits(const ip::address_v4& address) const { return is_public(address) || is_allowed(address); }

bool AddressGuard::admits(const ip::address_v6& address) const {
  if (is_allowed(address)) return true;
  const auto octets = address.to_bytes();
  const auto embedded = embedded_v4(octets);
  return embedded ? admits(*embedded) : is_public(octets);
}

bool AddressGuard::admits(const ip::address& address) const {
  if (allow_every_address_) return true;
  return address.is_v4() ? admits(address.to_v4()) : admits(address.to_v6());
}

}  // namespace nscl::net
