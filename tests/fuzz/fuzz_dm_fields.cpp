// SPDX-License-Identifier: Apache-2.0
// Fuzz target: the small things that are read in OMA-DM beside messages. The first octet says which: package 0 ('n'), the WSP push that carries it
// ('p'), data of a basic Cred ('b'), x-syncml-hmac ('h'). What is read is read again as the same once it was written, and is never right by chance.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <nscl/base/bytes.h>
#include <nscl/rem/omadm/credentials.h>
#include <nscl/rem/omadm/notification.h>
#include <nscl/rem/omadm/push.h>

namespace {

using namespace nscl::rem::omadm;

constexpr std::size_t longest_field = 1024;

void require(bool condition) {
  if (!condition) std::abort();
}

void check_notification(std::string_view package) {
  static const auto digest = nscl::random_secret(24), other = nscl::random_secret(24);
  require(!is_authentic(package, digest, "") && !is_authentic(package, digest, default_nonce));
  const auto notification = read_notification(package);
  if (!notification) return;
  constexpr std::size_t length_place = 23;
  const std::size_t length = static_cast<unsigned char>(package[length_place]);
  require(length > 0 && notification->server_id == package.substr(length_place + 1, length) && notification->server_id.size() == length);
  const auto written = write_notification(*notification, digest, default_nonce);
  require(read_notification(written) == notification && is_authentic(written, digest, default_nonce));
  require(!is_authentic(written, digest, "") && !is_authentic(written, other, default_nonce) && !is_authentic(written + '\0', digest, default_nonce));
}

void check_push(std::string_view datagram) {
  const auto package = read_wsp_push(datagram);
  if (!package) return;
  require(datagram.ends_with(*package) && package->size() < datagram.size());
  require(read_wsp_push(wsp_push(static_cast<std::uint8_t>(datagram.front()), notification_headers, *package)) == package);
  check_notification(*package);
}

void check_basic(std::string_view data) {
  const auto who = read_basic(data);
  if (!who) return;
  require(data.size() <= longest_field && who->name.find(':') == std::string::npos);
  const auto again = read_basic(basic_data(who->name, who->password).view());
  require(again && again->name == who->name && again->password.view() == who->password.view());
}

/// As this side writes it: other texts can be read that have no place in what is written.
bool is_writable(const HmacHeader& header) {
  return header.user.find('"') == std::string::npos && nscl::base64_decode(header.mac) && header.mac.find_first_of(" \t,\"") == std::string::npos;
}

void check_hmac(std::string_view value) {
  const auto header = read_hmac(value);
  if (!header) return;
  require(value.size() <= longest_field && header->algorithm.size() == 3 && !header->user.empty() && !header->mac.empty());
  require(nscl::is_xml_text(header->user) && nscl::is_xml_text(header->mac));
  const auto written = write_hmac(*header);
  if (!is_writable(*header) || written.size() > longest_field) return;
  const auto again = read_hmac(written);
  require(again && again->algorithm == header->algorithm && again->user == header->user && again->mac == header->mac);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.empty()) return 0;
  const char kind = input.front();
  input.remove_prefix(1);
  switch (kind) {
    case 'n': check_notification(input); break;
    case 'p': check_push(input); break;
    case 'b': check_basic(input); break;
    case 'h': check_hmac(input); break;
    default: break;
  }
  return 0;
}
