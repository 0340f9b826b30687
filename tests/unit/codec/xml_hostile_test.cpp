// SPDX-License-Identifier: Apache-2.0
// Hostile XML: rows X1 to X10 of the security requirements, and what pugixml alone would let through.
#include <nscl/codec/xml_check.h>

#include "support.h"

namespace nscl::test {
namespace {

using namespace std::string_literals;

void expect_bad_quickly(const std::string& text) {
  expect_little_work([&] { expect_bad_xml(text); });
}

TEST(HostileXml, X1DocumentTypesAndEntities) {
  const auto body = m2m("container", "<m2m:accessRightID>&x;</m2m:accessRightID>");
  expect_bad_xml("<!DOCTYPE container>" + m2m("container", ""), "document type");
  expect_bad_xml("<!DOCTYPE c [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>" + body, "document type");
  expect_bad_xml("<!DOCTYPE c SYSTEM 'http://127.0.0.1/x.dtd'>" + body, "document type");
  expect_bad_xml("<!DOCTYPE c [<!ENTITY % p 'x'>%p;]>" + body, "document type");
  expect_bad_xml(body, "reference");
  expect_bad_xml(m2m("container", "<!ENTITY x 'y'>"), "document type");
}

TEST(HostileXml, X2Depth) {
  expect_bad_quickly(repeated("<a>", 1'000'000));
  expect_bad_xml(m2m("application", "<m2m:locRequestor>" + repeated("<a>", 31) + repeated("</a>", 31) + "</m2m:locRequestor>"), "nested");
  read_xml(m2m("application", "<m2m:locRequestor>" + repeated("<a>", 16) + repeated("</a>", 16) + "</m2m:locRequestor>"));
  expect_bad_xml(m2m("application", "<m2m:locRequestor>" + repeated("<a>", 17) + repeated("</a>", 17) + "</m2m:locRequestor>"), "nested");
}

TEST(HostileXml, X3ManyAttributesDeclarationsAndLongNames) {
  std::string attributes;
  std::string declarations;
  for (int i = 0; i < 100'000; ++i) {
    attributes += " a" + std::to_string(i) + "='1'";
    declarations += " xmlns:a" + std::to_string(i) + "='urn:a'";
  }
  expect_bad_quickly(m2m("container", "", attributes));
  expect_bad_quickly(m2m("container", "", declarations));
  expect_bad_quickly("<" + std::string(1 << 20, 'a') + "/>");
  expect_bad_quickly(m2m("container", repeated("<m2m:searchStrings/>", 10'001)));
  expect_bad_quickly(m2m("group", "<m2m:members>" + repeated("<reference>a</reference>", 10'000) + "</m2m:members>"));
  expect_bad_xml("<" + std::string(257, 'a') + "/>", "longer than 256");
  EXPECT_TRUE(codec::check_xml("<a b='' c=''><d e=''/></a>", {.attributes = 3}));
  EXPECT_FALSE(codec::check_xml("<a b='' c=''><d e=''/></a>", {.attributes = 2}));
}

TEST(HostileXml, X4Encodings) {
  const auto body = m2m("container", "");
  expect_refused(from_xml("\xFF\xFE<\0c\0/\0>\0"s), Status::unsupported_media_type);
  expect_refused(from_xml("\xFE\xFF\0<\0c\0/\0>"s), Status::unsupported_media_type);
  expect_refused(from_xml("\0<\0c\0/\0>"s), Status::unsupported_media_type);
  for (const auto* encoding : {"UTF-7", "ISO-8859-1", "UTF-16", "utf-8859", ""}) {
    expect_refused(from_xml("<?xml version='1.0' encoding='"s + encoding + "'?>" + body), Status::unsupported_media_type);
  }
  for (const auto* encoding : {"UTF-8", "utf-8", "UTF8", "Utf8"}) read_xml("<?xml version=\"1.0\" encoding=\""s + encoding + "\" standalone='yes'?>\n" + body);
  read_xml("\xEF\xBB\xBF<?xml version='1.0'?>" + body);
  for (const auto* bad : {"\xC0\xAF", "\xED\xA0\x80", "\xEF\xBF\xBE", "\x80", "\xF5\x80\x80\x80", "\x01", "&#0;", "&#x1F;", "&#xD800;", "&#xFFFE;",
                          "&#x110000;", "&#;", "&#x;", "&#-1;", "&#99999999999;", "& ", "&amp", "&nbsp;", "&AMP;"}) {
    expect_bad_xml(m2m("scl", "<m2m:locTargetDevice>"s + bad + "</m2m:locTargetDevice>"));
    expect_bad_xml(m2m("scl", "", " sclId='"s + bad + "'"));
  }
  expect_bad_xml(m2m("scl", "<m2m:locTargetDevice>a\0b</m2m:locTargetDevice>"s));
  EXPECT_EQ(read_xml(m2m("scl", "<m2m:locTargetDevice>&#x1F600;&#233;&#x9;</m2m:locTargetDevice>")).find("locTargetDevice")->text(), "\xF0\x9F\x98\x80\xC3\xA9\t");
}

TEST(HostileXml, X5Namespaces) {
  expect_bad_xml("<m2m:container/>", "not declared");
  expect_bad_xml("<container xmlns='urn:other'/>", "foreign namespace");
  expect_bad_xml("<m2m:container xmlns:m2m='urn:other'/>", "foreign namespace");
  expect_bad_xml("<m2m:container xmlns:m2m='http://uri.etsi.org/m2m/'/>", "foreign namespace");
  expect_bad_xml(m2m("container", "<m2m:maxByteSize xmlns:m2m='urn:other'>1</m2m:maxByteSize>"), "foreign namespace");
  expect_bad_xml(m2m("container", "<x:maxByteSize>1</x:maxByteSize>"), "not declared");
  expect_bad_xml(m2m("container", "", " x:id='a'"), "not declared");
  expect_bad_xml(m2m("container", "", " xmlns:x='urn:x' x:id='a'"), "not known here");
  expect_bad_xml(m2m("container", "", " xmlns:m='http://uri.etsi.org/m2m' m:id='a' m2m:id='b'"), "given twice");
  expect_bad_xml(m2m("container", "", " xmlns:x=''"), "not allowed");
  expect_bad_xml(m2m("container", "", " xmlns:xml='urn:x'"), "not allowed");
  expect_bad_xml(m2m("container", "", " xmlns:xmlns='urn:x'"), "not allowed");
  expect_bad_xml("<a:b:container xmlns:a='http://uri.etsi.org/m2m'/>");
  expect_bad_xml("<:container/>");
  expect_bad_xml(m2m("container", "", " :id='a'"));
}

TEST(HostileXml, X5SchemaInstance) {
  expect_bad_xml(m2m("container", "<m2m:maxByteSize xsi:nil='true'/>"), "'nil'");
  expect_bad_xml(m2m("container", "<m2m:searchStrings xsi:type='m2m:AnnounceTo'/>"), "xsi:type");
  expect_bad_xml(m2m("container", "", " xsi:type='m2m:Application'"), "xsi:type");
  expect_bad_xml(m2m("subscription", "<m2m:filterCriteria xsi:type='x:FilterCriteriaType'/>"), "not declared");
  expect_bad_xml(m2m("subscription", "<m2m:filterCriteria xsi:type='xmime:FilterCriteriaType'/>"), "xsi:type");
}

TEST(HostileXml, X5InclusionsInstructionsAndSections) {
  expect_bad_xml(m2m("container", "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='file:///etc/passwd'/>"), "foreign namespace");
  expect_bad_xml("<?xml-stylesheet href='x'?>" + m2m("container", ""), "processing instructions");
  expect_bad_xml(m2m("container", "<?php x ?>"), "processing instructions");
  expect_bad_xml(m2m("container", "") + "<?x?>", "processing instructions");
  expect_bad_xml(" <?xml version='1.0'?>" + m2m("container", ""), "processing instructions");
  const auto device = [](std::string_view inner) { return m2m("scl", "<m2m:locTargetDevice>" + std::string(inner) + "</m2m:locTargetDevice>"); };
  EXPECT_EQ(read_xml(device("<![CDATA[a]]]]><![CDATA[>b]]>")).find("locTargetDevice")->text(), "a]]>b");
  expect_bad_xml(device("a]]>b"), "]]>");
  expect_bad_xml(device("<![CDATA[a"), "not closed");
  expect_bad_xml("<![CDATA[a]]>" + m2m("container", ""));
  expect_bad_xml(device("<!-- a -- b -->"), "comment");
  expect_bad_xml(device("<!-- a --->"), "comment");
}

TEST(HostileXml, X5BrokenMarkup) {
  for (const auto* text : {"<", "<a", "<a ", "<a/", "<a b", "<a b=", "<a b='", "<a b=c/>", "<a b='1'c='2'/>", "<a b='<'/>", "<a></b>", "<a></a", "</a>", "<a/>x", "<1/>", "<a><b></a></b>",
                           "<a b='1' b='2'/>", "<a>&</a>", "<?xml?><a/>", "<?xml version='1.1'?><a/>", "<?xml encoding='UTF-8'?><a/>", "<?xml version='1.0' version='1.0'?><a/>",
                           "<?xml version='1.0' standalone='maybe'?><a/>", "<?xml version='1.0'", "<?xml version='1.0' foo='x'?><a/>", "<a\xC3\x97/>", "< a/>", "<a / >"}) {
    expect_bad_xml(text);
  }
}

TEST(HostileXml, X6UnknownAndRepeated) {
  expect_bad_xml(m2m("container", "<m2m:currentNrOfInstances>1</m2m:currentNrOfInstances>"), "not part of");
  expect_bad_xml(m2m("container", "<m2m:searchStrings/><m2m:searchStrings/>"), "occurs twice");
}

TEST(HostileXml, X7Times) {
  const auto time = [](std::string_view text) { return m2m("container", "<m2m:expirationTime>" + std::string(text) + "</m2m:expirationTime>"); };
  for (const auto* bad : {"", "2013", "0000-01-01T00:00:00Z", "292277026596-12-04T15:30:08Z", "2013-01-01T00:00:00+14:01", "2013-02-30T00:00:00Z", "2013-01-01 00:00:00Z"}) expect_bad_xml(time(bad), "time");
  read_xml(time("2013-01-01T24:00:00Z"));
}

TEST(HostileXml, X8Integers) {
  const auto number = [](std::string_view text) { return m2m("container", "<m2m:maxByteSize>" + std::string(text) + "</m2m:maxByteSize>"); };
  for (const auto& bad : {""s, "9223372036854775808"s, "-9223372036854775809"s, "1e3"s, "1.0"s, "0x10"s, "+-1"s, "++1"s, "1 2"s, std::string(10'000, '0'), "٣"s}) expect_bad_xml(number(bad), "number");
  expect_bad_xml(m2m("container", "<m2m:maxNrOfInstances>-1</m2m:maxNrOfInstances>"), "must be 0 or more");
  EXPECT_EQ(*read_xml(number("-9223372036854775808")).find("maxByteSize"), model::Value(INT64_MIN));
  EXPECT_EQ(*read_xml(number(" 9223372036854775807\n")).find("maxByteSize"), model::Value(INT64_MAX));
}

TEST(HostileXml, X9MoreThanOneDocument) {
  const auto body = m2m("container", "");
  expect_bad_xml("", "empty");
  expect_bad_xml("\xEF\xBB\xBF");
  expect_bad_xml("  \n");
  expect_bad_xml("<!-- only -->", "no element");
  expect_bad_xml(body + body, "second document element");
  expect_bad_xml(body + "junk", "outside");
  expect_bad_xml("junk" + body, "outside");
  expect_bad_xml("<?xml version='1.0'?>\xEF\xBB\xBF" + body, "outside");
  expect_bad_xml("\xEF\xBB\xBF\xEF\xBB\xBF" + body, "outside");
  expect_bad_xml(body + "\0"s);
  read_xml("<!-- a -->\n" + body + "\n<!-- b -->\n");
}

TEST(HostileXml, X10Base64) {
  for (const auto* bad : {"MjMxLjQ", "MjMx=LjQ", "M", "####", "MjMxLjQ==="}) {
    expect_bad_xml(m2m("contentInstance", "<m2m:content><m2m:binaryContent>"s + bad + "</m2m:binaryContent></m2m:content>"), "base64");
    expect_bad_xml(m2m("contentInstance", "<m2m:content>"s + bad + "</m2m:content>"), "base64");
  }
  const std::string large(1 << 20, 'x');
  EXPECT_EQ(read_xml(m2m("contentInstance", "<m2m:content><m2m:textContent>" + large + "</m2m:textContent></m2m:content>")).find("content")->find("textContent")->text().size(), large.size());
}

TEST(HostileXml, ErrorsDoNotEchoWhatTheyShouldNot) {
  const auto long_name = from_xml(m2m("container", "<m2m:" + std::string(250, 'x') + "/>"));
  ASSERT_FALSE(long_name);
  EXPECT_LT(long_name.error().detail.size(), 200u);
}

}  // namespace
}  // namespace nscl::test
