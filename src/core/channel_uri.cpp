// SPDX-License-Identifier: Apache-2.0
#include <nscl/core/channel_uri.h>

#include <nscl/base/bytes.h>
#include <nscl/core/authorise.h>

namespace nscl::core {
namespace {

constexpr std::string_view contact_prefix = "/m2m-channels/contact/";
constexpr std::string_view poll_prefix = "/m2m-channels/poll/";

std::string_view path_of(std::string_view uri) {
  const auto colon = uri.find("://");
  if (colon == uri.npos) return uri;
  const auto slash = uri.find('/', colon + 3);
  return slash == uri.npos ? std::string_view{} : uri.substr(slash);
}

}  // namespace

std::optional<ChannelUri> parse_channel_uri(std::string_view uri) {
  auto path = path_of(uri);
  const bool is_contact = path.starts_with(contact_prefix);
  if (!is_contact && !path.starts_with(poll_prefix)) return std::nullopt;
  path.remove_prefix(is_contact ? contact_prefix.size() : poll_prefix.size());
  path = path.substr(0, path.find_first_of("?#/"));
  const auto dash = path.find('-');
  const auto key = dash == path.npos ? std::nullopt : from_base36(path.substr(0, dash));
  if (!key) return std::nullopt;
  return ChannelUri{is_contact ? ChannelUri::Kind::contact : ChannelUri::Kind::poll, *key, std::string(path.substr(dash + 1))};
}

std::string channel_uri(ChannelUri::Kind kind, const model::Resource& channel, const Policy& policy, std::string_view host) {
  const bool is_contact = kind == ChannelUri::Kind::contact;
  std::string uri = policy.base_uri.empty() ? "http://" + std::string(host) : policy.base_uri;
  uri.append(is_contact ? contact_prefix : poll_prefix).append(to_base36(channel.key)).append("-");
  return uri.append(text_of(channel, is_contact ? contact_token_attribute : poll_token_attribute));
}

}  // namespace nscl::core
