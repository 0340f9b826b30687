// SPDX-License-Identifier: Apache-2.0
#include "support.h"

namespace nscl::test {
namespace {

using codec::Format;
using codec::format_of;
using codec::negotiate;

TEST(Negotiate, PreferenceOfTheClient) {
  EXPECT_EQ(negotiate(""), Format::xml);
  EXPECT_EQ(negotiate("*/*"), Format::xml);
  EXPECT_EQ(negotiate("application/json"), Format::json);
  EXPECT_EQ(negotiate("application/json, application/xml"), Format::xml) << "a tie";
  EXPECT_EQ(negotiate("application/json, */*;q=0.1"), Format::json);
  EXPECT_EQ(negotiate("application/xml;q=0.5, application/json;q=0.9"), Format::json);
  EXPECT_EQ(negotiate("text/xml"), Format::xml);
  EXPECT_EQ(negotiate("text/*, application/json;q=0.5"), Format::xml);
  EXPECT_EQ(negotiate("APPLICATION/JSON ; Q=1.0"), Format::json);
  EXPECT_EQ(negotiate("application/xml;q=0, */*"), Format::json);
  EXPECT_EQ(negotiate("application/*;q=0.2, application/json;q=0.1"), Format::xml);
  EXPECT_EQ(negotiate("application/json;profile=\"a,b;q=0\", application/xml;q=0.5"), Format::json);
}

TEST(Negotiate, NothingAcceptable) {
  EXPECT_EQ(negotiate("text/html"), std::nullopt);
  EXPECT_EQ(negotiate("application/xml;q=0"), std::nullopt);
  EXPECT_EQ(negotiate("*/*;q=0.000"), std::nullopt);
  EXPECT_EQ(negotiate("application/vnd.x+xml"), std::nullopt);
}

TEST(Negotiate, MalformedAndEndless) {
  EXPECT_EQ(negotiate(",,;,"), Format::xml);
  EXPECT_EQ(negotiate("application/json;q=2, application/xml;q=0.1"), Format::xml);
  EXPECT_EQ(negotiate("application/json;q=0.0001, application/xml;q=x"), Format::xml) << "nothing that can be read";
  std::string many;
  for (int i = 0; i < 500; ++i) many += "text/html,";
  EXPECT_EQ(negotiate(many + "application/json"), std::nullopt) << "only 32 ranges are looked at";
  EXPECT_EQ(negotiate("\"unterminated"), std::nullopt);
}

TEST(FormatOf, ContentType) {
  for (const auto* xml : {"application/xml", "text/xml", "Application/XML", "application/xml; charset=UTF8", "application/xml;charset=\"utf-8\"", " application/xml ; charset=utf-8"}) EXPECT_EQ(format_of(xml), Format::xml) << xml;
  EXPECT_EQ(format_of("application/json"), Format::json);
  for (const auto* other : {"", "text/plain", "application/xml+obix", "application/soap+xml", "application/json; charset=utf-16", "application/xml;charset=iso-8859-1", "xml", "application/xmlx"}) {
    EXPECT_EQ(format_of(other), std::nullopt) << other;
  }
  EXPECT_EQ(codec::media_type(Format::json), "application/json");
}

}  // namespace
}  // namespace nscl::test
