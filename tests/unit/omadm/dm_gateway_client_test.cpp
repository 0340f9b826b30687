// SPDX-License-Identifier: Apache-2.0
// A simulated gateway of OMA-DM: what it lists, and devices that come and go (rem.md 2.9).
#include <nscl/rem/simulator/gateway.h>

#include "dm_simulated.h"

namespace nscl::rem::simulator {
namespace {

class GatewayClient : public SimulatedDmClient {
 protected:
  void make_with(const BehindGateway& behind) {
    options_.behind = behind;
    options_.tree = DmFactoryTree::built_in(64, true, dm_gateway_nodes(behind));
    make();
    begin();
  }
};

TEST_F(GatewayClient, ListsWhomItSpeaksForAndWhoCallsByItself) {   // row 59
  make_with({2, 1});
  EXPECT_EQ(value("./GwMO?prop=Type"), "urn:oma:mo:oma-gwmo:1.0");
  EXPECT_EQ(value("./GwMO/ManagedDevices"), "1/2/3");
  EXPECT_EQ(value("./GwMO/ManagedDevices/1/DevID") + " " + value("./GwMO/ManagedDevices/1/Mode"), "D1E1 proxy");
  EXPECT_EQ(value("./GwMO/ManagedDevices/2/DevID") + " " + value("./GwMO/ManagedDevices/2/Mode"), "D1E2 adaptation");
  EXPECT_EQ(value("./GwMO/ManagedDevices/3/DevID") + " " + value("./GwMO/ManagedDevices/3/Mode"), "D1V1 transparent");
  EXPECT_EQ(value("./GwMO/ManagedDevices/3"), "DevID/Mode") << "its objects are its own";
  ask({replace("./GwMO/ManagedDevices/2/Lamp/Level", "40"), replace("./GwMO/ManagedDevices/2/DevID", "x")});
  EXPECT_EQ(answered(), (Said{"Status Replace ./GwMO/ManagedDevices/2/Lamp/Level 200", "Status Replace ./GwMO/ManagedDevices/2/DevID 425"}));
  EXPECT_EQ(value("./GwMO/ManagedDevices/2/Lamp/Level"), "40");
  EXPECT_EQ(value("./GwMO/ManagedDevices/1/Lamp/Level"), "0");
}

TEST_F(GatewayClient, TellsWhenOneGoesOrComes) {   // row 59
  make_with({2, 1});
  ask({replace("./GwMO/ManagedDevices/2/Lamp/Level", "40"), replace("./Vendor/Attached/d2", "false")});
  EXPECT_EQ(answered().back(), "Alert 1226 2") << "how many are left";
  const auto alert = all<CommandElement>().back();
  EXPECT_EQ(alert.items.at(0).source, "./GwMO/ManagedDevices");
  EXPECT_EQ(value("./GwMO/ManagedDevices"), "1/3");
  ask({replace("./Vendor/Attached/d2", "false"), replace("./Vendor/Attached/d9", "false")});
  EXPECT_EQ(answered(), (Said{"Status Replace ./Vendor/Attached/d2 200", "Status Replace ./Vendor/Attached/d9 404"})) << "nothing is new";
  ask({replace("./Vendor/Attached/d2", "true")});
  EXPECT_EQ(answered().back(), "Alert 1226 3");
  EXPECT_EQ(value("./GwMO/ManagedDevices"), "1/2/3");
  EXPECT_EQ(value("./GwMO/ManagedDevices/2/Lamp/Level"), "0") << "a new one, or one that was off";
}

TEST_F(GatewayClient, OtherDevicesHaveNoList) {
  make();
  begin();
  ask({get("./GwMO"), get("./Vendor/Attached")});
  EXPECT_EQ(answered(), (Said{"Status Get ./GwMO 404", "Status Get ./Vendor/Attached 404"}));
}

TEST_F(GatewayClient, AFactoryResetListsAllAgain) {
  make_with({1, 0});
  ask({replace("./Vendor/Attached/d1", "false"), exec("./LAWMO/Operations/FactoryReset", "ei-1")});
  close();
  EXPECT_TRUE(client_->tree().find("./GwMO/ManagedDevices/1"));
  EXPECT_EQ(client_->tree().value("./Vendor/Attached/d1"), "true");
}

}  // namespace
}  // namespace nscl::rem::simulator
