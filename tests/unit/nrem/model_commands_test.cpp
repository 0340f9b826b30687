// SPDX-License-Identifier: Apache-2.0
// Commands to devices whose models tell of their end in ways of their own (docs/models.md).
#include "nrem_fixture.h"

namespace nscl::rem {
namespace {

class ModelCommands : public NremFixture {
 protected:
  void SetUp() override { make_gateway(); }
  std::string run_command(const std::string& id) { return execute("scls/gw/mgmtObjs/" + id + "/execEnable").resource; }
  std::string status_of(const std::string& instance) { return text_between(retrieve(instance), "execStatus>", "<"); }
};

// 4.6, 4.9 row 33: a model that may never report a download.
class SilentDownloads : public ModelCommands {
 protected:
  void SetUp() override {
    ModelCommands::SetUp();
    make_command("load", "DOWNLOAD");
    instance_ = run_command("load");
    tell_version("1.0");
    while (const auto assignment = next()) {
      const bool is_command = std::holds_alternative<Command>(assignment->task);
      // What it is and has is not told: that is of no concern here.
      finish(*assignment, is_command ? Report{.end = Report::End::accepted, .version_before = "1.0"} : Report{.end = Report::End::failed, .status = Status::bad_gateway});
    }
  }
  void tell_version(const std::string& version) {
    Contact contact;
    contact.device = device_;
    contact.facts.software_version = version;
    begin_with(std::move(contact));
  }
  std::string instance_;
};

TEST_F(SilentDownloads, O33areDoneWhenAnotherVersionIsShown) {
  tell_version("1.1");
  clock_.advance(59min);
  keep();
  EXPECT_EQ(status_of(instance_), "STARTED") << "a report may come";
  clock_.advance(2min);
  keep();
  EXPECT_EQ(item(retrieve(instance_), "FinalStatus"), "SUCCESS");
}

TEST_F(SilentDownloads, O33areLookedAtEachHourAndNotForEver) {
  clock_.advance(61min);
  keep();
  EXPECT_EQ(status_of(instance_), "STARTED") << "it shows the version that it had";
  tell_version("1.1");
  clock_.advance(61min);
  keep();
  EXPECT_EQ(item(retrieve(instance_), "FinalStatus"), "SUCCESS");
}

TEST_F(SilentDownloads, O33thatBringNoNewVersionAreNotDone) {
  for (int hour = 0; hour < 30 && status_of(instance_) == "STARTED"; ++hour) {
    clock_.advance(61min);
    keep();
  }
  EXPECT_EQ(item(retrieve(instance_), "FaultCode"), "NO_REPORT");
}

TEST_F(ModelCommands, endsOfARestartAreThoseOfTheModel) {   // 4.9, rebootEvent
  make_command("boot", "REBOOT");
  const auto instance = run_command("boot");
  begin();
  finish(*next(), {.end = Report::End::accepted});
  end_session();
  Contact contact;
  contact.device = device_;
  contact.is_boot = true;
  contact.ends_reboot = false;
  begin_with(contact);
  EXPECT_EQ(status_of(instance), "STARTED") << "it says 1 BOOT for less";
  contact.is_boot = false;
  contact.ends_reboot = true;
  store::ManagementEvent event;
  event.code = "M Reboot";
  contact.events.push_back(event);
  begin_with(contact);
  EXPECT_EQ(status_of(instance), "FINISHED");
}

}  // namespace
}  // namespace nscl::rem
