// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nscl/base/time.h>

namespace nscl {
namespace {

using namespace std::chrono;

TEST(HttpDate, is_written_as_fixdate) {
  EXPECT_EQ(format_http_date(*parse_date_time("1994-11-06T08:49:37.999Z")), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(format_http_date(Time{}), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(format_http_date(*parse_date_time("1969-12-31T23:59:59.5Z")), "Wed, 31 Dec 1969 23:59:59 GMT");
  EXPECT_EQ(format_http_date(never), "Fri, 31 Dec 9999 23:59:59 GMT");
}

TEST(HttpDate, three_forms_are_read) {
  const auto expected = parse_date_time("1994-11-06T08:49:37Z");
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), expected);
  EXPECT_EQ(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT"), expected);
  EXPECT_EQ(parse_http_date("Sun Nov  6 08:49:37 1994"), expected);
  EXPECT_EQ(parse_http_date("Sun Nov 16 08:49:37 1994"), *expected + days{10});
}

TEST(HttpDate, leap_second_is_the_next_minute) {
  EXPECT_EQ(parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT"), parse_date_time("2017-01-01T00:00:00Z"));
}

TEST(HttpDate, two_digit_years_are_at_most_fifty_ahead) {
  const int this_year = static_cast<int>(year_month_day{floor<days>(system_clock().now())}.year());
  for (int digits = 0; digits < 100; ++digits) {
    char text[64];
    std::snprintf(text, sizeof text, "Sunday, 06-Nov-%02d 08:49:37 GMT", digits);
    const auto read = parse_http_date(text);
    ASSERT_TRUE(read) << text;
    const int got = static_cast<int>(year_month_day{floor<days>(*read)}.year());
    EXPECT_EQ(got % 100, digits);
    EXPECT_LE(got, this_year + 50);
    EXPECT_GE(got, this_year - 99);
  }
}

TEST(HttpDate, everything_else_is_refused) {
  const std::string_view wrong[] = {
      "", "GMT", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 6 Nov 1994 08:49:37 GMT", "sun, 06 Nov 1994 08:49:37 GMT",
      "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT",
      "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 0000 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ", "Son, 06 Nov 1994 08:49:37 GMT",
      "Sunday, 06-Nov-1994 08:49:37 GMT", "Sun, 06-Nov-94 08:49:37 GMT", "Sun Nov 6 08:49:37 1994", "Sun Nov  6 08:49:37 1994 GMT",
      "1994-11-06T08:49:37Z", "Sun, 29 Feb 1994 08:49:37 GMT"};
  for (const auto text : wrong) EXPECT_FALSE(parse_http_date(text)) << text;
}

RC_GTEST_PROP(HttpDateProperty, written_then_read_is_the_second, ()) {
  const Time time{seconds{*rc::gen::inRange<std::int64_t>(-62'135'596'800, 253'402'300'799)} + microseconds{*rc::gen::inRange(0, 1'000'000)}};
  const auto read = parse_http_date(format_http_date(time));
  RC_ASSERT(read.has_value());
  RC_ASSERT(*read == floor<seconds>(time));
}

}  // namespace
}  // namespace nscl
