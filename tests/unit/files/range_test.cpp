// SPDX-License-Identifier: Apache-2.0
// Which octets of a file are sent.
#include "range.h"

#include <gtest/gtest.h>

namespace nscl::rem {
namespace {

constexpr std::string_view etag = "\"abc\"";
const Time changed{std::chrono::seconds{1'700'000'000}};

WantedRange wanted(std::string_view range, std::string_view if_range = {}, net::Method method = net::Method::get) {
  net::WebRequest request;
  request.method = method;
  request.range = range;
  request.if_range = if_range;
  return wanted_of(request, 1000, etag, changed);
}

std::string told(const WantedRange& wanted) {
  constexpr const char* names[] = {"whole", "part", "unchanged", "unsatisfiable"};
  return std::string(names[static_cast<int>(wanted.kind)]) + " " + std::to_string(wanted.first) + "+" + std::to_string(wanted.size);
}

TEST(Range, OneIsAPart) {
  EXPECT_EQ(told(wanted("bytes=0-0")), "part 0+1");
  EXPECT_EQ(told(wanted("bytes=0-999")), "part 0+1000");
  EXPECT_EQ(told(wanted("bytes=10-19")), "part 10+10");
  EXPECT_EQ(told(wanted("bytes=990-")), "part 990+10");
  EXPECT_EQ(told(wanted("bytes=990-5000")), "part 990+10");
  EXPECT_EQ(told(wanted("bytes=-10")), "part 990+10");
  EXPECT_EQ(told(wanted("bytes=-5000")), "part 0+1000");
  EXPECT_EQ(told(wanted("bytes=5-99999999999999999999999")), "part 5+995");
}

TEST(Range, OneBehindTheEndIsNone) {
  for (const auto* range : {"bytes=1000-", "bytes=1000-2000", "bytes=-0", "bytes=99999999999999999999999-"}) EXPECT_EQ(told(wanted(range)), "unsatisfiable 0+0") << range;
}

TEST(Range, WhatIsNoneAndSeveralAreTheWhole) {
  for (const auto* range : {"", "bytes=", "bytes=-", "bytes=5-4", "bytes=a-b", "bytes=1-2,5-6", "lines=1-2", "bytes=1", "bytes=+1-2", "bytes=--5"})
    EXPECT_EQ(told(wanted(range)), "whole 0+1000") << range;
  EXPECT_EQ(told(wanted("bytes=0-9", "", net::Method::head)), "whole 0+1000") << "RFC 9110 14.2";
}

TEST(Range, HoldsForTheFileItWasMeantFor) {
  EXPECT_EQ(told(wanted("bytes=10-19", "\"abc\"")), "part 10+10");
  EXPECT_EQ(told(wanted("bytes=10-19", "\"abd\"")), "whole 0+1000");
  EXPECT_EQ(told(wanted("bytes=10-19", "W/\"abc\"")), "whole 0+1000");
  EXPECT_EQ(told(wanted("bytes=10-19", format_http_date(changed))), "part 10+10");
  EXPECT_EQ(told(wanted("bytes=10-19", format_http_date(changed + std::chrono::seconds{1}))), "whole 0+1000");
}

TEST(Range, WhoHasItIsToldSo) {
  net::WebRequest request;
  request.range = "bytes=0-9";
  for (const auto* tag : {"\"abc\"", "*", "\"x\", W/\"abc\"", "\"x\",\"abc\""}) {
    request.if_none_match = tag;
    EXPECT_EQ(told(wanted_of(request, 1000, etag, changed)), "unchanged 0+0") << tag;
  }
  const auto earlier = format_http_date(changed - std::chrono::seconds{1}), same = format_http_date(changed);
  request.if_none_match = "\"x\"";
  request.if_modified_since = same;
  EXPECT_EQ(told(wanted_of(request, 1000, etag, changed)), "part 0+10") << "the tag counts";
  request.if_none_match = {};
  EXPECT_EQ(told(wanted_of(request, 1000, etag, changed)), "unchanged 0+0");
  request.if_modified_since = earlier;
  EXPECT_EQ(told(wanted_of(request, 1000, etag, changed)), "part 0+10");
}

}  // namespace
}  // namespace nscl::rem
