// SPDX-License-Identifier: Apache-2.0
// The storage form: lossless, with hidden members.
#include "support.h"

namespace nscl::test {
namespace {

using model::List;
using model::Object;
using model::Value;

TEST(Stored, KeepsHiddenMembersTimesOctetsAndOddCharacters) {
  Object container;
  container.set("id", "a");
  container.set("expirationTime", never);
  container.set("creationTime", Time(std::chrono::microseconds(-5)));
  container.set("maxByteSize", INT64_MIN);
  container.set(".creator", std::string("gw\x01\x1f\"\\"));
  container.set(".count", 3);
  container.set(".flag", true);
  container.set(".list", List{"a", "b"});
  container.set(".none", List{});
  const auto& type = sample_type("container");
  const auto read = codec::decode_stored(type, codec::encode_stored(type, container));
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(*read, container);
}

TEST(Stored, KeepsNestedValuesAndWhatIsNeverSent) {
  for (const auto& text : {m2m("contentInstance", "<m2m:content>AAE=</m2m:content>"), m2m("subscription", "<m2m:filterCriteria><ifMatch>a</ifMatch></m2m:filterCriteria>"),
                           m2m("accessRight", "<m2m:permissions><m2m:permission><m2m:permissionFlags/><m2m:permissionHolders><m2m:all/></m2m:permissionHolders></m2m:permission></m2m:permissions>")}) {
    const auto document = from_xml(text);
    ASSERT_TRUE(document);
    const auto read = codec::decode_stored(*document->type, codec::encode_stored(*document->type, document->attributes));
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(*read, document->attributes);
  }
}

TEST(Stored, ATimeThatIsSignedKeepsItsText) {
  const auto results = [](std::string_view time) { return m2m("scl", "<m2m:integrityValResults><ivalResults>5</ivalResults><signedIvalResult>-6</signedIvalResult><secureTimeStamp>" + std::string(time) + "</secureTimeStamp></m2m:integrityValResults>"); };
  const auto document = from_xml(results(" 2014-01-02T04:04:05.00+01:00 "));
  ASSERT_TRUE(document) << document.error().detail;
  const auto* told = document->attributes.find("integrityValResults");
  EXPECT_EQ(told->find("secureTimeStamp")->text(), "2014-01-02T04:04:05.00+01:00");
  const auto& type = *document->type;
  EXPECT_EQ(codec::decode_stored(type, codec::encode_stored(type, document->attributes)), document->attributes);
  EXPECT_FALSE(from_xml(results("soon")));
  EXPECT_FALSE(from_xml(results("2014-01-02T04:04:05." + std::string(100, '0') + "Z")));
  const auto older = codec::decode_stored(type, R"({"integrityValResults":{"ivalResults":5,"signedIvalResult":-6,"secureTimeStamp":1388631845000000}})");
  ASSERT_TRUE(older) << "what was stored when only the time was kept";
  EXPECT_EQ(older->find("integrityValResults")->find("secureTimeStamp")->text(), "2014-01-02T03:04:05Z");
}

TEST(Stored, OneValue) {
  Object strings;
  strings.set("searchString", List{"a"});
  const auto& type = model::types::search_strings;
  EXPECT_EQ(codec::encode_stored(type, strings), R"({"searchString":["a"]})");
  EXPECT_EQ(*codec::decode_stored(type, R"({"searchString":["a"]})"), Value(strings));
  EXPECT_TRUE(codec::decode_stored(type, codec::encode_stored(type, Value()))->is_null());
}

TEST(Stored, HiddenNamesOutliveTheText) {
  Object read;
  {
    std::string text = R"({".token":"x"})";
    read = *codec::decode_stored(sample_type("container"), text);
    text.assign(text.size(), '#');
  }
  EXPECT_TRUE(read.find(".token"));
}

TEST(Stored, BrokenTextIsAnInternalError) {
  for (const auto* text : {"", "{", "[]", "1", R"({"fridge":1})", R"({"maxByteSize":"1"})", R"({"expirationTime":"2013-03-01T00:00:00Z"})", R"({"searchStrings":[]})", R"({"id":["a"]})", R"({".x":{}})", R"({".x":[1]})"}) {
    const auto read = codec::decode_stored(sample_type("container"), text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().status, Status::internal_server_error);
  }
}

}  // namespace
}  // namespace nscl::test
