// SPDX-License-Identifier: Apache-2.0
// What must hold for any text that the codec is given. Aborts where it does not.
#pragma once

#include <string_view>

#include <nscl/codec/codec.h>

namespace nscl::test {

/// If `text` decodes: what is encoded from it decodes to the same, in both formats and in the storage form, and encodes
/// to the same text again.
void check_codec(codec::Format format, std::string_view text);

}  // namespace nscl::test
