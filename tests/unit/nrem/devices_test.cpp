// SPDX-License-Identifier: Apache-2.0
// Devices that call: who is known, and what is kept of a contact (rem.md 2.1, 4.5, 5.1).
#include "nrem_fixture.h"

namespace nscl::rem {
namespace {

class Devices : public NremFixture {
 protected:
  std::optional<store::ManagedDevice> known() {
    std::optional<store::ManagedDevice> out;
    look([&](store::View& view) { out = view.management().device(device_); });
    return out;
  }
  Contact contact() {
    Contact made;
    made.device = device_;
    made.facts.manufacturer = "Acme";
    made.facts.software_version = "1.0";
    return made;
  }
};

TEST_F(Devices, anUnknownOneIsKeptApart) {
  const auto welcome = begin_with(contact());
  EXPECT_EQ(welcome.state, store::ManagedState::quarantined);
  ASSERT_TRUE(known());
  EXPECT_EQ(facts_from_json(known()->facts).manufacturer, "Acme");
  EXPECT_NE(known()->first_contact, Time{});
  EXPECT_FALSE(next());
}

TEST_F(Devices, anUnknownOneIsRefusedIfTheOperatorSaysSo) {
  NremOptions options;
  options.unknown = UnknownDevices::reject;
  restart(options);
  EXPECT_EQ(run(nrem_->begin(contact(), *context_)).error().status, Status::not_found);
  EXPECT_FALSE(known());
}

TEST_F(Devices, anUnknownOneBecomesAnSclIfTheOperatorSaysSo) {
  NremOptions options;
  options.unknown = UnknownDevices::adopt;
  restart(options);
  device_ = "00D09E-Box%20X-1";
  begin_with(contact());
  ASSERT_EQ(known()->managed, "scls/00D09E-Box_20X-1");
  const auto document = retrieve(known()->managed);
  EXPECT_NE(document.find("mgmtProtocolType>BBF_TR069<"), std::string::npos) << document;
  EXPECT_NE(document.find("expirationTime>"), std::string::npos);
  begin_with(contact());
  EXPECT_EQ(known()->managed, "scls/00D09E-Box_20X-1");
  device_ = "00D09E-Box_20X-1";   // would have the same name
  begin_with(contact());
  EXPECT_NE(known()->managed, "scls/00D09E-Box_20X-1");
}

TEST_F(Devices, oneWhoseSclHasNotRegisteredGetsItsObjectsOnceItHas) {
  change([&](store::Transaction& transaction) {
    store::ManagedDevice imported;
    imported.id = device_;
    imported.state = store::ManagedState::adopted;
    imported.managed = "scls/gw";
    transaction.manage().put_device(imported);
  });
  Report report;
  report.methods = {"Reboot"};
  report.objects = {"Device.", "Device.DeviceInfo."};
  report.leaves = {{"Device.DeviceInfo.SerialNumber", "1", "string"}};
  begin({"1 BOOT"});
  auto asked = next();
  ASSERT_TRUE(asked && std::holds_alternative<Discover>(asked->task));
  finish(*asked, report);
  end_session();
  EXPECT_EQ(send(model::Verb::retrieve, "scls/gw").status, Status::not_found);
  make("scls", "<scl sclId=\"gw\"><link>http://gw.example/m2m</link><expirationTime>2099-01-01T00:00:00Z</expirationTime><mgmtProtocolType>BBF_TR069</mgmtProtocolType></scl>");
  begin({"2 PERIODIC"});
  asked = next();
  ASSERT_TRUE(asked && std::holds_alternative<Discover>(asked->task));
  finish(*asked, report);
  end_session();
  look([&](store::View& view) { EXPECT_TRUE(view.find("scls/gw/mgmtObjs/etsiDeviceInfo")); });
  begin({"2 PERIODIC"});
  EXPECT_FALSE(next()) << "asked once";
}

TEST_F(Devices, oneBehindAGatewayBecomesItsAttachedDevice) {
  make_gateway();
  NremOptions options;
  options.unknown = UnknownDevices::adopt;
  restart(options);
  auto told = contact();
  told.gateway = device_;
  device_ = told.device = "00D09E-Sensor-7";
  begin_with(told);
  EXPECT_EQ(known()->managed, "scls/gw/attachedDevices/00D09E-Sensor-7");
  EXPECT_EQ(send(model::Verb::retrieve, known()->managed).status, Status::ok);
}

TEST_F(Devices, anSclThatTheOperatorNamedIsLeftToWhoRegistersIt) {
  change([&](store::Transaction& transaction) {
    store::ManagedDevice device;
    device.id = device_;
    device.state = store::ManagedState::adopted;
    device.managed = "scls/later";
    transaction.manage().put_device(device);
  });
  begin_with(contact());
  EXPECT_EQ(send(model::Verb::retrieve, "scls/later").status, Status::not_found);
}

TEST_F(Devices, aRejectedOneIsRefused) {
  change([&](store::Transaction& transaction) {
    store::ManagedDevice device;
    device.id = device_;
    device.state = store::ManagedState::rejected;
    transaction.manage().put_device(device);
  });
  EXPECT_EQ(run(nrem_->begin(contact(), *context_)).error().status, Status::forbidden);
}

TEST_F(Devices, whatAContactDoesNotTellStaysAsItWas) {
  begin_with(contact());
  Contact silent;
  silent.device = device_;
  silent.facts.software_version = "2.0";
  EXPECT_EQ(begin_with(silent).facts.manufacturer, "Acme");
  EXPECT_EQ(facts_from_json(known()->facts).software_version, "2.0");
}

TEST_F(Devices, aContactThatTellsNothingNewIsWrittenNowAndThen) {
  begin_with(contact());
  end_session();
  const auto first = known()->last_contact;
  const auto commits = store_->figures().commits;
  clock_.advance(1h);
  begin_with(contact());
  EXPECT_EQ(store_->figures().commits, commits) << "no write for it";
  keep();
  EXPECT_GE(known()->last_contact, first + 1h);
}

TEST_F(Devices, eventsAreKeptBeforeTheContactIsAnswered) {
  auto told = contact();
  told.events = {{.code = "1 BOOT"}, {.code = "M Reboot", .key = "k"}};
  told.is_boot = true;
  begin_with(told);
  look([&](store::View& view) {
    const auto events = view.management().events(device_, UINT64_MAX, 9);
    ASSERT_EQ(events.size(), 2u);
    EXPECT_EQ(events.front().code, "M Reboot");
    EXPECT_EQ(events.front().key, "k");
  });
  EXPECT_NE(known()->last_boot, Time{});
  EXPECT_EQ(known()->last_bootstrap, Time{});
}

TEST_F(Devices, factsHaveAnEnd) {
  auto told = contact();
  told.facts.model = std::string(100'000, 'x');
  begin_with(told);
  EXPECT_EQ(facts_from_json(known()->facts).model.size(), 256u);
}

}  // namespace
}  // namespace nscl::rem
