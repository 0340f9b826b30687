// SPDX-License-Identifier: Apache-2.0
// GatewayFixture: a gateway that lists what is behind it (rem.md 2.9).
#pragma once

#include "nrem_fixture.h"

namespace nscl::rem {

inline const std::string attached = "scls/gw/attachedDevices/", lamp = attached + "zb-lamp1", object = lamp + "/mgmtObjs/X_Lamp", sensor = "00D09E-Sensor-7";
inline const std::string row = "Device.ManagementServer.EmbeddedDevice.1.", place = "Device.X_Lamp.1.";

class GatewayFixture : public NremFixture {
 protected:
  void SetUp() override {
    make_gateway();
    change([&](store::Transaction& transaction) {   // nobody asked it yet
      auto device = *transaction.management().device(device_);
      device.facts = "{}";
      transaction.manage().put_device(device);
    });
  }
  void adopt_everybody() {
    NremOptions options;
    options.unknown = UnknownDevices::adopt;
    restart(options);
  }
  static Report basis() {
    Report report;
    report.methods = {"GetParameterValues", "SetParameterValues", "AddObject", "DeleteObject", "Reboot"};
    report.objects = {"Device.", "Device.DeviceInfo."};
    report.leaves = {{"Device.DeviceInfo.SerialNumber", "1", "string"}};
    return report;
  }
  static void list_embedded(Report& report, const std::string& identity, const std::string& number, const std::string& reference) {
    const auto at = "Device.ManagementServer.EmbeddedDevice." + number + ".";
    report.objects.push_back(at);
    report.leaves.insert(report.leaves.end(), {{at + "ControllerID", "zb"}, {at + "ProxiedDeviceID", identity}, {at + "Reference", reference}});
  }
  static void list_caller(Report& report, const std::string& table, const std::string& serial) {
    const auto at = "Device.ManagementServer." + table + ".1.";
    report.objects.push_back(at);
    report.leaves.insert(report.leaves.end(), {{at + "ManufacturerOUI", "00D09E"}, {at + "ProductClass", "Sensor"}, {at + "SerialNumber", serial}});
  }
  static Report with_lamp() {
    auto report = basis();
    list_embedded(report, "lamp1", "1", "Device.X_Lamp.1");
    return report;
  }
  /// The gateway calls, as one that was reset, and tells what it has.
  void discover(const Report& report, bool has_places) {
    begin({"0 BOOTSTRAP"}, true, true);
    auto assignment = next();
    ASSERT_TRUE(assignment && std::holds_alternative<Discover>(assignment->task));
    finish(*assignment, report);
    if (has_places) {
      assignment = next();
      ASSERT_TRUE(assignment && std::holds_alternative<Discover>(assignment->task));
      EXPECT_EQ(std::get<Discover>(assignment->task).objects, std::vector<std::string>{place});
      Report objects;
      objects.objects = {"Device.", "Device.X_Lamp.", place};
      objects.leaves = {{place + "Level", "3", "unsignedInt"}, {place + "Scene.1.Name", "too deep", "string"}};
      finish(*assignment, objects);
    }
    end_session();
  }
  core::ResponseConfirm set_level(const std::string& value, const std::string& where = object) {
    return send(model::Verb::update, where, "<m:mgmtObj xmlns:m=\"http://uri.etsi.org/m2m\"><Level xmlns=\"urn:nscl:mo\" path=\"" + place + "Level\">" + value + "</Level></m:mgmtObj>");
  }
  std::string shown() {
    std::string out;
    look([&](store::View& view) {
      const auto found = view.find(object);
      for (const auto& item : found->attributes.find("$any")->list()) out += item.text();
    });
    return out;
  }
  std::optional<store::ManagedDevice> device(const std::string& id) {
    std::optional<store::ManagedDevice> out;
    look([&](store::View& view) { out = view.management().device(id); });
    return out;
  }
  bool is_there(const std::string& path) {
    bool is = false;
    look([&](store::View& view) { is = view.find(path) != nullptr; });
    return is;
  }
  void call_as(const std::string& id, const std::string& address, const std::string& gateway = {}) {
    Contact contact;
    contact.device = id;
    contact.facts.address = address;
    contact.gateway = gateway;
    contact.events = {{.code = "1 BOOT"}};
    begin_with(contact);
    nrem_->end(id, std::nullopt);
  }
  /// The change that waits is sent; what the look at its row has to tell.
  Assignment sent_and_taken() {
    begin();
    const auto set = next();
    EXPECT_TRUE(set && std::holds_alternative<SetLeaves>(set->task));
    Report done;
    done.leaves = {{place + "Level", "7", "unsignedInt"}};
    finish(*set, done);
    const auto look = next();
    EXPECT_TRUE(look && std::holds_alternative<GetLeaves>(look->task)) << "in the same session";
    EXPECT_EQ(look->operation, set->operation);
    EXPECT_EQ(std::get<GetLeaves>(look->task).paths.front(), row + "CommandProcessed");
    return *look;
  }
  static Report processed(const std::string& word, const std::string& message = {}) {
    Report report;
    report.leaves = {{row + "CommandProcessed", word, "string"}, {row + "CommandProcessingErrMsg", message, "string"}};
    return report;
  }
  store::Operation operation(std::uint64_t id) {
    std::optional<store::Operation> out;
    look([&](store::View& view) { out = view.management().operation(id); });
    return *out;
  }
};

}  // namespace nscl::rem
