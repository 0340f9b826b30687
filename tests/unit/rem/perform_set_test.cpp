// SPDX-License-Identifier: Apache-2.0
// Writing: types, atomicity, what has happened already.
#include "play.h"

namespace nscl::rem::tr069 {
namespace {

const std::string interval = "Device.ManagementServer.PeriodicInformInterval";
const std::string enable = "Device.ManagementServer.PeriodicInformEnable";
const std::string when = "Device.ManagementServer.PeriodicInformTime";

GetParameterValuesResponse present() {
  return {{{interval, "300", "unsignedInt"}, {enable, "0", "boolean"}, {when, "0001-01-01T00:00:00Z", "dateTime"}}};
}

/// What is sent for `value` to a parameter of the type; empty: nothing, it is refused.
std::string sent(const std::string& type, const std::string& value, ModelOptions model = {}) {
  Play play(SetLeaves{{{"Device.P", value}}});
  play.situation.model = model;
  GetParameterValuesResponse present;
  present.parameters.push_back({"Device.P", "other", type});
  play.asks(GetParameterValues{{"Device.P"}}).gets(present);
  const auto* request = play.request_if<SetParameterValues>();
  if (!request) {
    expect_failure(play.report(), Status::bad_request, "9003", "CWMP 9007 not a value of type " + type + ": Device.P");
    return {};
  }
  const auto& parameter = request->parameters.at(0);
  EXPECT_EQ(parameter.type, type);
  return parameter.value;
}

// Row 10.
TEST(PerformSet, ReadsThenSetsAllAtOnceUnderItsKey) {
  Play play(SetLeaves{{{interval, "60"}, {enable, "1"}, {when, "2013-01-11T10:45:00+01:00"}}});
  play.asks(GetParameterValues{{interval, enable, when}}).gets(present());
  play.asks(SetParameterValues{{{interval, "60", "unsignedInt"}, {enable, "true", "boolean"}, {when, "2013-01-11T09:45:00Z", "dateTime"}}, our_key});
  play.gets(SetParameterValuesResponse{0});
  const auto report = play.report();
  EXPECT_EQ(report.end, Report::End::done);
  EXPECT_FALSE(report.needs_reboot);
  EXPECT_EQ(report.leaves, (std::vector<Leaf>{{interval, "60", "unsignedInt"}, {enable, "true", "boolean"}, {when, "2013-01-11T09:45:00Z", "dateTime"}}));
}

TEST(PerformSet, StatusOneNeedsAReboot) {
  Play play(SetLeaves{{{interval, "60"}}});
  play.gets(present()).gets(SetParameterValuesResponse{1});
  EXPECT_EQ(play.report().end, Report::End::done);
  EXPECT_TRUE(play.report().needs_reboot);
}

TEST(PerformSet, NothingIsSentIfItIsSoAlready) {
  Play play(SetLeaves{{{interval, " 0300"}, {enable, "false"}}});
  play.asks(GetParameterValues{{interval, enable}}).gets(present());
  EXPECT_EQ(play.report().end, Report::End::done);
}

TEST(PerformSet, OneThatDiffersSendsAll) {
  Play play(SetLeaves{{{interval, "300"}, {enable, "true"}}});
  play.gets(present());
  play.asks(SetParameterValues{{{interval, "300", "unsignedInt"}, {enable, "true", "boolean"}}, our_key});
}

// Oddities 7 and 8: the device is never asked to set a name that it does not know.
TEST(PerformSet, AllMissingLeavesAreNamed) {
  Play play(SetLeaves{{{interval, "60"}, {"Device.No", "1"}, {"Device.Nor", "2"}}});
  play.gets(GetParameterValuesResponse{{{interval, "300", "unsignedInt"}}});
  const auto report = play.report();
  expect_failure(report, Status::not_found, "9005", "Device.No;");
  EXPECT_NE(report.text.find("Device.Nor"), std::string::npos) << report.text;
}

/// A change of a name that the device was seen to have, and of others.
SetLeaves with_unseen(std::vector<std::string> unseen) {
  SetLeaves task{{{interval, "60"}}, unseen};
  for (auto& path : unseen) task.leaves.push_back({std::move(path), "1"});
  return task;
}

// Oddities 7 and 8: what it was not seen to have is not even read before it has listed it.
TEST(PerformSet, O7NamesNotSeenAreLookedForFirst) {
  Play play(with_unseen({"Device.X.New"}));
  play.asks(GetParameterNames{"Device.X.", true}).gets(names({"Device.X.New", "Device.X.Sub."}, true));
  play.asks(GetParameterValues{{interval, "Device.X.New"}});
  play.gets(GetParameterValuesResponse{{{interval, "300", "unsignedInt"}, {"Device.X.New", "0", "int"}}});
  play.asks(SetParameterValues{{{interval, "60", "unsignedInt"}, {"Device.X.New", "1", "int"}}, our_key}).gets(SetParameterValuesResponse{0});
  EXPECT_EQ(play.report().end, Report::End::done);
}

TEST(PerformSet, O8AllUnknownNamesAreToldAndNothingElseIsAsked) {
  Play play(with_unseen({"Device.X.No", "Device.X.New", "Device.X.Sub", "Device.Y.No"}));
  play.asks(GetParameterNames{"Device.X.", true}).gets(names({"Device.X.New", "Device.X.Sub."}, true));
  play.asks(GetParameterNames{"Device.Y.", true}).gets(fault(9005));
  const auto report = play.report();
  expect_failure(report, Status::not_found, "9005", "Device.X.No");
  EXPECT_NE(report.text.find("Device.X.Sub"), std::string::npos) << "an object is no parameter: " << report.text;
  EXPECT_NE(report.text.find("Device.Y.No"), std::string::npos) << report.text;
  EXPECT_EQ(report.text.find("Device.X.New"), std::string::npos) << report.text;
  EXPECT_FALSE(report.unknown_path) << "it was asked just now";
}

TEST(PerformSet, NamesAreNotLookedForWhereTheModelHasNone) {
  Play none(with_unseen({"Device.X.New"}));
  none.situation.model.no_gpn = true;
  none.asks(GetParameterValues{{interval, "Device.X.New"}});
  Play no_root(with_unseen({"Device.New"}));
  no_root.situation.model.skip_root_gpn = true;
  no_root.asks(GetParameterValues{{interval, "Device.New"}});
  Play root(with_unseen({"Device.New"}));
  root.asks(GetParameterNames{"Device.", true});
}

TEST(PerformSet, ANameThatANewerChangeSetsIsNotLookedFor) {
  auto task = with_unseen({"Device.X.New"});
  task.leaves.pop_back();
  Play play(std::move(task));
  play.asks(GetParameterValues{{interval}});
}

TEST(PerformSet, FaultsAndSilenceWhileNamesAreLookedFor) {
  Play denied(with_unseen({"Device.X.New"}));
  denied.gets(fault(9001));
  expect_failure(denied.report(), Status::forbidden, "9001", "Device.X.");
  Play silent(with_unseen({"Device.X.New"}));
  silent.gets_nothing().asks(GetParameterNames{"Device.X.", true}).gets_nothing();
  expect_failure(silent.report(), Status::not_implemented, "9000", "GetParameterNames");
}

// 5.4: what was lost is found by the key before anything is asked.
TEST(PerformSet, ALostAnswerIsFoundByTheKeyWithoutALookForNames) {
  Play play(with_unseen({"Device.X.New"}));
  play.again(our_key);
  EXPECT_EQ(play.report().end, Report::End::done);
}

TEST(PerformSet, NoParameterTwice) {
  Play play(SetLeaves{{{interval, "60"}, {interval, "61"}}});
  play.gets(present());
  expect_failure(play.report(), Status::bad_request, "9003", "named twice: " + interval);
}

// Oddity 34 among others.
TEST(PerformSet, ValuesAreWrittenAsTheTypeAndTheModelWantThem) {
  EXPECT_EQ(sent("boolean", "1"), "true");
  EXPECT_EQ(sent("boolean", " FALSE "), "false");
  EXPECT_EQ(sent("boolean", "true", {.style = {.boolean_words = false}}), "1");
  EXPECT_EQ(sent("boolean", "yes"), "");
  EXPECT_EQ(sent("unsignedInt", "-1"), "");
  EXPECT_EQ(sent("unsignedInt", "4294967295"), "4294967295");
  EXPECT_EQ(sent("unsignedInt", "4294967296"), "");
  EXPECT_EQ(sent("int", "-2147483648"), "-2147483648");
  EXPECT_EQ(sent("int", "2147483648"), "");
  EXPECT_EQ(sent("int", "1.5"), "");
  EXPECT_EQ(sent("long", "-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(sent("unsignedLong", "18446744073709551615"), "18446744073709551615");
  EXPECT_EQ(sent("unsignedLong", "-1"), "");
  EXPECT_EQ(sent("unsignedLong", "18446744073709551616"), "");
  EXPECT_EQ(sent("dateTime", "2013-01-11T09:45:00Z", {.style = {.date_milliseconds = true}}), "2013-01-11T09:45:00.000Z");
  EXPECT_EQ(sent("dateTime", "0001-01-01T00:00:00Z"), "0001-01-01T00:00:00Z");
  EXPECT_EQ(sent("dateTime", "yesterday"), "");
  EXPECT_EQ(sent("base64", "aGk="), "aGk=");
  EXPECT_EQ(sent("base64Binary", "a"), "");
  EXPECT_EQ(sent("hexBinary", "0aF0"), "0aF0");
  EXPECT_EQ(sent("hexBinary", "0g"), "");
  EXPECT_EQ(sent("string", " <text> "), " <text> ");
}

TEST(PerformSet, AskedAgainOnceAndThenUnsupported) {
  Play play(SetLeaves{{{interval, "60"}}});
  const SetParameterValues request{{{interval, "60", "unsignedInt"}}, our_key};
  play.gets(present()).asks(request).gets_nothing().asks(request).gets_nothing();
  expect_failure(play.report(), Status::not_implemented, "9000", "SetParameterValues");
  EXPECT_TRUE(play.report().unsupported);
}

// 5.4, row 34.
TEST(PerformSet, ALostAnswerIsFoundByTheKeyOrByTheValues) {
  Play by_key(SetLeaves{{{interval, "60"}}});
  by_key.again(our_key);
  EXPECT_EQ(by_key.report().end, Report::End::done);
  EXPECT_EQ(by_key.report().leaves.size(), 1u);
  Play by_value(SetLeaves{{{interval, "300"}}});
  by_value.again("e9").gets(present());
  EXPECT_EQ(by_value.report().end, Report::End::done);
  Play not_set(SetLeaves{{{interval, "60"}}});
  not_set.again("e9").gets(present()).asks(SetParameterValues{{{interval, "60", "unsignedInt"}}, our_key});
}

TEST(PerformSet, TheKeyOfSeveralRequestsMayBeThatOfTheFirst) {
  Play play(SetLeaves{{{interval, "60"}, {enable, "1"}}});
  play.situation.model.spv_batch = 1;
  play.again(our_key).asks(GetParameterValues{{interval, enable}});
}

TEST(PerformSet, ATaskOfTheFirstSessionDoesNotLookAtTheKey) {
  Play play(SetLeaves{{{interval, "60"}}});
  play.situation.parameter_key = our_key;
  play.asks(GetParameterValues{{interval}});
}

class Several : public testing::Test {
 protected:
  Several() : play(SetLeaves{{{"Device.A", "1"}, {"Device.Secret", "2"}, {"Device.B", "3"}}}) {
    play.situation.model.spv_batch = 2;
    play.gets(strings({{"Device.A", "old"}, {"Device.Secret", ""}, {"Device.B", "old"}}));
    play.asks(SetParameterValues{{{"Device.A", "1", "string"}, {"Device.Secret", "2", "string"}}, our_key}).gets(SetParameterValuesResponse{1});
    play.asks(SetParameterValues{{{"Device.B", "3", "string"}}, our_key});
  }
  Play play;
};

TEST_F(Several, AllAreDone) {
  play.gets(SetParameterValuesResponse{0});
  EXPECT_EQ(play.report().end, Report::End::done);
  EXPECT_TRUE(play.report().needs_reboot);
}

TEST_F(Several, WhatCameBeforeAFailureIsSetBack) {
  play.gets(fault(9007));
  play.asks(SetParameterValues{{{"Device.A", "old", "string"}}, our_key}).gets(SetParameterValuesResponse{0});
  expect_failure(play.report(), Status::bad_request, "9007", "; what had been set before was set back, but not Device.Secret");
}

TEST_F(Several, OrItIsSaidThatItCouldNotBe) {
  play.gets(fault(9007)).gets(fault(9002));
  expect_failure(play.report(), Status::bad_request, "9007", "could not be set back");
}

class PerformSetRecorded : public WithRecordings {};

// Row 11.
TEST_F(PerformSetRecorded, FaultsOfAllParametersAreTold) {
  const auto text = recorded("cwmp-netcwmp-fault-9003-with-spvfaults.xml");
  const auto fault = read<Fault>(text);
  ASSERT_GE(fault.parameters.size(), 2u);
  Play play(SetLeaves{{{interval, "60"}, {enable, "1"}}});
  play.gets(present()).gets(fault);
  const auto report = play.report();
  EXPECT_EQ(report.end, Report::End::failed);
  EXPECT_EQ(report.code, "9003");
  EXPECT_TRUE(report.status == Status::bad_request || report.status == Status::method_not_allowed);
  for (const auto& parameter : fault.parameters) EXPECT_NE(report.text.find(parameter.parameter_name), std::string::npos) << report.text;
}

// Row 39, oddity 10.
TEST_F(PerformSetRecorded, NotWritableWithAnUndeclaredPrefix) {
  const auto text = recorded("cwmp-cwmp-sim-fault-9008-undeclared-prefix.xml");
  Play play(SetLeaves{{{interval, "60"}}});
  play.gets(present()).gets(read<Fault>(text));
  expect_failure(play.report(), Status::method_not_allowed, "9008", interval);
}

}  // namespace
}  // namespace nscl::rem::tr069
