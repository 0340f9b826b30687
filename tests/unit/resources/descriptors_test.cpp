// SPDX-License-Identifier: Apache-2.0
// Every descriptor of the tree: what it describes survives both formats and the store, is valid by the ETSI schemas (where
// those are at hand: NSCL_SHARED, default ../shared beside the sources), and reads the specification's samples.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include <nscl/codec/codec.h>
#include <nscl/resources/all.h>

#include "../codec/generate.h"
#include "../codec/shared_files.h"
#include "all_types.h"

namespace nscl::test {
namespace {

namespace fs = std::filesystem;
using codec::Format;
using model::ResourceType;

class Descriptor : public testing::TestWithParam<const ResourceType*> {};

TEST_P(Descriptor, SurvivesBothFormatsAndTheStore) {
  const auto& type = *GetParam();
  EXPECT_TRUE(rc::check(std::string(type.name), [&] {
    const auto value = any_representation(type, false);
    for (const auto format : {Format::xml, Format::json}) {
      const auto text = codec::encode(format, type, value);
      const auto document = codec::decode(format, text, registry().all());
      RC_LOG() << text << std::endl << (document ? "" : document.error().detail) << std::endl;
      RC_ASSERT(document.has_value());
      RC_ASSERT(document->type == &type);
      RC_ASSERT(document->attributes == value);
    }
    const auto stored = codec::decode_stored(type, codec::encode_stored(type, value));
    RC_ASSERT(stored.has_value());
    RC_ASSERT(*stored == value);
  }));
}

INSTANTIATE_TEST_SUITE_P(Types, Descriptor, testing::ValuesIn(registry().all().begin(), registry().all().end()),
                         [](const auto& each) { return std::string(each.param->name); });

class Schema : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(shared() / "spec/xsd/common.xsd")) GTEST_SKIP() << "no schemas at " << shared();
    if (std::system("xmllint --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "no xmllint";
    folder_ = fs::temp_directory_path() / ("nscl-descriptors-" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override {
    if (!folder_.empty()) fs::remove_all(folder_);
  }

  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name, std::ios::binary) << text; }

  static std::string schema_of(const ResourceType& type) {
    if (type.name == "anpPolicy") return "driver-anp";
    const bool extends = !type.element.empty() || type.name == "subscription";
    return extends ? "driver-all" : std::string(type.name);
  }

  void validate(const ResourceType& type, const std::string& pattern) const {
    const auto command = "cd " + folder_.string() + " && xmllint --nonet --noout --schema " +
                         (shared() / "spec/xsd" / (schema_of(type) + ".xsd")).string() + " " + pattern + " >log 2>&1";
    EXPECT_EQ(std::system(command.c_str()), 0) << type.name << "\n" << content_of(folder_ / "log").substr(0, 3000);
  }

  fs::path folder_;
};

/// A representation with all that is in every answer.
model::Object whole(const ResourceType& type) {
  auto demanding = type;
  for (auto& attribute : demanding.attributes) attribute.min = attribute.response == model::M;
  auto value = any_representation(demanding, true);
  value.erase("attached");   // no value is valid by the schema
  if (type.name == "swInstance") {   // demanded by the schema, by mistake
    model::Object status;
    status.set("action", "/a");
    status.set("progress", 100);
    status.set("finalStatus", "SUCCESS");
    value.set("swActionStatus", std::move(status));
  }
  return value;
}

TEST_F(Schema, RandomRepresentationsAreValid) {
  for (const auto* type : registry().all()) {
    // Content and choices that the descriptors leave to the procedures; what has no document; and two types whose name in the schema ends in a blank.
    static const std::set<std::string_view> left_out{"contentInstance", "contentInstances", "m2mPoc", "subscription", "membersContent", "capabilityAction", "trapInstance"};
    if (left_out.contains(type->name)) continue;
    int count = 0;
    EXPECT_TRUE(rc::check([&] { write(std::string(type->name) + "-" + std::to_string(count++) + ".random", codec::encode(Format::xml, *type, whole(*type))); }));
    validate(*type, std::string(type->name) + "-*.random");
  }
}

TEST_F(Schema, SamplesAreReadAndWrittenValid) {
  int seen = 0;
  for (const auto& entry : fs::directory_iterator(shared() / "spec/samples")) {
    const auto text = content_of(entry.path());
    const auto document = codec::decode(Format::xml, text, registry().all());
    if (entry.path().extension() != ".xml" || (!document && document.error().detail.starts_with("the document element"))) continue;
    ASSERT_TRUE(document) << entry.path() << document.error().detail;
    const auto json = codec::decode(Format::json, codec::encode(Format::json, *document->type, document->attributes), registry().all());
    ASSERT_TRUE(json) << entry.path() << json.error().detail;
    EXPECT_EQ(json->type, document->type);
    EXPECT_EQ(json->attributes, document->attributes) << entry.path();
    write("sample.xml", codec::encode(Format::xml, *document->type, document->attributes));
    validate(*document->type, "sample.xml");
    ++seen;
  }
  EXPECT_GE(seen, 32);
}

}  // namespace
}  // namespace nscl::test
