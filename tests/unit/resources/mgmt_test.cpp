// SPDX-License-Identifier: Apache-2.0
// Management objects on the wire: which model a document is, attributes of other namespaces, and the bounds of the models.
#include <gtest/gtest.h>

#include <nscl/codec/codec.h>
#include <nscl/core/router.h>

#include "all_types.h"

namespace nscl::test {
namespace {

using codec::Format;

std::string element(std::string_view root, std::string_view attributes, std::string_view content) {
  std::string out = "<m2m:" + std::string(root) + " xmlns:m2m=\"http://uri.etsi.org/m2m\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" ";
  return out.append(attributes).append(">").append(content).append("</m2m:").append(root).append(">");
}

Result<codec::Document> xml(std::string_view root, std::string_view attributes, std::string_view content) {
  return codec::decode(Format::xml, element(root, attributes, content), registry().all());
}
Result<codec::Document> json(std::string_view text) { return codec::decode(Format::json, text, registry().all()); }

TEST(Models, AreToldApartByXsiType) {
  EXPECT_EQ(xml("mgmtObj", "xsi:type='m2m:EtsiMemory'", "<m2m:ramTotal>1</m2m:ramTotal>")->type->name, "etsiMemory");
  EXPECT_EQ(xml("parameters", "xsi:type='m2m:FirmwareAction'", "")->type->name, "firmwareAction");
  EXPECT_EQ(xml("mgmtObj", "", "")->type->name, "mgmtObj");
  EXPECT_EQ(xml("mgmtObj", "xsi:type='m2m:MgmtObj'", "")->type->name, "mgmtObj");
  EXPECT_EQ(xml("safPolicySet", "", "")->type->name, "safPolicySet");   // an element of its own in the schema
  EXPECT_EQ(json(R"({"mgmtObj":{"xsi:type":"EtsiMemory","ramTotal":1}})")->type->name, "etsiMemory");
  EXPECT_EQ(json(R"({"mgmtObj":{"moID":"x"}})")->type->name, "mgmtObj");
}

TEST(Models, OtherXsiTypesAreRefused) {
  EXPECT_FALSE(xml("mgmtObj", "xsi:type='m2m:FirmwareAction'", ""));   // a parameters
  EXPECT_FALSE(xml("mgmtObj", "xsi:type='m2m:Other'", ""));
  EXPECT_FALSE(xml("mgmtObj", "xmlns:o='urn:o' xsi:type='o:EtsiMemory'", ""));
  EXPECT_FALSE(json(R"({"parameters":{"xsi:type":"EtsiMemory"}})"));
  EXPECT_FALSE(json(R"({"mgmtObj":{"xsi:type":7}})"));
  EXPECT_FALSE(xml("mgmtObj", "", "<m2m:ramTotal>1</m2m:ramTotal>"));
  EXPECT_FALSE(json(R"({"mgmtObj":{"ramTotal":1}})"));   // no vendor's attribute: the type is missing
  EXPECT_FALSE(json(R"({"mgmtObj":{"xsi:type":"EtsiMemory","standbyTime":1}})"));
}

TEST(ForeignAttributes, AreKeptAndReturnedInBothFormats) {
  const auto read = xml("mgmtObj", "xmlns:v='urn:vendor'", "<m2m:moID>m</m2m:moID><v:led v:on='1'>red</v:led><x xmlns='urn:y'><z/></x>");
  ASSERT_TRUE(read) << read.error().detail;
  const auto text = codec::encode(Format::xml, *read->type, read->attributes);
  EXPECT_NE(text.find("<v:led xmlns:v=\"urn:vendor\" v:on=\"1\">red</v:led><x xmlns=\"urn:y\"><z/></x></m2m:mgmtObj>"), std::string::npos) << text;
  const auto again = json(codec::encode(Format::json, *read->type, read->attributes));
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(again->attributes, read->attributes);
}

TEST(ForeignAttributes, OfJsonComeBackAsTheyWere) {
  const std::string text = R"({"mgmtObj":{"moID":"m","led":"r<&d","count":-7,"on":true,"none":""}})";
  const auto read = json(text);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(codec::encode(Format::json, *read->type, read->attributes), text);
  const auto through_xml = codec::decode(Format::xml, codec::encode(Format::xml, *read->type, read->attributes), registry().all());
  ASSERT_TRUE(through_xml) << through_xml.error().detail;
  EXPECT_EQ(codec::encode(Format::json, *read->type, through_xml->attributes), text);
}

TEST(ForeignAttributes, NeverBreakADocument) {
  // What claims to be a JSON member and is none, or one already, goes as XML.
  const auto read = xml("mgmtObj", "xmlns:j='urn:nscl:json-attribute'",
                        "<n xmlns='urn:nscl:json-attribute' type='integer'>1}</n><moID xmlns='urn:nscl:json-attribute'>x</moID>"
                        "<a xmlns='urn:nscl:json-attribute'>1</a><a xmlns='urn:nscl:json-attribute'>2</a><j:b>3</j:b>");
  ASSERT_TRUE(read) << read.error().detail;
  const auto text = codec::encode(Format::json, *read->type, read->attributes);
  const auto again = json(text);
  ASSERT_TRUE(again) << text << again.error().detail;
  EXPECT_EQ(again->attributes.find("$any")->list().size(), 5u) << text;
  for (const auto* bad : {R"({"mgmtObj":{"a b":"x"}})", R"({"mgmtObj":{"a":{"b":1}}})", R"({"mgmtObj":{"a":[1]}})", R"({"mgmtObj":{"$t":"x"}})",
                          R"({"mgmtObj":{"$any":["x"]}})", R"({"mgmtObj":{"$any":["<a/>"]}})", R"({"mgmtObj":{"$any":["<m:a xmlns:m='http://uri.etsi.org/m2m'/>"]}})",
                          R"({"mgmtObj":{"$any":["<a xmlns='urn:a'/><a xmlns='urn:a'/>"]}})", R"({"mgmtObj":{"$any":"<a xmlns='urn:a'/>"}})",
                          R"({"mgmtObj":{"$any":[7]}})"}) {
    EXPECT_FALSE(json(bad)) << bad;
  }
  EXPECT_FALSE(xml("mgmtObj", "", "<other>1</other>"));   // no namespace: the schema leaves no room for it
}

TEST(Models, BoundsHold) {
  const auto battery = [](std::string_view level) {
    return xml("parameters", "xsi:type='m2m:BatteryInstance'", "<m2m:battLevel>" + std::string(level) + "</m2m:battLevel>").has_value();
  };
  EXPECT_TRUE(battery("0") && battery("100"));
  EXPECT_FALSE(battery("101") || battery("-1") || battery("x"));
  const auto size = [](std::string_view text) {
    return xml("parameters", "xsi:type='m2m:RcatParamList'", "<m2m:maxPendData>" + std::string(text) + "</m2m:maxPendData>").has_value();
  };
  EXPECT_TRUE(size("64K") && size("123456789012345T"));
  EXPECT_FALSE(size("K") || size("64") || size("64k") || size("1234567890123456B") || size("6 4K"));
  const auto name = [](std::size_t length) {
    return xml("parameters", "xsi:type='m2m:SwInstance'", "<m2m:softwareName>" + std::string(length, 'x') + "</m2m:softwareName>").has_value();
  };
  EXPECT_TRUE(name(64));
  EXPECT_FALSE(name(65));
  const auto log = [](std::string_view content) {
    return xml("mgmtObj", "xsi:type='m2m:EtsiPerformanceLog'", "<m2m:logData>" + std::string(content) + "</m2m:logData>").has_value();
  };
  EXPECT_TRUE(log("<a>1<b/>2</a>") && log("<a/>"));
  EXPECT_FALSE(log("") || log("text") || log("<a/><b/>") || log("<a/>x") || log("x<a/>"));
}

TEST(Models, ListsAreBounded) {
  const auto events = [](int count) {
    std::string stamps = "<currentIndex>0</currentIndex>";
    for (; count > 0; --count) stamps += "<trapEventTimeStamp>2026-01-01T00:00:00Z</trapEventTimeStamp>";
    return xml("parameters", "xsi:type='m2m:TrapInstance'", "<m2m:eventOccured>" + stamps + "</m2m:eventOccured>").has_value();
  };
  EXPECT_TRUE(events(1) && events(100));
  EXPECT_FALSE(events(0) || events(101));
}

TEST(ManagementPaths, MayBeOfAnyDepth) {
  const auto target = core::resolve(registry(), "scls/gw/mgmtObjs/etsiFirmware/fw1/firmwareAction/fwDownload");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->owner, "scls/gw/mgmtObjs/etsiFirmware/fw1/firmwareAction");
  EXPECT_EQ(target->attribute, std::vector<std::string>{"fwDownload"});
  const auto deep = core::resolve(registry(), "applications/mgmtObjs/a/b/c/d/e/subscriptions/s");
  ASSERT_TRUE(deep);
  EXPECT_EQ(deep->type->name, "subscription");
  EXPECT_FALSE(core::resolve(registry(), "scls/gw/mgmtObjs/cmd/execInstances/e1/x"));
  for (const auto* place : {"scls", "applications", "scls/gw", "scls/gw/applications", "scls/gw/attachedDevices", "scls/gw/attachedDevices/d"}) {
    const auto objects = core::resolve(registry(), std::string(place) + "/mgmtObjs");
    ASSERT_TRUE(objects) << place;
    EXPECT_EQ(objects->type->name, "mgmtObjs") << place;
  }
}

}  // namespace
}  // namespace nscl::test
