// SPDX-License-Identifier: Apache-2.0
// Management objects that an application makes: bound to what the device has, or made on it (rem.md 2.2, 2.5; rows 14 to 16 of part 6).
#include "nrem_fixture.h"

namespace nscl::rem {
namespace {

using model::Verb;

class NewObjects : public NremFixture {
 protected:
  void SetUp() override {
    make_gateway();
    end_session();
  }
  static std::string document(const std::string& mo, const std::string& values = {}) {
    return "<m:mgmtObj xmlns:m=\"http://uri.etsi.org/m2m\" m:id=\"new\"><m:moID>x</m:moID><m:originalMO>" + mo + "</m:originalMO>" + values + "</m:mgmtObj>";
  }
  /// CREATE, which nobody does yet; its task.
  std::optional<Assignment> create(const std::string& mo, const std::string& values = {}) {
    EXPECT_EQ(send(Verb::create, "scls/gw/mgmtObjs", document(mo, values)).status, Status::accepted);
    begin();
    return next();
  }
  bool is_made() {
    bool out = false;
    look([&](store::View& view) { out = view.find(path_) != nullptr; });
    return out;
  }
  std::string outcome(std::uint64_t operation) {
    std::string out;
    look([&](store::View& view) { out = view.management().operation(operation)->outcome; });
    return out;
  }

  const std::string path_ = "scls/gw/mgmtObjs/new", table_mo_ = "Device.DHCPv4.Server.Pool.";
};

TEST_F(NewObjects, R14valuesForATableMakeAnInstance) {
  const auto assignment = create(table_mo_, "<Enable xmlns=\"urn:nscl:mo\">true</Enable>");
  ASSERT_TRUE(assignment);
  const auto& task = std::get<AddInstance>(assignment->task);
  EXPECT_EQ(task.object, table_mo_);
  EXPECT_EQ(task.leaves, (std::vector<Leaf>{{"Enable", "true"}}));
  EXPECT_FALSE(task.known) << "the tree has not all that a table has";
  finish(*assignment, {.object = table_mo_ + "4."});
  end_session();
  EXPECT_NE(retrieve(path_).find("<m2m:originalMO>" + table_mo_ + "4.<"), std::string::npos) << retrieve(path_);
  send(Verb::remove, path_);
  begin();
  EXPECT_EQ(std::get<DeleteInstance>(next()->task).object, table_mo_ + "4.");
}

TEST_F(NewObjects, R15whatTheDeviceCannotMakeIsNotMadeHere) {
  const auto assignment = create(table_mo_, "<Enable xmlns=\"urn:nscl:mo\">true</Enable>");
  finish(*assignment, {.end = Report::End::failed, .status = Status::not_implemented, .code = "9005"});
  end_session();
  EXPECT_FALSE(is_made());
}

TEST_F(NewObjects, aTableOrAnInstanceWithoutValuesIsLookedFor) {
  for (const auto& mo : {table_mo_, table_mo_ + "1."}) {
    const auto assignment = create(mo);
    ASSERT_TRUE(assignment) << mo;
    EXPECT_EQ(std::get<Discover>(assignment->task).objects, std::vector<std::string>{mo});
    finish(*assignment, {.objects = {"Device.", mo}});
    end_session();
    EXPECT_TRUE(is_made()) << mo;
    change([&](store::Transaction& transaction) { transaction.erase(path_); });
  }
}

TEST_F(NewObjects, R16whatTheDeviceDoesNotHaveIsNotMade) {
  for (const auto* mo : {"Device.NAT.PortMapping.", "Device.DeviceInfo.Nope"}) {
    const auto assignment = create(mo);
    ASSERT_TRUE(assignment) << mo;
    finish(*assignment, {.objects = {"Device."}});
    end_session();
    EXPECT_FALSE(is_made()) << mo;
    EXPECT_NE(outcome(assignment->operation).find(std::string("the device has no ") + mo), std::string::npos) << outcome(assignment->operation);
  }
}

TEST_F(NewObjects, aParameterIsRead) {
  const auto assignment = create("Device.DeviceInfo.UpTime");
  ASSERT_TRUE(assignment);
  EXPECT_EQ(std::get<GetLeaves>(assignment->task).paths, std::vector<std::string>{"Device.DeviceInfo.UpTime"});
  finish(*assignment, {.leaves = {{"Device.DeviceInfo.UpTime", "7", "unsignedInt"}}});
  end_session();
  EXPECT_NE(retrieve(path_).find(">7</UpTime>"), std::string::npos) << retrieve(path_);
}

}  // namespace
}  // namespace nscl::rem
