// SPDX-License-Identifier: Apache-2.0
// UPDATE, CREATE and DELETE towards the device (rem.md 2.5); row 57 of part 6.
#include "mapping_support.h"

namespace nscl::rem {
namespace {

std::string changes(std::string_view of, model::Object before, model::Object after, const MappingTable& table = builtin()) {
  return text(DeviceMapping(table, facts_with()).changes(type(of), before, after));
}

model::Object list(std::string_view name, std::initializer_list<const char*> items) {
  model::List out;
  for (const auto* item : items) out.emplace_back(item);
  return object({{name, std::move(out)}});
}

TEST(MappedChanges, DurationRow57) {
  const auto before = object({{"originalMO", scl_path}, {"regExpirationDuration", "PT5S"}, {"maxNumberOfDiscovRecords", 3}});
  auto after = before;
  after.set("regExpirationDuration", "PT1H");
  EXPECT_EQ(changes("etsiSclMo", before, after), scl_path + "Reregistration.RegExpirationDuration=3600");
  after.erase("regExpirationDuration");
  EXPECT_EQ(changes("etsiSclMo", before, after), scl_path + "Reregistration.RegExpirationDuration=-1");
  after.set("regExpirationDuration", "P200Y");
  EXPECT_EQ(changes("etsiSclMo", before, after), scl_path + "Reregistration.RegExpirationDuration=-1");
  EXPECT_EQ(changes("etsiSclMo", before, before), "");
}

TEST(MappedChanges, ListsNumbersAndWords) {
  const auto before = object({{"originalMO", scl_path}});
  auto after = before;
  after.set("announcedToSclList", list("reference", {"http://a", "b,c"}));
  after.set("maxSizeOfDiscovAnswer", 9);
  EXPECT_EQ(changes("etsiSclMo", before, after), scl_path + "AnnouncedToSCLList=http://a,b%2Cc " + scl_path + "Discovery.MaxSizeOfDiscovAnswer=9");
  EXPECT_NE(changes("etsiSclMo", after, before).find("STATUS_BAD_REQUEST"), std::string::npos);   // a number cannot be taken away
  const auto policy = object({{"originalMO", scl_path + "SAFPolicySet.2.M2MSPPolicy."}});
  auto changed = policy;
  changed.set("defaultRcatValue", "RCAT_4");
  EXPECT_EQ(changes("m2mSpPolicy", policy, changed), scl_path + "SAFPolicySet.2.M2MSPPolicy.DefaultRCATValue=4");
}

TEST(MappedChanges, Tolerances) {
  const auto category = object({{"originalMO", scl_path + "SAFPolicySet.2.M2MSPPolicy.RequestCategory.1."}});
  const auto leaf = scl_path + "SAFPolicySet.2.M2MSPPolicy.RequestCategory.1.TolerableDelay=";
  const auto with = [&](std::string_view name, const char* value) {
    auto out = category;
    out.set("defaultTrpdtValue", object({{name, value}}));
    return changes("rcatParamList", category, out);
  };
  EXPECT_EQ(with("tolerableDelay", "PT2M"), leaf + "120");
  EXPECT_EQ(with("tolerableDelay", "P100Y"), leaf + "-1");
  EXPECT_NE(with("tolerableTime", "08:00:00").find("STATUS_NOT_IMPLEMENTED defaultTrpdtValue"), std::string::npos);
}

TEST(MappedChanges, WhatIsOnlyStoredIsNotSent) {
  const auto before = object({{"originalMO", "Device.DeviceInfo.FirmwareImage.1."}, {"firmwareURL", ""}, {"firmwareName", "a"}});
  auto after = before;
  after.set("firmwareURL", "http://x");
  EXPECT_EQ(changes("fwInstance", before, after), "");
  after.set("firmwareName", "b");
  EXPECT_NE(changes("fwInstance", before, after).find("STATUS_FORBIDDEN firmwareName"), std::string::npos);
}

TEST(MappedChanges, OfTheNsclAloneAndOfNothing) {
  const auto before = object({{"originalMO", "Device.DeviceInfo."}});
  auto after = before;
  after.set("description", "x");
  after.set("accessRightID", "/m2m/accessRights/a");
  EXPECT_EQ(changes("etsiDeviceInfo", before, after), "");
  after.set("manufacturer", "x");
  EXPECT_NE(changes("etsiDeviceInfo", before, after).find("STATUS_FORBIDDEN manufacturer"), std::string::npos);
  const auto elsewhere = object({{"originalMO", "Device.Else."}});
  auto wanted = elsewhere;
  wanted.set("deviceLabel", "x");
  EXPECT_NE(changes("etsiDeviceInfo", elsewhere, wanted).find("STATUS_NOT_IMPLEMENTED deviceLabel"), std::string::npos);
  EXPECT_NE(changes("etsiDeviceInfo", {}, object({{"deviceLabel", "x"}})).find("STATUS_NOT_IMPLEMENTED"), std::string::npos);
}

TEST(MappedChanges, RowsKeepTheirNumbers) {
  const auto item = [](const char* id, int failures, const char* pause) { return model::Value(object({{"failedAttempts", failures}, {"blockDuration", pause}, {"id", id}})); };
  const auto with = [&](model::List items) {
    return object({{"originalMO", scl_path + "SAFPolicySet.1.ANPPolicy.4."}, {"blockPeriods", object({{"blockItem", std::move(items)}, {"id", "list"}})}});
  };
  const auto before = with({item("r1", 3, "PT60S"), item("r5", 6, "PT90S")});
  EXPECT_EQ(changes("anpPolicy", before, with({item("r1", 3, "PT60S"), item("r5", 7, "PT2M")})),
            scl_path + "SAFPolicySet.1.ANPPolicy.4.BlockPeriod.5.FailedAttempts=7 " + scl_path + "SAFPolicySet.1.ANPPolicy.4.BlockPeriod.5.BlockDuration=120");
  EXPECT_NE(changes("anpPolicy", before, with({item("r1", 3, "PT60S")})).find("STATUS_NOT_IMPLEMENTED blockPeriods"), std::string::npos);
  EXPECT_NE(changes("anpPolicy", before, with({item("r1", 3, "PT60S"), item("r9", 6, "PT90S")})).find("STATUS_NOT_IMPLEMENTED"), std::string::npos);
}

TEST(MappedChanges, SchedulesOfCategories) {
  const auto with = [&](const char* rcat, const char* start, const char* schedule) {
    auto span = object({{"startTime", Time{*parse_date_time(start)}}, {"endTime", Time{*parse_date_time("2014-01-01T00:00:00Z")}}, {"id", "r1"}});
    auto strings = object({{"scheduleString", model::List{object({{"id", "s1"}, {"$t", schedule}})}}});
    auto inner = object({{"absTimeSpan", model::List{std::move(span)}}, {"schedule", model::List{std::move(strings)}}, {"id", "r2"}});
    auto category = object({{"rcatValue", rcat}, {"schedItem", model::List{std::move(inner)}}, {"id", "r3"}});
    auto all = object({{"rcatSchedule", model::List{std::move(category)}}, {"id", "list"}});
    return object({{"originalMO", scl_path + "SAFPolicySet.1.ANPPolicy.4."}, {"rcatSchedList", std::move(all)}});
  };
  const auto row = scl_path + "SAFPolicySet.1.ANPPolicy.4.RequestCategory.3.";
  EXPECT_EQ(changes("anpPolicy", with("RCAT_1", "2013-01-01T00:00:00Z", "a"), with("RCAT_2", "2013-02-01T00:00:00Z", "b,c")),
            row + "RCAT=2 " + row + "Schedule.2.Schedules=b%2Cc " + row + "Schedule.2.AbsTimeSpan.1.StartTime=2013-02-01T00:00:00Z");
}

TEST(MappedInstances, AreMadeInTheTableOfTheirParent) {
  const auto facts = facts_with();
  const DeviceMapping mapping(builtin(), facts);
  const auto made = mapping.addition(type("safPolicySet"), scl_path, object({{"policyScope", list("reference", {"urn:a"})}}));
  ASSERT_TRUE(made) << made.error().detail;
  EXPECT_EQ(made->object, scl_path + "SAFPolicySet.");
  EXPECT_EQ(text(made->leaves), "PolicyScope=urn:a Enable=true");   // enabled last
  const auto category = mapping.addition(type("rcatParamList"), scl_path + "SAFPolicySet.3.M2MSPPolicy.", object({{"rcatValue", "RCAT_1"}, {"maxPendReqs", 4}}));
  ASSERT_TRUE(category) << category.error().detail;
  EXPECT_EQ(category->object, scl_path + "SAFPolicySet.3.M2MSPPolicy.RequestCategory.");
  EXPECT_EQ(text(category->leaves), "RCAT=1 Thresh=4 Enable=true");
  EXPECT_EQ(mapping.addition(type("safPolicySet"), "Device.Else.", {}).error().status, Status::not_implemented);
  EXPECT_EQ(mapping.addition(type("batteryInstance"), "Device.DeviceInfo.X_oneM2M_org_BatteryStatus.", {}).error().status, Status::not_implemented);
}

TEST(MappedInstances, AreRemovedOnlyIfTheyCanBeMade) {
  const auto facts = facts_with();
  const DeviceMapping mapping(builtin(), facts);
  EXPECT_EQ(mapping.removal(type("safPolicySet"), object({{"originalMO", scl_path + "SAFPolicySet.3."}}))->object, scl_path + "SAFPolicySet.3.");
  EXPECT_EQ(mapping.removal(type("etsiDeviceInfo"), object({{"originalMO", "Device.DeviceInfo."}})), std::nullopt);
  EXPECT_EQ(mapping.removal(type("fwInstance"), object({{"originalMO", "Device.DeviceInfo.FirmwareImage.1."}})), std::nullopt);
  EXPECT_EQ(mapping.removal(type("parameters"), object({{"originalMO", "Device.X.3."}}))->object, "Device.X.3.");
  EXPECT_EQ(mapping.removal(type("mgmtObj"), object({{"originalMO", "Device.ManagementServer."}})), std::nullopt);
}

}  // namespace
}  // namespace nscl::rem
