// SPDX-License-Identifier: Apache-2.0
// What is written: the order of elements, and every field there and back in both encodings. The tool of libwbxml2 reads the same.
#include <cstdio>
#include <cstdlib>

#include <gtest/gtest.h>

#include "omadm_support.h"

namespace nscl::rem::omadm {
namespace {

using Kind = CommandElement::Kind;

Item whole_item() {
  return {.target = "./a/b", .source = "./c", .source_name = "name", .meta = {.format = "chr", .type = "text/plain", .mark = "fatal", .next_nonce = "bm9uY2U=",
          .size = 12, .max_msg_size = 1, .max_obj_size = 2}, .data = " <v> & \"w\"\r\n\t\xC3\xA9 ]]> ", .more_data = true};
}

CommandElement command(Kind kind, std::string id) {
  CommandElement out{.kind = kind, .id = std::move(id)};
  out.items.push_back({.target = "./x"});
  return out;
}

/// Everything that a message can hold.
DmMessage whole_message() {
  DmMessage message;
  message.header = {.version_dtd = "1.2", .version_protocol = "DM/1.3", .session_id = "AB", .msg_id = "2", .target = "urn:dev:1", .source = "http://s/dm?a=1&b", .source_name = "us",
                    .resp_uri = "http://s/dm?s=1", .no_response = true, .cred = Cred{"syncml:auth-md5", "b64", "AAEC"}, .meta = {.max_msg_size = 65'536, .max_obj_size = 1 << 20}};
  message.is_final = true;
  message.body.emplace_back(StatusElement{.id = "1", .msg_ref = "2", .cmd_ref = "0", .cmd = "SyncHdr", .target_refs = {"t", "u"}, .source_refs = {"s"},
                                          .cred = Cred{"syncml:auth-basic", "b64", "eDp5"}, .chal = Chal{"syncml:auth-md5", "b64", "bm9uY2U="}, .data = "212", .items = {whole_item()}});
  message.body.emplace_back(ResultsElement{.id = "2", .msg_ref = "1", .cmd_ref = "4", .target_ref = "./t", .source_ref = "./s", .meta = {.type = "text/plain"}, .items = {whole_item(), Item{.source = "./e", .data = ""}}});
  for (const auto kind : {Kind::get, Kind::add, Kind::replace, Kind::remove, Kind::copy}) message.body.emplace_back(command(kind, "3"));
  auto exec = command(Kind::exec, "4");
  exec.correlator = "ei-1";
  exec.no_response = true;
  exec.meta.format = "int";
  auto alert = command(Kind::alert, "5");
  alert.data = "1226";
  alert.correlator = "c";
  CommandElement atomic{.kind = Kind::atomic, .id = "6"};
  atomic.commands = {exec, command(Kind::add, "7")};
  message.body.emplace_back(exec);
  message.body.emplace_back(alert);
  message.body.emplace_back(atomic);
  message.body.emplace_back(CommandElement{.kind = Kind::sequence, .id = "8", .commands = {atomic}});
  message.body.emplace_back(CommandElement{.name = "Search", .id = "9"});
  return message;
}

/// The XML that the command of libwbxml2 makes of `wbxml`; empty: it is not installed.
std::string decoded_by_the_tool(const std::string& wbxml) {
  const auto folder = std::filesystem::path(testing::TempDir());
  const auto in = (folder / "written_by_us.wbxml").string(), out = (folder / "written_by_us.xml").string();
  std::FILE* const file = std::fopen(in.c_str(), "wb");
  EXPECT_EQ(std::fwrite(wbxml.data(), 1, wbxml.size(), file), wbxml.size());
  std::fclose(file);
  const auto command = "wbxml2xml -k -m 0 -o '" + out + "' '" + in + "' >/dev/null 2>&1";
  const bool is_done = std::system(command.c_str()) == 0;
  auto text = is_done ? nscl::test::content_of(out) : std::string();
  std::filesystem::remove(in);
  std::filesystem::remove(out);
  return text;
}

TEST(SyncmlWriting, OrderOfElements) {
  EXPECT_EQ(written_dm(with_item(whole_item())),
            R"(<?xml version="1.0" encoding="UTF-8"?><SyncML xmlns="SYNCML:SYNCML1.2"><SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>1</SessionID>)"
            R"(<MsgID>1</MsgID><Target><LocURI>s</LocURI></Target><Source><LocURI>d</LocURI></Source></SyncHdr><SyncBody><Replace><CmdID>1</CmdID><Item><Target>)"
            R"(<LocURI>./a/b</LocURI></Target><Source><LocURI>./c</LocURI><LocName>name</LocName></Source><Meta><Format xmlns="syncml:metinf">chr</Format>)"
            R"(<Type xmlns="syncml:metinf">text/plain</Type><Mark xmlns="syncml:metinf">fatal</Mark><Size xmlns="syncml:metinf">12</Size>)"
            R"(<NextNonce xmlns="syncml:metinf">bm9uY2U=</NextNonce><MaxMsgSize xmlns="syncml:metinf">1</MaxMsgSize><MaxObjSize xmlns="syncml:metinf">2</MaxObjSize></Meta>)"
            "<Data> &lt;v&gt; &amp; \"w\"&#13;\n\t\xC3\xA9 ]]&gt; </Data><MoreData/></Item></Replace><Final/></SyncBody></SyncML>");
}

TEST(SyncmlWriting, ThereAndBack) {
  const auto message = whole_message();
  EXPECT_EQ(read_dm(written_dm(message)), message);
  EXPECT_EQ(read_dm(written_dm(message, Encoding::wbxml), Encoding::wbxml), message);
}

TEST(SyncmlWriting, OlderVersion) {
  auto message = with_item({.target = "./a", .data = "v"});
  message.header.version_dtd = "1.1";
  message.header.version_protocol = "DM/1.1";
  message.body.emplace_back(command(Kind::exec, "2"));
  EXPECT_NE(written_dm(message).find("SYNCML:SYNCML1.1"), std::string::npos);
  const auto wbxml = written_dm(message, Encoding::wbxml);
  EXPECT_TRUE(wbxml.starts_with(std::string("\x02\x9F\x53\x6A\x00", 5)));
  EXPECT_EQ(read_dm(wbxml, Encoding::wbxml), message);
  std::get<CommandElement>(message.body.back()).correlator = "ei-1";   // which it does not have
  EXPECT_EQ(written_dm(message, Encoding::wbxml), wbxml);
}

TEST(SyncmlWriting, HeaderOfWbxml) {
  EXPECT_TRUE(written_dm(with_item({}), Encoding::wbxml).starts_with(std::string("\x02\xA4\x01\x6A\x00", 5)));
}

TEST(SyncmlWriting, WhatCannotBeWritten) {
  const auto refused = [](const DmMessage& message) {
    for (const auto encoding : {Encoding::xml, Encoding::wbxml}) {
      const auto octets = write_message(message, encoding);
      ASSERT_FALSE(octets);
      EXPECT_EQ(octets.error().status, Status::internal_server_error);
    }
  };
  refused(with_item({.target = std::string("a\0b", 3)}));
  refused(with_item({.data = "\x01"}));
  refused(with_item({.data = "\xFF"}));
  auto message = with_item({});
  for (const auto* const name : {"", "a b", "x><y"}) {
    std::get<CommandElement>(message.body.front()) = CommandElement{.name = name};
    refused(message);
  }
  std::get<CommandElement>(message.body.front()) = CommandElement{.name = "Vendor"};
  EXPECT_TRUE(write_message(message, Encoding::xml));
  EXPECT_FALSE(write_message(message, Encoding::wbxml));   // no token
}

TEST(SyncmlWriting, TheToolReadsTheSame) {
  const auto message = whole_message();
  const auto text = decoded_by_the_tool(written_dm(message, Encoding::wbxml));
  if (text.empty()) GTEST_SKIP() << "no wbxml2xml (libwbxml2-utils)";
  auto seen = read_dm(text);
  // A line end of its XML is that of XML, and it turns a carriage return into one.
  const auto lf = [](Item& item) { if (item.data) std::erase(*item.data, '\r'); };
  auto expected = message;
  for (auto* const of : {&seen, &expected}) {
    for (auto& item : std::get<StatusElement>(of->body[0]).items) lf(item);
    for (auto& item : std::get<ResultsElement>(of->body[1]).items) lf(item);
  }
  EXPECT_EQ(seen, expected);
}

}  // namespace
}  // namespace nscl::rem::omadm
