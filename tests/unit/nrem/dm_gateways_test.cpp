// SPDX-License-Identifier: Apache-2.0
// Gateways of OMA-DM: devices that stand below nodes of the gateway, and those that call by themselves (rem.md 2.9, row 59, M10).
#include <algorithm>

#include "dm_fixture.h"

namespace nscl::rem {
namespace {

using model::Verb;

const std::string list = "./GwMO/ManagedDevices/", behind = "scls/gw/attachedDevices/";

struct Listed {
  std::string node, id, mode;
};

class DmGateways : public DmFixture {
 protected:
  void SetUp() override {
    DmFixture::SetUp();
    end_session();
    NremOptions options;
    options.unknown = UnknownDevices::adopt;
    restart(options);
  }
  static Report listing(const std::vector<Listed>& devices) {
    auto report = discovered();
    report.objects.push_back("./GwMO/");
    report.models.push_back({"urn:oma:mo:oma-gwmo:1.0", "./GwMO/"});
    for (const auto& each : devices) {
      const auto node = list + each.node + "/";
      report.objects.push_back(node);
      report.leaves.push_back({node + "DevID", each.id, "chr"});
      if (!each.mode.empty()) report.leaves.push_back({node + "Mode", each.mode, "chr"});
    }
    return report;
  }
  /// The gateway calls, is asked what it has, and tells of these.
  void know(const std::vector<Listed>& devices) { know(listing(devices)); }
  void know(const Report& report) {
    change([&](store::Transaction& transaction) {   // it is to be asked anew
      auto gateway = *transaction.management().device(device_);
      auto known = facts_from_json(gateway.facts);
      known.methods.clear();
      gateway.facts = to_json(known);
      transaction.manage().put_device(gateway);
    });
    call();
    const auto asked = next();
    ASSERT_TRUE(asked && std::holds_alternative<Discover>(asked->task));
    finish(*asked, report);
  }
  void call_as(const std::string& id, const std::string& address) {
    Contact contact;
    contact.device = id;
    contact.protocol = store::ManagementProtocol::oma_dm;
    contact.facts.address = address;
    begin_with(contact);
    nrem_->end(id, std::nullopt);
  }
  store::ManagedDevice device(const std::string& id) {
    std::optional<store::ManagedDevice> out;
    look([&](store::View& view) { out = view.management().device(id); });
    return out.value_or(store::ManagedDevice{});
  }
  bool is_there(const std::string& path) {
    bool is = false;
    look([&](store::View& view) { is = view.find(path) != nullptr; });
    return is;
  }
  std::vector<store::Operation> waiting(const std::string& id) {
    std::vector<store::Operation> out;
    look([&](store::View& view) { out = view.management().pending(id, 9); });
    return out;
  }
};

TEST_F(DmGateways, row59devicesStandBelowTheirNodes) {
  const std::string node = list + "5/";
  auto now = listing({{"5", "sensor-1", ""}});
  now.leaves.push_back({list + "6/Other", "no id", "chr"});
  know(now);
  const auto places = next();
  ASSERT_TRUE(places && std::holds_alternative<Discover>(places->task));
  EXPECT_EQ(std::get<Discover>(places->task).objects, (std::vector<std::string>{node, node + "{i}/"}));
  finish(*places, {.leaves = {{node + "DevID", "sensor-1", "chr"}, {node + "Vendor/rate", "1", "chr"}}, .objects = {"./", node, node + "Vendor/"}});
  const auto vendor = behind + "sensor-1/mgmtObjs/Vendor";
  EXPECT_NE(document(vendor).find("originalMO>./GwMO/ManagedDevices/5/Vendor<"), std::string::npos) << document(vendor);
  const auto rate = "<rate xmlns=\"urn:nscl:mo\" path=\"" + node + "Vendor/rate\">2</rate>";
  auto [set, answer] = ask(Verb::update, vendor, std::string("<m:mgmtObj ") + names + ">" + rate + "</m:mgmtObj>");
  ASSERT_TRUE(set);
  EXPECT_EQ(std::get<SetLeaves>(set->task).leaves, (std::vector<Leaf>{{node + "Vendor/rate", "2"}}));
  finish(*set, {});
  EXPECT_EQ(answered(answer).status, Status::ok);
  const auto own = std::string("<m:mgmtObj ") + names + " m:id=\"x\"><moID>urn:x</moID><originalMO>./DMAcc</originalMO></m:mgmtObj>";
  EXPECT_EQ(send(Verb::create, behind + "sensor-1/mgmtObjs", own).status, Status::forbidden) << "that is the gateway's own";
}

TEST_F(DmGateways, M10aTransparentDeviceCallsByItself) {
  know({{"1", "proxied", "proxy"}, {"2", "IMEI:2", "Transparent"}, {"3", "adapted", "adaptation"}, {"4", "IMEI:2", "proxy"}});
  const auto places = next();
  ASSERT_TRUE(places && std::holds_alternative<Discover>(places->task));
  EXPECT_EQ(std::get<Discover>(places->task).objects, (std::vector<std::string>{list + "1/", list + "1/{i}/", list + "3/", list + "3/{i}/"})) << "nothing below the others is read";
  const auto known = device("IMEI:2");
  EXPECT_EQ(known.managed, behind + "IMEI_2") << "before it has called";
  EXPECT_EQ(known.gateway, device_);
  EXPECT_EQ(known.protocol, store::ManagementProtocol::oma_dm);
  EXPECT_EQ(facts_from_json(known.facts).root, "./");
  EXPECT_TRUE(is_there(behind + "proxied") && is_there(behind + "adapted"));
  EXPECT_EQ(device("proxied").managed, "") << "it is nothing but a part of its gateway";
  call_as("IMEI:2", "192.0.2.7");
  ASSERT_EQ(waiting("IMEI:2").size(), 1u) << "it is asked what it has, in its own sessions";
  EXPECT_EQ(waiting("IMEI:2").front().resource, behind + "IMEI_2/mgmtObjs");
}

TEST_F(DmGateways, M10anAlertOfTheListWhileItIsReadHasItReadAgain) {
  know({{"1", "one", "proxy"}});
  finish(*next(), {});
  alert("", "./GwMO/ManagedDevices", {}, "urn:x:attached");
  const auto old = next();
  ASSERT_TRUE(old && std::holds_alternative<Discover>(old->task));
  alert("", "./GwMO/ManagedDevices", {}, "urn:x:attached");
  alert("", "./GwMO/ManagedDevices", {}, "urn:x:attached");
  finish(*old, listing({{"1", "one", "proxy"}}));
  const auto once_more = next();
  ASSERT_TRUE(once_more && std::holds_alternative<Discover>(once_more->task)) << "what was read may be from before the alert";
  EXPECT_EQ(once_more->task, old->task);
  finish(*once_more, listing({{"1", "one", "proxy"}}));
  while (const auto below = next()) {
    EXPECT_NE(below->task, old->task) << "once for all alerts";
    finish(*below, {});
  }
}

TEST_F(DmGateways, M10anAlertOfTheListHasItReadAgain) {
  know({{"1", "one", "proxy"}});
  finish(*next(), {});   // what stands below it
  EXPECT_FALSE(next());
  alert("", list + "1/Vendor/temperature", {}, "urn:x:hot");
  EXPECT_FALSE(next()) << "that is the device's own";
  alert("", "./GwMO/ManagedDevices", {}, "urn:x:attached");
  const auto again = next();
  ASSERT_TRUE(again && std::holds_alternative<Discover>(again->task));
  finish(*again, listing({{"2", "two", "transparent"}}));
  EXPECT_EQ(device("two").managed, behind + "two");
  EXPECT_TRUE(is_there(behind + "one")) << "it is kept as data";
  EXPECT_FALSE(next()) << "its node is not read any more";
  alert("", list + "2", {}, "urn:x:gone");
  EXPECT_TRUE(next());
}

TEST_F(DmGateways, M10aDeviceThatBecomesTransparentGetsAPlaceOfItsOwn) {
  know({{"1", "one", "proxy"}});
  finish(*next(), {});
  end_session();
  know({{"1", "one", "transparent"}});
  const auto place = device("one").managed;
  EXPECT_TRUE(place.starts_with(behind + "one_")) << place << ": the objects of the old one are those of the gateway's tree";
  know({{"1", "one", "transparent"}});
  EXPECT_EQ(device("one").managed, place);
}

TEST_F(DmGateways, M10itFollowsTheLastListAndWhatWaitsGoesWithIt) {
  know({{"1", "IMEI:2", "transparent"}});
  end_session();
  call_as("IMEI:2", "192.0.2.1");
  const auto before = waiting("IMEI:2");
  ASSERT_EQ(before.size(), 1u);
  device_ = "IMEI:9";
  call();
  end_session();
  know({{"1", "IMEI:2", "transparent"}});
  EXPECT_EQ(device("IMEI:2").gateway, "IMEI:1") << "nothing speaks for that";
  end_session();
  change([&](store::Transaction& transaction) {
    auto gateway = *transaction.management().device(device_);
    auto facts = facts_from_json(gateway.facts);
    facts.address = "192.0.2.1";
    gateway.facts = to_json(facts);
    transaction.manage().put_device(gateway);
  });
  know({{"1", "IMEI:2", "transparent"}});
  EXPECT_EQ(device("IMEI:2").managed, "scls/IMEI_9/attachedDevices/IMEI_2");
  EXPECT_EQ(waiting("IMEI:2").front().id, before.front().id);
  EXPECT_EQ(send(Verb::remove, device("IMEI:2").managed).status, Status::ok);
  EXPECT_TRUE(waiting("IMEI:2").empty()) << "its queue goes with it";
}

}  // namespace
}  // namespace nscl::rem
