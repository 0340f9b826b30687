// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace nscl::rem {

/// The task of an operation that is over, without what nobody needs to know any more; empty if it cannot be read.
std::string without_secrets(const std::string& task);

}  // namespace nscl::rem
