// SPDX-License-Identifier: Apache-2.0
// The Waker in turned time: whom it calls, and when again (rem.md 4.7, 5.5).
#include <deque>

#include <nscl/rem/wake.h>

#include "nrem_fixture.h"

namespace nscl::rem {
namespace {

using End = CallOutcome::End;

class Scripted final : public ConnectionRequester {
 public:
  explicit Scripted(const Clock& clock) : clock_(clock) {}
  net::Task<CallOutcome> request(Call call) override {
    calls.push_back(std::move(call));
    times.push_back(clock_.now());
    CallOutcome outcome;
    outcome.end = answers.empty() ? End::accepted : answers.front();
    outcome.detail = "as scripted";
    if (!answers.empty()) answers.pop_front();
    if (during) during();
    co_return outcome;
  }

  std::vector<Call> calls;
  std::vector<Time> times;
  std::deque<End> answers;
  std::function<void()> during;

 private:
  const Clock& clock_;
};

class Waking : public NremFixture {
 protected:
  Waking() {
    restart_all();
    make_gateway();
    set([](store::ManagedDevice& device) {
      auto facts = facts_from_json(device.facts);
      facts.connection_request_url = "http://8.8.8.8:7547/x";
      facts.address = "8.8.8.8";
      device.facts = to_json(facts);
    });
    make_command("boot", "REBOOT");
  }
  ~Waking() override { waker_.reset(); }

  void restart_all() {
    waker_.reset();
    NremOptions options;
    options.calls_devices = true;
    options.live_wait = 1ms;
    options.action_life = 48h;
    restart(options);
    waker_ = std::make_unique<Waker>(*store_, clock_, *context_, requester_, [this](store::View&, const store::ManagedDevice& device) { return login(device); }, WakeOptions{});
  }
  std::optional<Login> login(const store::ManagedDevice& device) {
    if (device.id != device_) return std::nullopt;
    return Login{"acs", Secret("pw")};
  }
  void set(const std::function<void(store::ManagedDevice&)>& edit) {
    change([&](store::Transaction& transaction) {
      auto device = transaction.management().device(device_);
      edit(*device);
      transaction.manage().put_device(*device);
    });
  }
  store::ManagedDevice device() {
    std::optional<store::ManagedDevice> out;
    look([&](store::View& view) { out = view.management().device(device_); });
    return *out;
  }
  void queue_command() { EXPECT_EQ(execute("scls/gw/mgmtObjs/boot/execEnable").status, Status::accepted); }
  /// The same for a device of OMA-DM that issued a nonce.
  void queue_for_dm() {
    queue_command();
    set([](store::ManagedDevice& device) { device.protocol = store::ManagementProtocol::oma_dm; });
    change([&](store::Transaction& transaction) { transaction.manage().put_nonces({.device = device_, .ours = "ours", .theirs = "theirs"}); });
  }
  /// One look, and everything it begins to its end.
  void wake() {
    waker_->look();
    while (!waker_->is_idle()) {
      context_->restart();
      context_->run_one_for(50ms);
    }
  }
  /// Looks in whole seconds for so long, those left out in which nothing is due.
  void pass(std::chrono::seconds time) {
    for (auto step = 1s; time > 0s; time -= step) {
      const auto due = device().wake_due;
      step = due == never ? time : std::clamp(std::chrono::floor<std::chrono::seconds>(due - clock_.now()), 1s, time);
      clock_.advance(step);
      wake();
    }
  }
  std::vector<std::chrono::seconds> pauses() const {
    std::vector<std::chrono::seconds> out;
    for (std::size_t i = 1; i < requester_.times.size(); ++i) out.push_back(std::chrono::round<std::chrono::seconds>(requester_.times[i] - requester_.times[i - 1]));
    return out;
  }
  std::vector<std::string> events() {
    std::vector<std::string> out;
    look([&](store::View& view) {
      for (const auto& event : view.management().events(device_, 1'000'000, 100)) out.push_back(event.code);
    });
    return out;
  }

  Scripted requester_{clock_};
  std::unique_ptr<Waker> waker_;
};

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
