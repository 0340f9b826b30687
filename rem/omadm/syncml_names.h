// SPDX-License-Identifier: Apache-2.0
// What reader and writer of SyncML share.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <nscl/rem/omadm/syncml.h>

namespace nscl::rem::omadm {

/// `other`: none that a DM server or client sends.
CommandElement::Kind kind_named(std::string_view name);

/// Decimal, with blanks around; nullopt: anything else.
std::optional<std::uint64_t> number_in(std::string_view text);

}  // namespace nscl::rem::omadm
