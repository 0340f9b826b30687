// SPDX-License-Identifier: Apache-2.0
// The documents that travel to subscribers, channels and from group members: how they are written in each dialect, and
// what peers may leave out. Round trips: property_test; against the schemas: schema_test.
#include <nscl/model/messages.h>

#include "support.h"

namespace nscl::test {
namespace {

using codec::Format;
using model::List;
using model::Object;

Object object(std::initializer_list<model::Member> members) {
  Object out;
  for (const auto& member : members) out.set(member.name, member.value);
  return out;
}

std::string xml(const model::ResourceType& type, const Object& value, const codec::Style& style = {}) {
  auto text = codec::encode(Format::xml, type, value, style);
  return text.substr(text.find('\n') + 1);
}

Object body() { return object({{"contentType", "text/plain"}, {"$t", Bytes{"x"}}}); }

Object notification() {
  return object({{"statusCode", "STATUS_OK"}, {"representation", body()}, {"subscriptionReference", "/s"}, {"requestingEntity", "/r"}, {"contact", "/c"}});
}

const std::string plain_notify = "<m2m:statusCode>STATUS_OK</m2m:statusCode><representation xmime:contentType=\"text/plain\">eA==</representation>"
                                 "<subscriptionReference>/s</subscriptionReference><requestingEntity>/r</requestingEntity><contact>/c</contact>";

TEST(Messages, NotifyHasOnlyItsStatusQualified) {
  EXPECT_EQ(xml(model::messages::notify(), notification()),
            "<m2m:notify xmlns:m2m=\"http://uri.etsi.org/m2m\" xmlns:xmime=\"http://www.w3.org/2005/05/xmlmime\">" + plain_notify + "</m2m:notify>");
}

TEST(Messages, CollectionHoldsQualifiedNotifications) {
  const auto text = xml(model::messages::notify_collection(), object({{"notify", List{notification(), notification()}}}));
  EXPECT_NE(text.find("<m2m:notify>" + plain_notify + "</m2m:notify><m2m:notify>" + plain_notify + "</m2m:notify></m2m:notifyCollection>"), std::string::npos) << text;
  EXPECT_EQ(codec::encode(Format::json, model::messages::notify_collection(), {}), R"({"notifyCollection":{"notify":[]}})");
}

TEST(Messages, PeersOfOm2mGetEverythingQualifiedButReferencesAndCriteria) {
  const codec::Style style{"om2m", true};
  const auto text = xml(model::messages::notify(), notification(), style);
  EXPECT_NE(text.find("<om2m:representation xmime:contentType=\"text/plain\">eA==</om2m:representation><om2m:subscriptionReference>/s<"), std::string::npos) << text;
  const auto status = object({{"id", "/a"}, {"statusCode", "STATUS_OK"}, {"resourceURI", "/a"}, {"resultBody", body()}});
  const auto members = xml(model::messages::members_content_responses(), object({{"status", List{status}}}), style);
  EXPECT_NE(members.find("<om2m:status id=\"/a\"><om2m:statusCode>STATUS_OK</om2m:statusCode><om2m:resourceURI>/a</om2m:resourceURI><om2m:resultBody xmime:"),
            std::string::npos) << members;
}

TEST(Messages, RequestIsWrittenInTheOrderOfTheSchema) {
  auto request = object({{"xEtsiCorrelationIDHeader", "7"}, {"xEtsiContactUriHeader", "/c"}, {"RCAT", "RCAT_2"}, {"groupRequestIdentifier", "0aF9"},
                         {"TRPDT", object({{"tolerableTime", "14:30:00Z"}})}, {"method", "RETRIEVE"}, {"targetID", "/t"}, {"requestingEntity", "/r"}});
  const auto text = xml(model::messages::request_notify(), request);
  EXPECT_NE(text.find("><requestingEntity>/r</requestingEntity><targetID>/t</targetID><method>RETRIEVE</method>"
                      "<groupRequestIdentifier>0aF9</groupRequestIdentifier><TRPDT><tolerableTime>14:30:00Z</tolerableTime></TRPDT><RCAT>RCAT_2</RCAT>"
                      "<xEtsiContactUriHeader>/c</xEtsiContactUriHeader><xEtsiCorrelationIDHeader>7</xEtsiCorrelationIDHeader></m2m:requestNotify>"),
            std::string::npos) << text;
}

TEST(Messages, WhatIsMissingOrMisshapenIsNamed) {
  expect_refused(from_xml(m2m("notify", "<m2m:statusCode>STATUS_OK</m2m:statusCode>")), Status::bad_request, "subscriptionReference");
  expect_refused(from_xml(m2m("responseNotify", "<etagHeader>x</etagHeader>")), Status::bad_request, "statusCode");
  expect_refused(from_json(R"({"membersContentResponses":{"status":[{"id":"/a"}]}})"), Status::bad_request, "statusCode");
  const auto request = [](std::string_view more) {
    return from_xml(m2m("requestNotify", "<requestingEntity>/r</requestingEntity><targetID>/t</targetID><method>RETRIEVE</method>" + std::string(more) +
                                             "<xEtsiContactUriHeader>/c</xEtsiContactUriHeader><xEtsiCorrelationIDHeader>7</xEtsiCorrelationIDHeader>"));
  };
  EXPECT_TRUE(request("<TRPDT><tolerableDelay>PT10M</tolerableDelay></TRPDT><groupRequestIdentifier> 0A </groupRequestIdentifier>"));
  expect_refused(request("<RCAT>RCAT_8</RCAT>"), Status::bad_request, "RCAT");
  expect_refused(request("<groupRequestIdentifier>0</groupRequestIdentifier>"), Status::bad_request, "hexadecimal");
  expect_refused(request("<groupRequestIdentifier>0g</groupRequestIdentifier>"), Status::bad_request, "hexadecimal");
  for (const auto* time : {"24:00:00", "1:00:00", "10:60:00", "10:00", "10:00:00.", "10:00:00+14:01", "10:00:00+1:00", "10:00:00ZZ"}) {
    expect_refused(request("<TRPDT><tolerableTime>" + std::string(time) + "</tolerableTime></TRPDT>"), Status::bad_request, "time of day");
  }
  expect_refused(request("<TRPDT><tolerableDelay>PT10M</tolerableDelay><tolerableTime>10:00:00</tolerableTime></TRPDT>"), Status::bad_request, "TrpdtType");
}

TEST(Messages, StatusOfOm2mForANewResourceIsUnderstood) {
  const auto value = read_xml(m2m("notify", "<m2m:statusCode>STATUS_CREATED</m2m:statusCode><m2m:representation>eA==</m2m:representation>"
                                            "<m2m:subscriptionReference>nscl/applications/subscriptions/s</m2m:subscriptionReference>"));
  EXPECT_EQ(value.find("statusCode")->text(), "STATUS_OK");
  EXPECT_EQ(value.find("representation")->find("$t")->get<Bytes>()->data, "x");
}

Result<codec::Document> read(const model::ResourceType& type, const std::string& elements) {
  const model::ResourceType* const candidates[] = {&type};
  const auto name = std::string(type.name);
  return codec::decode(Format::xml, "<m2m:" + name + " xmlns:m2m=\"http://uri.etsi.org/m2m\">" + elements + "</m2m:" + name + ">", candidates);
}

std::string element(const std::string& name, const std::string& text) { return "<m2m:" + name + ">" + text + "</m2m:" + name + ">"; }

TEST(Messages, ConnectionIdsHaveSixtyFourBitsWithoutSign) {
  const auto rest = element("securityKmcIndex", "7") + element("securityLifetime", "2030-01-01T00:00:00Z") +
                    element("securityEncryptedM2MKey", std::string(80, 'a')) + element("sclId", "gw1") + element("securitymIdFlags", "0002");
  const auto& type = model::messages::connection_param_set();
  EXPECT_TRUE(read(type, element("securityConnectionId", "18446744073709551615") + rest));
  for (const char* wrong : {"18446744073709551616", "-1", "", "1x", "+1"}) EXPECT_FALSE(read(type, element("securityConnectionId", wrong) + rest)) << wrong;
  EXPECT_FALSE(read(type, rest));
}

TEST(Messages, WhoAsksForABootstrapMaySayWhatItLikes) {
  const auto node = element("securityM2MNodeId", std::string(32, 'B'));
  EXPECT_TRUE(read(model::messages::bootstrap_request(), node));
  EXPECT_TRUE(read(model::messages::bootstrap_request(), ""));
  EXPECT_FALSE(read(model::messages::bootstrap_param_set(), node));
  for (const auto* wrong : {"b", "xyz", "0123456789abcdef0123456789abcde"}) {
    EXPECT_FALSE(read(model::messages::bootstrap_request(), element("securityM2MNodeId", wrong))) << wrong;
  }
  EXPECT_FALSE(read(model::messages::bootstrap_request(), element("securityKmrIndex", "4294967296")));
}

}  // namespace
}  // namespace nscl::test
