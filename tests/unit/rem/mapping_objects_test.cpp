// SPDX-License-Identifier: Apache-2.0
// What becomes of a device's data model: rem.md 2.3, 2.4, rows 9, 58 of part 6.
#include "mapping_support.h"
#include "support.h"

#include <algorithm>

namespace nscl::rem {
namespace {

using tr069::WithRecordings;

TEST(MappedObjects, DeviceInfoRow9) {
  const auto all = objects_of(report({{info_path + "SerialNumber", "S1"}, {info_path + "Manufacturer", "Acme"}, {info_path + "ModelName", "M"}, {info_path + "ProductClass", "gw"},
                                      {info_path + "SoftwareVersion", "1.2"}, {info_path + "HardwareVersion", "B"}}));
  EXPECT_EQ(json_of(all, "etsiDeviceInfo"),
            R"({"mgmtObj":{"xsi:type":"EtsiDeviceInfo","moID":"Device.DeviceInfo.","originalMO":"Device.DeviceInfo.","deviceLabel":"S1","manufacturer":"Acme",)"
            R"("model":"M","deviceType":"gw","firmwareVersion":"1.2","softwareVersion":"1.2","hardwareVersion":"B"}})");
}

TEST_F(WithRecordings, DeviceInfoOfRealCpesRow9) {
  for (const auto* file : {"cwmp-netcwmp-gpv-response.xml", "cwmp-genieacs-sim-gpv-response.xml"}) {
    const auto answer = tr069::read<tr069::GetParameterValuesResponse>(recorded(file));
    Report told;
    for (const auto& parameter : answer.parameters) told.leaves.push_back({parameter.name, parameter.value, parameter.type});
    const auto all = objects_of(told);
    EXPECT_NE(json_of(all, "etsiDeviceInfo").find("\"originalMO\":\"InternetGatewayDevice.DeviceInfo.\",\"deviceLabel\":\"NREM000"), std::string::npos)
        << json_of(all, "etsiDeviceInfo");
    EXPECT_EQ(find(all, "etsiMemory"), nullptr);
  }
}

TEST(MappedObjects, MemoryAndBatteries) {
  const auto battery = info_path + "X_oneM2M_org_BatteryStatus.Battery.";
  const auto all = objects_of(report({{info_path + "MemoryStatus.Total", "1024"}, {info_path + "MemoryStatus.Free", "17"}, {battery + "10.Level", "101"},
                                      {battery + "10.Status", "1"}, {battery + "2.Level", "50"}, {battery + "2.Status", "odd"}}));
  EXPECT_NE(json_of(all, "etsiMemory").find("\"ramAvailable\":17,\"ramTotal\":1024"), std::string::npos) << json_of(all, "etsiMemory");
  EXPECT_NE(json_of(all, "etsiBattery").find("\"standbyTime\":0"), std::string::npos);
  EXPECT_NE(json_of(all, "etsiBattery/battery10").find("\"battLevel\":100,\"battStatus\":\"CHARGING\""), std::string::npos) << json_of(all, "etsiBattery/battery10");
  EXPECT_NE(json_of(all, "etsiBattery/battery2").find("\"battStatus\":\"UNKNOWN\""), std::string::npos);
}

TEST(MappedObjects, FirmwareByImageOrByDownloadAlone) {
  const auto images = objects_of(report({{info_path + "FirmwareImage.1.Name", "a"}, {info_path + "FirmwareImage.1.Version", "1"}, {info_path + "FirmwareImage.1.Status", "Downloading"},
                                         {info_path + "FirmwareImage.2.Name", "b"}}, {"Download"}));
  EXPECT_NE(json_of(images, "etsiFirmware/fw1").find("\"progress\":25,\"finalStatus\":\"FAILURE\""), std::string::npos) << json_of(images, "etsiFirmware/fw1");
  EXPECT_NE(json_of(images, "etsiFirmware/fw2").find("\"progress\":100,\"finalStatus\":\"SUCCESS\""), std::string::npos) << json_of(images, "etsiFirmware/fw2");
  EXPECT_EQ(find(images, "etsiFirmware/fw1/firmwareAction")->attributes.find("fwUpdate")->text(), "/m2m/scls/gw1/mgmtObjs/etsiFirmware/fw1/firmwareAction/fwUpdate");
  const auto plain = objects_of(report({{info_path + "SerialNumber", "1"}}, {"Download"}));
  EXPECT_NE(json_of(plain, "etsiFirmware/fw1").find("\"originalMO\":\"Device.DeviceInfo.\",\"firmwareName\":\"\""), std::string::npos) << json_of(plain, "etsiFirmware/fw1");
  EXPECT_NE(find(plain, "etsiFirmware/fw1/firmwareAction"), nullptr);
  EXPECT_EQ(find(objects_of(report({{info_path + "SerialNumber", "1"}}, {"Reboot"})), "etsiFirmware"), nullptr);
}

TEST(MappedObjects, Software) {
  const std::string unit = "Device.SoftwareModules.DeploymentUnit.3.";
  const auto all = objects_of(report({{unit + "Name", std::string(70, 'n')}, {unit + "Version", "2"}, {unit + "URL", "http://x/y"}, {unit + "UUID", "u-1"},
                                      {unit + "Status", "Installed"}, {unit + "ExecutionUnitList", "Device.SoftwareModules.ExecutionUnit.1"}}));
  const auto* found = find(all, "etsiSoftware/unit3");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->attributes.find("softwareName")->text(), std::string(64, 'n'));
  EXPECT_EQ(found->attributes.find("softwareURL")->text(), "http://x/y");
  EXPECT_EQ(found->attributes.find(".uuid")->text(), "u-1");
  EXPECT_EQ(json_of(all, "etsiSoftware/unit3").find("u-1"), std::string::npos);   // hidden from everybody
  EXPECT_NE(find(all, "etsiSoftware/unit3/softwareAction"), nullptr);
}

TEST(MappedObjects, RebootCapabilitiesTrapsAndLogs) {
  const auto all = objects_of(report({{"Device.WiFi.Radio.1.Enable", "1"}, {"Device.WiFi.Radio.2.Enable", "0"}, {"Device.FaultMgmt.SupportedAlarm.4.SpecificProblem", "heat"},
                                      {info_path + "VendorLogFile.1.Name", "log"}, {"Device.PeriodicStatistics.SampleSet.1.Enable", "1"},
                                      {"Device.SoftwareModules.ExecEnv.1.Enable", "1"}, {"Device.SoftwareModules.ExecEnv.2.Enable", "1"}},
                                     {"Reboot", "Upload"}));
  EXPECT_NE(json_of(all, "etsiReboot").find("\"moID\":\"Device.\",\"originalMO\":\"Device.\",\"rebootLevel\":\"RESTART_OS\""), std::string::npos) << json_of(all, "etsiReboot");
  EXPECT_EQ(find(all, "etsiReboot")->attributes.find(".execEnvs")->text(), "Device.SoftwareModules.ExecEnv.1.,Device.SoftwareModules.ExecEnv.2.");
  EXPECT_NE(json_of(all, "etsiDeviceCapability/WiFi.Radio.2").find("\"capabilityName\":\"WiFi.Radio.2\""), std::string::npos);
  EXPECT_NE(find(all, "etsiDeviceCapability/WiFi.Radio.1/capabilityAction"), nullptr);
  EXPECT_NE(json_of(all, "etsiTrapEvent/trap4").find("\"trapId\":\"heat\""), std::string::npos);
  EXPECT_NE(json_of(all, "etsiPerformanceLog").find("appLog"), std::string::npos);
  EXPECT_NE(json_of(all, "etsiPerformanceLog-1").find("systLog"), std::string::npos);
  EXPECT_EQ(find(objects_of(report({{info_path + "SerialNumber", "1"}})), "etsiReboot"), nullptr);
  EXPECT_EQ(find(objects_of(report({{info_path + "SerialNumber", "1"}})), "etsiDeviceCapability"), nullptr);
}

TEST(MappedObjects, SclMoWithItsPolicies) {
  const auto set = scl_path + "SAFPolicySet.1.";
  const auto all = objects_of(report(
      {{scl_path + "Reregistration.RegTargetNSCLList", "http://a, http://b%2Cc"}, {scl_path + "Reregistration.RegExpirationDuration", "3600"}, {scl_path + "AnnouncedToSCLList", ""},
       {scl_path + "Discovery.MaxNumberOfDiscovRecords", "5"}, {scl_path + "Reregistration.ActionStatus.Progress", "100"}, {scl_path + "Reregistration.ActionStatus.FinalStatus", "SUCCESS"},
       {set + "PolicyScope", "urn:a"}, {set + "M2MSPPolicy.DefaultRCATValue", "3"}, {set + "M2MSPPolicy.RequestCategory.2.RCAT", "7"},
       {set + "M2MSPPolicy.RequestCategory.2.TolerableDelay", "-1"}, {set + "M2MSPPolicy.RequestCategory.2.Mem", "64K"},
       {set + "M2MSPPolicy.RequestCategory.2.RankedANList", "wlan,3g"}, {set + "ANPPolicy.1.ANName", "wlan"}, {set + "ANPPolicy.1.RequestCategory.1.RCAT", "2"},
       {set + "ANPPolicy.1.RequestCategory.1.Schedule.1.Schedules", "* 0-5 * * *"},
       {set + "ANPPolicy.1.RequestCategory.1.Schedule.1.AbsTimeSpan.1.StartTime", "2013-01-11T09:45:00Z"},
       {set + "ANPPolicy.1.RequestCategory.1.Schedule.1.AbsTimeSpan.1.EndTime", "2013-01-12T09:45:00Z"},
       {set + "ANPPolicy.1.BlockPeriod.1.FailedAttempts", "3"}, {set + "ANPPolicy.1.BlockPeriod.1.BlockDuration", "60"}}));
  EXPECT_EQ(json_of(all, "etsiSclMo"),
            R"({"mgmtObj":{"xsi:type":"EtsiSclMo","moID":"Device.ETSIM2M.","originalMO":"Device.ETSIM2M.SCL.1.","regTargetNsclList":{"reference":["http://a","http://b,c"]},)"
            R"("regExpirationDuration":"PT3600S","announcedToSclList":{"reference":[]},"maxNumberOfDiscovRecords":5,)"
            R"("sclActionStatus":{"action":"","progress":100,"finalStatus":"SUCCESS"}}})");
  EXPECT_NE(json_of(all, "etsiSclMo/set1/m2mSpPolicy").find("\"defaultRcatValue\":\"RCAT_3\""), std::string::npos);
  const auto category = json_of(all, "etsiSclMo/set1/m2mSpPolicy/rcat2");
  EXPECT_NE(category.find(R"("rcatValue":"RCAT_7","defaultTrpdtValue":{"tolerableDelay":"P100Y"},"maxPendData":"64K","rankedAnList":{"accessNetwork":["wlan","3g"],"id":"list"})"),
            std::string::npos) << category;
  const auto network = json_of(all, "etsiSclMo/set1/anp1");
  EXPECT_NE(network.find(R"("startTime":"2013-01-11T09:45:00Z")"), std::string::npos) << network;
  EXPECT_NE(network.find(R"("failedAttempts":3,"blockDuration":"PT60S")"), std::string::npos) << network;
}

TEST(MappedObjects, AreaNetworksRow58) {
  const auto one = scl_path + "AreaNwkInstance.1.", two = scl_path + "AreaNwkInstance.2.", device = scl_path + "AreaNwkDeviceInfoInstance.1.";
  const auto all = objects_of(report({{scl_path + "AreaNwkInstanceNumberOfEntries", "2"}, {one + "ID", "11"}, {one + "AreaNwkType", "ZIGBEE"}, {one + "ListOfDevices", "urn:d:1,urn:d:2"},
                                      {one + "Property.1.Name", "addressType"}, {one + "Property.1.Value", "short"}, {two + "ID", "12"}, {two + "AreaNwkType", "IPV4-WIFI"},
                                      {device + "AreaNwkInstance", scl_path + "AreaNwkInstance.2"}, {device + "Status", "Asleep"}, {device + "SleepInterval", "30"},
                                      {device + "SleepDuration", "5"}, {device + "Host", "h1"}}));
  EXPECT_NE(json_of(all, "etsiAreaNwkInfo").find("\"numOfAreaNwks\":2"), std::string::npos);
  EXPECT_EQ(json_of(all, "etsiAreaNwkInfo/nwk1"),
            R"({"parameters":{"xsi:type":"AreaNwkInstance","originalMO":"Device.ETSIM2M.SCL.1.AreaNwkInstance.1.","areaNwkType":"ZIGBEE","addressType":"short",)"
            R"("areaNwkTypeInfo":{"areaNwkTypeItem":[{"name":"addressType","value":"short"},{"name":"ID","value":"11"}]},)"
            R"("listOfDevices":{"members":{"reference":["urn:d:1","urn:d:2"]}}}})");
  EXPECT_NE(json_of(all, "etsiAreaNwkInfo/nwk2").find("\"addressType\":\"\""), std::string::npos) << json_of(all, "etsiAreaNwkInfo/nwk2");
  const auto info_of_device = json_of(all, "etsiAreaNwkDeviceInfo/device1");
  EXPECT_NE(info_of_device.find("\"areaNwkID\":12,\"sleepInterval\":30,\"sleepDuration\":5,\"status\":\"ASLEEP\""), std::string::npos) << info_of_device;
  EXPECT_NE(info_of_device.find("{\"name\":\"Host\",\"value\":\"h1\"}"), std::string::npos) << info_of_device;
}

TEST(MappedObjects, ARowThatItsModelCannotShowIsLeftOut) {
  const auto all = objects_of(report({{scl_path + "AreaNwkInstance.1.AreaNwkType", "CARRIER PIGEON"}}));
  EXPECT_NE(find(all, "etsiAreaNwkInfo"), nullptr);
  EXPECT_EQ(find(all, "etsiAreaNwkInfo/nwk1"), nullptr);
}

TEST(MappedObjects, AllAreValidByTheirTypes) {
  const auto all = objects_of(report({{scl_path + "AreaNwkInstance.1.AreaNwkType", "ZIGBEE"}, {scl_path + "SAFPolicySet.1.PolicyScope", ""}, {info_path + "FirmwareImage.1.Name", "x"},
                                      {"Device.SoftwareModules.DeploymentUnit.1.Name", "x"}, {"Device.WiFi.Radio.1.Enable", "1"}}, {"Download", "Reboot", "ChangeDUState"}));
  EXPECT_GT(all.size(), 15u);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto text = codec::encode(codec::Format::xml, *all[i].type, all[i].attributes);
    const auto read = codec::decode(codec::Format::xml, text, registry().all());
    ASSERT_TRUE(read) << text << read.error().detail;
    EXPECT_EQ(read->type, all[i].type) << text;
    for (const auto& attribute : all[i].type->attributes) {
      const bool demanded = attribute.create == model::M && attribute.origin == model::Origin::stored;
      EXPECT_TRUE(!demanded || all[i].attributes.find(attribute.name)) << place_of(all, i) << " lacks " << attribute.name;
    }
  }
}

TEST(MappedObjects, SeveralSclsAndTr098) {
  const auto all = objects_of(report({{"Device.ETSIM2M.SCL.1.Enable", "1"}, {"Device.ETSIM2M.SCL.2.Enable", "1"}, {"Device.ETSIM2M.SCL.2.SAFPolicySet.9.PolicyScope", "urn:x"}}));
  EXPECT_NE(find(all, "etsiSclMo"), nullptr);
  EXPECT_NE(find(all, "etsiSclMo-2/set9"), nullptr);
  EXPECT_EQ(find(all, "etsiSclMo/set9"), nullptr);
  const auto old = objects_of(report({{"InternetGatewayDevice.DeviceInfo.MemoryStatus.Total", "7"}, {"InternetGatewayDevice.LANDevice.1.WLANConfiguration.2.Enable", "1"}}));
  EXPECT_NE(json_of(old, "etsiMemory").find("\"originalMO\":\"InternetGatewayDevice.DeviceInfo.MemoryStatus.\""), std::string::npos);
  EXPECT_NE(find(old, "etsiDeviceCapability/LANDevice.1.WLANConfiguration.2"), nullptr);
}

TEST(MappedObjects, AreBoundedWhateverADeviceSays) {
  Report told;
  for (int i = 1; i <= 5000; ++i) told.objects.push_back("Device.DeviceInfo.FirmwareImage." + std::to_string(i) + ".");
  told.methods = {"Download", "Reboot"};
  const auto all = objects_of(told);
  EXPECT_LE(all.size(), 2010u);
  EXPECT_NE(find(all, "reboot"), nullptr);
}

TEST(MappedObjects, CommandsByMethods) {
  auto facts = facts_with();
  facts.unsupported = {"Upload"};
  const auto all = objects_of(report({{info_path + "SerialNumber", "1"}}, {"Reboot", "FactoryReset", "Upload", "ChangeDUState"}), builtin(), facts);
  EXPECT_EQ(json_of(all, "reboot"), R"({"mgmtCmd":{"cmdType":"REBOOT"}})");
  EXPECT_EQ(json_of(all, "factoryReset"), R"({"mgmtCmd":{"cmdType":"RESET"}})");
  EXPECT_NE(find(all, "changeDUState"), nullptr);
  EXPECT_EQ(find(all, "upload"), nullptr);
  EXPECT_EQ(find(all, "download"), nullptr);
}

TEST(MappedObjects, DiscoveryAsksForTheObjectsOfTheTable) {
  const auto asked = DeviceMapping(builtin(), facts_with()).discovery().objects;
  for (const auto* path : {"{root}DeviceInfo.", "{root}DeviceInfo.FirmwareImage.{i}.", "{root}ETSIM2M.SCL.{i}.AreaNwkInstance.{i}.Property.{i}.",
                           "{root}SoftwareModules.ExecEnv.{i}.", "{root}ETSIM2M.SCL.{i}.SAFPolicySet.{i}.ANPPolicy.{i}.RequestCategory.{i}.Schedule.{i}.AbsTimeSpan.{i}."}) {
    EXPECT_EQ(std::ranges::count(asked, path), 1) << path;
  }
  EXPECT_EQ(std::ranges::count(asked, "{root}"), 0);   // not the whole device
}

}  // namespace
}  // namespace nscl::rem
