// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <nscl/rem/tr069/rpc.h>

#include "redaction.h"

namespace nscl::rem::tr069 {

/// What stands in the Body, as it was understood, and no more than about as much of it as the redaction allows.
std::string write_redacted(const Message& message, Redaction& redaction);

}  // namespace nscl::rem::tr069
