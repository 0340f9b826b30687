// SPDX-License-Identifier: Apache-2.0
// Tasks, reports and facts in the form in which they are kept.
#include <gtest/gtest.h>

#include <nscl/rem/device_facts.h>
#include <nscl/rem/task.h>

namespace nscl::rem {
namespace {

std::vector<Task> tasks() {
  return {GetLeaves{{"Device.A", "Device.B."}},
          GetLeaves{{"./A", "./B"}, true},
          SetLeaves{{{"Device.A", "1", "int"}, {"Device.\xC3\xA4\"\\", "\n", ""}}},
          SetLeaves{{{"Device.A", "1"}}, {"Device.A"}},
          AddInstance{"Device.T.", {{"Enable", "1"}}},
          AddInstance{"Device.T.", {}, std::vector<std::string>{}},
          AddInstance{"Device.T.", {}, std::vector<std::string>{"Device.T.1."}},
          DeleteInstance{"Device.T.3."},
          Discover{{"{root}DeviceInfo."}},
          Command{"REBOOT", {}},
          Command{"CHANGEDUSTATE", {{"Operations", {}, {{"Operation", "Install"}, {"URL", "u"}, {"Deep", {}, {{"a", "b"}}}}}}},
          Cancel{"e1"},
          Cancel{"e1", "./A/Stop"},
          Invoke{{{"./A/b", "1"}}, "./A/Start", "now", "./A/State", {"10"}, true, "./A/Stop"},
          SetNotifications{{{"Device.A", 2}, {"Device.B", 0}}}};
}

TEST(TaskJson, EveryTaskComesBack) {
  for (const auto& task : tasks()) {
    const auto text = to_json(task);
    const auto back = task_from_json(text);
    ASSERT_TRUE(back) << text;
    EXPECT_EQ(*back, task) << text;
  }
}

TEST(TaskJson, EveryReportComesBack) {
  Report full;
  full.end = Report::End::failed;
  full.status = Status::conflict;
  full.code = "9021";
  full.text = "CWMP 9021";
  full.needs_reboot = full.unsupported = true;
  full.leaves = {{"Device.A", "1", "int"}};
  full.writable = {"Device.A"};
  full.objects = {"Device."};
  full.methods = {"Reboot"};
  full.object = "Device.T.1.";
  full.started = Time{std::chrono::microseconds{1'000'001}};
  full.completed = Time{std::chrono::microseconds{-1}};
  full.results = {{"Version", "2"}, {"Fault", {}, {{"FaultCode", "1"}}}};
  std::vector<Report> reports = {Report{}, full};
  for (const auto end : {Report::End::done, Report::End::accepted, Report::End::failed, Report::End::later, Report::End::no_answer}) {
    reports.push_back({.end = end});
  }
  for (const auto& report : reports) {
    const auto text = to_json(report);
    const auto back = report_from_json(text);
    ASSERT_TRUE(back) << text;
    EXPECT_EQ(*back, report) << text;
  }
}

TEST(TaskJson, FactsComeBack) {
  const DeviceFacts facts{.manufacturer = "m", .oui = "o", .product_class = "c", .serial = "s", .model = "d", .hardware_version = "h",
                          .software_version = "w", .root = "Device.", .version = "1.2", .parameter_key = "k", .connection_request_url = "u",
                          .udp_connection_request_address = "a:1", .address = "127.0.0.1", .external = "genie", .methods = {"Reboot", "Download"}, .unsupported = {"Upload"},
                          .discovered = Time{std::chrono::microseconds{-1}}, .models = {{"urn:a", "./A"}, {"urn:b", "./B"}}, .has_large_objects = true,
                          .message_size = UINT64_MAX, .object_size = 7};
  EXPECT_EQ(facts_from_json(to_json(facts)), facts);
  EXPECT_EQ(facts_from_json(to_json(DeviceFacts{})), DeviceFacts{});
  auto later = facts;
  later.discovered = Time{std::chrono::microseconds{1}};
  EXPECT_EQ(facts_from_json(to_json(later)), later);
}

TEST(TaskJson, FactsOfANewerProgramArePassedOver) {
  for (const auto* text : {R"({"new":{"oui":"x","models":[7]},"oui":"o"})", R"({"oui":"o","new":[["models",{"oui":"x"}],null]})", R"({"new":null,"oui":"o","newer":1.5,"other":-1,"more":true})"}) {
    EXPECT_EQ(facts_from_json(text), (DeviceFacts{.oui = "o"})) << text;
  }
}

TEST(TaskJson, OctetsThatAreNoTextDoNotThrow) {
  const auto back = task_from_json(to_json(Task(Cancel{"\xFF"})));
  ASSERT_TRUE(back);
  EXPECT_EQ(std::get<Cancel>(*back).key, "\xEF\xBF\xBD");
}

TEST(TaskJson, DamagedTextsAreAnErrorAndNothingElse) {
  for (const auto* text : {"", "{", "[]", "null", "7", R"({"task":"dance"})", R"({"task":7})", R"({"task":"get"})", R"({"task":"get","paths":7})",
                           R"({"task":"get","paths":[7]})", R"({"task":"set","leaves":[["a"]]})", R"({"task":"set","leaves":[{"path":"a"}]})",
                           R"({"task":"add","object":"o","leaves":[],"known":7})", R"({"task":"notify","leaves":[["Device.A"]]})", R"({"task":"command","type":"REBOOT","arguments":[7]})"}) {
    const auto task = task_from_json(text);
    ASSERT_FALSE(task) << text;
    EXPECT_EQ(task.error().status, Status::internal_server_error);
  }
  for (const auto* text : {"", "[]", R"({"end":"never","status":"STATUS_OK"})", R"({"end":"done","status":"FINE"})", R"({"end":"done"})",
                           R"({"end":"done","status":"STATUS_OK","started":"now"})", R"({"end":"done","status":"STATUS_OK","leaves":7})"}) {
    const auto report = report_from_json(text);
    ASSERT_FALSE(report) << text;
    EXPECT_EQ(report.error().status, Status::internal_server_error);
  }
  for (const auto* text : {"", "[", "7", R"({"oui":7})", R"({"methods":"all"})", R"([{"oui":"o"}])", R"({"oui":"o"})" "x", R"({"oui":"o","methods":[["a"]]})",
                           R"({"oui":"o","methods":[7]})", R"({"oui":"o","methods":{"a":"b"}})", R"({"oui":["p"]})", R"({"oui":"o","models":["a"]})", R"({"oui":"o","models":[["a"]]})",
                           R"({"oui":"o","models":[{"a":"b"}]})", R"({"oui":"o","models":[["a",7]]})", R"({"oui":"o","discovered":"now"})", R"({"oui":"o","discovered":1.5})",
                           R"({"oui":"o","messageSize":"1"})", R"({"oui":"o","messageSize":-1})", R"({"oui":"o","hasLargeObjects":1})", R"({"oui":true})", R"({"oui":null})"}) EXPECT_EQ(facts_from_json(text), DeviceFacts{}) << text;
}

TEST(TaskJson, EveryPrefixOfATextIsAnErrorAndNothingElse) {
  for (const auto& task : tasks()) {
    const auto text = to_json(task);
    for (std::size_t i = 0; i < text.size(); ++i) EXPECT_FALSE(task_from_json(std::string_view(text).substr(0, i)));
  }
}

TEST(TaskJson, WhatRestartsADevice) {
  for (const auto* type : {"REBOOT", "RESET", "DOWNLOAD"}) EXPECT_TRUE(restarts_device(Command{type, {}}));
  for (const auto* type : {"UPLOAD", "SCHEDULEDOWNLOAD", "SCHEDULEINFORM", "CHANGEDUSTATE"}) EXPECT_FALSE(restarts_device(Command{type, {}}));
  EXPECT_FALSE(restarts_device(GetLeaves{}));
}

}  // namespace
}  // namespace nscl::rem
