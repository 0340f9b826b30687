// SPDX-License-Identifier: Apache-2.0
// etsiSoftware: an application installs what the device has not yet (M6; rem.md 2.6).
#include "discovered.h"

namespace nscl::rem {
namespace {

const std::string software = mgmt_objects + "etsiSoftware", editor = software + "/editor";

class Software : public Discovered<NremFixture> {
 protected:
  void SetUp() override {
    make_gateway();
    change([&](store::Transaction& transaction) {
      auto device = *transaction.management().device(device_);
      device.facts = "{}";
      transaction.manage().put_device(device);
    });
    begin({"0 BOOTSTRAP"}, true, true);
    finish(*next(), found({}));
    end_session();
    make(software, "<m:parameters " + names + " xsi:type=\"m:SwInstance\" m:id=\"editor\"><m:softwareName>editor</m:softwareName><m:softwareVersion>2</m:softwareVersion>"
                   "<m:softwareURL>http://files.example.net/editor</m:softwareURL></m:parameters>");
  }
  /// With these deployment units.
  static Report found(std::vector<Leaf> units) {
    Report report;
    report.methods = {"GetParameterValues", "SetParameterValues", "ChangeDUState"};
    report.objects = {"Device.", "Device.DeviceInfo.", "Device.SoftwareModules.", "Device.SoftwareModules.DeploymentUnit."};
    if (!units.empty()) report.objects.push_back("Device.SoftwareModules.DeploymentUnit.7.");
    report.leaves = std::move(units);
    return report;
  }
  static Report installed(const std::string& state) {
    Report report;
    report.results = {{"DeploymentUnit", "", {{"UUID", "u-7", {}}, {"DeploymentUnitRef", "Device.SoftwareModules.DeploymentUnit.7", {}}, {"CurrentState", state, {}}}}};
    return report;
  }
  void install() {
    ASSERT_EQ(execute(editor + "/softwareAction/swDownloadAndInstall").status, Status::accepted);
    begin();
    const auto assignment = next();
    ASSERT_TRUE(assignment);
    const auto& command = std::get<Command>(assignment->task);
    EXPECT_EQ(command.type, "CHANGEDUSTATE");
    EXPECT_NE(to_json(assignment->task).find("\"Install\""), std::string::npos) << to_json(assignment->task);
    EXPECT_NE(to_json(assignment->task).find("http://files.example.net/editor"), std::string::npos);
    finish(*assignment, {.end = Report::End::accepted});
    end_session();
    key_ = assignment->key;
  }
  std::string key_;
};

TEST_F(Software, aNewOneIsTheTreesUntilItIsInstalled) {
  EXPECT_TRUE(pending().empty());
  EXPECT_NE(document(editor + "/softwareAction").find("swDownloadAndInstall"), std::string::npos);
  EXPECT_EQ(execute(editor + "/softwareAction/swRemove").status, Status::not_implemented) << "it is nowhere";
}

TEST_F(Software, whatIsInstalledIsTheUnitThatTheDeviceMade) {
  install();
  complete(key_, installed("Installed"), "DUStateChangeComplete");
  EXPECT_NE(document(editor).find("originalMO>Device.SoftwareModules.DeploymentUnit.7.<"), std::string::npos) << document(editor);
  EXPECT_EQ(progress(editor), "100</progress><finalStatus>SUCCESS");
  begin();
  const auto asked = next();
  ASSERT_TRUE(asked);
  ASSERT_TRUE(std::holds_alternative<Discover>(asked->task));
  finish(*asked, found({{"Device.SoftwareModules.DeploymentUnit.7.Name", "Editor", "string"}, {"Device.SoftwareModules.DeploymentUnit.7.Version", "2.1", "string"}}));
  end_session();
  EXPECT_NE(document(editor).find("softwareVersion>2.1<"), std::string::npos) << document(editor);
  EXPECT_EQ(document(software).find("unit7"), std::string::npos) << "it is not there twice";
}

TEST_F(Software, whatFailedIsNoUnit) {
  install();
  auto report = installed("Failed");
  report.end = Report::End::failed;
  report.status = Status::bad_gateway;
  complete(key_, report, "DUStateChangeComplete");
  EXPECT_EQ(progress(editor), "100</progress><finalStatus>FAILURE");
  EXPECT_EQ(document(editor).find("DeploymentUnit.7"), std::string::npos);
  EXPECT_TRUE(pending().empty());
}

}  // namespace
}  // namespace nscl::rem
