// SPDX-License-Identifier: Apache-2.0
// etsiTrapEvent: traps on parameters and alarms, and the ring of their events (rem.md 1.9, 2.4).
#include "discovered.h"

namespace nscl::rem {
namespace {

using model::Verb;

const std::string traps = mgmt_objects + "etsiTrapEvent", trap = traps + "/radio", status = "Device.WiFi.Radio.1.Status", table = "Device.FaultMgmt.ExpeditedEvent.";

class Traps : public Discovered<NremFixture> {
 protected:
  void SetUp() override {
    make_gateway();
    discover();
  }
  void make_trap(const std::string& id, const std::string& trap_id) {
    make(traps, "<m:parameters " + names + " xsi:type=\"m:TrapInstance\" m:id=\"" + id + "\"><m:trapId>" + trap_id + "</m:trapId></m:parameters>");
  }
  Status act(const std::string& path, const std::string& trigger) { return execute(path + "/trapEventAction/" + trigger).status; }
  /// Enables the trap on the radio, whose state is "Up".
  void enable() {
    make_trap("radio", status);
    ASSERT_EQ(act(trap, "trapEventEnable"), Status::accepted);
    begin();
    EXPECT_EQ(next_wish(), status + "=2");
    const auto reading = next();
    ASSERT_TRUE(reading);
    EXPECT_EQ(std::get<GetLeaves>(reading->task).paths, std::vector<std::string>{status});
    finish(*reading, {.leaves = {{status, "Up", "string"}}});
    end_session();
  }
  std::size_t stamps(const std::string& path) {
    const auto text = document(path);
    std::size_t count = 0;
    for (auto at = text.find("<trapEventTimeStamp>"); at != text.npos; at = text.find("<trapEventTimeStamp>", at + 1)) ++count;
    return count;
  }
  std::string index(const std::string& path) { return text_between(document(path), "<currentIndex>", "<"); }
};

TEST_F(Traps, anApplicationMakesOneForAnyParameter) {
  make_trap("radio", status);
  EXPECT_NE(document(trap).find("trapId>" + status + "<"), std::string::npos) << document(trap);
  EXPECT_NE(document(trap + "/trapEventAction").find("/etsiTrapEvent/radio/trapEventAction/trapEventEnable<"), std::string::npos);
  EXPECT_TRUE(pending().empty()) << "nothing has to be done on the device for it";
}

TEST_F(Traps, enableAndDisableAreNotifications) {
  enable();
  EXPECT_EQ(progress(trap), "100</progress><finalStatus>SUCCESS");
  EXPECT_EQ(act(trap, "trapEventDisable"), Status::accepted);
  begin();
  EXPECT_EQ(next_wish(), status + "=0");
  end_session();
  EXPECT_EQ(progress(trap), "100</progress><finalStatus>SUCCESS");
  tell({{status, "Down"}});
  EXPECT_EQ(stamps(trap), 0u) << "it is off";
}

TEST_F(Traps, aRefusalIsTheVerdict) {
  make_trap("radio", status);
  act(trap, "trapEventEnable");
  begin();
  finish(*next(), {.end = Report::End::failed, .status = Status::forbidden, .code = "9009", .text = "CWMP 9009"});
  EXPECT_EQ(next_wish(), "(nothing)");
  end_session();
  EXPECT_EQ(progress(trap), "100</progress><finalStatus>FAILURE");
  tell({{status, "Down"}});
  EXPECT_EQ(stamps(trap), 0u);
}

TEST_F(Traps, whatCannotBeDisabledGoesOn) {
  enable();
  act(trap, "trapEventDisable");
  begin();
  finish(*next(), {.end = Report::End::failed, .status = Status::forbidden, .code = "9009", .text = "CWMP 9009"});
  end_session();
  tell({{status, "Down"}});
  EXPECT_EQ(stamps(trap), 1u);
}

TEST_F(Traps, aChangeIsAnEventOnce) {
  enable();
  tell({{status, "Up"}});
  EXPECT_EQ(stamps(trap), 0u) << "it is what it was: another parameter changed";
  listener_.changes.clear();
  tell({{status, "Down"}}, {"2 PERIODIC"});
  EXPECT_EQ(stamps(trap), 0u) << "no event tells of it";
  tell({{status, "Down"}});
  EXPECT_EQ(stamps(trap), 1u);
  EXPECT_EQ(index(trap), "0");
  tell({{status, "Down"}});
  EXPECT_EQ(stamps(trap), 1u) << "the same contact, told again";
  EXPECT_EQ(listener_.changes, std::vector<std::string>{"updated " + trap}) << "subscribers are told once";
  tell({{status, "Up"}});
  EXPECT_EQ(stamps(trap), 2u);
  EXPECT_EQ(index(trap), "1");
}

TEST_F(Traps, theRingHasAHundredPlaces) {
  enable();
  for (int i = 0; i < 100; ++i) {
    clock_.advance(1s);
    tell({{status, std::to_string(i)}});
  }
  EXPECT_EQ(stamps(trap), 100u);
  EXPECT_EQ(index(trap), "99");
  const auto first = text_between(document(trap), "<trapEventTimeStamp>", "<");
  clock_.advance(1s);
  tell({{status, "more"}});
  EXPECT_EQ(stamps(trap), 100u);
  EXPECT_EQ(index(trap), "0") << "the oldest has made room";
  EXPECT_GT(text_between(document(trap), "<trapEventTimeStamp>", "<"), first);
}

TEST_F(Traps, anAlarmIsReadWhenTheDeviceTellsOfOne) {
  const auto alarm = traps + "/trap1";
  EXPECT_EQ(act(alarm, "trapEventEnable"), Status::accepted);
  begin();
  const auto enabling = next();
  ASSERT_TRUE(enabling);
  EXPECT_EQ(std::get<SetLeaves>(enabling->task).leaves, (std::vector<Leaf>{{"Device.FaultMgmt.SupportedAlarm.1.ReportingMechanism", "0 Expedited"}}));
  finish(*enabling, {});
  end_session();
  EXPECT_EQ(progress(alarm), "100</progress><finalStatus>SUCCESS");
  const Report rows{.leaves = {{table + "1.SpecificProblem", "Overheating"}, {table + "1.EventTime", "2026-05-01T10:00:00Z"}, {table + "2.SpecificProblem", "Fan"},
                               {table + "2.EventTime", "2026-05-01T10:00:01Z"}, {table + "3.SpecificProblem", "Overheating"}, {table + "3.EventTime", "0001-01-01T00:00:00Z"}}};
  for (int i = 0; i < 2; ++i) {   // the second time there is nothing new
    tell({{"Device.FaultMgmt.ExpeditedEventNumberOfEntries", "3", "unsignedInt"}});
    const auto reading = next();
    ASSERT_TRUE(reading);
    EXPECT_EQ(std::get<GetLeaves>(reading->task).paths, std::vector<std::string>{table});
    finish(*reading, rows);
    EXPECT_EQ(stamps(alarm), 1u);
    EXPECT_EQ(text_between(document(alarm), "<trapEventTimeStamp>", "<"), "2026-05-01T10:00:00Z");
    end_session();
  }
}

TEST_F(Traps, oneOnAnAlarmIsThatOfTheAlarm) {
  make_trap("mine", "Overheating");
  EXPECT_EQ(act(traps + "/mine", "trapEventEnable"), Status::accepted);
  begin();
  const auto enabling = next();
  ASSERT_TRUE(enabling);
  EXPECT_EQ(std::get<SetLeaves>(enabling->task).leaves.front().path, "Device.FaultMgmt.SupportedAlarm.1.ReportingMechanism");
  make_trap("nobodys", "Drowning");
  EXPECT_EQ(act(traps + "/nobodys", "trapEventEnable"), Status::bad_request);
}

TEST_F(Traps, whatASubscriberNeedsStays) {
  const std::string free = "Device.DeviceInfo.MemoryStatus.Free";
  make(mgmt_objects + "etsiMemory/subscriptions", "<m:subscription " + names + "><m:minimalTimeBetweenNotifications>5000</m:minimalTimeBetweenNotifications>"
                                             "<m:contact>http://127.0.0.1:9/x</m:contact></m:subscription>");
  begin();
  EXPECT_EQ(next_wish(), free + "=1 Device.DeviceInfo.MemoryStatus.Total=1");
  make_trap("memory", free);
  act(traps + "/memory", "trapEventEnable");
  EXPECT_EQ(next_wish(), free + "=2");
  finish(*next(), {});
  act(traps + "/memory", "trapEventDisable");
  EXPECT_EQ(next_wish(), free + "=1");
}

TEST_F(Traps, theEndOfOneEndsItsWish) {
  enable();
  EXPECT_EQ(send(Verb::remove, trap).status, Status::ok);
  keep();
  keep();
  begin();
  EXPECT_EQ(next_wish(), status + "=0");
}

}  // namespace
}  // namespace nscl::rem
