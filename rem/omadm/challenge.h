// SPDX-License-Identifier: Apache-2.0
// How a message is refused or a credential asked for, and how we show ours (rem.md 3.4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nscl/rem/omadm/dialogue.h>
#include <nscl/rem/omadm/dm_accounts.h>

namespace nscl::rem::omadm {

/// `nonce`: octets; empty with basic.
Chal chal_of(std::string_view type, std::string_view nonce);

/// `reply` with this status for the header and for each command of the message.
DmMessage refusal_of(const DmMessage& message, DmMessage reply, int code);
/// The same, asking for a credential of this type.
DmMessage challenge(const DmMessage& message, DmMessage reply, int code, std::string_view type, std::string_view nonce);

/// Our Cred of the type that the device asks for, made with its nonce; nothing where that is no Cred.
std::optional<Cred> cred_of(const DmLogin& server, std::string_view nonce, std::string_view type);
/// Our x-syncml-hmac for a message.
std::string mac_of(const DmLogin& server, std::string_view nonce, std::string_view octets, bool by_rfc_2104);

}  // namespace nscl::rem::omadm
