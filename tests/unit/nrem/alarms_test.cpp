// SPDX-License-Identifier: Apache-2.0
// Alarms in turned time: raised once, counted, and gone with their opposite (rem.md 2.1, 5.5).
#include <nscl/rem/alarms.h>

#include "nrem_fixture.h"

namespace nscl::rem {
namespace {

class Alarms : public NremFixture {
 protected:
  Alarms() { make_gateway(); }

  std::optional<store::ManagementAlarm> raised(std::string_view kind) {
    std::optional<store::ManagementAlarm> out;
    look([&](store::View& view) { out = view.management().alarm(device_, kind); });
    return out;
  }
  std::uint64_t count(std::string_view kind) {
    const auto alarm = raised(kind);
    return alarm ? alarm->count : 0;
  }
  /// A command that the device ends with this code.
  void fail(const std::string& code, const std::string& type = "DOWNLOAD") {
    const auto name = "c" + std::to_string(++commands_);
    make_command(name, type);
    ASSERT_EQ(execute("scls/gw/mgmtObjs/" + name + "/execEnable").status, Status::accepted);
    const auto given = next();
    ASSERT_TRUE(given);
    Report report{.end = code == "0" ? Report::End::done : Report::End::failed, .status = code == "0" ? Status::ok : Status::bad_gateway, .code = code};
    report.text = "CWMP " + code;
    finish(*given, report);
  }
  void settle() {
    context_->restart();
    context_->run_for(20ms);
  }
  void ring(AlarmBell& bell, std::string_view kind, int times) {
    for (int i = 0; i < times; ++i) bell.ring(device_, kind, "a wrong password came from 192.0.2.7");
  }
  void keep_bell(AlarmBell& bell) {
    bell.keep(*context_);
    settle();
    EXPECT_TRUE(store_->write_and_wait([](store::Transaction&) -> Result<void> { return {}; }));
  }

 private:
  int commands_ = 0;
};

TEST_F(Alarms, aDeviceThatIsNotSeenAnyMore) {
  begin({"1 BOOT"});
  end_session();
  clock_.advance(24h);
  keep();
  EXPECT_FALSE(raised(alarm::not_seen));
  clock_.advance(2h);
  keep();
  ASSERT_TRUE(raised(alarm::not_seen));
  EXPECT_NE(raised(alarm::not_seen)->text.find("it called last at "), std::string::npos);
  const auto since = raised(alarm::not_seen)->since;
  clock_.advance(1h);
  keep();
  EXPECT_EQ(raised(alarm::not_seen)->since, since);
  EXPECT_EQ(count(alarm::not_seen), 1u);
  begin();   // nothing else would be written of it
  EXPECT_FALSE(raised(alarm::not_seen));
}

TEST_F(Alarms, onlyOfDevicesThatAreManagedAndCalledOnce) {
  change([&](store::Transaction& transaction) {
    auto device = *transaction.management().device(device_);
    device.last_contact = clock_.now();
    device.state = store::ManagedState::quarantined;
    transaction.manage().put_device(device);
    device.id = "00D09E-Box-2";   // imported, and never here
    device.managed = "scls/other";
    device.state = store::ManagedState::adopted;
    device.last_contact = Time{};
    transaction.manage().put_device(device);
  });
  clock_.advance(48h);
  keep();
  look([](store::View& view) { EXPECT_TRUE(view.management().alarms_after("", "", 9).empty()); });
}

TEST_F(Alarms, ofManyUnseenDevicesEachIsFoundSliceBySlice) {
  constexpr std::size_t devices = 600;
  change([&](store::Transaction& transaction) {
    for (std::size_t i = 0; i < devices; ++i) {
      store::ManagedDevice device;
      device.id = "many-" + std::to_string(i);
      device.state = store::ManagedState::adopted;
      device.last_contact = clock_.now();   // several at one time
      transaction.manage().put_device(device);
    }
  });
  clock_.advance(26h);
  for (int round = 0; round < 3; ++round) {
    keep();
    clock_.advance(1s);
  }
  look([&](store::View& view) { EXPECT_EQ(view.management().alarms_after("", "", 1000).size(), devices); });
}

TEST_F(Alarms, anOperationThatFailsForGoodUntilAnotherSucceeds) {
  begin();
  fail("9002", "REBOOT");
  EXPECT_EQ(count(alarm::fault), 1u);
  EXPECT_NE(raised(alarm::fault)->text.find("CWMP 9002"), std::string::npos);
  fail("9001", "REBOOT");
  EXPECT_EQ(count(alarm::fault), 2u);
  begin();
  EXPECT_EQ(count(alarm::fault), 2u) << "a contact says nothing of it";
  fail("0");
  EXPECT_FALSE(raised(alarm::fault));
}

TEST_F(Alarms, aFileServerThatRefusesIsOneOfItsOwn) {
  begin();
  fail("9012");
  EXPECT_EQ(count(alarm::file_login), 1u);
  EXPECT_FALSE(raised(alarm::fault));
  fail("0");
  EXPECT_FALSE(raised(alarm::file_login));
}

TEST_F(Alarms, whatTheServerItselfRefusedIsNone) {
  begin();
  fail("REFUSED");
  look([](store::View& view) { EXPECT_TRUE(view.management().alarms_after("", "", 9).empty()); });
}

TEST_F(Alarms, sessionsThatBreakOffAtTheSameOperation) {
  begin();
  make_command("boot", "REBOOT");
  ASSERT_EQ(execute("scls/gw/mgmtObjs/boot/execEnable").status, Status::accepted);
  for (int session = 1; session <= 3; ++session) {
    EXPECT_EQ(count(alarm::fault), 0u) << session;
    const auto given = next();
    ASSERT_TRUE(given);
    finish(*given, Report{.end = Report::End::no_answer, .text = "no answer"});
    clock_.advance(1h);   // it is not asked again at once
  }
  EXPECT_EQ(count(alarm::fault), 1u);
}

TEST_F(Alarms, strangersMakeOneWriteAMinuteAndKnownDevicesOnly) {
  AlarmBell bell(*store_, clock_);
  ring(bell, alarm::login, 100);
  bell.ring("00D09E-Box-404", alarm::login, "nobody");
  keep_bell(bell);
  EXPECT_EQ(count(alarm::login), 100u);
  ring(bell, alarm::login, 50);
  clock_.advance(30s);
  keep_bell(bell);
  EXPECT_EQ(count(alarm::login), 100u) << "within the minute it is counted in memory";
  clock_.advance(31s);
  keep_bell(bell);
  EXPECT_EQ(count(alarm::login), 150u);
  look([](store::View& view) { EXPECT_EQ(view.management().alarms_after("", "", 9).size(), 1u); });
  begin();
  EXPECT_FALSE(raised(alarm::login)) << "the device has logged in";
}

TEST_F(Alarms, goWithTheirDeviceAndByTheOperator) {
  change([&](store::Transaction& transaction) {
    raise_alarm(transaction.manage(), device_, alarm::two_devices, "x", clock_.now());
    raise_alarm(transaction.manage(), device_, alarm::call_login, "x", clock_.now());
    EXPECT_EQ(clear_alarms(transaction.manage(), device_, alarm::fault), "");
    EXPECT_EQ(clear_alarms(transaction.manage(), device_, ""), "call_login two_devices");
    raise_alarm(transaction.manage(), device_, alarm::call_login, "x", clock_.now());
  });
  begin();
  EXPECT_TRUE(raised(alarm::call_login)) << "that it calls by itself says nothing of our credentials";
  begin({"6 CONNECTION REQUEST"});
  EXPECT_FALSE(raised(alarm::call_login));
}

}  // namespace
}  // namespace nscl::rem
