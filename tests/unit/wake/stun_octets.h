// SPDX-License-Identifier: Apache-2.0
// Messages of STUN as a device would write and read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nscl/base/secret.h>

namespace nscl::rem {

using StunAttributes = std::vector<std::pair<std::uint16_t, std::string>>;

/// A Binding request; with the magic cookie or in the form of RFC 3489.
std::string stun_request(const StunAttributes& attributes, bool has_cookie);
/// The same with MESSAGE-INTEGRITY; without the cookie filled up to blocks of 64 octets first.
std::string proven_request(const StunAttributes& attributes, bool has_cookie, const Secret& password);
/// Value of the first attribute of this type; empty if there is none.
std::string attribute_of(std::string_view message, std::uint16_t type);

}  // namespace nscl::rem
