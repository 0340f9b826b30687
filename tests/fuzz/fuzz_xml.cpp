// SPDX-License-Identifier: Apache-2.0
// Any octets as a request body in XML.
#include <cstdint>

#include "codec_property.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  nscl::test::check_codec(nscl::codec::Format::xml, {reinterpret_cast<const char*>(data), size});
  return 0;
}
