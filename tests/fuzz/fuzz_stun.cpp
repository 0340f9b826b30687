// SPDX-License-Identifier: Apache-2.0
// Fuzz target: a datagram at the STUN server. What is read is bounded, no answer is larger than twice the datagram, and no proof
// is right for a password that nobody used.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <nscl/base/bytes.h>

#include "stun_message.h"
#include "udp_request.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nscl::rem;
  const std::string_view datagram(reinterpret_cast<const char*>(data), size);
  if (const auto place = parse_udp_place(datagram)) require(parse_udp_place(format_udp_place(*place)) == place);
  const auto request = parse_stun_request(datagram);
  if (!request) return 0;
  require(request->size == size && size <= 1024 && request->id.size() == 16 && request->user.size() <= 256 && nscl::is_xml_text(request->user));
  static const auto password = nscl::random_secret(16);
  require(!has_integrity(datagram, *request, password));
  for (const char* address : {"192.0.2.1", "2001:db8::1"}) {
    const boost::asio::ip::udp::endpoint from{boost::asio::ip::make_address(address), 1};
    require(stun_answer(*request, from, nullptr).size() <= 2 * size && stun_answer(*request, from, &password).size() <= 2 * size);
  }
  for (const auto error : {StunError::unauthorised, StunError::unknown_attribute}) require(stun_refusal(*request, error).size() <= 2 * size);
  return 0;
}
