// SPDX-License-Identifier: Apache-2.0
// A simulated gateway: its lists, and what becomes of its lamps (row 59).
#include <nscl/rem/simulator/gateway.h>

#include "simulated.h"

namespace nscl::rem::simulator {
namespace {

const std::string row = "Device.ManagementServer.EmbeddedDevice.2.", lamp = "Device.X_NSCL_Lamp.2.";

class SimulatedGateway : public Simulated {
 protected:
  void SetUp() override {
    CpeOptions options;
    options.acs_url = "http://acs.example/acs";
    options.model = gateway_model(ModelKind::tr181, false, {.embedded = 2, .callers = 2});
    shared_ = std::make_shared<const CpeOptions>(std::move(options));
    cpe_.emplace(shared_, "S1", "", now_);
    open();
  }
};

TEST_F(SimulatedGateway, listsWhatIsBehindIt) {
  EXPECT_EQ(value("Device.ManagementServer.EmbeddedDeviceNumberOfEntries"), "2");
  EXPECT_EQ(value(row + "ControllerID"), "zigbee0");
  EXPECT_EQ(value(row + "ProxiedDeviceID"), "lamp2");
  EXPECT_EQ(value(row + "Reference"), "Device.X_NSCL_Lamp.2");
  const std::string second = "Device.ManagementServer.VirtualDevice.2.";
  EXPECT_EQ(value(second + "ManufacturerOUI"), "00A0C9");
  EXPECT_EQ(value(second + "ProductClass"), caller_class);
  EXPECT_EQ(value(second + "SerialNumber"), caller_serial("S1", 2));
}

TEST_F(SimulatedGateway, takesAChangeBeforeItsLampHasIt) {
  EXPECT_EQ(value(row + "CommandProcessed"), "Success");
  asked<SetParameterValuesResponse>(setting(lamp + "Level", "40", "unsignedInt"));
  EXPECT_EQ(value(row + "CommandProcessed"), "Pending");
  EXPECT_EQ(value("Device.ManagementServer.EmbeddedDevice.1.CommandProcessed"), "Success") << "another lamp";
  now_ += 2s;
  EXPECT_EQ(value(row + "CommandProcessed"), "Success");
  EXPECT_EQ(value(lamp + "Level"), "40");
}

TEST_F(SimulatedGateway, tellsWhatItsLampCannotDo) {
  asked<SetParameterValuesResponse>(setting(lamp + "Name", "broken"));
  now_ += 2s;
  EXPECT_EQ(value(row + "CommandProcessed"), "Error");
  EXPECT_EQ(value(row + "CommandProcessingErrMsg"), "the lamp is broken");
  EXPECT_EQ(value(lamp + "Name"), "lamp");
}

TEST_F(SimulatedGateway, takesInstancesOfALamp) {
  EXPECT_EQ(asked<AddObjectResponse>(AddObject{lamp + "Scene.", "k"}).instance_number, 1u);
  EXPECT_EQ(value(row + "CommandProcessed"), "Pending");
  EXPECT_EQ(value(lamp + "SceneNumberOfEntries"), "1");
}

}  // namespace
}  // namespace nscl::rem::simulator
