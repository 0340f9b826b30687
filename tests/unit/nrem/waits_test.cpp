// SPDX-License-Identifier: Apache-2.0
// Which requests wait for their device, and when devices are called (rem.md 2.8, 5.5).
#include "nrem_fixture.h"

namespace nscl::rem {
namespace {

class Waits : public NremFixture {
 protected:
  void SetUp() override {
    NremOptions options;
    options.calls_devices = true;
    options.live_wait = 1h;
    restart(options);
    make_gateway();
    make_command("boot", "REBOOT");
    ASSERT_EQ(execute("scls/gw/mgmtObjs/boot/execEnable").status, Status::accepted);
    ASSERT_EQ(pending().size(), 1u);
  }
  void set(const std::function<void(store::ManagedDevice&)>& edit) {
    change([&](store::Transaction& transaction) {
      auto device = transaction.management().device(device_);
      edit(*device);
      transaction.manage().put_device(*device);
    });
  }
  void give_url(unsigned attempts) {
    set([&](store::ManagedDevice& device) {
      DeviceFacts facts;
      facts.connection_request_url = "http://8.8.8.8/";
      device.facts = to_json(facts);
      device.wake_attempts = attempts;
    });
  }
  store::ManagedDevice device() {
    std::optional<store::ManagedDevice> out;
    look([&](store::View& view) { out = view.management().device(device_); });
    return *out;
  }
  /// Whether an UPDATE that became the pending operation waits for it.
  bool waits() {
    bool is_over = false;
    core::RequestIndication request;
    request.verb = model::Verb::update;
    request.from = from_;
    boost::asio::co_spawn(context_->get_executor(), nrem_->settled(pending().front().id, request, *context_), [&](const std::exception_ptr&, auto) { is_over = true; });
    context_->restart();
    context_->run_for(100ms);
    const bool was_over = is_over;
    clock_.advance(48h);
    keep();   // ends the operation, and whoever waits for it
    while (!is_over) {
      context_->restart();
      context_->run_one_for(50ms);
    }
    return !was_over;
  }
};

TEST_F(Waits, forADeviceThatIsCalled) {
  give_url(0);
  EXPECT_TRUE(waits());
}

TEST_F(Waits, forADeviceThatWasCalledOnce) {
  give_url(1);
  EXPECT_TRUE(waits());
}

TEST_F(Waits, notForADeviceThatWasCalledInVain) {
  give_url(2);
  EXPECT_FALSE(waits());
}

TEST_F(Waits, notForADeviceThatCannotBeCalled) { EXPECT_FALSE(waits()); }

TEST_F(Waits, forADeviceWhoseSessionWasAboutToEnd) {   // so that nobody has it called
  give_url(0);
  set([](store::ManagedDevice& device) { device.wake_due = never; });
  EXPECT_TRUE(waits());
}

TEST_F(Waits, whatASessionDidNotSeeHasItsDeviceCalledAtOnce) {
  give_url(0);
  begin();
  end_session();
  EXPECT_LE(device().wake_due, clock_.now());
  clock_.advance(2min);
  begin();
  end_session();
  EXPECT_GT(device().wake_due, clock_.now() + 1min) << "what sessions did not take before is in no hurry";
}

TEST_F(Waits, forADeviceInSession) {
  begin();
  EXPECT_TRUE(waits());
}

TEST_F(Waits, newWorkDoesNotMakeADeviceReachable) {
  give_url(5);
  set([](store::ManagedDevice& device) { device.wake_due = never; });
  ASSERT_EQ(execute("scls/gw/mgmtObjs/boot/execEnable").status, Status::accepted);
  EXPECT_NE(device().wake_due, never);
  EXPECT_EQ(device().wake_attempts, 5u);
}

TEST_F(Waits, aDeviceThatRestartsIsNotCalledForTheRest) {
  make_command("inform", "SCHEDULEINFORM", "<execReqArg><name>DelaySeconds</name><value>60</value></execReqArg>");
  begin();
  auto assignment = next();
  ASSERT_TRUE(assignment);
  finish(*assignment, {.end = Report::End::accepted});
  ASSERT_EQ(execute("scls/gw/mgmtObjs/inform/execEnable").status, Status::accepted);
  end_session();
  EXPECT_GT(device().wake_due, clock_.now() + 12h) << "it comes by itself, or its report is overdue";
  EXPECT_LT(device().wake_due, never);
}

TEST_F(Waits, aSessionThatLeftNothingPlansNoCall) {
  begin();
  const auto assignment = next();
  ASSERT_TRUE(assignment);
  Report failed;
  failed.end = Report::End::failed;
  failed.status = Status::bad_gateway;
  finish(*assignment, std::move(failed));
  end_session();
  EXPECT_EQ(device().wake_due, never);
}

}  // namespace
}  // namespace nscl::rem
