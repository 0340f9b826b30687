// SPDX-License-Identifier: Apache-2.0
// Devices behind a gateway that call by themselves: where in the tree they are (rem.md 2.1, 2.9, row 59).
#include <algorithm>

#include "gateway_fixture.h"

namespace nscl::rem {
namespace {

using model::Verb;

class Callers : public GatewayFixture {};

TEST_F(Callers, R59aDeviceThatItListsIsTiedToItBeforeItCalls) {
  adopt_everybody();
  auto report = basis();
  list_caller(report, "VirtualDevice", "7");
  discover(report, false);
  EXPECT_TRUE(is_there(attached + sensor));
  call_as(sensor, "192.0.2.1");
  EXPECT_EQ(device(sensor)->managed, attached + sensor);
  EXPECT_EQ(device(sensor)->gateway, device_);
  EXPECT_FALSE(is_there("scls/" + sensor));
  look([&](store::View& view) { EXPECT_EQ(view.management().pending(sensor, 9).size(), 1u) << "it is asked what it has, in its own sessions"; });
}

TEST_F(Callers, aDeviceThatCalledBeforeItsGatewayWasKnownMovesToIt) {
  adopt_everybody();
  call_as(sensor, "192.0.2.1");
  ASSERT_EQ(device(sensor)->managed, "scls/" + sensor);
  Contact contact;
  contact.device = device_;
  contact.facts.address = "192.0.2.1";
  begin_with(contact);
  end_session();
  auto report = basis();
  list_caller(report, "ManageableDevice", "7");
  discover(report, false);
  EXPECT_EQ(device(sensor)->managed, attached + sensor);
  EXPECT_TRUE(is_there(attached + sensor));
  EXPECT_FALSE(is_there("scls/" + sensor)) << "nobody used it";
}

TEST_F(Callers, aClaimThatNothingSpeaksForIsNotFollowed) {
  adopt_everybody();
  call_as(sensor, "198.51.100.9");
  auto report = basis();
  list_caller(report, "VirtualDevice", "7");
  discover(report, false);
  EXPECT_EQ(device(sensor)->managed, "scls/" + sensor);
  call_as(sensor, "198.51.100.9", device_);
  EXPECT_EQ(device(sensor)->managed, attached + sensor) << "the device itself says so";
}

TEST_F(Callers, oneThatNamedItsGatewayBeforeThatWasKnownMovesToIt) {
  adopt_everybody();
  call_as(sensor, "192.0.2.1", "00D09E-Box-2");
  ASSERT_EQ(device(sensor)->managed, "scls/" + sensor);
  device_ = "00D09E-Box-2";
  discover(basis(), false);
  EXPECT_EQ(device(sensor)->managed, "scls/00D09E-Box-2/attachedDevices/" + sensor);
}

TEST_F(Callers, whatAnOperatorTiedStays) {
  change([&](store::Transaction& transaction) {
    store::ManagedDevice made;
    made.id = sensor;
    made.state = store::ManagedState::adopted;
    made.managed = "scls/elsewhere";
    transaction.manage().put_device(made);
  });
  auto report = basis();
  list_caller(report, "VirtualDevice", "7");
  call_as(sensor, "192.0.2.1", device_);
  discover(report, false);
  EXPECT_EQ(device(sensor)->managed, "scls/elsewhere");
}

TEST_F(Callers, oneThatIsListedAndNotAdoptedIsShownAndNotManaged) {
  auto report = basis();
  list_caller(report, "VirtualDevice", "7");
  discover(report, false);
  EXPECT_TRUE(is_there(attached + sensor));
  EXPECT_EQ(device(sensor)->state, store::ManagedState::quarantined);
  make(attached + sensor + "/mgmtObjs", "<m:mgmtCmd xmlns:m=\"http://uri.etsi.org/m2m\" m:id=\"boot\"><cmdType>REBOOT</cmdType></m:mgmtCmd>");
  EXPECT_EQ(execute(attached + sensor + "/mgmtObjs/boot/execEnable").status, Status::not_implemented) << "it is not its gateway either";
  change([&](store::Transaction& transaction) {
    auto adopted = *transaction.management().device(sensor);
    adopted.state = store::ManagedState::adopted;
    transaction.manage().put_device(adopted);
  });
  call_as(sensor, "192.0.2.1");
  EXPECT_EQ(device(sensor)->managed, attached + sensor) << "where it was shown before";
  look([&](store::View& view) { EXPECT_EQ(view.children("scls/gw/attachedDevices", 9).size(), 1u); });
}

TEST_F(Callers, oneThatIsQuarantinedStaysWhereItIs) {
  adopt_everybody();
  auto report = basis();
  list_caller(report, "VirtualDevice", "7");
  discover(report, false);
  change([&](store::Transaction& transaction) {
    auto quarantined = *transaction.management().device(sensor);
    quarantined.state = store::ManagedState::quarantined;
    transaction.manage().put_device(quarantined);
  });
  discover(report, false);
  EXPECT_EQ(device(sensor)->state, store::ManagedState::quarantined);
  EXPECT_EQ(device(sensor)->managed, attached + sensor);
  look([&](store::View& view) { EXPECT_EQ(view.children("scls/gw/attachedDevices", 9).size(), 1u); });
}

TEST_F(Callers, oneThatMovesFollowsTheLastGatewayAndItsResourcesAreKept) {
  adopt_everybody();
  call_as(sensor, "192.0.2.1", device_);
  ASSERT_EQ(device(sensor)->managed, attached + sensor);
  const auto first = device_;
  device_ = "00D09E-Box-2";
  begin();
  end_session();
  call_as(sensor, "192.0.2.1", device_);
  const auto there = "scls/00D09E-Box-2/attachedDevices/" + sensor;
  EXPECT_EQ(device(sensor)->managed, there);
  EXPECT_TRUE(is_there(attached + sensor));
  look([&](store::View& view) {
    const auto waiting = view.management().pending(sensor, 9);
    ASSERT_FALSE(waiting.empty()) << "what waits moves with it";
    EXPECT_EQ(waiting.back().resource, there + "/mgmtObjs") << "and it is asked for what it has";
  });
  call_as(sensor, "192.0.2.1", first);
  EXPECT_EQ(device(sensor)->managed, attached + sensor) << "back where it was";
}

TEST_F(Callers, theQueueOfADeviceThatCallsByItselfGoesWithItsAttachedDevice) {
  adopt_everybody();
  call_as(sensor, "192.0.2.1", device_);
  make(attached + sensor + "/mgmtObjs", "<m:mgmtCmd xmlns:m=\"http://uri.etsi.org/m2m\" m:id=\"boot\"><cmdType>REBOOT</cmdType></m:mgmtCmd>");
  EXPECT_EQ(execute(attached + sensor + "/mgmtObjs/boot/execEnable").status, Status::accepted);
  EXPECT_TRUE(pending().empty()) << "it is nothing of the gateway";
  listener_.changes.clear();
  from_ = std::make_shared<const security::Requestor>(security::Requestor{"gw", "scls/gw", false});
  EXPECT_EQ(send(Verb::remove, attached + sensor).status, Status::ok) << "also by the gateway's own SCL";
  look([&](store::View& view) { EXPECT_TRUE(view.management().pending(sensor, 9).empty()); });
  const auto finished = [](const std::string& text) { return text.starts_with("updated ") && text.ends_with(" FINISHED"); };
  EXPECT_TRUE(std::any_of(listener_.changes.begin(), listener_.changes.end(), finished));
}

}  // namespace
}  // namespace nscl::rem
