// SPDX-License-Identifier: Apache-2.0
// The two halves of an envelope that is written.
#pragma once

#include <string>

#include <nscl/rem/tr069/soap.h>

namespace nscl::rem::tr069 {

/// Everything up to and with the start tag of the Body, and what closes it.
void open_envelope(std::string& out, const Header& header);
void close_envelope(std::string& out);

}  // namespace nscl::rem::tr069
