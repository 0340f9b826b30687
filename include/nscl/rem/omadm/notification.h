// SPDX-License-Identifier: Apache-2.0
// Package 0 of OMA-DM: the notification that asks a client to begin a session (rem.md 3.2). push.h has what carries it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nscl/base/secret.h>

namespace nscl::rem::omadm {

/// What a client shows of it.
enum class UiMode : unsigned char { not_specified, background, informative, interactive };

struct Notification {
  UiMode ui_mode = UiMode::background;
  bool by_server = true;                     ///< the server wants the session; false: the user of the device
  std::uint16_t session_id = 0;              ///< not 0
  std::string server_id;                     ///< 1 to 255 octets: as the device's DM account names this server
  bool operator==(const Notification&) const = default;
};

/// The nonce that both ends fall back to when they have lost theirs.
inline constexpr std::string_view default_nonce{"\0\0\0\0", 4};

/// The package: digest and trigger, 24 octets and those of the server id. `digest` is digest_of() the server's credentials, `nonce` the last
/// one the device issued. Throws std::length_error if the server id has no octets, or more than 255.
std::string write_notification(const Notification& notification, const Secret& digest, std::string_view nonce);

/// nullopt: it is none of DM 1.2, or has more than 512 octets. A vendor's body behind the server id is passed over.
std::optional<Notification> read_notification(std::string_view package);
/// Whether the package was made with these credentials and this nonce. In constant time.
bool is_authentic(std::string_view package, const Secret& digest, std::string_view nonce);

/// What a client has to call the session that the notification asks for: upper-case hexadecimal digits without zeros in front.
std::string session_name(std::uint16_t session_id);

/// The media type in which it is posted by HTTP.
inline constexpr std::string_view notification_type = "application/vnd.syncml.notification";

}  // namespace nscl::rem::omadm
