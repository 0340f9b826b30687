// SPDX-License-Identifier: Apache-2.0
// Messages that are meant to hurt. Sizes are such that work by the square of the size would run into the test's time-out.
#include <random>

#include "omadm_support.h"
#include "wbxml_octets.h"

namespace nscl::rem::omadm {
namespace {

std::string repeated(std::string_view piece, std::size_t times) {
  std::string out;
  out.reserve(piece.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += piece;
  return out;
}

TEST(HostileSyncml, NoMessage) {
  for (const std::string_view text : {"", " ", "<", "<a/>", "<SyncML/>", "<SyncML><SyncHdr/></SyncML>", "<SyncML><SyncBody/></SyncML>", "<SyncML><SyncHdr/><SyncBody/></SyncML>",
                                      "<SyncML><SyncHdr><SessionID>1</SessionID><MsgID>1</MsgID></SyncHdr><SyncBody/></SyncML>", "<SyncBody/>", "<SyncML><SyncBody></SyncML>", "<!DOCTYPE a>",
                                      "<?xml version='1.0'?>", "<!--", "\x02", "\xFF\xFE<"}) {
    for (const auto encoding : {Encoding::xml, Encoding::wbxml}) expect_bad_message(text, encoding, "");
  }
}

TEST(HostileSyncml, Entities) {
  std::string laughs = "<!DOCTYPE lolz [<!ENTITY lol \"lol\">";
  for (char i = '1'; i <= '9'; ++i) laughs += std::string("<!ENTITY lol") + i + " \"" + repeated("&lol;", 10) + "\">";
  expect_bad_message(laughs + "]>" + in_syncml("<Get/>"), Encoding::xml, "document type");
  EXPECT_EQ(only_item(read_dm(in_syncml("<Get><Item><Data>&lol9;</Data></Item></Get>"))).data, "&lol9;");   // never expanded
  expect_bad_message("<?xml-stylesheet href='a'?>" + in_syncml("<Get/>"), Encoding::xml, "processing instructions");
}

TEST(HostileSyncml, Sizes) {
  expect_bad_message(std::string((1u << 20) + 1, 'a'), Encoding::xml, "larger than");
  expect_bad_message(std::string((1u << 20) + 1, '\x02'), Encoding::wbxml, "larger than");
  const auto small = in_syncml("<Get/>");
  EXPECT_TRUE(read_message(small, Encoding::xml, {.octets = small.size()}));
  expect_bad_message(small, Encoding::xml, "larger than", {.octets = small.size() - 1});
  const auto word = [](std::size_t size) { return in_syncml("<Get><CmdID>" + std::string(size, '1') + "</CmdID></Get>"); };
  EXPECT_TRUE(read_message(word(256), Encoding::xml));
  expect_bad_message(word(257), Encoding::xml, "CmdID is longer");
  const auto uri = [](std::size_t size) { return in_syncml("<Get><Item><Target><LocURI>" + std::string(size, 'a') + "</LocURI></Target></Item></Get>"); };
  EXPECT_TRUE(read_message(uri(4096), Encoding::xml));
  expect_bad_message(uri(4097), Encoding::xml, "LocURI is longer");
}

TEST(HostileSyncml, DepthAndCounts) {
  expect_bad_message(repeated("<a>", 300'000), Encoding::xml, "nested");
  expect_bad_message(in_syncml(repeated("<Atomic>", 31) + repeated("</Atomic>", 31)), Encoding::xml, "nested");
  EXPECT_TRUE(read_message(in_syncml(repeated("<Atomic>", 30) + repeated("</Atomic>", 30)), Encoding::xml));
  for (const std::string_view element : {"<Get/>", "<Status/>", "<Results/>", "<Vendor/>"}) {
    EXPECT_TRUE(read_message(in_syncml(repeated(element, 1000)), Encoding::xml)) << element;
    expect_bad_message(in_syncml(repeated(element, 1001)), Encoding::xml, "1000 commands");
  }
  expect_bad_message(in_syncml("<Atomic>" + repeated("<Get/>", 1000) + "</Atomic>"), Encoding::xml, "1000 commands");
  for (const std::string_view parent : {"Get", "Status", "Results"}) {
    const auto with = [&](std::size_t count) { return in_syncml("<" + std::string(parent) + ">" + repeated("<Item/>", count) + "</" + std::string(parent) + ">"); };
    EXPECT_TRUE(read_message(with(4000), Encoding::xml)) << parent;
    expect_bad_message(with(4001), Encoding::xml, "4000 items");
  }
  expect_bad_message(in_syncml("<Get>" + repeated("<a/>", 100'000) + "</Get>"), Encoding::xml, "elements");
}

// The decoder walks along all children of an element for each one more.
TEST(HostileSyncml, ManyChildrenInWbxml) {
  auto message = with_item({});
  auto& items = std::get<CommandElement>(message.body.front()).items;
  items.assign(4000, Item{.source = "./a", .meta = {.format = "chr", .type = "text/plain"}, .data = "v"});
  EXPECT_EQ(read_dm(written_dm(message, Encoding::wbxml), Encoding::wbxml), message);
  const auto children = [](std::size_t count) { return wbxml::message_of_item(repeated(wbxml::octet(wbxml::more_data), count)); };
  EXPECT_TRUE(read_message(children(4096), Encoding::wbxml));
  expect_bad_message(children(4097), Encoding::wbxml, "4096 children");
  (void)read_message(wbxml::message_with(repeated(wbxml::element(wbxml::item, repeated(wbxml::octet(wbxml::item), 4000)), 12)), Encoding::wbxml);
}

TEST(HostileSyncml, WorkGrowsWithTheSizeOnly) {
  constexpr std::size_t most = 1u << 18;
  const auto fill = [](std::string_view piece) { return repeated(piece, most / piece.size()); };
  for (const std::string_view piece : {"<?xml ", "<!--", "<![CDATA[", "&", "&#0;", "\x01", "<", "<a b='", "]]>", "<Get/>", "<a/>", "x<!---->"}) {
    (void)read_message(in_syncml("<Get><Item><Data>" + fill(piece) + "</Data></Item></Get>"), Encoding::xml);
    (void)read_message("<!DOCTYPE " + fill(piece), Encoding::xml);
  }
  const std::string pages("\x00\x01\x07\x00\x00\x14", 6), zero_text("\x03\x00", 2);
  for (const auto& piece : {wbxml::octet(wbxml::item), wbxml::octet(wbxml::data), pages, zero_text, wbxml::text("a"), wbxml::opaque("a"), wbxml::text("a") + wbxml::octet(wbxml::item),
                            wbxml::element(wbxml::item, wbxml::text("a")), wbxml::element(wbxml::item, ""), std::string("\x02\x41", 2), wbxml::octet(0x30), wbxml::octet(0)}) {
    (void)read_message(wbxml::message_with(fill(piece)), Encoding::wbxml);
    (void)read_message(wbxml::message_of_item(wbxml::element(wbxml::data, fill(piece))), Encoding::wbxml);
  }
}

TEST(HostileSyncml, MutationsOfAMessage) {
  auto whole = with_item({.target = "./a", .source = "./b", .meta = {.format = "chr", .type = "text/plain"}, .data = "value"});
  whole.body.emplace_back(StatusElement{.id = "1", .chal = Chal{"syncml:auth-md5", "b64", "bm9uY2U="}, .data = "200"});
  std::mt19937 random(7);
  for (const auto encoding : {Encoding::xml, Encoding::wbxml}) {
    const auto octets = written_dm(whole, encoding);
    for (int round = 0; round < 4'000; ++round) {
      auto changed = octets;
      for (auto changes = 1 + random() % 4; changes > 0; --changes) changed[random() % changed.size()] = static_cast<char>(random());
      const auto message = read_message(changed, encoding);
      if (!message) continue;
      const auto again = write_message(*message, Encoding::xml);
      ASSERT_TRUE(again) << again.error().detail;
    }
  }
}

}  // namespace
}  // namespace nscl::rem::omadm
