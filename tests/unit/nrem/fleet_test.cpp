// SPDX-License-Identifier: Apache-2.0
// Fleet works: an EXECUTE at the members of a group, in turned time: rate, bounds, stop, restarts.
#include <nlohmann/json.hpp>

#include "fleet_fixture.h"

namespace nscl::rem {
namespace {

using model::Verb;
using store::FleetMemberState;
using store::FleetState;

class FleetWorks : public FleetFixture {};

TEST_F(FleetWorks, areBegunAtTheirRateAndEndWithTheirLastMember) {
  restart(options(2));
  make_devices(5);
  make_group("all", commands(1, 5));
  const auto id = start();
  round();
  EXPECT_EQ(fleet(id).state, FleetState::running);
  EXPECT_EQ(fleet(id).members, 5u);
  EXPECT_EQ(fleet(id).begun, 0u);
  round();
  EXPECT_EQ(fleet(id).begun, 2u);
  EXPECT_TRUE(pending_of(3).empty());
  const auto first = pending_of(1);
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first.front().fleet, id);
  EXPECT_EQ(exec_status_of(id, 1), "INITIATED");
  rounds(3);
  EXPECT_EQ(fleet(id).begun, 5u);
  for (unsigned i = 1; i <= 5; ++i) {
    ASSERT_EQ(pending_of(i).size(), 1u);
    EXPECT_EQ(fleet(id).state, FleetState::running);
    restart_device(i);
    EXPECT_EQ(fleet(id).done, i);
    EXPECT_EQ(exec_status_of(id, i), "FINISHED");
    round();
  }
  EXPECT_EQ(fleet(id).state, FleetState::finished);
  EXPECT_NE(fleet(id).ended, never);
}

TEST_F(FleetWorks, haveABoundedNumberUnderWay) {
  restart(options(10, 3));
  make_devices(5);
  make_group("all", commands(1, 5));
  const auto id = start();
  rounds(5);
  EXPECT_EQ(fleet(id).begun, 3u);
  restart_device(2);
  round();
  EXPECT_EQ(fleet(id).begun, 4u);
}

TEST_F(FleetWorks, shareTheRate) {
  restart(options(4));
  make_devices(10);
  make_group("all", commands(1, 10));
  const auto one = start(), other = start();
  rounds(2);
  EXPECT_EQ(fleet(one).begun, 2u);
  EXPECT_EQ(fleet(other).begun, 2u);
}

TEST_F(FleetWorks, stopWithWhatNoDeviceWasToldOf) {
  restart(options(3));
  make_devices(4);
  make_group("all", commands(1, 4));
  const auto id = start();
  rounds(2);
  ASSERT_EQ(fleet(id).begun, 3u);
  device_ = device_of(1);
  begin();
  const auto sent = next();
  ASSERT_TRUE(sent);
  change([&](store::Transaction& transaction) { EXPECT_TRUE(stop_fleet(transaction.manage(), id)); });
  round();
  EXPECT_EQ(fleet(id).state, FleetState::stopping) << "one is at its device";
  EXPECT_EQ(fleet(id).cancelled, 2u);
  EXPECT_EQ(fleet(id).begun, 3u) << "nothing more is begun";
  EXPECT_TRUE(pending_of(2).empty());
  const auto instance = instance_of(id, 2);
  EXPECT_EQ(text_between(instance, "execStatus>", "<"), "FINISHED");
  EXPECT_EQ(item(instance, "FinalStatus"), "CANCELLED");
  finish(*sent, {.end = Report::End::failed, .status = Status::bad_gateway, .code = "9002", .text = "CWMP 9002"});
  EXPECT_EQ(fleet(id).failed, 1u);
  round();
  EXPECT_EQ(fleet(id).state, FleetState::stopped);
  EXPECT_TRUE(pending_of(4).empty());
  const auto all = entries(id);
  EXPECT_EQ(all.at(3).member.state, FleetMemberState::waiting);
  const auto told = nlohmann::json::parse(to_json(all.at(0)));
  EXPECT_EQ(told["device"], device_of(1));
  EXPECT_EQ(told["code"], "9002");
  EXPECT_EQ(told["state"], "failed");
}

TEST_F(FleetWorks, stopWhileTheyAreGathered) {
  make_devices(2);
  make_group("all", commands(1, 2));
  const auto id = start();
  change([&](store::Transaction& transaction) { EXPECT_TRUE(stop_fleet(transaction.manage(), id)); });
  round();
  EXPECT_EQ(fleet(id).state, FleetState::stopped);
  change([&](store::Transaction& transaction) { EXPECT_TRUE(stop_fleet(transaction.manage(), id)) << "again: no effect"; });
  EXPECT_EQ(fleet(id).begun, 0u);
}

TEST_F(FleetWorks, goOnAfterARestartWithoutMemberTwiceOrLeftOut) {
  restart(options(3));
  make_devices(7);
  make_group("all", commands(1, 7));
  const auto id = start();
  restart(options(3));   // before anything was gathered
  rounds(2);
  ASSERT_EQ(fleet(id).begun, 3u);
  restart(options(3));
  round();
  EXPECT_EQ(fleet(id).begun, 6u);
  restart(options(3));
  rounds(2);
  for (unsigned i = 1; i <= 7; ++i) EXPECT_EQ(pending_of(i).size(), 1u) << i;
  EXPECT_EQ(fleet(id).begun, 7u);
}

TEST_F(FleetWorks, areThoseOfTheGroupWhenTheyWereGathered) {
  restart(options(1));
  make_devices(3);
  make_group("all", commands(1, 2));
  const auto id = start();
  rounds(2);
  const std::string members = "<reference>/m2m/" + command_of(3) + "</reference>";
  EXPECT_EQ(send(Verb::update, "groups/all", "<group><memberType>MIXED</memberType><members>" + members + "</members></group>").status, Status::ok);
  rounds(3);
  EXPECT_EQ(pending_of(1).size(), 1u);
  EXPECT_EQ(pending_of(2).size(), 1u);
  EXPECT_TRUE(pending_of(3).empty());
  EXPECT_EQ(fleet(id).begun, 2u);
}

}  // namespace
}  // namespace nscl::rem
