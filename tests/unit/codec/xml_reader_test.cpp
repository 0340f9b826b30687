// SPDX-License-Identifier: Apache-2.0
// What XML of honest peers means, v1 and v2, standard and as the open gateways write it.
#include "support.h"

namespace nscl::test {
namespace {

using model::Object;
using model::Value;

Time at(const char* text) { return *parse_date_time(text); }

std::string_view text_at(const Object& object, std::initializer_list<std::string_view> path) {
  const Value* value = nullptr;
  for (const auto name : path) value = value ? value->find(name) : object.find(name);
  return value ? value->text() : std::string_view("(absent)");
}

TEST(XmlReader, ReadsEveryScalarKind) {
  const auto read = read_xml(m2m("container",
      "<m2m:expirationTime>2013-03-01T00:00:00Z</m2m:expirationTime><m2m:accessRightID> /m2m/accessRights/A </m2m:accessRightID>"
      "<m2m:maxNrOfInstances>+007</m2m:maxNrOfInstances><m2m:maxInstanceAge>P7D</m2m:maxInstanceAge>", " m2m:id=\"readings\""));
  EXPECT_EQ(*read.find("expirationTime"), Value(at("2013-03-01T00:00:00Z")));
  EXPECT_EQ(*read.find("accessRightID"), Value("/m2m/accessRights/A"));
  EXPECT_EQ(*read.find("maxNrOfInstances"), Value(7));
  EXPECT_EQ(*read.find("maxInstanceAge"), Value("P7D"));
  EXPECT_EQ(*read.find("id"), Value("readings"));
}

TEST(XmlReader, OrderIsFreeAndNamespaceMayBeAbsent) {
  const auto plain = read_xml("<container id='a'><maxByteSize>2</maxByteSize><maxNrOfInstances>1</maxNrOfInstances></container>");
  const auto qualified = read_xml(m2m("container", "<m2m:maxNrOfInstances>1</m2m:maxNrOfInstances><m2m:maxByteSize>2</m2m:maxByteSize>", " m2m:id='a'"));
  const auto by_default = read_xml("<container xmlns='http://uri.etsi.org/m2m' id='a'><maxNrOfInstances>1</maxNrOfInstances><maxByteSize>2</maxByteSize></container>");
  EXPECT_EQ(plain, qualified);
  EXPECT_EQ(plain, by_default);
}

TEST(XmlReader, OtherPrefixesAndNestedDeclarations) {
  const auto read = read_xml("<om2m:container xmlns:om2m='http://uri.etsi.org/m2m'><x:maxByteSize xmlns:x='http://uri.etsi.org/m2m'>5</x:maxByteSize></om2m:container>");
  EXPECT_EQ(*read.find("maxByteSize"), Value(5));
}

TEST(XmlReader, StringsKeepTheirWhiteSpace) {
  const auto read = read_xml(m2m("container", "<m2m:searchStrings>\n <m2m:searchString> </m2m:searchString>"
      "<m2m:searchString> a<![CDATA[<b>]]>&amp;<!-- c -->d\r\ne&#13;</m2m:searchString><m2m:searchString/></m2m:searchStrings>"));
  const auto& list = read.find("searchStrings")->find("searchString")->list();
  ASSERT_EQ(list.size(), 3u);
  EXPECT_EQ(list[0].text(), " ");
  EXPECT_EQ(list[1].text(), " a<b>&d\ne\r");
  EXPECT_EQ(list[2].text(), "");
}

TEST(XmlReader, EmptyListWrapperIsAnEmptyObject) {
  EXPECT_EQ(*read_xml(m2m("container", "<m2m:searchStrings/>")).find("searchStrings"), Value(Object{}));
}

TEST(XmlReader, BooleansInAllFourSpellings) {
  for (const auto* yes : {"true", "1", " true "}) EXPECT_EQ(*read_xml(m2m("scl", "<m2m:serverCapability>" + std::string(yes) + "</m2m:serverCapability>")).find("serverCapability"), Value(true));
  for (const auto* no : {"false", "0"}) EXPECT_EQ(*read_xml(m2m("scl", "<m2m:serverCapability>" + std::string(no) + "</m2m:serverCapability>")).find("serverCapability"), Value(false));
  expect_bad_xml(m2m("scl", "<m2m:serverCapability>True</m2m:serverCapability>"), "'m2m:serverCapability' must be true or false");
}

TEST(XmlReader, EnumerationsWithTheSpellingsOfOlderPeers) {
  const auto protocol = [](std::string_view sent) {
    const auto read = read_xml(m2m("scl", "<m2m:mgmtProtocolType>" + std::string(sent) + "</m2m:mgmtProtocolType>"));
    return read.find("mgmtProtocolType") ? std::string(read.find("mgmtProtocolType")->text()) : "";
  };
  EXPECT_EQ(protocol("OMA_DM"), "OMA_DM");
  EXPECT_EQ(protocol("OMA DM"), "OMA_DM");
  EXPECT_EQ(protocol("BBF TR 069"), "BBF_TR069");
  EXPECT_EQ(protocol("TR 069"), "BBF_TR069");
  EXPECT_EQ(protocol("BBF"), "BBF_TR069");
  expect_bad_xml(m2m("scl", "<m2m:mgmtProtocolType>LWM2M</m2m:mgmtProtocolType>"), "must be one of OMA_DM, BBF_TR069");
  expect_bad_xml(m2m("scl", "<m2m:mgmtProtocolType>oma_dm</m2m:mgmtProtocolType>"));
  EXPECT_EQ(read_xml(m2m("group", "<m2m:memberType>SERVER_CAPABILITY_LAYER</m2m:memberType>")).find("memberType")->text(), "SCL_BASE");
}

TEST(XmlReader, BareNumberIsAnAgeInSeconds) {
  const auto age = [](std::string_view sent) { return read_xml(m2m("container", "<m2m:maxInstanceAge>" + std::string(sent) + "</m2m:maxInstanceAge>")); };
  EXPECT_EQ(*age("3600").find("maxInstanceAge"), Value("PT3600S"));
  EXPECT_EQ(*age("0").find("maxInstanceAge"), Value("PT0S"));
  EXPECT_EQ(*age("007").find("maxInstanceAge"), Value("PT7S"));
  expect_bad_xml(m2m("container", "<m2m:maxInstanceAge>99999999999999999999999</m2m:maxInstanceAge>"), "duration");
}

TEST(XmlReader, ContentInAllThreeForms) {
  const auto content = [](std::string_view inner) {
    return read_xml(m2m("contentInstance", "<m2m:content xmime:contentType=\"text/plain\">" + std::string(inner) + "</m2m:content>"));
  };
  EXPECT_EQ(content("<m2m:textContent>231.4</m2m:textContent>").find("content")->find("textContent")->text(), "231.4");
  EXPECT_EQ(*content("\n<m2m:binaryContent>MjMx\n LjQ=</m2m:binaryContent>\n").find("content")->find("binaryContent"), Value(Bytes{"231.4"}));
  EXPECT_EQ(*content("MjEuNQ==").find("content")->find("$t"), Value(Bytes{"21.5"}));
  EXPECT_EQ(text_at(content("MjEuNQ=="), {"content", "contentType"}), "text/plain");
  EXPECT_EQ(content(" ").find("content")->find("$t"), nullptr);
}

TEST(XmlReader, ContentIsAChoice) {
  expect_bad_xml(m2m("contentInstance", "<m2m:content><m2m:textContent>a</m2m:textContent><m2m:binaryContent>YQ==</m2m:binaryContent></m2m:content>"), "one kind");
  expect_bad_xml(m2m("contentInstance", "<m2m:content>YQ==<m2m:textContent>a</m2m:textContent></m2m:content>"), "text beside");
}

TEST(XmlReader, NamedReferences) {
  const auto read = read_xml(m2m("applications", "<m2m:applicationCollection><m2m:namedReference id='SYSTEM'>SYSTEM/</m2m:namedReference>"
                                                 "<m2m:namedReference>/m2m/x</m2m:namedReference></m2m:applicationCollection>"));
  const auto& list = read.find("applicationCollection")->find("namedReference")->list();
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].find("id")->text(), "SYSTEM");
  EXPECT_EQ(list[0].find("$t")->text(), "SYSTEM/");
  EXPECT_EQ(list[1].find("id"), nullptr);
}

TEST(XmlReader, ScheduleStringsGetIds) {
  const auto read = read_xml(m2m("scl", "<m2m:schedule><scheduleString>* * * * *</scheduleString><m2m:scheduleString id='s1'>1 * * * *</m2m:scheduleString>"
                                        "<m2m:scheduleString>2 * * * *</m2m:scheduleString></m2m:schedule>"));
  const auto& list = read.find("schedule")->find("scheduleString")->list();
  ASSERT_EQ(list.size(), 3u);
  EXPECT_EQ(list[0].find("id")->text(), "s2");
  EXPECT_EQ(list[1].find("id")->text(), "s1");
  EXPECT_EQ(list[2].find("id")->text(), "s3");
}

TEST(XmlReader, FilterCriteriaOfBothVersions) {
  const auto v1 = read_xml(m2m("subscription", "<m2m:filterCriteria xsi:type='m2m:ContentInstanceFilterCriteriaType'><createdSince>2013-01-11T10:00:00Z</createdSince>"
      "<createdUntil>2013-01-12T10:00:00Z</createdUntil><ifMatch>a</ifMatch><ifMatch>b</ifMatch><creator>x</creator></m2m:filterCriteria>"));
  const auto* filter = v1.find("filterCriteria");
  EXPECT_EQ(*filter->find("createdAfter"), Value(at("2013-01-11T10:00:00Z")));
  EXPECT_EQ(*filter->find("createdBefore"), Value(at("2013-01-12T10:00:00Z")));
  EXPECT_EQ(filter->find("ifMatch")->list().size(), 2u);
  EXPECT_EQ(filter->find("attributeAccessor"), nullptr);
  for (const auto* name : {"FilterCriteriaType", "ContentInstancesFilterCriteriaType"}) {
    const auto v2 = read_xml(m2m("subscription", "<m2m:filterCriteria xsi:type='m2m:" + std::string(name) + "'><attributeAccessor/><sizeFrom>1</sizeFrom></m2m:filterCriteria>"));
    EXPECT_EQ(*v2.find("filterCriteria")->find("sizeFrom"), Value(1));
    EXPECT_EQ(v2.find("filterCriteria")->find("attributeAccessor"), nullptr) << "an empty accessor says nothing";
  }
  expect_bad_xml(m2m("subscription", "<m2m:filterCriteria><createdSince>2013-01-11T10:00:00Z</createdSince><createdAfter>2013-01-11T10:00:00Z</createdAfter></m2m:filterCriteria>"), "twice");
}

TEST(XmlReader, AnnounceToWithoutSclList) {
  const auto read = read_xml(m2m("container", "<m2m:announceTo><m2m:activated>false</m2m:activated><m2m:global>false</m2m:global></m2m:announceTo>"));
  EXPECT_EQ(*read.find("announceTo")->find("activated"), Value(false));
}

TEST(XmlReader, AccessRightHolders) {
  const auto read = read_xml(m2m("accessRight", "<m2m:selfPermissions><m2m:permission m2m:id='world'><m2m:permissionFlags><m2m:flag>READ</m2m:flag></m2m:permissionFlags>"
      "<m2m:permissionHolders><m2m:all> </m2m:all></m2m:permissionHolders></m2m:permission></m2m:selfPermissions>"));
  const auto& permission = read.find("selfPermissions")->find("permission")->list().at(0);
  EXPECT_EQ(permission.find("id")->text(), "world");
  EXPECT_EQ(*permission.find("permissionHolders")->find("all"), Value(Object{}));
  expect_bad_xml(m2m("accessRight", "<m2m:permissions><m2m:permission><m2m:permissionFlags/></m2m:permission></m2m:permissions>"), "lacks 'permissionHolders'");
  expect_bad_xml(m2m("accessRight", "<m2m:permissions><m2m:permission><m2m:permissionFlags/><m2m:permissionHolders><m2m:all>x</m2m:all></m2m:permissionHolders></m2m:permission></m2m:permissions>"), "must be empty");
}

TEST(XmlReader, ContactInfoWithBothMembers) {
  const auto read = read_xml(m2m("m2mPoc", "<m2m:contactInfo><m2m:contactURI>http://h/</m2m:contactURI><m2m:other>x</m2m:other></m2m:contactInfo>"));
  EXPECT_EQ(text_at(read, {"contactInfo", "contactURI"}), "http://h/");
  EXPECT_EQ(text_at(read, {"contactInfo", "other"}), "x");
}

TEST(XmlReader, AnyTypeStandsAlone) {
  const auto any = [](std::string_view inner) {
    return std::string(text_at(read_xml(m2m("application", "<m2m:locRequestor xmlns:l='urn:l' xsi:type='xsi:string'>" + std::string(inner) + "</m2m:locRequestor>")), {"locRequestor"}));
  };
  EXPECT_EQ(any("msisdn &amp; more"), "msisdn &amp; more");
  EXPECT_EQ(any("<l:who l:a='1' b=\"&quot;2\"><l:x/>t</l:who>"), "<l:who xmlns:l=\"urn:l\" l:a=\"1\" b=\"&quot;2\"><l:x/>t</l:who>");
  EXPECT_EQ(any("<who/><m2m:x/>"), "<who/><m2m:x xmlns:m2m=\"http://uri.etsi.org/m2m\"/>");
  expect_bad_xml(m2m("application", "<m2m:locRequestor><u:x/></m2m:locRequestor>"), "not declared");
  expect_bad_xml(m2m("application", "<m2m:locRequestor><x xmlns:p='urn:p' xmlns:q='urn:p' p:a='1' q:a='2'/></m2m:locRequestor>"), "twice");
}

TEST(XmlReader, RootMayCarryItsXsiTypeAndSchemaLocation) {
  read_xml(m2m("container", "", " xsi:type='m2m:Container' xsi:schemaLocation='http://uri.etsi.org/m2m container.xsd'"));
}

TEST(XmlReader, ErrorsNameTheElement) {
  expect_bad_xml(m2m("container", "<m2m:foo/>"), "element 'foo' is not part of 'container'; remove it");
  expect_bad_xml(m2m("container", "<m2m:maxByteSize>1</m2m:maxByteSize><m2m:maxByteSize>1</m2m:maxByteSize>"), "element 'maxByteSize' occurs twice");
  expect_bad_xml(m2m("container", "", " colour='red'"), "attribute 'colour' is not known here");
  expect_bad_xml(m2m("container", "", " id='a' m2m:id='a'"), "given twice");
  expect_bad_xml(m2m("container", "words"), "must not hold text");
  expect_bad_xml(m2m("container", "<m2m:maxByteSize a='1'>1</m2m:maxByteSize>"), "attribute 'a'");
  expect_bad_xml(m2m("container", "<m2m:maxByteSize><m2m:x/></m2m:maxByteSize>"), "must hold text only");
  expect_bad_xml(m2m("fridge", ""), "document element 'fridge' does not belong here");
  expect_bad_xml(m2m("container", "", " m2m:id='a b'"), "attribute 'm2m:id' must be a name");
  expect_bad_xml(m2m("group", "<m2m:maxNrOfMembers>0</m2m:maxNrOfMembers>"), "must be 1 or more");
  expect_bad_xml(m2m("container", "<m2m:accessRightID>a b</m2m:accessRightID>"), "URI");
}

TEST(XmlReader, OneAttributeAlone) {
  const model::Field field{.name = "searchStrings", .type = &model::types::search_strings};
  const auto read = codec::decode_attribute(codec::Format::xml, m2m("searchStrings", "<m2m:searchString>a</m2m:searchString>"), field);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->find("searchString")->list().size(), 1u);
  EXPECT_FALSE(codec::decode_attribute(codec::Format::xml, m2m("members", ""), field));
}

TEST(XmlReader, DocumentElementIsTold) {
  EXPECT_TRUE(codec::has_document_element(codec::Format::xml, m2m("contentInstance", ""), "contentInstance"));
  EXPECT_FALSE(codec::has_document_element(codec::Format::xml, m2m("contentInstances", ""), "contentInstance"));
  EXPECT_FALSE(codec::has_document_element(codec::Format::xml, "<contentInstance>", "contentInstance"));
  EXPECT_FALSE(codec::has_document_element(codec::Format::xml, "21.5", "contentInstance"));
  EXPECT_FALSE(codec::has_document_element(codec::Format::xml, "", "contentInstance"));
}

}  // namespace
}  // namespace nscl::test
