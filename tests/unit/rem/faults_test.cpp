// SPDX-License-Identifier: Apache-2.0
// Faults: what they come out as.
#include <nscl/base/bytes.h>
#include <nscl/rem/tr069/faults.h>

#include <gtest/gtest.h>

#include "perform/reports.h"

namespace nscl::rem::tr069 {
namespace {

TEST(CwmpFaults, StatusOfEachCode) {
  const std::pair<Status, std::vector<std::uint32_t>> table[] = {
      {Status::not_implemented, {9000, 9013}},
      {Status::forbidden, {9001, 9009}},
      {Status::bad_gateway, {9002, 9010, 9011, 9012, 9014, 9015, 9016, 9017, 9018, 9019, 9020, 9800, 9899, 9033, 1, 0, UINT32_MAX}},
      {Status::bad_request, {9003, 9006, 9007, 9022, 9025, 9031}},
      {Status::service_unavailable, {9004, 9027}},
      {Status::not_found, {9005, 9023, 9028}},
      {Status::method_not_allowed, {9008}},
      {Status::conflict, {9021, 9024, 9026, 9029, 9030, 9032}}};
  for (const auto& [status, codes] : table) {
    for (const auto code : codes) EXPECT_EQ(status_of(make_fault(code)), status) << code;
  }
}

TEST(CwmpFaults, Retries) {
  EXPECT_EQ(rule_of(9000).retry, Retry::unsupported);
  EXPECT_EQ(rule_of(9002).retry, Retry::next_session);
  EXPECT_EQ(rule_of(9003).retry, Retry::no);
  EXPECT_EQ(rule_of(9004).retry, Retry::smaller);
  EXPECT_EQ(rule_of(9005).retry, Retry::after_rediscovery);
  EXPECT_EQ(rule_of(9013).retry, Retry::other_scheme);
  EXPECT_EQ(rule_of(9018).retry, Retry::by_command);
  EXPECT_EQ(rule_of(9850).retry, Retry::no);
  EXPECT_TRUE(rule_of(9012).alarm);
  EXPECT_FALSE(rule_of(9010).alarm);
}

TEST(CwmpFaults, EveryCodeHasAText) {
  for (std::uint32_t code = 8000; code <= 8006; ++code) EXPECT_EQ(rule_of(code).code, code);
  for (std::uint32_t code = 9000; code <= 9032; ++code) {
    EXPECT_EQ(rule_of(code).code, code);
    EXPECT_FALSE(rule_of(code).text.empty());
  }
  EXPECT_EQ(make_fault(8003, "Status is no number").text, "Invalid arguments: Status is no number");
}

TEST(CwmpFaults, ParametersDecideIfTheyAgree) {
  Fault fault = make_fault(9003);
  fault.parameters = {{"A", 9008, ""}, {"B", 9008, ""}};
  EXPECT_EQ(status_of(fault), Status::method_not_allowed);
  fault.parameters.push_back({"C", 9007, ""});
  EXPECT_EQ(status_of(fault), Status::bad_request);
  fault.code = 9001;
  EXPECT_EQ(status_of(fault), Status::forbidden);
}

// rem.md 4.9 row 35
TEST(CwmpFaults, APathThatIsNotThereIsTold) {
  EXPECT_TRUE(failure_of(make_fault(9005), {}, 1).unknown_path);
  Fault fault = make_fault(9003);
  fault.parameters = {{"A", 9005, ""}, {"B", 9005, ""}};
  EXPECT_TRUE(failure_of(fault, {}, 1).unknown_path);
  fault.parameters.back().code = 9007;
  EXPECT_FALSE(failure_of(fault, {}, 1).unknown_path);
  EXPECT_FALSE(failure_of(make_fault(9008), {}, 1).unknown_path);
}

TEST(CwmpFaults, AddObjectOfWhatTheDeviceHasNot) {
  EXPECT_EQ(status_of(make_fault(9005), true), Status::not_implemented);
  EXPECT_EQ(status_of(make_fault(9005), false), Status::not_found);
}

TEST(CwmpFaults, AdditionalInfo) {
  const Fault fault{.code = 9007, .text = "Invalid parameter value", .parameters = {}};
  EXPECT_EQ(additional_info(fault, "Device.ManagementServer.PeriodicInformInterval"),
            "CWMP 9007 Invalid parameter value: Device.ManagementServer.PeriodicInformInterval");
  EXPECT_EQ(additional_info({.code = 9001, .text = {}, .parameters = {}}, ""), "CWMP 9001 Request denied");
  EXPECT_EQ(additional_info({.code = 0, .text = "MustUnderstand", .parameters = {}}, "A"), "SOAP fault MustUnderstand: A");
  const Fault several{.code = 9003, .text = "Invalid arguments", .parameters = {{"A", 9006, "no"}, {"B", 9007, ""}}};
  EXPECT_EQ(additional_info(several, ""), "CWMP 9003 Invalid arguments; CWMP 9006 no: A; CWMP 9007 Invalid parameter value: B");
}

TEST(CwmpFaults, TextsOfDevicesAreTamed) {
  const auto info = additional_info({.code = 9002, .text = "a\r\nb\x1b[0m\x7f\xFF", .parameters = {}}, "p\n");
  EXPECT_EQ(info, "CWMP 9002 a  b [0m \xEF\xBF\xBD: p ");
  std::string cut = additional_info({.code = 9002, .text = std::string(255, 'a') + "\xC3\xA4", .parameters = {}}, "");
  EXPECT_EQ(cut, "CWMP 9002 " + std::string(255, 'a'));
  Fault many = make_fault(9003);
  many.parameters.resize(1000);
  const auto long_info = additional_info(many, "");
  EXPECT_TRUE(long_info.ends_with("; and more"));
  EXPECT_LT(long_info.size(), 32u * 600u);
}

}  // namespace
}  // namespace nscl::rem::tr069
