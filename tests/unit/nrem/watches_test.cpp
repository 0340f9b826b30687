// SPDX-License-Identifier: Apache-2.0
// Subscriptions to management objects: what the device is asked to tell of because of them (rem.md 2.5, 4.5, 4.6).
#include <algorithm>

#include "discovered.h"

namespace nscl::rem {
namespace {

using model::Verb;

const std::string at_once = "Device.DeviceInfo.MemoryStatus.Free=2 Device.DeviceInfo.MemoryStatus.Total=2",
                  with_time = "Device.DeviceInfo.MemoryStatus.Free=1 Device.DeviceInfo.MemoryStatus.Total=1",
                  not_any_more = "Device.DeviceInfo.MemoryStatus.Free=0 Device.DeviceInfo.MemoryStatus.Total=0";
const std::string pace = "<m:minimalTimeBetweenNotifications>5000</m:minimalTimeBetweenNotifications>";

class Watches : public Discovered<NremFixture> {
 protected:
  void SetUp() override {
    make_gateway();
    discover();
  }
  void subscribe(const std::string& id, const std::string& more = {}, const std::string& to = memory_object) {
    make(to + "/subscriptions", "<m:subscription " + names + " m:id=\"" + id + "\">" + more + "<m:contact>http://127.0.0.1:9/x</m:contact></m:subscription>");
  }
  void unsubscribe(const std::string& id) { EXPECT_EQ(send(Verb::remove, memory_object + "/subscriptions/" + id).status, Status::ok); }
};

TEST_F(Watches, aSubscriptionHasTheDeviceTellOfWhatItsObjectShows) {
  subscribe("s");
  begin();
  EXPECT_EQ(next_wish(), at_once);
  EXPECT_EQ(next_wish(), "(nothing)");
  unsubscribe("s");
  EXPECT_EQ(next_wish(), not_any_more);
}

TEST_F(Watches, oneThatLeavesTimeIsToldInTheNextSession) {
  subscribe("patient", pace);
  begin();
  EXPECT_EQ(next_wish(), with_time);
  subscribe("later", "<m:delayTolerance>2090-01-01T00:00:00Z</m:delayTolerance>");
  EXPECT_EQ(next_wish(), "(nothing)") << "it tells of it already";
  subscribe("hasty");
  EXPECT_EQ(next_wish(), at_once);
  unsubscribe("hasty");
  EXPECT_EQ(next_wish(), with_time);
  unsubscribe("patient");
  EXPECT_EQ(next_wish(), "(nothing)");
  unsubscribe("later");
  EXPECT_EQ(next_wish(), not_any_more);
}

TEST_F(Watches, theEndOfASubscriptionEndsIt) {
  const auto soon = format_date_time(std::chrono::floor<std::chrono::seconds>(clock_.now()) + 1h);
  subscribe("s", "<m:expirationTime>" + soon + "</m:expirationTime>");
  begin();
  EXPECT_EQ(next_wish(), at_once);
  keep();
  keep();
  EXPECT_EQ(next_wish(), "(nothing)") << "it lives";
  clock_.advance(2h);
  keep();
  keep();
  EXPECT_EQ(next_wish(), not_any_more);
}

TEST_F(Watches, theEndOfTheObjectEndsIt) {
  subscribe("s");
  begin();
  EXPECT_EQ(next_wish(), at_once);
  EXPECT_EQ(send(Verb::remove, memory_object).status, Status::ok);
  keep();
  keep();
  EXPECT_EQ(next_wish(), not_any_more);
  look([&](store::View& view) { EXPECT_TRUE(view.management().watches_of(device_).empty()); });
}

TEST_F(Watches, areNotThereIfTheOperatorWantsNone) {
  subscribe("before");
  NremOptions options;
  options.notify_on_device_change = false;
  restart(options);
  subscribe("after");
  keep();
  keep();
  begin();
  EXPECT_EQ(next_wish(), not_any_more) << "what was asked before is taken back";
}

TEST_F(Watches, thoseWhoComeAndGoFillNoQueue) {
  for (int i = 0; i < 20; ++i) {
    subscribe("s" + std::to_string(i));
    unsubscribe("s" + std::to_string(i));
  }
  subscribe("last", pace);
  EXPECT_EQ(pending().size(), 1u);
  begin();
  EXPECT_EQ(next_wish(), with_time) << "what is wished when it is sent";
}

TEST_F(Watches, aDeviceThatWasResetIsAskedAgain) {
  subscribe("s");
  begin();
  EXPECT_EQ(next_wish(), at_once);
  end_session();
  begin({"0 BOOTSTRAP"}, true, true);
  finish(*next(), gateway_report());
  EXPECT_EQ(next_wish(), at_once);
}

TEST_F(Watches, aSubscriptionThatCameBeforeItsDeviceIsFollowedLater) {
  change([&](store::Transaction& transaction) {
    auto device = *transaction.management().device(device_);
    device.managed.clear();
    transaction.manage().put_device(device);
  });
  subscribe("s");
  change([&](store::Transaction& transaction) {
    auto device = *transaction.management().device(device_);
    device.managed = "scls/gw";
    transaction.manage().put_device(device);
  });
  begin({"0 BOOTSTRAP"}, true, true);
  finish(*next(), gateway_report());
  EXPECT_EQ(next_wish(), at_once);
}

TEST_F(Watches, aFullQueueRefusesNoSubscriptionAndItIsFollowedLater) {
  NremOptions options;
  options.queue = 1;
  restart(options);
  execute(mgmt_objects + "reboot/execEnable");
  ASSERT_EQ(pending().size(), 1u);
  subscribe("s");
  ASSERT_EQ(pending().size(), 1u);
  begin();
  finish(*next(), {});   // the reboot
  keep();
  keep();
  EXPECT_EQ(next_wish(), at_once);
}

TEST_F(Watches, whatADeviceTellsIsToldOnce) {
  listener_.changes.clear();
  tell({{"Device.DeviceInfo.MemoryStatus.Free", "7", "unsignedInt"}});
  tell({{"Device.DeviceInfo.MemoryStatus.Free", "7", "unsignedInt"}});
  EXPECT_EQ(std::count(listener_.changes.begin(), listener_.changes.end(), "updated " + memory_object), 1);
}

TEST_F(Watches, subscriptionsToOtherResourcesAskForNothing) {
  subscribe("s", "", "scls/gw/mgmtObjs/reboot");
  begin();
  EXPECT_EQ(next_wish(), "(nothing)");
}

}  // namespace
}  // namespace nscl::rem
