// SPDX-License-Identifier: Apache-2.0
// The Waker in turned time: whom it calls, and when again (rem.md 4.7, 5.5).
#include "waking.h"

namespace nscl::rem {
namespace {

using End = CallOutcome::End;

TEST_F(Waking, R30whatIsQueuedHasTheDeviceCalledAtOnceAndOnce) {
  wake();
  EXPECT_TRUE(requester_.calls.empty());
  queue_command();
  wake();
  ASSERT_EQ(requester_.calls.size(), 1u);
  const auto& call = requester_.calls.front();
  EXPECT_EQ(call.device, device_);
  EXPECT_EQ(call.facts.connection_request_url, "http://8.8.8.8:7547/x");
  EXPECT_EQ(call.login->user, "acs");
  EXPECT_EQ(call.trigger, "");
  begin({"6 CONNECTION REQUEST"});
  ASSERT_TRUE(next());
  EXPECT_EQ(device().wake_due, never);
  EXPECT_EQ(device().wake_attempts, 0u);
  pass(60s);
  EXPECT_EQ(requester_.calls.size(), 1u);
}

TEST_F(Waking, aDeviceThatSaysItComesAndDoesNotIsCalledAgainLaterAndLater) {
  queue_command();
  wake();
  pass(29s);
  EXPECT_EQ(requester_.calls.size(), 1u);
  pass(3h);
  EXPECT_EQ(pauses(), (std::vector<std::chrono::seconds>{90s, 150s, 270s, 510s, 990s, 1950s, 3630s}));
}

TEST_F(Waking, aDeviceOfOmaDmIsCalledAfterItsOwnPauses) {
  requester_.answers = {End::sent, End::failed, End::sent, End::sent, End::sent, End::sent};
  queue_for_dm();
  wake();
  pass(6h);
  EXPECT_EQ(pauses(), (std::vector<std::chrono::seconds>{60s, 300s, 1800s, 7200s, 7200s}));
  for (unsigned i = 0; i < requester_.calls.size(); ++i) {
    const auto& call = requester_.calls[i];
    EXPECT_EQ(call.attempt, i + 1);
    EXPECT_EQ(call.protocol, store::ManagementProtocol::oma_dm);
    EXPECT_EQ(call.nonce, "theirs") << "what this SCL is proven by there";
    EXPECT_EQ(call.last_contact, requester_.calls[0].last_contact) << "all are for one session";
  }
  begin();
  EXPECT_EQ(device().wake_due, never) << "however the session is named";   // row 54
  EXPECT_EQ(device().wake_attempts, 0u);
  EXPECT_NE(device().last_contact, requester_.calls[0].last_contact);
}

TEST_F(Waking, aMessageCentreThatIsNotThereMakesNoCallInVain) {
  requester_.answers = std::deque<End>(30, End::busy);
  queue_for_dm();
  wake();
  pass(30min);
  EXPECT_EQ(pauses(), std::vector<std::chrono::seconds>(30, 60s));
  EXPECT_EQ(device().wake_attempts, 2u);
}

TEST_F(Waking, aDeviceThatCannotBeReachedIsTriedAfterMinutesAnHourAtMost) {
  requester_.answers = std::deque<End>(20, End::failed);
  queue_command();
  wake();
  pass(4h);
  EXPECT_EQ(pauses(), (std::vector<std::chrono::seconds>{60s, 120s, 240s, 480s, 960s, 1920s, 3600s, 3600s}));
  EXPECT_TRUE(events().empty());
}

TEST_F(Waking, callsInVainAreAnAlarmUntilTheDeviceComes) {
  const auto alarm = [&](std::string_view kind) {
    std::optional<store::ManagementAlarm> out;
    look([&](store::View& view) { out = view.management().alarm(device_, kind); });
    return out;
  };
  requester_.answers = std::deque<End>(8, End::failed);
  queue_command();
  wake();
  while (requester_.calls.size() < 5) pass(1min);
  EXPECT_FALSE(alarm("unreachable"));
  while (requester_.calls.size() < 7) pass(1min);
  ASSERT_TRUE(alarm("unreachable"));
  EXPECT_EQ(alarm("unreachable")->text, "6 calls brought no session");
  EXPECT_EQ(alarm("unreachable")->count, 2u);
  begin();
  EXPECT_FALSE(alarm("unreachable"));
}

TEST_F(Waking, aBusyDeviceIsTriedLater) {
  requester_.answers = {End::busy};
  queue_command();
  wake();
  pass(61s);
  EXPECT_EQ(pauses(), (std::vector<std::chrono::seconds>{60s}));
}

TEST_F(Waking, R30wrongCredentialsRaiseAnAlarmAndNoLoop) {
  requester_.answers = {End::refused, End::refused};
  queue_command();
  wake();
  EXPECT_EQ(events(), (std::vector<std::string>{"connection_request.refused"}));
  pass(59min);
  EXPECT_EQ(requester_.calls.size(), 1u);
  set([](store::ManagedDevice& device) { device.wake_due = never; });
  queue_command();   // nor by work that comes in between
  pass(30s);
  EXPECT_EQ(requester_.calls.size(), 1u);
  pass(2min);
  EXPECT_EQ(requester_.calls.size(), 2u);
  EXPECT_EQ(events().size(), 1u) << "the same is told once";
}

TEST_F(Waking, R31aForbiddenAddressIsNotTriedAgainUntilTheDeviceHasCalled) {
  requester_.answers = {End::forbidden};
  queue_command();
  wake();
  EXPECT_EQ(device().wake_due, never);
  EXPECT_EQ(events(), (std::vector<std::string>{"connection_request.forbidden"}));
  pass(2h);
  EXPECT_EQ(requester_.calls.size(), 1u);
}

TEST_F(Waking, aDeviceThatCannotBeCalledAtAllIsNotTriedAgain) {
  requester_.answers = {End::impossible};
  queue_command();
  wake();
  EXPECT_EQ(device().wake_due, never);
}

TEST_F(Waking, theEndOfWhatWaitedEndsTheCalls) {
  requester_.answers = std::deque<End>(100, End::failed);
  queue_command();
  wake();
  clock_.advance(48h);
  keep();   // the command has expired
  ASSERT_TRUE(pending().empty());
  wake();
  EXPECT_EQ(requester_.calls.size(), 1u);
  EXPECT_EQ(device().wake_due, never);
}

TEST_F(Waking, theOperatorMayHaveADeviceCalledThoughNothingWaits) {
  set([&](store::ManagedDevice& device) { device.wake_due = clock_.now(); });
  wake();
  EXPECT_EQ(requester_.calls.size(), 1u);
  pass(1h);
  EXPECT_EQ(requester_.calls.size(), 1u);
  EXPECT_EQ(device().wake_due, never);
}

TEST_F(Waking, aDeviceIsCalledOnceInTenSecondsHoweverOftenItComes) {
  queue_command();
  wake();
  begin();
  end_session();
  set([&](store::ManagedDevice& device) { device.wake_due = clock_.now(); });
  pass(8s);
  EXPECT_EQ(requester_.calls.size(), 1u);
  pass(3s);
  EXPECT_EQ(requester_.calls.size(), 2u);
}

TEST_F(Waking, aRejectedDeviceIsNotCalled) {
  queue_command();
  set([](store::ManagedDevice& device) { device.state = store::ManagedState::rejected; });
  wake();
  EXPECT_TRUE(requester_.calls.empty());
  EXPECT_EQ(device().wake_due, never);
}

TEST_F(Waking, aSessionDuringTheCallStands) {   // O29: a session tells, not its event
  requester_.answers = {End::failed};
  requester_.during = [&] {
    set([](store::ManagedDevice& device) {
      device.wake_due = never;
      device.wake_attempts = 0;
    });
  };
  queue_command();
  wake();
  EXPECT_EQ(device().wake_due, never);
  EXPECT_EQ(device().wake_attempts, 0u);
}

TEST_F(Waking, itGoesOnAfterARestart) {
  requester_.answers = std::deque<End>(3, End::failed);
  queue_command();
  wake();
  pass(61s);
  ASSERT_EQ(requester_.calls.size(), 2u);
  restart_all();
  EXPECT_EQ(device().wake_attempts, 2u);
  pass(110s);
  EXPECT_EQ(requester_.calls.size(), 2u) << "the pause goes on as well";
  pass(15s);
  EXPECT_EQ(requester_.calls.size(), 3u);
}

TEST_F(Waking, theSclSaysWhereItIsCalled) {
  EXPECT_EQ(send(model::Verb::update, "scls/gw/remTriggerAddr", "<remTriggerAddr xmlns=\"http://uri.etsi.org/m2m\">http://8.8.4.4/wake</remTriggerAddr>").status, Status::ok);
  queue_command();
  wake();
  ASSERT_EQ(requester_.calls.size(), 1u);
  EXPECT_EQ(requester_.calls.front().trigger, "http://8.8.4.4/wake");
}

TEST_F(Waking, R59aDeviceOfOmaDmBehindAGatewayIsCalledThere) {
  EXPECT_EQ(send(model::Verb::update, "scls/gw/remTriggerAddr", "<remTriggerAddr xmlns=\"http://uri.etsi.org/m2m\">http://8.8.8.8/wake</remTriggerAddr>").status, Status::ok);
  change([&](store::Transaction& transaction) {
    store::ManagedDevice made;
    made.id = "IMEI:2";
    made.protocol = store::ManagementProtocol::oma_dm;
    made.state = store::ManagedState::adopted;
    made.managed = "scls/gw/attachedDevices/IMEI_2";
    made.wake_due = Time{};
    transaction.manage().put_device(made);
  });
  wake();
  ASSERT_EQ(requester_.calls.size(), 1u);
  EXPECT_EQ(requester_.calls.front().device, "IMEI:2");
  EXPECT_EQ(requester_.calls.front().trigger, "http://8.8.8.8/wake");
  EXPECT_EQ(requester_.calls.front().facts.address, "8.8.8.8") << "where the gateway is may be called";
}

TEST_F(Waking, whatASessionLeftUndoneHasTheDeviceCalledAgain) {
  queue_command();
  begin();
  const auto assignment = next();
  ASSERT_TRUE(assignment);
  end_session(assignment->operation);   // lost
  ASSERT_EQ(pending().size(), 1u);
  pass(55s);
  EXPECT_TRUE(requester_.calls.empty());
  pass(10s);
  EXPECT_EQ(requester_.calls.size(), 1u);
}

TEST_F(Waking, whatASessionDidNeedsNoCall) {
  queue_command();
  begin();
  const auto assignment = next();
  ASSERT_TRUE(assignment);
  finish(*assignment, {.end = Report::End::accepted});
  end_session();
  pass(5min);
  EXPECT_TRUE(requester_.calls.empty());
}

TEST_F(Waking, manyDevicesAreCalledFiftyAtOnce) {
  change([&](store::Transaction& transaction) {
    for (int i = 0; i < 120; ++i) {
      store::ManagedDevice device;
      device.id = "00D09E-Many-" + std::to_string(i);
      device.state = store::ManagedState::adopted;
      device.wake_due = clock_.now();
      transaction.manage().put_device(device);
    }
  });
  wake();
  EXPECT_EQ(requester_.calls.size(), 50u);
  wake();
  wake();
  EXPECT_EQ(requester_.calls.size(), 120u);
}

TEST_F(Waking, itLooksByItselfAndWhenItIsPoked) {
  waker_->start();
  queue_command();
  waker_->poke();
  for (int i = 0; i < 400 && requester_.calls.empty(); ++i) {
    context_->restart();
    context_->run_one_for(50ms);
  }
  EXPECT_EQ(requester_.calls.size(), 1u);
}

}  // namespace
}  // namespace nscl::rem
