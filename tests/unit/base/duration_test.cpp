// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nscl/base/time.h>

namespace nscl {
namespace {

using namespace std::chrono;

struct DurationReading {
  std::string_view text;
  Duration expected;
};

TEST(Duration, is_read) {
  const DurationReading readings[] = {
      {"P1Y", {.months = 12}},
      {"P1Y2M", {.months = 14}},
      {"P1M", {.months = 1}},
      {"PT1M", {.rest = minutes{1}}},
      {"P3D", {.rest = days{3}}},
      {"PT10M", {.rest = minutes{10}}},
      {"PT0S", {}},
      {"PT36H", {.rest = hours{36}}},
      {"PT1.5S", {.rest = milliseconds{1500}}},
      {"PT0.0000019S", {.rest = microseconds{1}}},
      {"-P1D", {.negative = true, .rest = days{1}}},
      {"P1Y2M3DT4H5M6.789S", {.months = 14, .rest = days{3} + hours{4} + minutes{5} + milliseconds{6789}}},
      {"P0000000000000000000000000000001D", {.rest = days{1}}},
      {"P9999Y", {.months = 119'988}},
  };
  for (const auto& [text, expected] : readings) {
    const auto read = parse_duration(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->negative, expected.negative) << text;
    EXPECT_EQ(read->months, expected.months) << text;
    EXPECT_EQ(read->rest, expected.rest) << text;
  }
}

TEST(Duration, everything_else_is_refused) {
  const std::string_view wrong[] = {
      "", "P", "-P", "PT", "P1", "1D", "+P1D", "P-1D", "p1d", "P1DT", "PT1D", "P1H", "P1S", "P1M1Y", "P1D1M", "PT1S1M", "PT1M1H", "P1Y1Y",
      "P1.5D", "P1.5Y", "PT1.5M", "PT1.S", "PT.5S", "PT1.5", "PT1,5S", "P1D ", " P1D", "P 1D", "P1D2", "P1T1H", "PT1H2", "--P1D", "P1W",
      "P10000Y", "P119989M", "P9999Y1M", "P3660000D", "PT999999999999S", "P99999999999999999999Y", "PT9223372036854775807S",
      "PT9223372036854775807H", "P9223372036854775807D", "PT0.1234567890123456789012345678901S"};
  for (const auto text : wrong) EXPECT_FALSE(parse_duration(text)) << text;
}

RC_GTEST_PROP(DurationProperty, any_text_is_refused_or_in_range, ()) {
  const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("PPTYMDHS.-0123456789")));
  const auto read = parse_duration(text);
  const bool is_fine = !read || (read->months >= 0 && read->months <= 119'988 && read->rest >= microseconds{0});
  RC_ASSERT(is_fine);
}

}  // namespace
}  // namespace nscl
