// SPDX-License-Identifier: Apache-2.0
// How liberal the reader of SyncML is, and where that ends.
#include "omadm_support.h"

namespace nscl::rem::omadm {
namespace {

using Kind = CommandElement::Kind;

TEST(SyncmlReading, AnyOrderAndAnyNameSpace) {
  const auto message = read_dm(
      "\xEF\xBB\xBF<?xml version='1.0'?>\n<s:SyncML xmlns:s='SYNCML:SYNCML1.1' xmlns:m='whatever'>\n <s:SyncBody>\n  <s:Final/>"
      "<s:Alert><s:Item><s:Data> a b </s:Data><s:Meta><m:Type> urn:x </m:Type><m:Mark>minor</m:Mark></s:Meta><s:Source><s:LocName>n</s:LocName><s:LocURI> ./a </s:LocURI></s:Source></s:Item>"
      "<s:Correlator>c</s:Correlator><s:Data> 1226 </s:Data><s:CmdID>3</s:CmdID></s:Alert> </s:SyncBody>"
      "<s:SyncHdr><s:Source><s:LocURI>d</s:LocURI><s:LocName>user</s:LocName></s:Source><s:MsgID>7</s:MsgID><s:SessionID>A2</s:SessionID><s:VerProto>DM/1.1</s:VerProto>"
      "<s:VerDTD>1.1</s:VerDTD></s:SyncHdr></s:SyncML>\n");
  EXPECT_EQ(message.header, (SyncHdr{.version_dtd = "1.1", .version_protocol = "DM/1.1", .session_id = "A2", .msg_id = "7", .source = "d", .source_name = "user"}));
  EXPECT_TRUE(message.is_final);
  const auto& alert = element_at<CommandElement>(message, 0);
  EXPECT_EQ(alert.kind, Kind::alert);
  EXPECT_EQ(alert.id + alert.data + alert.correlator, "31226c");
  EXPECT_EQ(only_item(message), (Item{.source = "./a", .source_name = "n", .meta = {.type = "urn:x", .mark = "minor"}, .data = " a b "}));
}

TEST(SyncmlReading, Values) {
  const auto data = [](std::string_view inner) { return only_item(read_dm(in_syncml("<Replace><Item>" + std::string(inner) + "</Item></Replace>"))).data; };
  EXPECT_EQ(data(""), std::nullopt);
  EXPECT_EQ(data("<Data/>"), "");
  EXPECT_EQ(data("<Data></Data>"), "");
  EXPECT_EQ(data("<Data>   </Data>"), "   ");
  EXPECT_EQ(data("<Data> a\n<![CDATA[<b>&amp;]]>&lt;</Data>"), " a\n<b>&amp;<");
  EXPECT_EQ(data("<Data><MgmtTree xmlns=\"syncml:dmddf1.2\" a='\"'><x/>&amp;<![CDATA[<]]></MgmtTree></Data>"),
            "<MgmtTree xmlns=\"syncml:dmddf1.2\" a=\"&quot;\"><x/>&amp;&lt;</MgmtTree>");
  EXPECT_EQ(data("<Data>a & b\x01</Data>"), "a & b\xEF\xBF\xBD");   // read in a second pass
  EXPECT_EQ(data(std::string("<Data>a\0b\0</Data>", 17)), "ab");
}

TEST(SyncmlReading, MetaInAnElementOfItsOwn) {
  const auto item = only_item(read_dm(in_syncml("<Add><Item><Meta><MetInf><Format>b64</Format><Size> 12 </Size><MaxObjSize>x</MaxObjSize></MetInf></Meta></Item></Add>")));
  EXPECT_EQ(item.meta, (Meta{.format = "b64", .size = 12}));
}

TEST(SyncmlReading, CommandsThatAreNone) {
  const auto message = read_dm(in_syncml("<Put><CmdID>1</CmdID></Put><Sync><CmdID>2</CmdID><Add><CmdID>3</CmdID></Add></Sync><Vendor><CmdID>4</CmdID></Vendor><Get><CmdID>5</CmdID><NoResp/></Get>"));
  EXPECT_EQ(name_of(element_at<CommandElement>(message, 0)), "Put");
  EXPECT_EQ(element_at<CommandElement>(message, 1).commands.at(0).id, "3");
  EXPECT_EQ(element_at<CommandElement>(message, 2).kind, Kind::other);
  EXPECT_EQ(element_at<CommandElement>(message, 2).name, "Vendor");
  EXPECT_TRUE(element_at<CommandElement>(message, 3).no_response);
}

TEST(SyncmlReading, Codes) {
  const auto code = [](std::string text) { return StatusElement{.data = std::move(text)}.code(); };
  EXPECT_EQ(code("200"), 200);
  EXPECT_EQ(code(" 404\n"), 404);
  EXPECT_EQ(code("0"), 0);
  for (const auto* const none : {"", "OK", "-1", "200a", "99999", "99999999999999999999"}) EXPECT_EQ(code(none), 0) << none;
}

TEST(SyncmlReading, DocumentTypes) {
  EXPECT_EQ(only_item(read_dm("<?xml version=\"1.0\"?>\n<!DOCTYPE SyncML PUBLIC \"-//SYNCML//DTD SyncML 1.2//EN\" \"http://x.example/a.dtd\">\n" +
                              in_syncml("<Get><Item/></Get>"))),
            Item{});
  expect_bad_message("<!DOCTYPE SyncML [<!ENTITY a \"b\">]>" + in_syncml("<Get/>"), Encoding::xml, "declarations of its own");
  expect_bad_message("<!DOCTYPE SyncML SYSTEM \"a\"><!DOCTYPE b>" + in_syncml("<Get/>"), Encoding::xml, "document type");
  expect_bad_message("<!DOCTYPE SyncML", Encoding::xml, "expected");
}

// row 49: the family without ".dm"
TEST(SyncmlMediaType, Encodings) {
  const std::string xml = "<SyncML", wbxml = "\x02\xA4";
  for (const auto* const type : {"application/vnd.syncml.dm+xml", "application/vnd.syncml+xml", " Application/Vnd.SyncML.DM+XML ; charset=utf-8"}) {
    EXPECT_EQ(encoding_of(type, wbxml), Encoding::xml) << type;
  }
  for (const auto* const type : {"application/vnd.syncml.dm+wbxml", "application/vnd.syncml+wbxml;x=y"}) EXPECT_EQ(encoding_of(type, xml), Encoding::wbxml) << type;
  for (const auto* const type : {"", "text/plain", "application/vnd.syncml", "application/vnd.syncml.dm+json", "application/vnd.syncml.dmtnds+xml"}) {
    EXPECT_EQ(encoding_of(type, " \r\n" + xml), Encoding::xml) << type;
    EXPECT_EQ(encoding_of(type, "\xEF\xBB\xBF" + xml), Encoding::xml) << type;
    EXPECT_EQ(encoding_of(type, wbxml), Encoding::wbxml) << type;
    for (const std::string_view neither : {std::string_view(), std::string_view(" "), std::string_view("{}"), std::string_view("\0", 1), std::string_view("\x04"), std::string_view("\xFF")}) {
      EXPECT_EQ(encoding_of(type, neither), std::nullopt) << type << neither;
    }
  }
  EXPECT_EQ(media_type(Encoding::xml), "application/vnd.syncml.dm+xml");
  EXPECT_EQ(media_type(Encoding::wbxml), "application/vnd.syncml.dm+wbxml");
}

}  // namespace
}  // namespace nscl::rem::omadm
