// SPDX-License-Identifier: Apache-2.0
// JSON: the rules of docs/json.md, and rows J1 to J6 of the security requirements.
#include "support.h"

namespace nscl::test {
namespace {

using namespace std::string_literals;
using model::Object;
using model::Value;

TEST(JsonReader, SaysTheSameAsXml) {
  const auto json = read_json(R"({"container":{"id":"readings","expirationTime":"2013-03-01T00:00:00Z","maxNrOfInstances":100,"maxInstanceAge":"P7D",
      "searchStrings":{"searchString":["a","b"]},"announceTo":{"activated":true,"sclList":{"reference":["/x"]}},"accessRightID":null}})");
  const auto xml = read_xml(m2m("container", "<m2m:expirationTime>2013-03-01T00:00:00Z</m2m:expirationTime><m2m:searchStrings><m2m:searchString>a</m2m:searchString>"
      "<m2m:searchString>b</m2m:searchString></m2m:searchStrings><m2m:announceTo><m2m:activated>true</m2m:activated><m2m:sclList><reference>/x</reference></m2m:sclList></m2m:announceTo>"
      "<m2m:maxNrOfInstances>100</m2m:maxNrOfInstances><m2m:maxInstanceAge>P7D</m2m:maxInstanceAge>", " m2m:id='readings'"));
  EXPECT_EQ(json, xml);
}

TEST(JsonReader, ContentInAllThreeForms) {
  const auto content = [](std::string_view inner) { return *read_json(R"({"contentInstance":{"content":{"contentType":"text/plain",)" + std::string(inner) + "}}}").find("content"); };
  EXPECT_EQ(*content(R"("textContent":"231.4")").find("textContent"), Value("231.4"));
  EXPECT_EQ(*content(R"("binaryContent":"MjMxLjQ=")").find("binaryContent"), Value(Bytes{"231.4"}));
  EXPECT_EQ(*content(R"("$t":"MjMxLjQ=")").find("$t"), Value(Bytes{"231.4"}));
  expect_bad_json(R"({"contentInstance":{"content":{"$t":"YQ==","textContent":"a"}}})", "one kind");
  expect_bad_json(R"({"contentInstance":{"content":{"binaryContent":"YQ==","textContent":"a"}}})", "one kind");
  expect_bad_json(R"({"contentInstance":{"content":{"binaryContent":"YQ"}}})", "member 'binaryContent' must be base64");
}

TEST(JsonReader, TextWithAndWithoutAttributes) {
  const auto read = read_json(R"({"applications":{"applicationCollection":{"namedReference":[{"id":"a","$t":"/m2m/a"},"/m2m/b"]}}})");
  const auto& list = read.find("applicationCollection")->find("namedReference")->list();
  EXPECT_EQ(list.at(0).find("$t")->text(), "/m2m/a");
  EXPECT_EQ(list.at(1).find("$t")->text(), "/m2m/b");
  expect_bad_json(R"({"applications":{"applicationCollection":{"namedReference":[{"id":"a"}]}}})", "lacks '$t'");
}

TEST(JsonReader, EmptyElementsAndLists) {
  const auto all = [](std::string_view value) {
    return R"({"accessRight":{"permissions":{"permission":[{"permissionFlags":{"flag":["READ"]},"permissionHolders":{"all":)" + std::string(value) + "}}]}}}";
  };
  for (const auto* yes : {"true", "\"\"", "{}"}) {
    EXPECT_EQ(*read_json(all(yes)).find("permissions")->find("permission")->list().at(0).find("permissionHolders")->find("all"), Value(Object{}));
  }
  for (const auto* no : {"false", "1", "[]", "\"x\"", "{\"a\":1}"}) expect_bad_json(all(no), "'all'");
  for (const auto* none : {"{}", R"({"searchString":[]})", R"({"searchString":{}})", R"({"searchString":null})"}) {
    EXPECT_EQ(*read_json(R"({"container":{"searchStrings":)"s + none + "}}").find("searchStrings"), Value(Object{})) << none;
  }
  expect_bad_json(R"({"container":{"searchStrings":{"searchString":"a"}}})", "must be an array");
  expect_bad_json(R"({"container":{"searchStrings":[]}})", "member 'searchStrings' must be an object");
  expect_bad_json(R"({"container":{"searchStrings":{"searchString":[null]}}})", "must be a string");
}

TEST(JsonReader, TypesAreStrict) {
  expect_bad_json(R"({"scl":{"serverCapability":"true"}})", "member 'serverCapability' must be true or false");
  expect_bad_json(R"({"scl":{"serverCapability":1}})", "must be true or false");
  expect_bad_json(R"({"container":{"maxByteSize":"1"}})", "member 'maxByteSize' must be a number");
  expect_bad_json(R"({"container":{"maxNrOfInstances":-1}})", "must be 0 or more");
  expect_bad_json(R"({"container":{"accessRightID":1}})", "must be a string");
  expect_bad_json(R"({"container":{"expirationTime":"tomorrow"}})", "time");
  expect_bad_json(R"({"scl":{"sclType":"nscl"}})", "one of NSCL");
  EXPECT_EQ(*read_json(R"({"container":{"maxInstanceAge":60}})").find("maxInstanceAge"), Value("PT60S"));
}

TEST(JsonReader, SchemaTypeIsOptional) {
  for (const auto* type : {"", R"("xsi:type":"LongPollingChannelData",)", R"("xsi:type":"m2m:LongPollingChannelData",)"}) {
    EXPECT_EQ(read_json(R"({"notificationChannel":{"channelData":{)"s + type + R"("longPollingURI":"/p"}}})").find("channelData")->find("longPollingURI")->text(), "/p");
  }
  expect_bad_json(R"({"notificationChannel":{"channelData":{"xsi:type":"Other","longPollingURI":"/p"}}})", "xsi:type");
  EXPECT_EQ(*read_json(R"({"subscription":{"filterCriteria":{"sizeFrom":1,"attributeAccessor":""}}})").find("filterCriteria")->find("sizeFrom"), Value(1));
}

TEST(JsonReader, AnyTypeIsTextOrXml) {
  const auto any = [](std::string_view text) { return std::string(read_json(R"({"application":{"locRequestor":")" + std::string(text) + "\"}}").find("locRequestor")->text()); };
  EXPECT_EQ(any("a & b"), "a &amp; b");
  EXPECT_EQ(any("&amp;"), "&amp;amp;");
  EXPECT_EQ(any("<a b='1'><!-- c -->x</a>"), "<a b=\"1\">x</a>");
  EXPECT_EQ(any("<a>"), "&lt;a&gt;");
  EXPECT_EQ(any("</any><any>"), "&lt;/any&gt;&lt;any&gt;");
  EXPECT_EQ(any("<p:a/>"), "&lt;p:a/&gt;");
  expect_bad_json(R"({"application":{"locRequestor":{"a":1}}})", "must be a string");
}

TEST(JsonReader, DocumentIsAnObjectWithOneMember) {
  for (const auto* bad : {"{}", "[]", "1", "null", "\"container\"", R"({"container":{},"application":{}})", R"({"container":[]})", R"({"container":null})", R"({"fridge":{}})",
                          R"({"m2m:container":{}})"}) {
    expect_bad_json(bad);
  }
  EXPECT_TRUE(codec::has_document_element(codec::Format::json, R"({"contentInstance":{}})", "contentInstance"));
  EXPECT_FALSE(codec::has_document_element(codec::Format::json, R"({"contentInstance":{})", "contentInstance"));
  EXPECT_FALSE(codec::has_document_element(codec::Format::json, R"({"a":{}})", "contentInstance"));
}

TEST(JsonReader, OneAttributeAlone) {
  const model::Field field{.name = "expirationTime", .type = &model::types::date_time};
  const auto read = codec::decode_attribute(codec::Format::json, R"({"expirationTime":"2013-03-01T00:00:00Z"})", field);
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->get<Time>());
  EXPECT_FALSE(codec::decode_attribute(codec::Format::json, R"({"creationTime":"2013-03-01T00:00:00Z"})", field));
  EXPECT_FALSE(codec::decode_attribute(codec::Format::json, R"({"expirationTime":null})", field));
}

TEST(HostileJson, J1DepthAndCount) {
  const auto deep = repeated("[", 5'000'000), many = "[" + repeated("{},", 1'000'000) + "{}]";
  expect_little_work([&] { expect_bad_json(deep, "nested"); });
  expect_little_work([&] { expect_bad_json(many, "more than 10000"); });
  expect_bad_json("{\"a\":" + repeated("[", 32) + repeated("]", 32) + "}", "nested");
}

TEST(HostileJson, J2Duplicates) {
  expect_bad_json(R"({"container":{"accessRightID":"a","accessRightID":"b"}})", "occurs twice");
  expect_bad_json(R"({"container":{"accessRightID":"a","access\u0052ightID":"b"}})", "occurs twice");
  expect_bad_json(R"({"container":{},"container":{}})", "occurs twice");
  expect_bad_json(R"({"subscription":{"filterCriteria":{"createdAfter":"2013-01-01T00:00:00Z","createdSince":"2013-01-01T00:00:00Z"}}})", "twice");
}

TEST(HostileJson, J3Numbers) {
  for (const auto& bad : {"1e400"s, "-0"s, "-0.0"s, std::string(100'000, '9'), "NaN"s, "Infinity"s, "0x10"s, "01"s, "1.0"s, "1e2"s, "9223372036854775808"s, "+1"s, ".5"s}) {
    expect_bad_json(R"({"container":{"maxByteSize":)" + bad + "}}");
  }
  EXPECT_EQ(*read_json(R"({"container":{"maxByteSize":-9223372036854775808}})").find("maxByteSize"), Value(INT64_MIN));
  EXPECT_EQ(read_json(R"({"scl":{"locTargetDevice":"-0 \" -0"}})").find("locTargetDevice")->text(), "-0 \" -0");
}

TEST(HostileJson, J4Characters) {
  const auto device = [](std::string_view text) { return R"({"scl":{"locTargetDevice":")" + std::string(text) + "\"}}"; };
  for (const auto& bad : {"\\u0000"s, "\\ud800"s, "\\udc00"s, "\\ud800\\u0041"s, "\\u001f"s, "\\ufffe"s, "\xC0\xAF"s, "\xED\xA0\x80"s, "\x01"s, "a\nb"s, "\\x"s, "\0"s}) expect_bad_json(device(bad));
  expect_bad_json("\xEF\xBB\xBF" + device("a"), "byte order mark");
  for (const auto* bad : {"", " ", R"({"container":{},})", R"({"container":{}} x)", R"({"container":{}}{})", R"({"container":{/* c */}})", "{\"container\":{// c\n}}", "{'container':{}}", R"({container:{}})"}) {
    expect_bad_json(bad);
  }
  expect_refused(from_json("\xFF\xFE{\0"s), Status::unsupported_media_type);
  EXPECT_EQ(read_json(device("\\ud83d\\ude00")).find("locTargetDevice")->text(), "\xF0\x9F\x98\x80");
}

TEST(HostileJson, J5WrongSyntax) {
  expect_bad_json(m2m("container", ""));
  expect_bad_xml(R"({"container":{}})");
}

TEST(HostileJson, J6NamesThatMeanSomethingElsewhere) {
  for (const auto* name : {"__proto__", "constructor", "$ref", "", ".hidden", "$t", "xsi:type"}) expect_bad_json(R"({"container":{")"s + name + R"(":"x"}})", "not part of");
}

}  // namespace
}  // namespace nscl::test
