// SPDX-License-Identifier: Apache-2.0
// Type conversion (rem.md 2.4) in both directions, reading for a RETRIEVE, and states (2.7).
#include "mapping_support.h"

#include <algorithm>

namespace nscl::rem {
namespace {

/// What one attribute of an object at "Device.X." becomes when its leaf "L" says `value`, as JSON.
std::string read_as(std::string_view of, std::string_view attribute, std::string_view rule, std::string value) {
  const auto parent = type(of).element == "mgmtObj" ? "" : "parent = \"etsiMemory\"\n";
  const auto table = table_of("[[object]]\ntype = \"" + std::string(of) + "\"\n" + parent + "at = [\"{root}X.\"]\nattributes." + std::string(attribute) + " = " + std::string(rule));
  auto changed = resource(of, object({{"originalMO", "Device.X."}}));
  DeviceMapping(table, facts_with()).apply(changed, {{"Device.X.L", std::move(value)}});
  changed.attributes.erase("originalMO");
  auto out = json_of(*changed.type, changed.attributes);
  const auto at = out.find("\"" + std::string(attribute) + "\":");
  return at == out.npos ? "absent" : out.substr(at + attribute.size() + 3, out.size() - at - attribute.size() - 5);
}

TEST(MappedConversions, TextNumbersAndBooleans) {
  EXPECT_EQ(read_as("etsiDeviceInfo", "model", "\"L\"", " a b "), "\" a b \"");
  EXPECT_EQ(read_as("etsiMemory", "ramTotal", "\"L\"", " 42 "), "42");
  EXPECT_EQ(read_as("etsiMemory", "ramTotal", "\"L\"", "-1"), "-1");
  EXPECT_EQ(read_as("etsiMemory", "ramTotal", "\"L\"", "many"), "absent");
  EXPECT_EQ(read_as("etsiMemory", "ramTotal", "\"L\"", "99999999999999999999"), "absent");
  EXPECT_EQ(read_as("etsiMemory", "ramTotal", "{ leaf = \"L\", divide = 1024 }", "4096"), "4");   // octets
  EXPECT_EQ(read_as("capabilityInstance", "attached", "\"L\"", "TRUE"), "true");
  EXPECT_EQ(read_as("capabilityInstance", "attached", "\"L\"", "0"), "false");
  EXPECT_EQ(read_as("etsiDeviceInfo", "softwareVersion", "{ leaf = \"L\", cut = 3 }", "äöüß"), "\"äöü\"");
  EXPECT_EQ(read_as("etsiDeviceInfo", "softwareVersion", "\"L\"", std::string(33, 'x')), "absent");
}

TEST(MappedConversions, BoundsAndWords) {
  EXPECT_EQ(read_as("batteryInstance", "battLevel", "{ leaf = \"L\", clamp = true }", "-5"), "0");
  EXPECT_EQ(read_as("batteryInstance", "battLevel", "{ leaf = \"L\", clamp = true }", "900"), "100");
  EXPECT_EQ(read_as("batteryInstance", "battLevel", "\"L\"", "900"), "absent");
  const std::string words = "{ leaf = \"L\", words = { Full = \"CHARGE_COMPLETE\" }, otherwise = \"UNKNOWN\" }";
  EXPECT_EQ(read_as("batteryInstance", "battStatus", words, "Full"), "\"CHARGE_COMPLETE\"");
  EXPECT_EQ(read_as("batteryInstance", "battStatus", words, "CHARGE_COMPLETE"), "\"CHARGE_COMPLETE\"");
  EXPECT_EQ(read_as("batteryInstance", "battStatus", words, "new"), "\"UNKNOWN\"");
  EXPECT_EQ(read_as("m2mSpPolicy", "defaultRcatValue", "{ leaf = \"L\", prefix = \"RCAT_\" }", "5"), "\"RCAT_5\"");
  EXPECT_EQ(read_as("m2mSpPolicy", "defaultRcatValue", "{ leaf = \"L\", prefix = \"RCAT_\" }", "RCAT_5"), "\"RCAT_5\"");
  EXPECT_EQ(read_as("m2mSpPolicy", "defaultRcatValue", "{ leaf = \"L\", prefix = \"RCAT_\" }", "9"), "absent");
}

TEST(MappedConversions, DurationsAndLists) {
  EXPECT_EQ(read_as("etsiSclMo", "regExpirationDuration", "{ leaf = \"L\", as = \"seconds\" }", "90"), "\"PT90S\"");
  EXPECT_EQ(read_as("etsiSclMo", "regExpirationDuration", "{ leaf = \"L\", as = \"seconds\" }", "-1"), "absent");
  EXPECT_EQ(read_as("rcatParamList", "defaultTrpdtValue", "{ leaf = \"L\", as = \"tolerance\" }", "30"), R"({"tolerableDelay":"PT30S"})");
  EXPECT_EQ(read_as("etsiSclMo", "announcedToSclList", "{ leaf = \"L\", as = \"list\" }", "a, b%2Cc"), R"({"reference":["a","b,c"]})");
  EXPECT_EQ(read_as("etsiSclMo", "announcedToSclList", "{ leaf = \"L\", as = \"list\" }", ""), R"({"reference":[]})");
  EXPECT_EQ(read_as("etsiSclMo", "regSearchStrings", "{ leaf = \"L\", as = \"list\" }", "x"), R"({"searchString":["x"]})");
  EXPECT_EQ(read_as("rcatParamList", "rankedAnList", "{ leaf = \"L\", as = \"list\" }", "x"), R"({"accessNetwork":["x"],"id":"list"})");
}

TEST(MappedConversions, ADurationThatMeansTheSameStays) {
  const auto facts = facts_with();
  const DeviceMapping mapping(builtin(), facts);
  auto changed = resource("etsiSclMo", object({{"originalMO", scl_path}, {"regExpirationDuration", "PT1H"}}));
  const auto leaf = scl_path + "Reregistration.RegExpirationDuration";
  EXPECT_FALSE(mapping.apply(changed, {{leaf, "3600", "int"}}));
  EXPECT_EQ(changed.attributes.find("regExpirationDuration")->text(), "PT1H");
  EXPECT_TRUE(mapping.apply(changed, {{leaf, "60", "int"}}));
}

TEST(MappedConversions, WhatIsReadForARetrieve) {
  const auto facts = facts_with();
  const DeviceMapping mapping(builtin(), facts);
  const auto paths = mapping.leaves(type("etsiDeviceInfo"), object({{"originalMO", info_path}}));
  EXPECT_EQ(paths.size(), 8u);
  EXPECT_EQ(std::ranges::count(paths, info_path + "SoftwareVersion"), 1);   // of two attributes
  EXPECT_EQ(std::ranges::count(paths, info_path + "Description"), 1);       // in place of another
  const auto network = mapping.leaves(type("areaNwkInstance"), object({{"originalMO", scl_path + "AreaNwkInstance.7."}}));
  EXPECT_EQ(std::ranges::count(network, scl_path + "AreaNwkInstance.7.Property."), 1);
  EXPECT_TRUE(mapping.leaves(type("etsiDeviceInfo"), object({{"originalMO", "Device.Else."}})).empty());
  EXPECT_TRUE(mapping.leaves(type("etsiDeviceInfo"), {}).empty());
}

TEST(MappedConversions, WhatTheDeviceDoesNotListIsNotAskedFor) {   // 4.9 row 7
  const auto facts = facts_with();
  const DeviceMapping mapping(builtin(), facts);
  Report discovered;
  discovered.objects = {"Device.", info_path};
  discovered.leaves = {{info_path + "SerialNumber", "1"}, {info_path + "ModelName", "x"}};
  auto found = mapping.objects(discovered, "/m2m/scls/x/mgmtObjs");
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found.front().type->name, "etsiDeviceInfo");
  EXPECT_EQ(mapping.leaves(*found.front().type, found.front().attributes), (std::vector<std::string>{info_path + "SerialNumber", info_path + "ModelName"}));
  auto known = resource("etsiDeviceInfo", object({{"originalMO", info_path}}));
  EXPECT_TRUE(mapping.take_absent(known, found.front().attributes));
  EXPECT_EQ(mapping.leaves(*known.type, known.attributes).size(), 2u);
  EXPECT_EQ(mapping.unseen(*known.type, known.attributes, {{info_path + "ModelName", "y"}, {info_path + "HardwareVersion", "z"}}), std::vector<std::string>{info_path + "HardwareVersion"});
  EXPECT_FALSE(mapping.take_absent(known, found.front().attributes));
  EXPECT_TRUE(mapping.take_absent(known, {}));
  EXPECT_EQ(mapping.leaves(*known.type, known.attributes).size(), 8u);
}

TEST(MappedConversions, TheDevicesValueWinsAndWhatWasNotReadStays) {
  const auto facts = facts_with();
  const DeviceMapping mapping(builtin(), facts);
  auto changed = resource("etsiDeviceInfo", object({{"originalMO", info_path}, {"model", "old"}, {"deviceLabel", "S"}}));
  EXPECT_TRUE(mapping.apply(changed, {{info_path + "ModelName", "new"}}));
  EXPECT_EQ(changed.attributes.find("model")->text(), "new");
  EXPECT_EQ(changed.attributes.find("deviceLabel")->text(), "S");
  EXPECT_FALSE(mapping.apply(changed, {{info_path + "ModelName", "new"}, {"Device.Else.X", "1"}}));
  auto set = resource("etsiSclMo", object({{"originalMO", scl_path}, {"regExpirationDuration", "PT5S"}}));
  EXPECT_TRUE(mapping.apply(set, {{scl_path + "Reregistration.RegExpirationDuration", "-1"}}));
  EXPECT_EQ(set.attributes.find("regExpirationDuration"), nullptr);
}

TEST(MappedConversions, AReferenceIsFollowedOnlyToWhatWasRead) {
  const auto facts = facts_with();
  const DeviceMapping mapping(builtin(), facts);
  const auto row = scl_path + "AreaNwkDeviceInfoInstance.1.";
  auto device = resource("areaNwkDeviceInfoInstance", object({{"originalMO", row}, {"areaNwkID", 12}}));
  EXPECT_FALSE(mapping.apply(device, {{row + "AreaNwkInstance", scl_path + "AreaNwkInstance.2"}}));   // of a RETRIEVE: its ID is not read
  EXPECT_TRUE(mapping.apply(device, {{row + "AreaNwkInstance", scl_path + "AreaNwkInstance.2"}, {scl_path + "AreaNwkInstance.2.ID", "13"}}));
  EXPECT_EQ(*device.attributes.find("areaNwkID"), model::Value(13));
}

TEST(MappedConversions, AlternativesInOrder) {
  const auto facts = facts_with();
  const DeviceMapping mapping(builtin(), facts);
  auto changed = resource("etsiDeviceInfo", object({{"originalMO", info_path}}));
  mapping.apply(changed, {{info_path + "AdditionalSoftwareVersion", ""}, {info_path + "SoftwareVersion", std::string(40, 'v')}});
  EXPECT_EQ(changed.attributes.find("softwareVersion")->text(), std::string(32, 'v'));
  mapping.apply(changed, {{info_path + "AdditionalSoftwareVersion", "extra"}, {info_path + "SoftwareVersion", "main"}});
  EXPECT_EQ(changed.attributes.find("softwareVersion")->text(), "extra");
}

TEST(MappedStates, OfFirmwareImagesAndUnits) {
  const auto facts = facts_with();
  const DeviceMapping mapping(builtin(), facts);
  const auto image = object({{"originalMO", info_path + "FirmwareImage.1."}}), unit = object({{"originalMO", "Device.SoftwareModules.DeploymentUnit.1."}});
  const auto of_image = [&](const char* state) { return mapping.action_state(type("fwInstance"), image, {{info_path + "FirmwareImage.1.Status", state}}); };
  const auto of_unit = [&](const char* state) { return mapping.action_state(type("swInstance"), unit, {{"Device.SoftwareModules.DeploymentUnit.1.Status", state}}); };
  for (const auto* state : {"Active", "Available"}) EXPECT_EQ(of_image(state), (ActionState{100, true})) << state;
  for (const auto* state : {"DownloadFailed", "ValidationFailed", "InstallationFailed", "ActivationFailed"}) EXPECT_EQ(of_image(state), (ActionState{100, false})) << state;
  for (const auto* state : {"Downloading", "Validating"}) EXPECT_LT(of_image(state)->progress, 100) << state;
  EXPECT_EQ(of_image("NoImage"), std::nullopt);
  for (const auto* state : {"Installed", "Uninstalled"}) EXPECT_EQ(of_unit(state), (ActionState{100, true})) << state;
  for (const auto* state : {"Installing", "Updating", "Uninstalling"}) EXPECT_LT(of_unit(state)->progress, 100) << state;
  EXPECT_EQ(of_unit("Failed"), (ActionState{100, false}));
}

TEST(MappedStates, OfAnActionThatWasBegunHereAreNotOverwritten) {
  const auto facts = facts_with();
  const DeviceMapping mapping(builtin(), facts);
  auto status = object({{"action", "/m2m/x/fwDownloadAndUpdate"}, {"progress", 1}, {"finalStatus", "FAILURE"}});
  auto image = resource("fwInstance", object({{"originalMO", info_path + "FirmwareImage.1."}, {"fwActionStatus", status}}));
  EXPECT_FALSE(mapping.apply(image, {{info_path + "FirmwareImage.1.Status", "Active"}}));   // the old image, while the new one is fetched
}

}  // namespace
}  // namespace nscl::rem
