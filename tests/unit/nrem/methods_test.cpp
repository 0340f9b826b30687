// SPDX-License-Identifier: Apache-2.0
// What turns out about a device when it is told to do something: that it is another one now, that it does not know a method (rows 19 and 25 of part 6).
#include "nrem_fixture.h"

namespace nscl::rem {
namespace {

class Methods : public NremFixture {
 protected:
  void SetUp() override { make_gateway(); }
  std::string run_command(const std::string& id) { return execute("scls/gw/mgmtObjs/" + id + "/execEnable").resource; }
};

TEST_F(Methods, R19whoWasResetIsAskedAgainWhatItHas) {
  make_command("reset", "RESET");
  const auto instance = run_command("reset");
  begin();
  finish(*next(), {.end = Report::End::accepted});
  end_session();
  begin({"1 BOOT"}, true);   // some send no "0 BOOTSTRAP"
  EXPECT_EQ(text_between(retrieve(instance), "execStatus>", "<"), "FINISHED");
  const auto assignment = next();
  ASSERT_TRUE(assignment);
  EXPECT_TRUE(std::holds_alternative<Discover>(assignment->task));
}

TEST_F(Methods, whoSaysNothingIsAskedAgainInAnotherSession) {
  make_command("boot", "REBOOT");
  run_command("boot");
  begin();
  finish(*next(), {.end = Report::End::no_answer});
  EXPECT_FALSE(next()) << "all attempts would be over in one session";
  end_session();
  clock_.advance(2min);
  begin();
  const auto assignment = next();
  ASSERT_TRUE(assignment);
  EXPECT_TRUE(assignment->may_have_happened);
}

TEST_F(Methods, R25aMethodThatTheDeviceDoesNotKnowIsRemembered) {
  make_command("units", "SCHEDULEINFORM", "<execReqArg><name>DelaySeconds</name><value>60</value></execReqArg>");
  const auto instance = run_command("units");
  const auto unsupported = [&] {
    DeviceFacts facts;
    look([&](store::View& view) { facts = facts_from_json(view.management().device(device_)->facts); });
    return facts.unsupported;
  };
  begin();
  finish(*next(), {.end = Report::End::failed, .status = Status::not_implemented, .code = "9000", .text = "CWMP 9000 Method not supported", .unsupported = true});
  EXPECT_EQ(item(retrieve(instance), "FaultString"), "Method not supported");
  EXPECT_EQ(unsupported(), std::vector<std::string>{"ScheduleInform"});
  end_session();
  Contact other;
  other.device = device_;
  other.facts.software_version = "2";
  begin_with(other);
  EXPECT_TRUE(unsupported().empty()) << "other software may know it";
}

}  // namespace
}  // namespace nscl::rem
