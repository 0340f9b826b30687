// SPDX-License-Identifier: Apache-2.0
// Files of devices (R5.2.1): all or nothing while they are checked, and what becomes of a device that was imported when it calls (row 64).
#include <sys/stat.h>

#include <fstream>
#include <map>

#include <nscl/rem/device_import.h>

#include "nrem_fixture.h"

namespace nscl::rem {
namespace {

class Imports : public NremFixture {
 protected:
  Imports() {
    security::Keystore::Options options;
    options.directory = directory_ / "data";
    keystore_ = std::make_unique<security::Keystore>(*store_, options, clock_);
    credentials_ = std::make_unique<DeviceCredentials>(*keystore_);
  }
  ~Imports() override {
    credentials_.reset();
    keystore_.reset();
  }

  std::filesystem::path file() const { return directory_ / "devices.csv"; }
  void write_file(const std::string& text, std::ios::openmode mode = std::ios::trunc) const {
    std::ofstream(file(), std::ios::binary | mode) << text;
    ::chmod(file().c_str(), 0600);
  }
  static std::string rows(unsigned count) {
    std::string text = "id,user,password\n";
    for (unsigned i = 0; i < count; ++i) text += "00D09E-Meter-" + std::to_string(i) + ",meter-" + std::to_string(i) + ",password\n";
    return text;
  }
  Result<ImportedDevices> import(std::function<void(store::Transaction&, std::uint64_t)> tell = {}) {
    reported_.clear();
    const DeviceImport wanted{file(), false, std::move(tell)};
    return import_devices(*credentials_, *store_, wanted, [&](std::uint64_t line, const std::string& reason) { reported_[line] = reason; }, clock_.now());
  }
  std::size_t count() {
    std::size_t found = 0;
    look([&](store::View& view) { found = view.management().devices("", 10'000).size(); });
    return found;
  }

  std::map<std::uint64_t, std::string> reported_;
  std::unique_ptr<security::Keystore> keystore_;
  std::unique_ptr<DeviceCredentials> credentials_;
};

TEST_F(Imports, R64aDeviceThatWasImportedIsManagedFromItsFirstContact) {
  write_file("id,scl,user,password,connection_user,connection_password\n00D09E-Box-1,gw,box-1,its-password,acs,our-password\n");
  ASSERT_EQ(import()->rows, 1u);
  Contact contact;
  contact.device = device_;
  contact.facts.manufacturer = "Maker";
  const auto welcome = begin_with(contact);
  EXPECT_EQ(welcome.state, store::ManagedState::adopted);
  EXPECT_EQ(welcome.facts.manufacturer, "Maker");
  EXPECT_EQ(welcome.facts.serial, "1") << "what the file said stays";
  look([&](store::View& view) {
    EXPECT_EQ(view.management().device_of("scls/gw")->id, device_);
    EXPECT_EQ(credentials_->open(view, *view.management().login("box-1"))->view(), "its-password");
    EXPECT_EQ(credentials_->open(view, *view.management().credential(device_, store::CredentialPurpose::connection_request))->view(), "our-password");
  });
}

TEST_F(Imports, R62giveDevicesToAnExternalAcs) {
  const auto external = [this] {
    std::string out;
    look([&](store::View& view) { out = facts_from_json(view.management().device(device_)->facts).external; });
    return out;
  };
  write_file("id\n00D09E-Box-1\n");
  ASSERT_EQ(import()->rows, 1u);
  EXPECT_EQ(external(), "");
  write_file("id,external_acs\n00D09E-Box-1,genie\n");
  ASSERT_EQ(import()->rows, 1u) << "one that is known is given, too";
  EXPECT_EQ(external(), "genie");
  write_file("id,external_acs\n00D09E-Box-1,not a name\n");
  EXPECT_EQ(import()->bad, 1u);
}

TEST_F(Imports, addAThousandInATransaction) {
  write_file(rows(2500));
  std::vector<std::uint64_t> told;
  ASSERT_EQ(import([&](store::Transaction&, std::uint64_t count) { told.push_back(count); })->rows, 2500u);
  EXPECT_EQ(told, (std::vector<std::uint64_t>{1000, 1000, 500}));
  EXPECT_EQ(count(), 2500u);
}

TEST_F(Imports, addNothingIfARowIsBad) {
  write_file(rows(1500) + "00D09E-Meter-7,another,password\nnonsense,,\n");
  const auto done = import([](store::Transaction&, std::uint64_t) { FAIL() << "a transaction"; });
  ASSERT_TRUE(done);
  EXPECT_EQ(done->bad, 2u);
  EXPECT_EQ(count(), 0u);
  EXPECT_EQ(reported_[1502], "the device stands in line 9 already");
  EXPECT_TRUE(reported_.contains(1503));
}

TEST_F(Imports, whatSomebodyElseTookMeanwhileEndsThemAndTheyCanBeRepeated) {
  write_file(rows(1500));
  const auto take_away = [&](store::Transaction& transaction, std::uint64_t count) {
    if (count != 500) return;
    EXPECT_TRUE(credentials_->put(transaction, {.user = "meter-1200", .device = "00D09E-Other-1"}, Secret("x")));
  };
  const auto done = import(take_away);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().status, Status::conflict);
  EXPECT_NE(done.error().detail.find("line 1202"), std::string::npos) << done.error().detail;
  EXPECT_NE(done.error().detail.find("1000 devices were imported before"), std::string::npos) << done.error().detail;
  EXPECT_EQ(count(), 1000u) << "none of a transaction, or all";
  ASSERT_TRUE(import());
  EXPECT_EQ(count(), 1500u);
}

TEST_F(Imports, aFileThatGrowsMeanwhileIsTold) {
  write_file(rows(1500));
  bool has_grown = false;
  const auto done = import([&](store::Transaction&, std::uint64_t) {
    if (!has_grown) write_file(",,\n00D09E-More-1,,\n", std::ios::app);
    has_grown = true;
  });
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().detail.find("line 1502"), std::string::npos) << done.error().detail;
}

TEST_F(Imports, aKnownDeviceKeepsWhatTheFileDoesNotSay) {
  begin({"0 BOOTSTRAP"}, true, true);
  change([&](store::Transaction& transaction) {
    auto device = *transaction.management().device(device_);
    device.managed = "scls/gw";
    device.gateway = "00D09E-Gate-1";
    transaction.manage().put_device(device);
  });
  write_file("id,state\n00D09E-Box-1,\n");
  ASSERT_TRUE(import());
  look([&](store::View& view) {
    const auto device = view.management().device(device_);
    EXPECT_EQ(device->state, store::ManagedState::adopted);
    EXPECT_EQ(device->managed, "scls/gw");
    EXPECT_EQ(device->gateway, "00D09E-Gate-1");
    EXPECT_NE(device->first_contact, Time{});
  });
}

TEST_F(Imports, devicesOfOmaDmAreNamedAsTheyCallThemselves) {
  write_file("protocol,id,user,password,connection_user,connection_password\nOMA_DM,urn:imei:1,imei-1,its-password,nscl,our-password\n");
  ASSERT_EQ(import()->rows, 1u);
  look([&](store::View& view) {
    const auto found = view.management().device("urn:imei:1");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->protocol, store::ManagementProtocol::oma_dm);
    EXPECT_TRUE(view.management().credential("urn:imei:1", store::CredentialPurpose::connection_request));
  });
  write_file("protocol,id\nOMA,urn:imei:2\nOMA_DM,urn imei 3\nOMA_DM,\nBBF_TR069,urn:imei:1\n,00D09E-Box-9\n");
  ASSERT_EQ(import()->bad, 4u);
  EXPECT_NE(reported_[2].find("protocol"), std::string::npos) << reported_[2];
  EXPECT_NE(reported_[3].find("visible ASCII"), std::string::npos) << reported_[3];
  EXPECT_NE(reported_[4].find("visible ASCII"), std::string::npos) << reported_[4];
  EXPECT_FALSE(reported_[5].empty());
  EXPECT_EQ(count(), 1u) << "nothing of a file with a bad row is taken";
}

TEST_F(Imports, aDeviceKeepsItsProtocol) {
  write_file("id\n00D09E-Box-9\n");
  ASSERT_EQ(import()->rows, 1u);
  write_file("protocol,id\nOMA_DM,00D09E-Box-9\n");
  ASSERT_EQ(import()->bad, 1u);
  EXPECT_NE(reported_[2].find("other protocol"), std::string::npos) << reported_[2];
}

}  // namespace
}  // namespace nscl::rem
