// SPDX-License-Identifier: Apache-2.0
// The exact documents that we send.
#include "support.h"

namespace nscl::test {
namespace {

using codec::Format;
using model::List;
using model::Object;
using model::Value;

const std::string head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
const std::string m2m_declaration = " xmlns:m2m=\"http://uri.etsi.org/m2m\"";

Object made_of(std::initializer_list<std::pair<std::string_view, Value>> members) {
  Object out;
  for (const auto& [name, value] : members) out.set(name, value);
  return out;
}
std::string xml(std::string_view type, const Object& value, const codec::Style& style = {}) { return codec::encode(Format::xml, sample_type(type), value, style); }
std::string json(std::string_view type, const Object& value) { return codec::encode(Format::json, sample_type(type), value); }

TEST(Writer, ContainerInSchemaOrder) {
  const auto container = made_of({{"id", "readings"}, {"maxNrOfInstances", 100}, {"searchStrings", Object{}}, {".hidden", "x"},
                                 {"expirationTime", *parse_date_time("2013-03-01T00:00:00.5Z")}, {"creationTime", Value()},
                                 {"announceTo", made_of({{"activated", false}})}});
  EXPECT_EQ(xml("container", container), head + "<m2m:container" + m2m_declaration + " m2m:id=\"readings\"><m2m:expirationTime>2013-03-01T00:00:00.500Z</m2m:expirationTime>"
      "<m2m:searchStrings/><m2m:announceTo><m2m:activated>false</m2m:activated><m2m:sclList/></m2m:announceTo><m2m:maxNrOfInstances>100</m2m:maxNrOfInstances></m2m:container>");
  EXPECT_EQ(json("container", container), R"({"container":{"expirationTime":"2013-03-01T00:00:00.500Z","searchStrings":{"searchString":[]},)"
      R"("announceTo":{"activated":false,"sclList":{"reference":[]}},"maxNrOfInstances":100,"id":"readings"}})");
}

TEST(Writer, EmptyDocument) {
  EXPECT_EQ(xml("container", {}), head + "<m2m:container" + m2m_declaration + "/>");
  EXPECT_EQ(json("container", {}), R"({"container":{}})");
}

TEST(Writer, ContentDeclaresXmlmime) {
  const auto instance = made_of({{"id", "ci"}, {"href", "/c/ci"}, {"content", made_of({{"contentType", "text/\"x\""}, {"textContent", "<a&b>\r\n\"'"}})}});
  EXPECT_EQ(xml("contentInstance", instance), head + "<m2m:contentInstance" + m2m_declaration + " xmlns:xmime=\"http://www.w3.org/2005/05/xmlmime\" m2m:id=\"ci\" href=\"/c/ci\">"
      "<m2m:content xmime:contentType=\"text/&quot;x&quot;\"><m2m:textContent>&lt;a&amp;b&gt;&#13;\n\"'</m2m:textContent></m2m:content></m2m:contentInstance>");
  EXPECT_EQ(json("contentInstance", instance), R"({"contentInstance":{"content":{"contentType":"text/\"x\"","textContent":"<a&b>\r\n\"'"},"id":"ci","href":"/c/ci"}})");
  const auto binary = made_of({{"content", made_of({{"binaryContent", Bytes{std::string("\0\x01", 2)}}})}});
  EXPECT_EQ(json("contentInstance", binary), R"({"contentInstance":{"content":{"binaryContent":"AAE="}}})");
  const auto v1 = made_of({{"content", made_of({{"contentType", "text/plain"}, {"$t", Bytes{"21.5"}}})}});
  EXPECT_NE(xml("contentInstance", v1).find("<m2m:content xmime:contentType=\"text/plain\">MjEuNQ==</m2m:content>"), std::string::npos);
}

TEST(Writer, FilterCriteriaKeepsItsChildrenLocal) {
  const auto plain = made_of({{"filterCriteria", made_of({{"searchString", List{"a"}}, {"ifMatch", List{"gone"}}})}});
  EXPECT_EQ(xml("subscription", plain, {"om2m", true}), head + "<om2m:subscription xmlns:om2m=\"http://uri.etsi.org/m2m\"><om2m:filterCriteria><attributeAccessor/>"
      "<searchString>a</searchString></om2m:filterCriteria></om2m:subscription>");
  const auto extended = made_of({{"filterCriteria", made_of({{"sizeFrom", 1}})}});
  EXPECT_EQ(xml("subscription", extended), head + "<m2m:subscription" + m2m_declaration + " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">"
      "<m2m:filterCriteria xsi:type=\"m2m:ContentInstancesFilterCriteriaType\"><attributeAccessor/><sizeFrom>1</sizeFrom></m2m:filterCriteria></m2m:subscription>");
  EXPECT_EQ(json("subscription", extended), R"({"subscription":{"filterCriteria":{"xsi:type":"ContentInstancesFilterCriteriaType","attributeAccessor":"","sizeFrom":1}}})");
}

TEST(Writer, LocalElementsFollowTheStyle) {
  const auto notify = made_of({{"statusCode", "STATUS_OK"}, {"representation", made_of({{"contentType", "application/xml"}, {"$t", Bytes{"x"}}})}, {"subscriptionReference", "/s"}});
  EXPECT_NE(xml("notify", notify).find("<m2m:statusCode>STATUS_OK</m2m:statusCode><representation xmime:contentType=\"application/xml\">eA==</representation><subscriptionReference>"), std::string::npos);
  EXPECT_NE(xml("notify", notify, {"om2m", true}).find("<om2m:representation xmime:contentType=\"application/xml\">eA==</om2m:representation><om2m:subscriptionReference>"), std::string::npos);
  EXPECT_EQ(json("notify", notify), R"({"notify":{"statusCode":"STATUS_OK","representation":{"contentType":"application/xml","$t":"eA=="},"subscriptionReference":"/s"}})");
  const auto group = made_of({{"members", made_of({{"reference", List{"/a", "/b"}}})}});
  EXPECT_NE(xml("group", group, {"om2m", true}).find("<om2m:members><reference>/a</reference><reference>/b</reference></om2m:members>"), std::string::npos);
  const auto scl = made_of({{"integrityValResults", made_of({{"ivalResults", 1}, {"signedIvalResult", 2}, {"secureTimeStamp", Time{}}})}});
  EXPECT_NE(xml("scl", scl).find("<ivalResults>1</ivalResults>"), std::string::npos);
  EXPECT_NE(xml("scl", scl, {"om2m", true}).find("<om2m:ivalResults>1</om2m:ivalResults>"), std::string::npos);
}

TEST(Writer, ChannelDataTellsItsType) {
  const auto channel = made_of({{"channelData", made_of({{"longPollingURI", "/p"}})}});
  EXPECT_EQ(xml("notificationChannel", channel), head + "<m2m:notificationChannel" + m2m_declaration + " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">"
      "<m2m:channelData xsi:type=\"m2m:LongPollingChannelData\"><m2m:longPollingURI>/p</m2m:longPollingURI></m2m:channelData></m2m:notificationChannel>");
}

TEST(Writer, AnyTypeAndEmptyElements) {
  const auto application = made_of({{"appId", "a"}, {"locRequestor", "<x xmlns=\"urn:x\">1</x>"}});
  EXPECT_EQ(xml("application", application), head + "<m2m:application" + m2m_declaration + " appId=\"a\"><m2m:locRequestor><x xmlns=\"urn:x\">1</x></m2m:locRequestor></m2m:application>");
  EXPECT_EQ(json("application", made_of({{"locRequestor", "a &amp; b"}})), R"({"application":{"locRequestor":"a & b"}})");
  const auto holders = made_of({{"permissionFlags", Object{}}, {"permissionHolders", made_of({{"all", Object{}}})}});
  const auto right = made_of({{"permissions", made_of({{"permission", List{Value(holders)}}})}});
  EXPECT_NE(xml("accessRight", right).find("<m2m:permission><m2m:permissionFlags/><m2m:permissionHolders><m2m:all/></m2m:permissionHolders></m2m:permission>"), std::string::npos);
  EXPECT_EQ(json("accessRight", right), R"({"accessRight":{"permissions":{"permission":[{"permissionFlags":{"flag":[]},"permissionHolders":{"all":{}}}]}}})");
}

TEST(Writer, Collections) {
  const auto item = made_of({{"id", "ci-1"}, {"href", "/h"}, {"contentSize", 5}});
  const auto instances = made_of({{"contentInstanceCollection", made_of({{"contentInstance", List{Value(item)}}})}, {"latest", made_of({{"id", "ci-1"}, {"$t", "/h"}})}});
  EXPECT_EQ(xml("contentInstances", instances), head + "<m2m:contentInstances" + m2m_declaration + "><m2m:contentInstanceCollection><m2m:contentInstance m2m:id=\"ci-1\" href=\"/h\">"
      "<m2m:contentSize>5</m2m:contentSize></m2m:contentInstance></m2m:contentInstanceCollection><m2m:latest id=\"ci-1\">/h</m2m:latest></m2m:contentInstances>");
  EXPECT_EQ(json("contentInstances", instances), R"({"contentInstances":{"contentInstanceCollection":{"contentInstance":[{"id":"ci-1","href":"/h","contentSize":5}]},"latest":{"id":"ci-1","$t":"/h"}}})");
  EXPECT_EQ(json("applications", made_of({{"applicationCollection", Object{}}})), R"({"applications":{"applicationCollection":{"namedReference":[]}}})");
}

TEST(Writer, OneAttributeAlone) {
  const model::Field time{.name = "expirationTime", .type = &model::types::date_time};
  const auto value = Value(*parse_date_time("2013-03-01T00:00:00Z"));
  EXPECT_EQ(codec::encode_attribute(Format::xml, time, value, {}), head + "<m2m:expirationTime" + m2m_declaration + ">2013-03-01T00:00:00Z</m2m:expirationTime>");
  EXPECT_EQ(codec::encode_attribute(Format::json, time, value, {}), R"({"expirationTime":"2013-03-01T00:00:00Z"})");
}

TEST(Writer, Errors) {
  EXPECT_EQ(codec::encode_error(Format::xml, {Status::not_found, "no 'x'\x01"}), head + "<m2m:errorInfo" + m2m_declaration +
      "><m2m:statusCode>STATUS_NOT_FOUND</m2m:statusCode><m2m:additionalInfo>no 'x'?</m2m:additionalInfo></m2m:errorInfo>");
  EXPECT_EQ(codec::encode_error(Format::json, {Status::precondition_failed, ""}), R"({"errorInfo":{"statusCode":"STATUS_BAD_REQUEST"}})");
  for (const auto* detail : {"\xFF", "\xEF\xBF\xBE", "]]>&<\r"}) {
    EXPECT_TRUE(from_xml(codec::encode_error(Format::xml, {Status::conflict, detail})));
    EXPECT_TRUE(from_json(codec::encode_error(Format::json, {Status::conflict, detail})));
  }
}

}  // namespace
}  // namespace nscl::test
