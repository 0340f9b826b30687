// SPDX-License-Identifier: Apache-2.0
// What libwbxml2 does to values, and that nothing of it happens here.
#include <nscl/base/bytes.h>

#include "omadm_support.h"
#include "wbxml.h"
#include "wbxml_language.h"
#include "wbxml_octets.h"

namespace nscl::rem::omadm {
namespace {

using namespace wbxml;

Item item_in(std::string_view octets) { return only_item(read_dm(octets, Encoding::wbxml)); }
Item item_with_data(std::string_view tokens) { return item_in(message_of_item(element(data, tokens))); }
Item there_and_back(const Item& item) { return item_in(written_dm(with_item(item), Encoding::wbxml)); }

// Pitfall 1, row 55: octets that are no text
TEST(WbxmlValues, OctetsAreBase64) {
  for (const std::string_view octets : {std::string_view("\0\xFF", 2), std::string_view("\0\xFF\0", 3), std::string_view("a\x01"), std::string_view("\xC3"), std::string_view("\0a", 2)}) {
    const auto item = item_with_data(opaque(octets));
    EXPECT_TRUE(item.is_base64);
    EXPECT_EQ(item.data, base64_encode(octets));
    EXPECT_EQ(octets_of(item), octets);
    EXPECT_EQ(there_and_back(item), item);
  }
  EXPECT_EQ(item_with_data(text("\xC3")).data, "ww==");   // a string of them is no better
  EXPECT_EQ(item_with_data(opaque("\xC3") + text("\xA9")), (Item{.data = "\xC3\xA9"}));
  EXPECT_EQ(item_with_data(text("a") + opaque("\xFF") + text("b")), (Item{.data = base64_encode("a\xFF""b"), .is_base64 = true}));
}

TEST(WbxmlValues, ZerosAtTheEnd) {
  EXPECT_EQ(item_with_data(opaque(std::string_view("chr\0", 4))), (Item{.data = "chr"}));
  EXPECT_EQ(item_with_data(opaque(std::string_view("\0\0", 2))), (Item{.data = ""}));
  const auto value = element(data, opaque(std::string_view("A\0", 2)));
  EXPECT_EQ(item_in(message_of_item(in_meta(format, text("bin")) + value)).data, "QQA=");
  EXPECT_EQ(item_in(message_of_item(in_meta(format, text("b64")) + value)).data, "A");
  EXPECT_EQ(item_in(message_of_item(value + octet(more_data))), (Item{.data = "QQA=", .is_base64 = true, .more_data = true}));
  EXPECT_EQ(item_in(message_of_item(element(source, element(loc_uri, opaque(std::string_view("./a\xFF\0", 5)))))).source, "./a\xEF\xBF\xBD");
}

// Pitfalls 2, 3, 4, 7: blanks, line ends, sections
TEST(WbxmlValues, TextsStayAsTheyAre) {
  for (const std::string_view value : {" a ", "\n", "a\nb", "a\r\nb\r", "a\tb", "]]>", "<![CDATA[x]]>", "</Data><Data>", "&amp;&#65;", "\xC3\xA9", "00000000", "0000000100000002", "deadbeef"}) {
    for (const auto& tokens : {text(value), opaque(value), text(value.substr(0, 1)) + opaque(value.substr(1))}) {
      EXPECT_EQ(item_with_data(tokens), (Item{.data = std::string(value)}));
    }
    const Item item{.target = std::string(value == "\n" || value == " a " || value.ends_with('\r') ? "./t" : value), .data = std::string(value)};
    EXPECT_EQ(there_and_back(item), item) << value;
  }
  EXPECT_EQ(item_with_data(""), (Item{.data = ""}));
  EXPECT_EQ(item_in(message_of_item(octet(data))), (Item{.data = ""}));
  EXPECT_EQ(item_in(message_of_item(octet(more_data))), (Item{.more_data = true}));
}

// Pitfall 7: what a client is used to
TEST(WbxmlValues, ValuesAreOpaqueAndCodesAreStrings) {
  auto message = with_item({.data = "v"});
  message.body.emplace_back(StatusElement{.data = "200"});
  const auto octets = written_dm(message, Encoding::wbxml);
  EXPECT_NE(octets.find(element(data, opaque("v"))), std::string::npos);
  EXPECT_NE(octets.find(element(data, text("200"))), std::string::npos);
}

// Pitfall 5: the Type says what the value is
TEST(WbxmlValues, TreesOfNodes) {
  const std::string tree = R"(<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD></MgmtTree>)";
  for (const auto* const type : {"application/vnd.syncml.dmtnds+xml", "application/vnd.syncml-devinf+xml", "text/xml", "text/x-vcard", "application/vnd.syncml.dmtnds+wbxml"}) {
    const Item item{.target = "./Inbox", .meta = {.format = "xml", .type = type}, .data = tree};
    EXPECT_EQ(there_and_back(item), item);
  }
}

TEST(WbxmlValues, TreesInADocumentOfTheirOwn) {
  const std::string tree = R"(<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD><Node><NodeName>a</NodeName><Value> v &amp; </Value></Node></MgmtTree>)";
  const auto inner = encoded_document(tree);
  ASSERT_TRUE(inner);
  const auto typed = in_meta(type, text("application/vnd.syncml.dmtnds+wbxml"));
  const auto item = item_in(message_of_item(typed + element(data, opaque(*inner))));
  EXPECT_EQ(item.meta.type, "application/vnd.syncml.dmtnds+xml");
  EXPECT_EQ(item.data, tree);
  EXPECT_FALSE(item.is_base64);
  const auto cut = std::string_view(*inner).substr(0, inner->size() - 3);
  EXPECT_EQ(item_in(message_of_item(typed + element(data, opaque(cut)))).data, base64_encode(cut));
  EXPECT_EQ(item_in(message_of_item(element(data, opaque(*inner)))).data, base64_encode(*inner));   // nobody said so
}

// SyncML has no page for their names; what it has may stand in a value.
TEST(WbxmlReading, TreesAsElements) {
  const auto tree = octet(0) + octet(2) + element(0x09, element(0x1B, text("1.2"))) + octet(0) + octet(0);   // MgmtTree, VerDTD
  expect_bad_message(message_of_item(element(data, tree)), Encoding::wbxml, "does not know");
  EXPECT_EQ(item_with_data(text("\n") + octet(more_data)).data, "\n<MoreData/>");
  EXPECT_EQ(item_with_data(octet(0) + octet(1) + element(format, text("<")) + octet(0) + octet(0)).data, R"(<Format xmlns="syncml:metinf">&lt;</Format>)");
}

// Pitfall 6
TEST(WbxmlValues, Nonces) {
  const auto nonce = [](std::string_view tokens) {
    const auto message = read_dm(message_with(element(status, element(chal, in_meta(next_nonce, tokens)))), Encoding::wbxml);
    return element_at<StatusElement>(message, 0).chal.value_or(Chal{}).next_nonce;
  };
  EXPECT_EQ(nonce(text("bm9uY2U=")), "bm9uY2U=");
  EXPECT_EQ(nonce(opaque("nonce")), "bm9uY2U=");
  EXPECT_EQ(nonce(opaque(std::string_view("\0\xFF", 2))), "AP8=");
}

TEST(WbxmlValues, CredentialsAsOctets) {
  const auto header = [](std::string_view tokens) {
    return read_dm(head + element(sync_ml, element(sync_hdr, element(session_id, text("1")) + element(msg_id, text("1")) + element(source, element(loc_uri, text("d"))) +
                                                                 element(cred, element(data, tokens))) + octet(sync_body)), Encoding::wbxml).header.cred.value_or(Cred{}).data;
  };
  EXPECT_EQ(header(text("AAEC")), "AAEC");
  EXPECT_EQ(header(opaque("AAEC")), "AAEC");
  EXPECT_EQ(header(opaque(std::string_view("\x00\x01\x02\xFF", 4))), "AAEC/w==");
}

// Pitfall 8, row 55: an unknown tag
TEST(WbxmlReading, UnknownTags) {
  expect_bad_message(message_with(octet(0x30)), Encoding::wbxml, "");   // reserved
  expect_bad_message(message_with(octet(0x3F)), Encoding::wbxml, "does not know");
  expect_bad_message(message_with(octet(0) + octet(7) + octet(0x05)), Encoding::wbxml, "");
  expect_bad_message(message_of_item(element(data, octet(0x3E))), Encoding::wbxml, "does not know");
}

// Pitfall 9, and what else SyncML does not use
TEST(WbxmlReading, AttributesAndExtensions) {
  for (const unsigned token : {0x04u, 0x44u, 0x84u, 0xC4u, 0x40u, 0x43u, 0x80u, 0xC0u, 0xC1u, 0x8Fu, 0xCFu}) {
    expect_bad_message(message_with(octet(token) + octet(0x01)), Encoding::wbxml, "SyncML does not use");
  }
}

// Pitfall 10, row 55: truncated; and a length of 4 GB
TEST(WbxmlReading, CutOffAnywhere) {
  const auto whole = message_of_item(in_meta(format, text("chr")) + element(data, opaque("value")));
  ASSERT_TRUE(read_message(whole, Encoding::wbxml));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto message = read_message(whole.substr(0, size), Encoding::wbxml);
    ASSERT_FALSE(message) << size;
    EXPECT_EQ(message.error().status, Status::bad_request);
  }
}

TEST(WbxmlReading, LengthsBeyondTheEnd) {
  for (const std::string_view length : {"\x8F\xFF\xFF\xFF\x7F", "\x8F\xFF\xFF\xFF\x7E", "\x87\xFF\xFF\xFF\x7F", "\x7F", "\x81\x80\x00"}) {
    expect_bad_message(message_of_item(octet(0x40u | data) + octet(0xC3) + std::string(length) + "abc"), Encoding::wbxml, "cut off");
  }
  expect_bad_message(message_of_item(octet(0x40u | data) + octet(0xC3) + "\x90\x80\x80\x80\x00" + "abc"), Encoding::wbxml, "32 bits");
  expect_bad_message(message_of_item(octet(0x40u | data) + octet(0xC3) + "\xFF\xFF\xFF\xFF\xFF\xFF"), Encoding::wbxml, "32 bits");
}

// Pitfall 11: base64 is text; octets are sent as they are if they are marked as such
TEST(WbxmlValues, BinaryValues) {
  const Item text_of_it{.target = "./b", .meta = {.format = "b64"}, .data = "AAEC/w=="};
  EXPECT_NE(written_dm(with_item(text_of_it), Encoding::wbxml).find("AAEC/w=="), std::string::npos);
  EXPECT_EQ(there_and_back(text_of_it), text_of_it);
  const Item octets{.target = "./b", .meta = {.format = "bin"}, .data = "AAEC/w==", .is_base64 = true};
  EXPECT_NE(written_dm(with_item(octets), Encoding::wbxml).find(opaque(std::string_view("\x00\x01\x02\xFF", 4))), std::string::npos);
  EXPECT_EQ(there_and_back(octets), octets);
}

// 3.8: the tokens are those that rem.md tells, and those of the library
TEST(WbxmlLanguages, TokensAreTheLibrarys) {
  const auto& syncml = WbxmlLanguage::syncml_1_2();
  const std::pair<const char*, unsigned char> some[] = {{"Add", 0x05}, {"SyncML", sync_ml}, {"SyncHdr", sync_hdr}, {"Data", data}, {"MoreData", more_data}, {"Correlator", 0x3C}};
  for (const auto& [name, token] : some) {
    EXPECT_EQ(syncml.token(0, name), token) << name;
    EXPECT_EQ(syncml.name(0, token), name);
  }
  EXPECT_EQ(syncml.token(1, "NextNonce"), next_nonce);
  EXPECT_EQ(syncml.token(1, "FieldLevel"), 0x16);
  EXPECT_EQ(syncml.name_space(0), "SYNCML:SYNCML1.2");
  EXPECT_EQ(syncml.name_space(1), "syncml:metinf");
  EXPECT_EQ(WbxmlLanguage::syncml_1_1().name_space(0), "SYNCML:SYNCML1.1");
  EXPECT_EQ(WbxmlLanguage::syncml_1_1().token(0, "Correlator"), 0);
  EXPECT_EQ(syncml.header(), head);
  for (const auto& [page, name] : {std::pair<std::uint8_t, const char*>{0, "NextNonce"}, {1, "Data"}, {2, "Data"}, {200, "Data"}, {0, "unknown"}, {0, ""}}) EXPECT_EQ(syncml.token(page, name), 0) << name;
  for (const unsigned token : {0x00u, 0x04u, 0x30u, 0x3Du, 0x3Fu, 0xFFu}) EXPECT_EQ(syncml.name(0, static_cast<std::uint8_t>(token)), "") << token;
  std::size_t count = 0;
  for (std::uint8_t token = 0; token < 0x40; ++token) count += !syncml.name(0, token).empty();
  EXPECT_EQ(count, 55u);
}

TEST(WbxmlLanguages, ByNumberOrName) {
  const auto of = [](std::uint32_t number, std::string_view name) { return WbxmlLanguage::of(number, name).value_or(nullptr); };
  EXPECT_EQ(of(0x1201, ""), &WbxmlLanguage::syncml_1_2());
  EXPECT_EQ(of(0, "-//SYNCML//DTD SyncML 1.1//EN"), &WbxmlLanguage::syncml_1_1());
  EXPECT_EQ(of(0, "-//OMA//DTD-DM-DDF 1.2//EN")->token(2, "MgmtTree"), 0x20);
  EXPECT_EQ(of(0x1203, "")->name_space(0), "syncml:devinf");
  EXPECT_EQ(of(0x1202, "")->token(1, "Mark"), 0x0B);
  for (const std::uint32_t number : {1u, 0xFFFu, 0xFFFFFFFFu}) EXPECT_EQ(of(number, ""), &WbxmlLanguage::syncml_1_2()) << number;
  EXPECT_EQ(of(0, "abc"), &WbxmlLanguage::syncml_1_2());
  EXPECT_EQ(of(4, ""), nullptr);   // WML
  EXPECT_EQ(of(0, "-//WAPFORUM//DTD PROV 1.0//EN"), nullptr);
}

// Our own writer and the library's, where the latter changes nothing
TEST(WbxmlLanguages, WhatIsWrittenIsWhatTheLibraryWrites) {
  DmMessage message;
  message.header = {.session_id = "1", .msg_id = "2", .target = "imei:1", .source = "http://h/dm", .source_name = "n", .resp_uri = "http://h/dm?s=1", .no_response = true};
  message.header.cred = Cred{"syncml:auth-md5", "b64", "Zm9v"};
  message.header.meta = {.max_msg_size = 16384, .max_obj_size = 1u << 20};
  message.body.emplace_back(StatusElement{.id = "1", .msg_ref = "1", .cmd_ref = "0", .cmd = "SyncHdr", .target_refs = {"a", "b"}, .source_refs = {"c"},
                                          .chal = Chal{"syncml:auth-md5", "b64", "bm9uY2U="}, .data = "212", .items = {{.target = "./t", .data = "v"}}});
  message.body.emplace_back(ResultsElement{.id = "2", .msg_ref = "1", .cmd_ref = "4", .meta = {.format = "chr"}, .items = {{.source = "./a", .data = "v"}}});
  const Item value{.target = "./a/b", .meta = {.format = "chr"}, .data = std::string(300, 'v')}, empty{.target = "./a/c", .data = ""}, none{.source = "./s"};
  using Kind = CommandElement::Kind;
  for (const auto kind : {Kind::get, Kind::add, Kind::replace, Kind::remove, Kind::copy, Kind::exec, Kind::alert}) {
    message.body.emplace_back(CommandElement{.kind = kind, .id = "3", .data = kind == Kind::alert ? "1226" : "", .correlator = "c", .items = {value, empty, none}});
  }
  CommandElement atomic{.kind = Kind::atomic, .id = "4"};
  atomic.commands = {{.kind = Kind::add, .id = "5", .items = {value}}, {.kind = Kind::sequence, .id = "6", .commands = {{.kind = Kind::get, .id = "7", .items = {none}}}}};
  message.body.emplace_back(std::move(atomic));
  message.is_final = true;
  for (const auto* const version : {"1.2", "1.1"}) {
    message.header.version_dtd = version;
    EXPECT_EQ(written_dm(message, Encoding::wbxml), encoded_document(written_dm(message, Encoding::xml))) << version;
  }
}

TEST(WbxmlReading, Languages) {
  const auto body = body_with(octet(0x12));
  const std::string zero(1, '\0');
  for (const auto& header : {std::string("\x02\x9F\x53\x6A\0", 5), std::string("\x03\xA4\x01\x6A\0", 5), std::string("\x01\xA4\x01\x6A\0", 5), std::string("\x02\xA4\x01\x03\0", 5),
                             std::string("\x02\xA4\x01\0\0", 5), std::string("\x02\x01\x6A\0", 4), std::string("\x02\x9F\x7F\x6A\0", 5),
                             std::string("\x02\0\0\x6A\x1D", 5) + "-//SYNCML//DTD SyncML 1.2//EN", std::string("\x02\0\x02\x6A\x20", 5) + "ab-//SYNCML//DTD SyncML 1.2//EN" + zero,
                             std::string("\x02\0\0\x6A\x03", 5) + "abc"}) {
    EXPECT_TRUE(read_dm(header + body, Encoding::wbxml).is_final);
  }
  expect_bad_message(std::string("\x04\xA4\x01\x6A\0", 5) + body, Encoding::wbxml, "1.1 to 1.3");
  expect_bad_message(std::string("\x02\xA4\x01\x04\0", 5) + body, Encoding::wbxml, "UTF-8");
  expect_bad_message(std::string("\x02\0\x03\x6A\x03", 5) + "abc" + body, Encoding::wbxml, "table");
  expect_bad_message(std::string("\x02\x04\x6A\0", 4) + body, Encoding::wbxml, "");   // WML
  EXPECT_TRUE(read_dm(head + body + zero + zero, Encoding::wbxml).is_final);
  expect_bad_message(head + body + "x", Encoding::wbxml, "behind its end");
}

TEST(WbxmlDocument, ClientProvisioning) {
  if (!std::filesystem::exists(dm_recordings())) GTEST_SKIP() << "no recordings at " << dm_recordings();
  auto xml = nscl::test::content_of(dm_recordings() / "dm-own-bootstrap-w7.xml");
  std::erase(xml, '\n');
  const auto wbxml = encoded_document(xml);
  ASSERT_TRUE(wbxml) << wbxml.error().detail;
  EXPECT_EQ(*wbxml, nscl::test::content_of(dm_recordings() / "dm-own-bootstrap-w7.wbxml"));
  EXPECT_FALSE(encoded_document("<nothing/>"));
  EXPECT_FALSE(encoded_document("<SyncML"));
  EXPECT_FALSE(encoded_document(""));
}

}  // namespace
}  // namespace nscl::rem::omadm
