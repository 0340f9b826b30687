// SPDX-License-Identifier: Apache-2.0
// decode(encode(v)) == v for every type and both formats, and nothing crashes on mangled documents.
#include "generate.h"
#include "support.h"

namespace nscl::test {
namespace {

using codec::Format;

void round_trip(const model::ResourceType& type, const model::Object& value, Format format, const codec::Style& style) {
  const auto text = codec::encode(format, type, value, style);
  const auto document = from(format, text);
  RC_LOG() << text << std::endl << (document ? "" : document.error().detail) << std::endl;
  RC_ASSERT(document.has_value());
  RC_ASSERT(document->type == &type);
  RC_ASSERT(document->attributes == value);
}

class RoundTrip : public testing::TestWithParam<const model::ResourceType*> {};

TEST_P(RoundTrip, DecodedIsWhatWasEncoded) {
  const auto& type = *GetParam();
  EXPECT_TRUE(rc::check(std::string(type.name), [&] {
    auto value = any_representation(type, false);
    if (type.name == "errorInfo") value.erase("statusCode");
    round_trip(type, value, Format::xml, {});
    round_trip(type, value, Format::xml, {"om2m", true});
    round_trip(type, value, Format::json, {});
    const auto stored = codec::decode_stored(type, codec::encode_stored(type, value));
    RC_ASSERT(stored.has_value());
    RC_ASSERT(*stored == value);
  }));
}

TEST_P(RoundTrip, EachAttributeAlone) {
  const auto& type = *GetParam();
  EXPECT_TRUE(rc::check(std::string(type.name), [&] {
    const auto value = any_representation(type, false);
    for (const auto& member : value) {
      const auto field = type.find(member.name)->field();
      if (field.repeats()) continue;   // of messages, whose parts have no address
      for (const auto format : {Format::xml, Format::json}) {
        const auto text = codec::encode_attribute(format, field, member.value);
        const auto read = codec::decode_attribute(format, text, field);
        RC_LOG() << text << std::endl << (read ? "" : read.error().detail) << std::endl;
        RC_ASSERT(read.has_value());
        RC_ASSERT(*read == member.value);
      }
    }
  }));
}

TEST_P(RoundTrip, MangledDocumentsAreReadOrRefused) {
  const auto& type = *GetParam();
  EXPECT_TRUE(rc::check(std::string(type.name), [&] {
    const auto format = *rc::gen::element(Format::xml, Format::json);
    auto text = codec::encode(format, type, any_representation(type, false));
    for (int cuts = *rc::gen::inRange(1, 4); cuts > 0; --cuts) {
      const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
      text.replace(at, *rc::gen::inRange<std::size_t>(0, 8), *rc::gen::element<std::string>("", "<", "\"", "&", ":", "}", std::string(1, '\0'), "\xFF"));
    }
    const auto document = from(format, text);
    if (document) RC_ASSERT(from(format, codec::encode(format, *document->type, document->attributes)).has_value());
    if (!document) RC_ASSERT(!document.error().detail.empty());
  }));
}

INSTANTIATE_TEST_SUITE_P(Types, RoundTrip, testing::ValuesIn(sample_types().begin(), sample_types().end()),
                         [](const auto& each) { return std::string(each.param->name); });

}  // namespace
}  // namespace nscl::test
