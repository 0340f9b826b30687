// SPDX-License-Identifier: Apache-2.0
// Reading: batches, and devices that cannot answer them.
#include "play.h"

namespace nscl::rem::tr069 {
namespace {

std::vector<std::string> numbered(std::size_t first, std::size_t count) {
  std::vector<std::string> out;
  for (std::size_t i = first; i < first + count; ++i) out.push_back("Device.X.P" + std::to_string(i));
  return out;
}

GetParameterValuesResponse values_for(const std::vector<std::string>& list) {
  GetParameterValuesResponse out;
  for (const auto& name : list) out.parameters.push_back({name, "v", "string"});
  return out;
}

TEST(PerformGet, AsksForThirtyTwoAtATime) {
  Play play(GetLeaves{numbered(0, 40)});
  play.asks(GetParameterValues{numbered(0, 32)}).gets(values_for(numbered(0, 32)));
  play.asks(GetParameterValues{numbered(32, 8)}).gets(values_for(numbered(32, 8)));
  EXPECT_EQ(play.report().end, Report::End::done);
  EXPECT_EQ(play.report().leaves.size(), 40u);
}

TEST(PerformGet, TakesTheBatchOfTheModel) {
  Play play(GetLeaves{numbered(0, 3)});
  play.situation.model.gpv_batch = 2;
  play.asks(GetParameterValues{numbered(0, 2)});
}

TEST(PerformGet, HalvesForResourcesExceededAndForSilence) {
  Play play(GetLeaves{numbered(0, 8)});
  play.asks(GetParameterValues{numbered(0, 8)}).gets(fault(9004));
  play.asks(GetParameterValues{numbered(0, 4)}).gets_nothing();
  play.asks(GetParameterValues{numbered(0, 2)}).gets(values_for(numbered(0, 2)));
  play.asks(GetParameterValues{numbered(2, 2)}).gets(values_for(numbered(2, 2)));
  play.asks(GetParameterValues{numbered(4, 2)}).gets(values_for(numbered(4, 2)));
  play.asks(GetParameterValues{numbered(6, 2)}).gets(values_for(numbered(6, 2)));
  EXPECT_EQ(play.report().leaves.size(), 8u);
}

TEST(PerformGet, OneNameThatIsTooMuchIsForLater) {
  Play play(GetLeaves{{"Device.X.P0"}});
  play.gets(fault(9004));
  EXPECT_EQ(play.report().end, Report::End::later);
  EXPECT_EQ(play.report().status, Status::service_unavailable);
  EXPECT_EQ(play.report().text, "CWMP 9004 Resources exceeded: Device.X.P0");
}

// Row 16.
TEST(PerformGet, OnlyTheUnknownLeafIsMissing) {
  for (const bool by_fault : {true, false}) {
    Play play(GetLeaves{numbered(0, 4)});
    const Message unknown = by_fault ? Message(fault(9005)) : Message(GetParameterValuesResponse{});
    play.asks(GetParameterValues{numbered(0, 4)}).gets(unknown);
    play.asks(GetParameterValues{numbered(0, 2)}).gets(values_for(numbered(0, 2)));
    play.asks(GetParameterValues{numbered(2, 2)}).gets(unknown);
    play.asks(GetParameterValues{numbered(2, 1)}).gets(unknown);
    play.asks(GetParameterValues{numbered(3, 1)}).gets(values_for(numbered(3, 1)));
    const auto report = play.report();
    EXPECT_EQ(report.end, Report::End::done);
    EXPECT_EQ(report.leaves, (std::vector<Leaf>{{"Device.X.P0", "v", "string"}, {"Device.X.P1", "v", "string"}, {"Device.X.P3", "v", "string"}}));
  }
}

// Oddity 22.
TEST(PerformGet, DropsWhatNobodyAskedFor) {
  Play play(GetLeaves{{"Device.X.P0", "Device.X.P1", "Device.X.P0"}});
  play.asks(GetParameterValues{numbered(0, 2)}).gets(strings({{"Device.X.P1", "1"}, {"Device.Y", "surplus"}}));
  EXPECT_EQ(play.report().leaves, (std::vector<Leaf>{{"Device.X.P1", "1", "string"}}));
}

TEST(PerformGet, AWholeObjectIsAskedForAlone) {
  Play play(GetLeaves{{"Device.A.B", "Device.X."}});
  play.asks(GetParameterValues{{"Device.X."}}).gets(strings({{"Device.X.P1", "1"}, {"Device.X.Y.P2", "2"}, {"Device.Z", "3"}}));
  play.asks(GetParameterValues{{"Device.A.B"}}).gets(strings({{"Device.A.B", "4"}}));
  EXPECT_EQ(play.report().leaves.size(), 3u);
}

TEST(PerformGet, ADeviceThatSaysNothingAtAll) {
  Play play(GetLeaves{numbered(0, 2)});
  play.asks(GetParameterValues{numbered(0, 2)}).gets_nothing();
  play.asks(GetParameterValues{numbered(0, 1)}).gets_nothing();
  play.asks(GetParameterValues{numbered(0, 1)}).gets_nothing();
  EXPECT_EQ(play.report().end, Report::End::no_answer);
  EXPECT_EQ(play.report().status, Status::gateway_timeout);
}

TEST(PerformGet, OneLeafThatTheDeviceIsSilentOnIsMissing) {
  Play play(GetLeaves{numbered(0, 2)});
  play.gets_nothing().asks(GetParameterValues{numbered(0, 1)}).gets(values_for(numbered(0, 1)));
  play.asks(GetParameterValues{numbered(1, 1)}).gets_nothing().asks(GetParameterValues{numbered(1, 1)}).gets_nothing();
  EXPECT_EQ(play.report().leaves.size(), 1u);
}

TEST(PerformGet, ADeviceThatFallsSilentIsGivenUp) {
  Play play(GetLeaves{numbered(0, 64)});
  play.gets(values_for(numbered(0, 32)));
  unsigned asked = 0;
  while (play.request_if<GetParameterValues>() && asked < 100) {
    play.gets_nothing();
    ++asked;
  }
  EXPECT_LT(asked, 32u);
  EXPECT_EQ(play.report().end, Report::End::no_answer);
}

TEST(PerformGet, MoreThanCanBeKeptEndsIt) {
  Play play(GetLeaves{{"Device.X."}});
  play.gets(strings({{"Device.X.P", std::string(9 * 1024 * 1024, 'x')}}));
  expect_failure(play.report(), Status::service_unavailable, "8004");
}

TEST(PerformGet, OtherFaultsEndIt) {
  Play denied(GetLeaves{numbered(0, 2)});
  denied.gets(fault(9001));
  expect_failure(denied.report(), Status::forbidden, "9001", "CWMP 9001 Request denied");
  Play internal(GetLeaves{numbered(0, 2)});
  internal.gets(fault(9002));
  EXPECT_EQ(internal.report().end, Report::End::later);
  Play third_time(GetLeaves{numbered(0, 2)});
  third_time.assignment.attempts = 3;
  third_time.gets(fault(9002));
  expect_failure(third_time.report(), Status::bad_gateway, "9002");
  Play bare(GetLeaves{numbered(0, 2)});
  bare.gets(Fault{});
  expect_failure(bare.report(), Status::bad_gateway, "SOAP_FAULT");
}

TEST(PerformGet, NothingToRead) {
  Play play(GetLeaves{});
  EXPECT_EQ(play.report(), Report{});
}

// Row 39.
class PerformGetRecorded : public WithRecordings {};

TEST_F(PerformGetRecorded, EmptyListsAndFaultForUnknownNames) {
  for (const auto* file : {"cwmp-netcwmp-gpv-unknown-name-empty-list.xml", "cwmp-cwmp-sim-gpv-unknown-name-empty-list.xml"}) {
    const auto text = recorded(file);
    Play play(GetLeaves{{"InternetGatewayDevice.Nope"}});
    play.gets(read<GetParameterValuesResponse>(text));
    EXPECT_EQ(play.report(), Report{}) << file;
  }
  const auto text = recorded("cwmp-netcwmp-fault-9005.xml");
  Play play(GetLeaves{{"InternetGatewayDevice.Nope"}});
  play.gets(read<Fault>(text));
  EXPECT_EQ(play.report(), Report{});
}

}  // namespace
}  // namespace nscl::rem::tr069
