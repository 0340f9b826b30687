// SPDX-License-Identifier: Apache-2.0
// Having a device tell of changes: batches, what it refuses, what was lost.
#include "play.h"

namespace nscl::rem::tr069 {
namespace {

SetParameterAttributes request(const std::vector<WatchedLeaf>& leaves) {
  SetParameterAttributes out;
  for (const auto& leaf : leaves) {
    SetParameterAttributesStruct one;
    one.name = leaf.path;
    one.notification_change = true;
    one.notification = leaf.level;
    out.parameters.push_back(std::move(one));
  }
  return out;
}

std::vector<WatchedLeaf> leaves(std::size_t count) {
  std::vector<WatchedLeaf> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back({"Device.P" + std::to_string(i), 1});
  return out;
}

std::vector<WatchedLeaf> part(const std::vector<WatchedLeaf>& all, std::ptrdiff_t begin, std::ptrdiff_t end) { return {all.begin() + begin, all.begin() + end}; }

TEST(PerformNotify, SetsNotificationAloneAndFlagsAreDigits) {
  Play play(SetNotifications{{{"Device.A", 2}, {"Device.B", 0}}});
  play.asks(request({{"Device.A", 2}, {"Device.B", 0}}));
  const auto* sent = play.request_if<SetParameterAttributes>();
  ASSERT_TRUE(sent);
  const auto text = text_of(*sent);
  EXPECT_NE(text.find("<NotificationChange>1</NotificationChange><Notification>2</Notification><AccessListChange>0</AccessListChange>"), std::string::npos) << text;
  play.gets(SetParameterAttributesResponse{});
  EXPECT_EQ(play.report().end, Report::End::done);
}

TEST(PerformNotify, NothingIsDoneWithoutARequest) { EXPECT_EQ(Play(SetNotifications{}).report().end, Report::End::done); }

TEST(PerformNotify, ManyGoInBatches) {
  const auto all = leaves(70);
  Play play(SetNotifications{all});
  play.asks(request(part(all, 0, 64))).gets(SetParameterAttributesResponse{}).asks(request(part(all, 64, 70))).gets(SetParameterAttributesResponse{});
  EXPECT_EQ(play.report().end, Report::End::done);
}

// One request is all or none: the others are asked for without the one that the device refuses.
TEST(PerformNotify, WhatIsRefusedDoesNotHinderTheOthers) {
  const auto all = leaves(4);
  Play play(SetNotifications{all});
  play.gets(fault(9009));
  play.asks(request(part(all, 0, 2))).gets(SetParameterAttributesResponse{});
  play.asks(request(part(all, 2, 4))).gets(fault(9009));
  play.asks(request(part(all, 2, 3))).gets(SetParameterAttributesResponse{});
  play.asks(request(part(all, 3, 4))).gets(fault(9009));
  expect_failure(play.report(), Status::forbidden, "9009", "CWMP 9009 Notification request rejected: Device.P3");
}

TEST(PerformNotify, AllThatAreRefusedAreNamed) {
  Play play(SetNotifications{leaves(2)});
  play.gets(fault(9005)).gets(fault(9005)).gets(fault(9009));
  expect_failure(play.report(), Status::not_found, "9005", "Device.P0");
  EXPECT_NE(play.report().text.find("CWMP 9009 Notification request rejected: Device.P1"), std::string::npos) << play.report().text;
}

TEST(PerformNotify, AMethodThatIsNotKnownEndsIt) {
  Play play(SetNotifications{leaves(2)});
  play.gets(fault(9000));
  expect_failure(play.report(), Status::not_implemented, "9000");
  EXPECT_TRUE(play.report().unsupported);
  Play silent(SetNotifications{leaves(2)});
  silent.gets_nothing().gets_nothing();
  EXPECT_TRUE(silent.report().unsupported);
}

TEST(PerformNotify, AnInternalErrorIsForAnotherSession) {
  Play play(SetNotifications{leaves(1)});
  play.gets(fault(9002));
  EXPECT_EQ(play.report().end, Report::End::later);
}

// 5.4: to ask twice does no harm.
TEST(PerformNotify, WhatALostSessionHadIsAskedAgain) {
  const auto all = leaves(2);
  Play play(SetNotifications{all});
  play.again(our_key).asks(request(all)).gets(SetParameterAttributesResponse{});
  EXPECT_EQ(play.report().end, Report::End::done);
}

}  // namespace
}  // namespace nscl::rem::tr069
