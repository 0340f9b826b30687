// SPDX-License-Identifier: Apache-2.0
// A simulated DM client: firmware, software, restarts: begun in one session, and told of in a later one.
#include "dm_simulated.h"

namespace nscl::rem::simulator {
namespace {

constexpr const char* url = "http://files.example/fw.bin";

class DmJobs : public SimulatedDmClient {
 protected:
  /// A session in which a command is given, and 202 is said to it.
  void command_in_session(std::vector<CommandElement> commands) {
    begin();
    ask(std::move(commands));
    EXPECT_EQ(all<StatusElement>().back().code(), 202);
    close();
  }
  /// The next session; gives the alert that it begins with, and leaves the session open.
  CommandElement alert_of_next_session() {
    wait_for_session();
    begin();
    const auto commands = all<CommandElement>();
    if (commands.size() != 3 || commands[1].items.empty()) {
      ADD_FAILURE() << "no alert";
      return {};
    }
    return commands[1];
  }
  void wait_for(std::chrono::milliseconds time) { now_ += time; }
  static FileOutcome file(std::string content) { return {{}, std::move(content)}; }
  static FileOutcome failure(std::uint32_t code) { return {{code, "x"}, {}}; }
};

TEST_F(DmJobs, FirmwareIsFetchedAndInstalled) {   // row 56
  make();
  begin();
  ask({replace("./FUMO/1/DownloadAndUpdate/PkgURL", url)});
  ask({exec("./FUMO/1/DownloadAndUpdate", "ei-7")});
  EXPECT_EQ(answered(), (Said{"Status Exec ./FUMO/1/DownloadAndUpdate 202"}));
  EXPECT_EQ(value("./FUMO/1/State"), "30");
  ask({exec("./FUMO/1/DownloadAndUpdate", "ei-8")});
  EXPECT_EQ(answered(), (Said{"Status Exec ./FUMO/1/DownloadAndUpdate 405"})) << "it is busy";
  close();
  EXPECT_FALSE(client_->next_file(now_)) << "not yet";
  EXPECT_EQ(client_->next(), now_ + 1s);
  wait_for(1s);
  fetch(url, file("version 2.0\n"));
  EXPECT_EQ(client_->tree().value("./FUMO/1/State"), "60");
  EXPECT_FALSE(client_->wants_session(now_));
  wait_for(1s);
  const auto alert = alert_of_next_session();
  EXPECT_EQ(said()[0], "Alert 1201");
  EXPECT_EQ(alert.data, "1226");
  EXPECT_EQ(alert.correlator, "ei-7");
  EXPECT_EQ(alert.items[0].source, "./FUMO/1");
  EXPECT_EQ(alert.items[0].meta.type, "org.openmobilealliance.dm.firmwareupdate.downloadandupdate");
  EXPECT_EQ(alert.items[0].data, "200");
  EXPECT_EQ(value("./FUMO/1/State"), "100");
  EXPECT_EQ(value("./DevDetail/FwV"), "2.0");
  close();
  EXPECT_EQ(client_->next(), never);
}

TEST_F(DmJobs, FirmwareIsFetchedAndInstalledLater) {
  make();
  begin();
  ask({exec("./FUMO/1/Update", "ei-0")});
  EXPECT_EQ(answered(), (Said{"Status Exec ./FUMO/1/Update 405"})) << "there is nothing to install";
  ask({replace("./FUMO/1/Download/PkgURL", url), exec("./FUMO/1/Download", "ei-1")});
  close();
  wait_for(1s);
  fetch(url, file("no version"));
  EXPECT_EQ(alert_of_next_session().items[0].meta.type, "org.openmobilealliance.dm.firmwareupdate.download");
  EXPECT_EQ(value("./FUMO/1/State"), "40");
  EXPECT_EQ(value("./DevDetail/FwV"), "1.0.0");
  ask({exec("./FUMO/1/Update", "ei-2")});
  EXPECT_EQ(value("./FUMO/1/State"), "60");
  close();
  wait_for(1s);
  EXPECT_EQ(alert_of_next_session().correlator, "ei-2");
  EXPECT_EQ(value("./DevDetail/FwV"), "1.0.1");
  close();
}

TEST_F(DmJobs, AKeptPackageCanBeRemoved) {   // fwRemove
  make();
  command_in_session({replace("./FUMO/1/Download/PkgURL", url), exec("./FUMO/1/Download", "ei-1")});
  wait_for(1s);
  fetch(url, file("x"));
  alert_of_next_session();
  ask({command(Kind::remove, "./FUMO/1/Update/PkgData")});
  EXPECT_EQ(value("./FUMO/1/State"), "10");
  close();
}

TEST_F(DmJobs, TransfersThatFailAreToldOf) {
  const std::pair<std::uint32_t, std::string> expected[] = {{9012, "406"}, {9013, "411"}, {9015, "503"}, {9016, "412"}, {9017, "402"}};
  make();
  for (const auto& [fault, result] : expected) {
    client_.emplace(shared_, "D1", now_);
    command_in_session({replace("./FUMO/1/DownloadAndUpdate/PkgURL", url), exec("./FUMO/1/DownloadAndUpdate", "ei-1")});
    wait_for(1s);
    fetch(url, failure(fault));
    EXPECT_EQ(alert_of_next_session().items[0].data, result);
    EXPECT_EQ(value("./FUMO/1/State"), "20");
    close();
  }
}

TEST_F(DmJobs, EndsWithTheResultThatIsWanted) {
  options_.result = 410;
  make();
  command_in_session({replace("./FUMO/1/DownloadAndUpdate/PkgURL", url), exec("./FUMO/1/DownloadAndUpdate", "ei-1")});
  wait_for(1s);
  fetch(url, file("version 2.0\n"));
  wait_for(1s);
  EXPECT_EQ(alert_of_next_session().items[0].data, "410");
  EXPECT_EQ(value("./FUMO/1/State"), "80");
  EXPECT_EQ(value("./DevDetail/FwV"), "1.0.0");
  close();
}

TEST_F(DmJobs, SoftwareComesIsSwitchedAndGoes) {
  const std::string place = "./SCOMO/Download/app1", deployed = "./SCOMO/Inventory/Deployed/app1";
  make();
  begin();
  ask({add(place, "", "node")});
  ask({add(place + "/PkgID", "pkg"), add(place + "/Name", "Reader"), add(place + "/PkgURL", url)});
  EXPECT_EQ(value(place), "Name/Operations/PkgID/PkgURL/Status");
  ask({exec(place + "/Operations/DownloadInstall", "ei-1")});
  EXPECT_EQ(value(place + "/Status"), "30");
  close();
  wait_for(1s);
  fetch(url, file("version 3\n"));
  EXPECT_EQ(client_->tree().value(place + "/Status"), "50");
  wait_for(1s);
  const auto alert = alert_of_next_session();
  EXPECT_EQ(alert.items[0].meta.type, "urn:oma:at:scomo:1.0:OperationComplete");
  EXPECT_EQ(alert.items[0].source, place);
  EXPECT_EQ(alert.items[0].data, "1200");
  EXPECT_EQ(alert.correlator, "ei-1");
  EXPECT_EQ(value("./SCOMO/Inventory/Deployed"), "app1");
  EXPECT_EQ(value(deployed + "/Name"), "Reader");
  EXPECT_EQ(value(deployed + "/PkgIDRef"), "pkg");
  EXPECT_EQ(value(deployed + "/Version"), "3");
  EXPECT_EQ(value(deployed + "/State"), "20");
  ask({exec(deployed + "/Operations/Deactivate", "ei-2")});
  EXPECT_EQ(answered(), (Said{"Status Exec " + deployed + "/Operations/Deactivate 202", "Alert 1226 ei-2 1200"}));
  EXPECT_EQ(value(deployed + "/State"), "10");
  ask({exec(deployed + "/Operations/Activate", "ei-3")});
  EXPECT_EQ(value(deployed + "/State"), "20");
  ask({exec(deployed + "/Operations/Remove", "ei-4")});
  EXPECT_EQ(value("./SCOMO/Inventory/Deployed"), "");
  close();
}

TEST_F(DmJobs, SoftwareIsReplacedByAnotherOfItsPackage) {
  options_.interval = 1h;
  make();
  for (const std::string name : {"k1", "k2"}) {
    const auto place = "./SCOMO/Download/" + name;
    wait_for_session();
    command_in_session({add(place, "", "node"), add(place + "/PkgID", "pkg"), add(place + "/PkgURL", url), exec(place + "/Operations/DownloadInstall", name)});
    wait_for(1s);
    fetch(url, file("no version"));
    wait_for(1s);
    EXPECT_EQ(alert_of_next_session().correlator, name);
    EXPECT_EQ(value("./SCOMO/Inventory/Deployed"), "k1");
    EXPECT_EQ(value("./SCOMO/Inventory/Deployed/k1/Version"), name == "k1" ? "1" : "2");
    close();
  }
}

TEST_F(DmJobs, SoftwareIsDeliveredThenInstalled) {
  const std::string place = "./SCOMO/Download/app1", delivered = "./SCOMO/Inventory/Delivered/app1";
  make();
  command_in_session({add(place, "", "node"), add(place + "/PkgURL", url), exec(place + "/Operations/Download", "ei-1")});
  wait_for(1s);
  fetch(url, file("version 3\n"));
  alert_of_next_session();
  EXPECT_EQ(value(delivered + "/State"), "10");
  ask({exec(delivered + "/Operations/InstallInactive", "ei-2")});
  close();
  wait_for(1s);
  EXPECT_EQ(alert_of_next_session().correlator, "ei-2");
  EXPECT_EQ(value(delivered + "/State"), "20");
  EXPECT_EQ(value("./SCOMO/Inventory/Deployed/app1/State"), "10");
  EXPECT_EQ(value("./SCOMO/Inventory/Deployed/app1/Version"), "3");
  ask({exec(delivered + "/Operations/Remove", "ei-3")});
  EXPECT_EQ(value("./SCOMO/Inventory/Delivered"), "");
  close();
}

TEST_F(DmJobs, SoftwareThatCannotBeFetched) {
  const std::string place = "./SCOMO/Download/app1";
  make();
  command_in_session({add(place, "", "node"), add(place + "/PkgURL", url), exec(place + "/Operations/Download", "ei-1")});
  wait_for(1s);
  fetch(url, failure(9015));
  EXPECT_EQ(alert_of_next_session().items[0].data, "1503");
  EXPECT_EQ(value(place + "/Status"), "20");
  close();
}

TEST_F(DmJobs, RestartsAndTells) {
  make();
  command_in_session({exec("./ManagedObjects/DiagMon/Restart/Operations/Start", "ei-1")});
  EXPECT_EQ(client_->next(), now_ + 2s);
  EXPECT_FALSE(client_->wants_session(now_ + 1s));
  const auto alert = alert_of_next_session();
  EXPECT_EQ(alert.correlator, "ei-1");
  EXPECT_EQ(alert.items[0].source, "./ManagedObjects/DiagMon/Restart");
  close();
}

TEST_F(DmJobs, LeavesTheFactoryAgain) {
  make();
  begin();
  auto message = answer();
  challenge(message, "nonce");
  append(message, add("./Vendor/memory/a", "x"));
  append(message, exec("./LAWMO/Operations/FactoryReset", "ei-1"));
  send(message);
  close();
  const auto alert = alert_of_next_session();
  EXPECT_EQ(alert.items[0].meta.type, "urn:oma:at:lawmo:1.0:OperationComplete");
  EXPECT_EQ(posted_->header.cred->data, md5_data(digest_of("D1", Secret("devpwd")), "")) << "its nonce is gone too";
  EXPECT_EQ(value("./Vendor/memory"), "");
  EXPECT_EQ(value("./DevInfo/DevId"), "D1");
  close();
}

TEST_F(DmJobs, Locks) {
  make();
  begin();
  ask({exec("./LAWMO/Operations/FullyLock", "ei-1")});
  EXPECT_EQ(answered(), (Said{"Status Exec ./LAWMO/Operations/FullyLock 202", "Alert 1226 ei-1 1200"}));
  EXPECT_EQ(value("./LAWMO/State"), "10");
  ask({exec("./LAWMO/Operations/UnLock", "ei-2")});
  EXPECT_EQ(value("./LAWMO/State"), "30");
  close();
}

}  // namespace
}  // namespace nscl::rem::simulator
