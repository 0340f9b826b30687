// SPDX-License-Identifier: Apache-2.0
// Fuzz target: what a message centre sends (SMPP). What is read is bounded and reads back as it was written.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "smpp_pdu.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void read_pdus(std::string octets) {
  using namespace nscl::rem;
  for (auto before = octets; auto pdu = take_pdu(octets); before = octets) {
    const auto again = write_pdu(*pdu);
    require(again.size() <= smpp::largest && before == again + octets);
  }
  require(is_garbage(octets) || octets.size() < smpp::largest || octets.size() < 4);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  read_pdus(std::string(octets));
  const auto number = nscl::rem::number_of(octets);
  require(!number || (number->size() <= 16 && number->find_first_not_of("+0123456789") == number->npos));
  return 0;
}
