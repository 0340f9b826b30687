// SPDX-License-Identifier: Apache-2.0
// The Waker in turned time: bootstraps that it pushes in place of calls (rem.md 3.7).
#include "waking.h"

namespace nscl::rem {
namespace {

using End = CallOutcome::End;

class Pushing : public Waking {
 protected:
  /// As the command does for a device of OMA-DM.
  void bootstrap() {
    pushed_ = clock_.now();
    change([&](store::Transaction& transaction) { transaction.manage().put_bootstrap({.device = device_, .address = "tel:+49151", .push = "document", .created = pushed_}); });
    set([](store::ManagedDevice& device) {
      device.protocol = store::ManagementProtocol::oma_dm;
      device.wake_due = Time{};
      device.wake_attempts = 0;
    });
  }
  bool is_pushed() {
    bool is = false;
    look([&](store::View& view) { is = view.management().bootstrap(device_).has_value(); });
    return is;
  }
  /// A session of the device, which showed a password that was set then.
  void come(Time password_set) {
    Contact contact;
    contact.device = device_;
    contact.protocol = store::ManagementProtocol::oma_dm;
    contact.password_set = password_set;
    begin_with(std::move(contact));
    end_session();
  }

  Time pushed_{};   ///< when the bootstrap was kept
};

TEST_F(Pushing, M1aBootstrapIsPushedAfterThePausesOfCallsUntilItIsGivenUp) {
  requester_.answers = std::deque<End>(9, End::sent);
  bootstrap();
  wake();
  pass(12h);
  EXPECT_EQ(pauses(), (std::vector<std::chrono::seconds>{60s, 300s, 1800s, 7200s}));
  for (const auto& call : requester_.calls) {
    ASSERT_TRUE(call.push);
    EXPECT_EQ(call.push->address, "tel:+49151");
    EXPECT_EQ(call.push->octets.view(), "document");
  }
  EXPECT_FALSE(is_pushed());
  EXPECT_EQ(events(), (std::vector<std::string>{"bootstrap.given_up"}));
  look([&](store::View& view) { EXPECT_EQ(view.management().alarm(device_, "unreachable")->text, "bootstrap: 5 pushes brought no session"); });
  EXPECT_EQ(device().wake_due, never);
}

TEST_F(Pushing, M1theFirstSessionWithThePasswordOfTheBootstrapEndsIt) {
  requester_.answers = std::deque<End>(9, End::sent);
  bootstrap();
  wake();
  come(pushed_ - 1s);
  come({});
  EXPECT_TRUE(is_pushed()) << "it came with the account of before";
  pass(61s);
  EXPECT_EQ(requester_.calls.size(), 2u);
  come(pushed_);
  EXPECT_FALSE(is_pushed());
  EXPECT_EQ(events(), (std::vector<std::string>{"bootstrap.done"}));
  EXPECT_EQ(device().wake_due, never);
  EXPECT_EQ(device().wake_attempts, 0u);
  pass(3h);
  EXPECT_EQ(requester_.calls.size(), 2u);
}

TEST_F(Pushing, M1aBootstrapGoesOnAfterARestart) {
  requester_.answers = std::deque<End>(9, End::sent);
  bootstrap();
  restart_all();
  wake();
  ASSERT_EQ(requester_.calls.size(), 1u);
  EXPECT_TRUE(requester_.calls.front().push);
}

TEST_F(Pushing, M1aBootstrapThatMayNotGoThereIsGivenUpAtOnceAndTold) {
  for (const End end : {End::forbidden, End::impossible}) {
    requester_.answers = {end};
    bootstrap();
    wake();
    EXPECT_FALSE(is_pushed());
    EXPECT_EQ(device().wake_due, never);
    clock_.advance(11s);
  }
  EXPECT_EQ(events(), (std::vector<std::string>{"bootstrap.given_up", "bootstrap.given_up"})) << "each is told";
}

TEST_F(Pushing, M1aBootstrapThatDoesNotGetToTheBearerIsGivenUpAfterADay) {
  requester_.answers = std::deque<End>(1500, End::busy);
  bootstrap();
  wake();
  pass(23h + 50min);
  EXPECT_TRUE(is_pushed());
  pass(20min);
  EXPECT_FALSE(is_pushed());
  EXPECT_EQ(events(), (std::vector<std::string>{"bootstrap.given_up"}));
}

TEST_F(Pushing, M1whatFailsIsToldOnceAndTriedAgain) {
  requester_.answers = {End::failed, End::failed, End::sent};
  bootstrap();
  wake();
  pass(7min);
  EXPECT_EQ(requester_.calls.size(), 3u);
  EXPECT_EQ(events(), (std::vector<std::string>{"bootstrap.failed"}));
  EXPECT_TRUE(is_pushed());
}

TEST_F(Pushing, M1aBootstrapThatIsTakenBackIsNotPushedNorTheDeviceCalled) {
  bootstrap();
  change([&](store::Transaction& transaction) { transaction.manage().erase_bootstrap(device_); });
  set([](store::ManagedDevice& device) { device.wake_attempts = 1; });
  wake();
  EXPECT_TRUE(requester_.calls.empty());
}

TEST_F(Pushing, M1whatWaitsHasTheDeviceCalledOnceTheBootstrapIsGivenUp) {
  requester_.answers = {End::forbidden, End::sent};
  queue_for_dm();
  bootstrap();
  wake();
  pass(15s);
  ASSERT_EQ(requester_.calls.size(), 2u);
  EXPECT_TRUE(requester_.calls[0].push);
  EXPECT_FALSE(requester_.calls[1].push);
}

}  // namespace
}  // namespace nscl::rem
