// SPDX-License-Identifier: Apache-2.0
// The URIs of notificationChannels and communicationChannels: where messages for a channel go, and where its owner
// polls. Whoever knows one may use it, so each ends in a token that cannot be guessed (procedures 5.10.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nscl/core/policy.h>

namespace nscl::core {

/// URI path under which all channels are served, beside the sclBase.
inline constexpr std::string_view channel_path = "/m2m-channels";

/// Below it, where members of groups send what is collected for a subscriber (procedures 5.9.6).
inline constexpr std::string_view collection_path = "/m2m-channels/collect/";

/// Hidden attributes of a channel: the tokens of its two URIs.
inline constexpr std::string_view contact_token_attribute = ".contactToken";
inline constexpr std::string_view poll_token_attribute = ".pollToken";
inline constexpr std::size_t channel_token_length = 40;

enum class ChannelUse : unsigned char {
  contact,   ///< messages for the channel's owner are sent here
  poll,      ///< its owner fetches them here
};

struct ChannelUri {
  ChannelUse use = ChannelUse::contact;
  std::uint64_t key = 0;            ///< row key of the channel
  std::string_view token;           ///< to be compared with the hidden attribute, in constant time
  bool operator==(const ChannelUri&) const = default;
};

/// `<base>/m2m-channels/contact/<key>-<token>`; base is policy.base_uri or "http://" and `host`.
std::string channel_uri(const ChannelUri& channel, const Policy& policy, std::string_view host);

/// The parts of the path of such a URI; nullopt if it is none. Points into `path`.
std::optional<ChannelUri> parse_channel_path(std::string_view path);

}  // namespace nscl::core
