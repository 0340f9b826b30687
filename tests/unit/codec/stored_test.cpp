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
