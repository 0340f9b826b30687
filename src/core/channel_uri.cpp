// SPDX-License-Identifier: Apache-2.0
// Writes and reads the URIs of channels.
#include <nscl/core/channel_uri.h>

#include <algorithm>

#include <nscl/base/bytes.h>

namespace nscl::core {
namespace {

constexpr std::string_view contact = "/contact/";
constexpr std::string_view poll = "/poll/";

bool is_token(std::string_view text) {
  return text.size() == channel_token_length &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

}  // namespace

std::string channel_uri(const ChannelUri& channel, const Policy& policy, std::string_view host) {
  std::string uri = policy.base_uri.empty() ? "http://" + std::string(host) : policy.base_uri;
  uri.append(channel_path).append(channel.use == ChannelUse::contact ? contact : poll);
  return uri.append(to_base36(channel.key)).append("-").append(channel.token);
}

std::optional<ChannelUri> parse_channel_path(std::string_view path) {
  if (!path.starts_with(channel_path)) return std::nullopt;
  path.remove_prefix(channel_path.size());
  ChannelUri channel;
  channel.use = path.starts_with(poll) ? ChannelUse::poll : ChannelUse::contact;
  const auto use = channel.use == ChannelUse::poll ? poll : contact;
  if (!path.starts_with(use)) return std::nullopt;
  path.remove_prefix(use.size());
  const auto dash = path.find('-');
  if (dash == path.npos) return std::nullopt;
  const auto key = from_base36(path.substr(0, dash));
  channel.token = path.substr(dash + 1);
  if (!key || !is_token(channel.token)) return std::nullopt;
  channel.key = *key;
  return channel;
}

}  // namespace nscl::core
