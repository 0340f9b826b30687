// SPDX-License-Identifier: Apache-2.0
// Objects that no model knows (rem.md 1.3, 2.2): parameters as elements of another name space; the grammar of originalMO.
#include "mapping_support.h"
#include "support.h"

namespace nscl::rem {
namespace {

using tr069::WithRecordings;

const std::string server = "Device.ManagementServer.";

/// What a client sent, as it is kept.
model::Object parsed(std::string_view json) {
  auto document = codec::decode(codec::Format::json, json, registry().all());
  EXPECT_TRUE(document) << (document ? "" : document.error().detail);
  return document ? std::move(document->attributes) : model::Object{};
}

model::Object parsed_xml(std::string_view elements) {
  const auto text = "<m2m:mgmtObj xmlns:m2m=\"http://uri.etsi.org/m2m\">" + std::string(elements) + "</m2m:mgmtObj>";
  auto document = codec::decode(codec::Format::xml, text, registry().all());
  EXPECT_TRUE(document) << (document ? "" : document.error().detail);
  auto out = document ? std::move(document->attributes) : model::Object{};
  out.set("originalMO", server);
  return out;
}

std::string changes(const model::Object& before, const model::Object& after) { return text(DeviceMapping(builtin(), facts_with()).changes(type("mgmtObj"), before, after)); }

TEST(LowLevelObjects, BecomeElementsAndBack) {
  const auto facts = facts_with();
  const DeviceMapping mapping(builtin(), facts);
  auto changed = resource("mgmtObj", object({{"originalMO", server}}));
  EXPECT_EQ(mapping.leaves(*changed.type, changed.attributes), (std::vector<std::string>{server}));   // nothing is known of it
  EXPECT_TRUE(mapping.apply(changed, {{server + "URL", "http://a?b&c=<\"d\">"}, {server + "Empty", ""}, {server + "Deep.Er", "1"}, {"Device.Else.X", "1"}}));
  const auto xml = codec::encode(codec::Format::xml, *changed.type, changed.attributes);
  EXPECT_NE(xml.find("<URL xmlns=\"urn:nscl:mo\" path=\"Device.ManagementServer.URL\">http://a?b&amp;c=&lt;\"d\"&gt;</URL>"), std::string::npos) << xml;
  const auto again = codec::decode(codec::Format::xml, xml, registry().all());
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(again->attributes, changed.attributes);
  EXPECT_EQ(changed.attributes.find("$any")->list().size(), 2u) << xml;
  EXPECT_EQ(mapping.leaves(*changed.type, changed.attributes), (std::vector<std::string>{server + "URL", server + "Empty"}));
  EXPECT_FALSE(mapping.apply(changed, {{server + "URL", "http://a?b&c=<\"d\">"}}));
  EXPECT_TRUE(mapping.apply(changed, {{server + "URL", "x"}}));
  EXPECT_EQ(changed.attributes.find("$any")->list().size(), 2u);
  EXPECT_EQ(changes(again->attributes, changed.attributes), server + "URL=x");
}

TEST(LowLevelObjects, ChangesByPathByNameAndByJsonMember) {
  const auto before = parsed_xml("<A xmlns='urn:nscl:mo' path='Device.ManagementServer.A'>1</A>");
  EXPECT_EQ(changes(before, parsed_xml("<A xmlns='urn:nscl:mo'>2</A>")), server + "A=2");
  EXPECT_EQ(changes(before, parsed_xml("<n:B xmlns:n='urn:nscl:mo' path='Device.ManagementServer.A'>2</n:B>")), server + "A=2");
  EXPECT_EQ(changes(before, parsed_xml("<A xmlns='urn:vendor'>2</A>")), "");   // stands for nothing of the device
  auto member = parsed(R"({"mgmtObj":{"PeriodicInformInterval":600,"PeriodicInformEnable":true,"URL":"x"}})");
  member.set("originalMO", server);
  EXPECT_EQ(changes(before, member), server + "PeriodicInformInterval=600 " + server + "PeriodicInformEnable=true " + server + "URL=x");
}

/// The elements of `$any` after a change, one after the other.
std::string after(const model::Object& before, const model::Object& wanted) {
  const auto value = attribute_after(type("mgmtObj"), before, "$any", wanted.find("$any"));
  std::string out;
  for (const auto& item : value ? value->list() : model::List{}) out += item.text();
  return out;
}
const std::string a = "<A xmlns=\"urn:nscl:mo\" path=\"Device.ManagementServer.A\">1</A>";
const std::string b = "<B xmlns=\"urn:nscl:mo\" path=\"Device.ManagementServer.B\">2</B>";

TEST(LowLevelObjects, ADeviceLosesNothingThatIsNotNamed) {
  const auto before = parsed_xml(a + b + "<Note xmlns='urn:vendor'>old</Note>");
  EXPECT_EQ(after(before, parsed_xml("")), a + b) << "what is nothing of the device goes";
  EXPECT_EQ(after(before, parsed_xml("<B xmlns='urn:nscl:mo'>2</B>")), a + b) << "the same in other words";
  const auto changed = after(before, parsed_xml("<C xmlns='urn:nscl:mo'>3</C><Note xmlns='urn:vendor'>new</Note><B xmlns='urn:nscl:mo'>4</B>"));
  EXPECT_TRUE(changed.starts_with(a)) << changed;
  for (const auto* part : {">3</C>", ">new</Note>", ">4</B>"}) EXPECT_NE(changed.find(part), std::string::npos) << changed;
  for (const auto* part : {"old", ">2<"}) EXPECT_EQ(changed.find(part), std::string::npos) << changed;
  EXPECT_EQ(after(parsed_xml("<Note xmlns='urn:vendor'>old</Note>"), parsed_xml("")), "");
}

TEST(LowLevelObjects, WithoutAnObjectOfADeviceAllIsReplaced) {
  auto before = parsed_xml(a + b);
  before.erase("originalMO");
  EXPECT_EQ(after(before, parsed_xml("")), "");
}

TEST(LowLevelObjects, ParametersThatAreNotShownWereNotSeen) {
  const auto facts = facts_with();
  const DeviceMapping mapping(builtin(), facts);
  const std::vector<Leaf> leaves{{server + "A", "2"}, {server + "C", "3"}};
  EXPECT_EQ(mapping.unseen(type("mgmtObj"), parsed_xml(a), leaves), std::vector<std::string>{server + "C"});
  EXPECT_EQ(mapping.unseen(type("parameters"), object({{"originalMO", "Device.X.Name"}}), {{"Device.X.Name", "n"}}), std::vector<std::string>{});
}

TEST(LowLevelObjects, APathLeadsNowhereElse) {
  const auto before = parsed_xml("");
  for (const auto* path : {"Device.ManagementServer.A.B", "Device.Users.User.1.Password", "Device.ManagementServer.A.", "Device.ManagementServerX", "../x", "Device.ManagementServer.A B"}) {
    const auto wanted = parsed_xml("<A xmlns='urn:nscl:mo' path='" + std::string(path) + "'>1</A>");
    EXPECT_NE(changes(before, wanted).find("STATUS_BAD_REQUEST"), std::string::npos) << path;
    auto same = resource("mgmtObj", wanted);
    const auto facts = facts_with();
    EXPECT_EQ(DeviceMapping(builtin(), facts).leaves(*same.type, same.attributes), (std::vector<std::string>{server})) << path;
  }
  const auto twice = parsed_xml("<A xmlns='urn:nscl:mo'>1</A><B xmlns='urn:nscl:mo' path='Device.ManagementServer.A'>2</B>");
  EXPECT_NE(changes(before, twice).find("twice"), std::string::npos);
}

TEST(LowLevelObjects, ASingleParameter) {
  const auto facts = facts_with();
  const DeviceMapping mapping(builtin(), facts);
  auto changed = resource("parameters", object({{"originalMO", "Device.X.Name"}}));
  EXPECT_EQ(mapping.leaves(*changed.type, changed.attributes), (std::vector<std::string>{"Device.X.Name"}));
  EXPECT_TRUE(mapping.apply(changed, {{"Device.X.Name", "n"}, {"Device.X.Other", "o"}}));
  EXPECT_EQ(changed.attributes.find("$any")->list().size(), 1u);
}

TEST(LowLevelObjects, ANewInstance) {
  const auto facts = facts_with();
  auto wanted = parsed_xml("<Enable xmlns='urn:nscl:mo'>true</Enable><VendorClassID xmlns='urn:nscl:mo'>v</VendorClassID>");
  wanted.set("originalMO", "InternetGatewayDevice.LANDevice.1.LANHostConfigManagement.DHCPConditionalServingPool.");
  const auto made = DeviceMapping(builtin(), facts).addition(type("parameters"), "", wanted);
  ASSERT_TRUE(made) << made.error().detail;
  EXPECT_EQ(made->object, "InternetGatewayDevice.LANDevice.1.LANHostConfigManagement.DHCPConditionalServingPool.");
  EXPECT_EQ(text(made->leaves), "Enable=true VendorClassID=v");
}

TEST_F(WithRecordings, LowLevelObjectOfARealCpe) {
  const auto answer = tr069::read<tr069::GetParameterValuesResponse>(recorded("cwmp-genieacs-sim-gpv-response.xml"));
  std::vector<Leaf> leaves;
  for (const auto& parameter : answer.parameters) leaves.push_back({parameter.name, parameter.value, parameter.type});
  auto changed = resource("mgmtObj", object({{"originalMO", "InternetGatewayDevice.ManagementServer."}}));
  const auto facts = facts_with();
  EXPECT_TRUE(DeviceMapping(builtin(), facts).apply(changed, leaves));
  EXPECT_EQ(json_of(*changed.type, changed.attributes),
            R"({"mgmtObj":{"originalMO":"InternetGatewayDevice.ManagementServer.","$any":["<PeriodicInformInterval xmlns=\"urn:nscl:mo\" )"
            R"(path=\"InternetGatewayDevice.ManagementServer.PeriodicInformInterval\">300</PeriodicInformInterval>"]}})");
}

TEST(OriginalMo, Grammar) {
  for (const auto* good : {"Device.", "Device.DeviceInfo.", "Device.X_00D09E_Y.3.Name", "InternetGatewayDevice.LANDevice.1.", "Device.A.[my-alias].B.", "Device.A-B."}) {
    EXPECT_TRUE(check_original_mo(good)) << good;
  }
  for (const auto* bad : {"", "Device", "Device..A", "Device.A..", "DevDetail", "Device.A?prop=Type", "Device.A.0.", "Device.A.01.", "Device.3x.", "Device.A.[]", "Device.A.[a.b].",
                          "Device.A B.", "Device./../x.", "Other.A.", "Device.A.{i}.", "Device.A\n", ".Device."}) {
    const auto result = check_original_mo(bad);
    ASSERT_FALSE(result) << bad;
    EXPECT_EQ(result.error().status, Status::bad_request) << bad;
  }
  const std::string longest = "Device." + std::string(248, 'a') + ".";
  EXPECT_TRUE(check_original_mo(longest));
  EXPECT_FALSE(check_original_mo("Device.a" + longest.substr(7)));
}

}  // namespace
}  // namespace nscl::rem
