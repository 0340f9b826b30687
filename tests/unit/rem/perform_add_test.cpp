// SPDX-License-Identifier: Apache-2.0
// Instances: made, found again, removed.
#include "play.h"

namespace nscl::rem::tr069 {
namespace {

const std::string table = "InternetGatewayDevice.LANDevice.1.LANHostConfigManagement.DHCPConditionalServingPool.";
const std::string first = table + "1.";

AddInstance pool() { return {table, {{"Enable", "true"}, {"VendorClassID", "iot"}}}; }

ParameterValueStruct parameter(std::string name, std::string value, std::string type) { return {std::move(name), std::move(value), std::move(type)}; }

GetParameterValuesResponse types_of(const std::string& instance) {
  GetParameterValuesResponse out;
  out.parameters.push_back(parameter(instance + "Enable", "0", "boolean"));
  out.parameters.push_back(parameter(instance + "VendorClassID", "", "string"));
  return out;
}

SetParameterValues settings_of(const std::string& instance) {
  SetParameterValues out;
  out.parameter_key = our_key;
  out.parameters.push_back(parameter(instance + "Enable", "true", "boolean"));
  out.parameters.push_back(parameter(instance + "VendorClassID", "iot", "string"));
  return out;
}

GetParameterNamesResponse names_of(const std::string& instance) { return names({instance + "Enable", instance + "VendorClassID", instance + "Other"}, true); }

/// From the names of the instance to the end.
void goes_on_with(Play& play, const std::string& instance) {
  play.asks(GetParameterNames{instance, true}).gets(names_of(instance));
  play.asks(GetParameterValues{{instance + "Enable", instance + "VendorClassID"}}).gets(types_of(instance));
  play.asks(settings_of(instance)).gets(SetParameterValuesResponse{0});
  EXPECT_EQ(play.report().end, Report::End::done);
  EXPECT_EQ(play.report().object, instance);
}

// Row 14.
TEST(PerformAdd, AddsNamesReadsSets) {
  Play play(pool());
  play.asks(AddObject{table, our_key}).gets(AddObjectResponse{1, 0});
  goes_on_with(play, first);
  EXPECT_EQ(play.report().leaves.size(), 2u);
}

TEST(PerformAdd, StatusOneNeedsAReboot) {
  Play play(AddInstance{table, {}});
  play.gets(AddObjectResponse{4, 1});
  EXPECT_EQ(play.report().object, table + "4.");
  EXPECT_TRUE(play.report().needs_reboot);
}

// Row 14: what the instance does not have is refused before it reaches the device, and nothing stays behind.
TEST(PerformAdd, UnknownLeavesAreRefusedAndTheInstanceGoes) {
  Play play(AddInstance{table, {{"Enable", "true"}, {"Nope", "1"}, {"Sub.Leaf", "2"}}});
  play.gets(AddObjectResponse{1, 0});
  play.asks(GetParameterNames{first, true}).gets(names_of(first));
  play.asks(GetParameterNames{first + "Sub.", true}).gets(fault(9005));
  play.asks(DeleteObject{first, our_key}).gets(DeleteObjectResponse{0});
  const auto report = play.report();
  expect_failure(report, Status::bad_request, "9005", first + "Nope");
  EXPECT_NE(report.text.find(first + "Sub.Leaf"), std::string::npos) << report.text;
  EXPECT_EQ(report.object, "");
}

TEST(PerformAdd, ValuesThatDoNotFitAndThoseThatAreRefused) {
  Play play(AddInstance{table, {{"Enable", "perhaps"}}});
  play.gets(AddObjectResponse{1, 0}).gets(names_of(first)).gets(types_of(first));
  play.asks(DeleteObject{first, our_key}).gets(fault(9002));
  expect_failure(play.report(), Status::bad_request, "9003", "the new instance " + first + " could not be removed");
  Play refused(pool());
  refused.gets(AddObjectResponse{1, 0}).gets(names_of(first)).gets(types_of(first)).gets(fault(9007));
  refused.asks(DeleteObject{first, our_key}).gets(fault(9005));
  expect_failure(refused.report(), Status::bad_request, "9007");
  EXPECT_EQ(refused.report().text.find("could not"), std::string::npos);
}

TEST(PerformAdd, AnObjectThatTheDeviceCannotMake) {
  Play play(pool());
  play.gets(fault(9005));
  expect_failure(play.report(), Status::not_implemented, "9005", table);
}

TEST(PerformAdd, WithoutNamesWhereTheModelHasNone) {
  Play play(pool());
  play.situation.model.no_gpn = true;
  play.gets(AddObjectResponse{1, 0}).asks(GetParameterValues{{first + "Enable", first + "VendorClassID"}});
}

// 5.4, row 36: never a second AddObject for an answer that was lost.
TEST(PerformAdd, SilenceIsLookedIntoInTheNextSession) {
  Play play(pool());
  play.gets_nothing();
  EXPECT_EQ(play.report().end, Report::End::no_answer);
  Play next(AddInstance{table, pool().leaves, std::vector<std::string>{}});
  next.again().asks(GetParameterNames{table, true}).gets(names({})).asks(AddObject{table, our_key}).gets_nothing();
  expect_failure(next.report(), Status::not_implemented, "9000", "AddObject");
}

TEST(PerformAdd, OurKeyTellsThatTheNewestIsOurs) {
  Play play(pool());
  play.again(our_key).asks(GetParameterNames{table, true}).gets(names({table, table + "10.", table + "9."}));
  goes_on_with(play, table + "10.");
}

TEST(PerformAdd, TheOneUnknownInstanceIsAdopted) {
  Play play(AddInstance{table, pool().leaves, std::vector<std::string>{first}});
  play.again("e9").gets(names({first, table + "2."}));
  goes_on_with(play, table + "2.");
}

TEST(PerformAdd, NoUnknownInstanceMeansThatItDidNotHappen) {
  Play play(AddInstance{table, pool().leaves, std::vector<std::string>{first}});
  play.again("e9").gets(names({first})).asks(AddObject{table, our_key});
}

TEST(PerformAdd, WhatCannotBeToldApartIsAConflict) {
  Play several(AddInstance{table, pool().leaves, std::vector<std::string>{first}});
  several.again("e9").gets(names({first, table + "2.", table + "3."}));
  expect_failure(several.report(), Status::conflict, "NO_REPORT", table + "2. " + table + "3.");
  Play not_told(pool());
  not_told.again("e9").gets(names({first}));
  expect_failure(not_told.report(), Status::conflict, "NO_REPORT", first);
}

TEST(PerformAdd, ALostSessionInTheMiddleLeavesTheInstance) {
  Play play(AddInstance{table, {{"Enable", "1"}}});
  play.gets(AddObjectResponse{1, 0}).gets(names_of(first)).gets_nothing().gets_nothing();
  EXPECT_EQ(play.report().end, Report::End::no_answer);
}

TEST(PerformAdd, ATableWithoutEndIsNotToldWhole) {
  GetParameterNamesResponse many;
  for (int i = 1; i <= 50'000; ++i) many.parameters.push_back({table + std::to_string(i) + ".", true});
  Play play(pool());
  play.again("e9").gets(many);
  expect_failure(play.report(), Status::conflict, "NO_REPORT", "and more");
  EXPECT_LT(play.report().text.size(), 2000u);
}

class PerformAddRecorded : public WithRecordings {};

// Row 15, oddity 9.
TEST_F(PerformAddRecorded, AFailureInDisguise) {
  const auto text = recorded("cwmp-cwmp-sim-addobject-failed-as-response.xml");
  Play play(pool());
  play.gets(read<AddObjectResponse>(text));
  expect_failure(play.report(), Status::not_implemented, "9005", table);
}

TEST_F(PerformAddRecorded, AnInstance) {
  const auto text = recorded("cwmp-genieacs-sim-addobject-response.xml");
  Play play(pool());
  play.gets(read<AddObjectResponse>(text));
  goes_on_with(play, first);
}

TEST(PerformDelete, DeletedAndGoneAreTheSame) {
  Play play(DeleteInstance{first});
  play.asks(DeleteObject{first, our_key}).gets(DeleteObjectResponse{0});
  EXPECT_EQ(play.report(), Report{});
  Play gone(DeleteInstance{first});
  gone.gets(fault(9005));
  EXPECT_EQ(gone.report(), Report{});
  Play disguised(DeleteInstance{first});
  disguised.gets(DeleteObjectResponse{9005});
  EXPECT_EQ(disguised.report(), Report{});
}

TEST(PerformDelete, FaultsAndSilence) {
  Play denied(DeleteInstance{first});
  denied.gets(fault(9001));
  expect_failure(denied.report(), Status::forbidden, "9001", first);
  Play silent(DeleteInstance{first});
  silent.gets_nothing().asks(DeleteObject{first, our_key}).gets_nothing();
  expect_failure(silent.report(), Status::not_implemented, "9000");
}

class PerformDeleteRecorded : public WithRecordings {};

TEST_F(PerformDeleteRecorded, StatusOneIsNoError) {
  const auto text = recorded("cwmp-cwmp-sim-deleteobject-response-status1.xml");
  Play play(DeleteInstance{first});
  play.gets(read<DeleteObjectResponse>(text));
  EXPECT_EQ(play.report().end, Report::End::done);
  EXPECT_TRUE(play.report().needs_reboot);
}

}  // namespace
}  // namespace nscl::rem::tr069
