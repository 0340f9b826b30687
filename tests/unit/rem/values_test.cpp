// SPDX-License-Identifier: Apache-2.0
// Values, event codes and identities.
#include <nscl/rem/tr069/device_id.h>
#include <nscl/rem/tr069/inform.h>
#include <nscl/rem/tr069/values.h>

#include <gtest/gtest.h>

namespace nscl::rem::tr069 {
namespace {

TEST(CwmpValues, Booleans) {
  for (const auto* yes : {"1", "true", " TRUE\n", "True"}) EXPECT_EQ(parse_boolean(yes), true) << yes;
  for (const auto* no : {"0", "false", "FALSE "}) EXPECT_EQ(parse_boolean(no), false) << no;
  for (const auto* neither : {"", "2", "yes", "truetrue", "t rue", "tru"}) EXPECT_EQ(parse_boolean(neither), std::nullopt) << neither;
  EXPECT_EQ(format_boolean(true), "1");
  EXPECT_EQ(format_boolean(false), "0");
  EXPECT_EQ(format_boolean(true, {.boolean_words = true}), "true");
  EXPECT_EQ(format_boolean(false, {.boolean_words = true}), "false");
}

TEST(CwmpValues, Integers) {
  EXPECT_EQ(parse_integer(" 300 "), 300);
  EXPECT_EQ(parse_integer("+7"), 7);
  EXPECT_EQ(parse_integer("-1"), -1);
  EXPECT_EQ(parse_integer("9223372036854775807"), INT64_MAX);
  for (const auto* wrong : {"", " ", "+", "-", "+-1", "--1", "1.0", "0x10", "1 2", "9223372036854775808", "ten"}) EXPECT_EQ(parse_integer(wrong), std::nullopt) << wrong;
}

TEST(CwmpValues, Times) {
  const auto noon = parse_date_time("2026-11-22T12:00:00Z");
  EXPECT_EQ(parse_time(" 2026-11-22T12:00:00 "), noon);
  EXPECT_EQ(parse_time("2026-11-22T14:00:00+02:00"), noon);
  EXPECT_EQ(parse_time("2026-11-22T12:00:00.000000Z"), noon);
  for (const auto* unknown : {"", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00", "0000-00-00T00:00:00Z", "never", "2026-11-22", "2026-13-01T00:00:00Z"})
    EXPECT_EQ(parse_time(unknown), std::nullopt) << unknown;
  const auto fraction = *parse_date_time("2026-11-22T12:00:00.007900Z");
  EXPECT_EQ(format_time(fraction), "2026-11-22T12:00:00Z");
  EXPECT_EQ(format_time(fraction, {.date_milliseconds = true}), "2026-11-22T12:00:00.007Z");
  EXPECT_EQ(format_time(*noon, {.date_milliseconds = true}), "2026-11-22T12:00:00.000Z");
}

TEST(CwmpEvents, EveryCodeIsReadBack) {
  for (int i = 0; i < static_cast<int>(Event::vendor); ++i) {
    const auto event = static_cast<Event>(i);
    EXPECT_FALSE(code_of(event).empty());
    EXPECT_EQ(event_of(code_of(event)), event) << code_of(event);
  }
  EXPECT_EQ(code_of(Event::vendor), "");
  EXPECT_EQ(code_of(Event::autonomous_du_state_change_complete), "12 AUTONOMOUS DU STATE CHANGE COMPLETE");
}

TEST(CwmpEvents, WrittenInOtherWays) {
  EXPECT_EQ(event_of(" 6  Connection  request"), Event::connection_request);
  EXPECT_EQ(event_of("1"), Event::boot);
  EXPECT_EQ(event_of("0BOOTSTRAP"), Event::bootstrap);
  EXPECT_EQ(event_of("10 whatever"), Event::autonomous_transfer_complete);
  EXPECT_EQ(event_of("m  schedule Inform"), Event::m_schedule_inform);
  EXPECT_EQ(event_of("M\tREBOOT "), Event::m_reboot);
  EXPECT_EQ(event_of("X 00A0C9 DOOR"), Event::vendor);
  EXPECT_EQ(event_of("x_00A0C9_DOOR"), Event::vendor);
  EXPECT_EQ(event_of("M X_00A0C9_Wash"), Event::vendor);
  for (const auto* wrong : {"", " ", "15 NEW", "99999999999999999999 A", "0010 A", "M", "M ", "M Dance", "MReboot", "X", "BOOT", "-1 BOOT"})
    EXPECT_EQ(event_of(wrong), Event::unknown) << wrong;
}

TEST(CwmpDeviceId, PrintableForm) {
  EXPECT_EQ(printable({.manufacturer = "any", .oui = "202BC1", .product_class = "BM632w", .serial_number = "000000"}), "202BC1-BM632w-000000");
  EXPECT_EQ(printable({.manufacturer = {}, .oui = "202BC1", .product_class = {}, .serial_number = "A_1"}), "202BC1-A_1");
  EXPECT_EQ(printable({.manufacturer = {}, .oui = "00 1", .product_class = "a-b", .serial_number = "c.d%"}), "00%201-a%2Db-c%2Ed%25");
}

TEST(CwmpDeviceId, AndBack) {
  const std::string parts[] = {"", "a", "-", "%", "a-b", "\xC3\xA4", "A_9.~", "%2D"};
  for (const auto& oui : parts) {
    for (const auto& product_class : parts) {
      for (const auto& serial : parts) {
        const auto text = printable({.manufacturer = {}, .oui = oui, .product_class = product_class, .serial_number = serial});
        const auto device = parse_device_id(text);
        ASSERT_TRUE(device) << text;
        EXPECT_EQ(device->oui, oui);
        EXPECT_EQ(device->product_class, product_class);
        EXPECT_EQ(device->serial_number, serial);
      }
    }
  }
  for (const auto* wrong : {"", "a", "a--b", "a-b-c-d", "a-%", "a-%2", "a-%2d", "a-%41", "a-b c", "a-b.c", "a-%00", "a-%FF"}) EXPECT_FALSE(parse_device_id(wrong)) << wrong;
}

}  // namespace
}  // namespace nscl::rem::tr069
