// SPDX-License-Identifier: Apache-2.0
// URIs of channels: written and read back, and nothing else is taken for one.
#include <gtest/gtest.h>

#include <nscl/core/channel_uri.h>

namespace nscl::core {
namespace {

const std::string token(channel_token_length, 'k');

std::string path_of(const std::string& uri) { return uri.substr(uri.find('/', 8)); }

TEST(ChannelUri, IsReadBack) {
  for (const auto use : {ChannelUse::contact, ChannelUse::poll}) {
    for (const std::uint64_t key : {std::uint64_t{1}, std::uint64_t{36}, UINT64_MAX}) {
      const ChannelUri channel{use, key, token};
      EXPECT_EQ(parse_channel_path(path_of(channel_uri(channel, {}, "h.example.net:8080"))), channel);
    }
  }
}

TEST(ChannelUri, BeginsWithTheBaseOrWithTheHostOfTheRequest) {
  Policy policy;
  EXPECT_EQ(channel_uri({ChannelUse::contact, 36, token}, policy, "h:1"), "http://h:1/m2m-channels/contact/10-" + token);
  policy.base_uri = "https://nscl.example.net";
  EXPECT_EQ(channel_uri({ChannelUse::poll, 35, token}, policy, "h:1"), "https://nscl.example.net/m2m-channels/poll/z-" + token);
}

TEST(ChannelUri, OtherPathsAreNone) {
  for (const auto& path : {std::string(), "/m2m/contact/1-" + token, "/m2m-channels/1-" + token, "/m2m-channels/other/1-" + token,
                           "/m2m-channels/poll/1" + token, "/m2m-channels/poll/-" + token, "/m2m-channels/poll/A-" + token,
                           "/m2m-channels/poll/1-" + token.substr(1), "/m2m-channels/poll/1-" + token + "k", "/m2m-channels/poll/1-" + token + "/",
                           "/m2m-channels/poll/zzzzzzzzzzzzzzzzzzzz-" + token, "/m2m-channels/poll/1-" + token.substr(1) + "K", "x/m2m-channels/poll/1-" + token}) {
    EXPECT_FALSE(parse_channel_path(path)) << path;
  }
}

}  // namespace
}  // namespace nscl::core
