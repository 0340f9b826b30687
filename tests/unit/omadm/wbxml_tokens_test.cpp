// SPDX-License-Identifier: Apache-2.0
// The walk over tokens alone: texts in every form, bounds.
#include <vector>

#include <gtest/gtest.h>

#include "wbxml_octets.h"
#include "wbxml_tokens.h"

namespace nscl::rem::omadm {
namespace {

using namespace wbxml;

const std::string table = std::string("one\0two", 7);
const std::string with_table = std::string("\x02\xA4\x01\x6A\x07", 5) + table;

/// The texts of a document, opaque ones in brackets; or all that is found.
class Found final : public WbxmlHandler {
 public:
  Result<void> begin(std::uint32_t number, std::string_view name) override {
    language = std::to_string(number) + std::string(name);
    return {};
  }
  Result<void> open(std::uint8_t page, std::uint8_t token) override {
    elements += '<' + std::to_string(page) + ':' + std::to_string(token);
    return refused == token ? failure(Status::conflict, "no") : Result<void>();
  }
  Result<void> text(std::string_view given, bool is_opaque) override {
    texts.push_back(is_opaque ? "[" + std::string(given) + "]" : std::string(given));
    return given == "no" ? failure(Status::conflict, "no") : Result<void>();
  }
  void close() override { elements += '>'; }

  std::vector<std::string> texts;
  std::string language, elements;
  std::uint8_t refused = 0;
};

/// The texts of a document; what is wrong instead.
std::vector<std::string> texts_in(std::string_view octets, const WbxmlBounds& bounds = {}) {
  Found out;
  const auto walked = walk_wbxml(octets, bounds, out);
  if (!walked) return {walked.error().detail};
  return out.texts;
}

TEST(WbxmlTokens, TextsInEveryForm) {
  std::string document = with_table + octet(0x40u | item);
  for (const auto& form : {text("a"), octet(0x83) + octet(0), octet(0x83) + octet(4), octet(0x83) + octet(1), opaque("b"), octet(2) + octet(0x41), octet(2) + "\x81\x69",
                           octet(2) + "\x87\xED\x34", text(""), opaque("")}) {
    document += element(data, form);
  }
  EXPECT_EQ(texts_in(document + octet(0x01)), (std::vector<std::string>{"a", "one", "two", "ne", "[b]", "A", "\xC3\xA9", "\xF0\x9F\x9A\xB4"}));
  EXPECT_EQ(texts_in(with_table + element(data, text("a") + octet(0x83) + octet(0) + octet(0) + octet(1) + text("b") + octet(item) + text("c") + opaque("d"))),
            (std::vector<std::string>{"aoneb", "[cd]"}));
  EXPECT_EQ(texts_in(head + element(data, octet(2) + octet(0))), (std::vector<std::string>{std::string(1, '\0')}));
}

TEST(WbxmlTokens, ReferencesToNothing) {
  EXPECT_NE(texts_in(with_table + element(data, octet(0x83) + octet(7)))[0].find("table"), std::string::npos);
  EXPECT_NE(texts_in(head + element(data, octet(0x83) + octet(0)))[0].find("table"), std::string::npos);
  for (const std::string_view code : {std::string_view("\x83\xB0\0", 3), std::string_view("\xC4\x80\0", 3), std::string_view("\x8F\xFF\xFF\xFF\x7F")}) {
    const auto seen = texts_in(head + element(data, octet(2) + std::string(code)));
    EXPECT_NE(seen[0].find("no character"), std::string::npos) << seen[0];
  }
}

TEST(WbxmlTokens, TextOutsideTheRoot) {
  EXPECT_NE(texts_in(head + text("a") + octet(data))[0].find("outside"), std::string::npos);
  EXPECT_NE(texts_in(head + octet(0x01))[0].find("no element"), std::string::npos);
  EXPECT_NE(texts_in(head)[0].find("cut off"), std::string::npos);
}

TEST(WbxmlTokens, Bounds) {
  const auto nested = [](std::size_t depth) { return head + std::string(depth, static_cast<char>(0x40 | item)) + std::string(depth, '\x01'); };
  EXPECT_TRUE(texts_in(nested(32)).empty());
  EXPECT_NE(texts_in(nested(33))[0].find("deeper"), std::string::npos);
  EXPECT_NE(texts_in(head + std::string(1'000'000, static_cast<char>(0x40 | item)))[0].find("deeper"), std::string::npos);
  const auto many = head + element(data, octet(item) + text("a") + octet(item) + text("b"));
  EXPECT_EQ(texts_in(many, {.tokens = 5}).size(), 2u);
  EXPECT_NE(texts_in(many, {.tokens = 4})[0].find("more than 4"), std::string::npos);
  EXPECT_EQ(texts_in(many, {.children = 4}).size(), 2u);
  EXPECT_NE(texts_in(many, {.children = 3})[0].find("more than 3 children"), std::string::npos);
  EXPECT_EQ(texts_in(many, {.text_octets = 2}).size(), 2u);
  EXPECT_NE(texts_in(many, {.text_octets = 1})[0].find("longer than 1"), std::string::npos);
}

// Pitfall 13: a table that is referred to again and again
TEST(WbxmlTokens, Expansion) {
  const std::string large(500'000, 'x');
  std::string document = std::string("\x02\xA4\x01\x6A\x9E\xC2\x20", 7) + large + octet(0x40u | data);
  for (int i = 0; i < 100'000; ++i) document += octet(0x83) + octet(0);
  EXPECT_NE(texts_in(document + octet(0x01))[0].find("longer than 8388608"), std::string::npos);
}

TEST(WbxmlTokens, ManyPageSwitchesAreCheap) {
  EXPECT_NE(texts_in(head + std::string(1'000'000, '\0'))[0].find("cut off"), std::string::npos);
  EXPECT_TRUE(texts_in(head + std::string(1'000'000, '\0') + octet(sync_ml)).empty());
}

TEST(WbxmlTokens, Elements) {
  Found found;
  ASSERT_TRUE(walk_wbxml(head + element(sync_ml, octet(data) + in_meta(format, text("chr")) + octet(0x40u | item) + octet(0x01)), {}, found));
  EXPECT_EQ(found.elements, "<0:45<0:15><0:26<1:7>><0:20>>");
  EXPECT_EQ(found.language, std::to_string(0x1201));
  ASSERT_TRUE(walk_wbxml(wbxml_header(0, "one") + octet(data), {}, found));
  EXPECT_EQ(found.language, "0one");
  EXPECT_EQ(wbxml_header(0x1201, {}), head);
}

TEST(WbxmlTokens, WhatIsRefusedEndsTheWalk) {
  for (const auto& body : {octet(data), element(data, text("a")), element(item, octet(data) + octet(meta)), element(item, text("no") + octet(meta)), element(item, text("no"))}) {
    Found found;
    found.refused = data;
    const auto walked = walk_wbxml(head + body, {}, found);
    ASSERT_FALSE(walked);
    EXPECT_EQ(walked.error().status, Status::conflict);
    EXPECT_EQ(found.elements.find('>'), std::string::npos) << found.elements;
  }
}

TEST(WbxmlTokens, Written) {
  WbxmlWriter out(head);
  out.open(0, item);
  out.open(0, meta);
  for (const auto* value : {"chr", "b64"}) {
    out.open(1, format);
    out.string(value);
    out.close();
  }
  out.close();
  out.open(0, data);
  out.opaque(std::string(200, 'x'));
  out.close();
  out.open(0, more_data);
  out.close();
  out.close();
  EXPECT_EQ(std::move(out).written(), head + element(item, element(meta, octet(0) + octet(1) + element(format, text("chr")) + element(format, text("b64"))) + octet(0) + octet(0) +
                                                               element(data, opaque(std::string(200, 'x'))) + octet(more_data)));
}

}  // namespace
}  // namespace nscl::rem::omadm
