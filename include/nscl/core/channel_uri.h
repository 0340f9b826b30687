// SPDX-License-Identifier: Apache-2.0
// The two URIs of a channel: where notifications for it go, and where its owner polls (procedures 5.10.1). Both hold a
// token that nobody can guess, and so are the right to use them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nscl/core/policy.h>
#include <nscl/model/resource.h>

namespace nscl::core {

/// Hidden attributes of a channel: the tokens in its URIs.
inline constexpr std::string_view contact_token_attribute = ".contactToken";
inline constexpr std::string_view poll_token_attribute = ".pollToken";

struct ChannelUri {
  enum class Kind : unsigned char { contact, poll };
  Kind kind = Kind::contact;
  std::uint64_t key = 0;      ///< of the channel's resource
  std::string token;
};

/// Reads an absolute URI or its path; nullopt if it has not the form of a channel's URI.
std::optional<ChannelUri> parse_channel_uri(std::string_view uri);

/// The absolute URI of a stored channel; `host`: the authority where the policy names none.
std::string channel_uri(ChannelUri::Kind kind, const model::Resource& channel, const Policy& policy, std::string_view host);

}  // namespace nscl::core
