// SPDX-License-Identifier: Apache-2.0
// Against the published schemas, the hand-written samples and the recordings of the open gateways, where those are at
// hand (NSCL_SHARED, default ../shared beside the sources).
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <nscl/model/messages.h>

#include "generate.h"
#include "shared_files.h"
#include "support.h"

namespace nscl::test {
namespace {

namespace fs = std::filesystem;
using codec::Format;

class Schema : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(shared() / "spec/xsd/common.xsd")) GTEST_SKIP() << "no schemas at " << shared();
    folder_ = fs::temp_directory_path() / ("nscl-schema-" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override {
    if (!folder_.empty()) fs::remove_all(folder_);
  }

  fs::path write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }

  static bool have_xmllint() { return std::system("xmllint --version >/dev/null 2>&1") == 0; }

  /// Every file named like `pattern` in the folder against the schema of the document element.
  void validate(std::string_view type, const std::string& pattern) const {
    const auto schema = type == "subscription" || type == "requestNotify" ? "driver-all" : type == "membersContentResponses" ? "membersContent" : std::string(type);
    const auto command = "cd " + folder_.string() + " && xmllint --nonet --noout --schema " + (shared() / "spec/xsd" / (schema + ".xsd")).string() + " " + pattern + " >log 2>&1";
    EXPECT_EQ(std::system(command.c_str()), 0) << content_of(folder_ / "log").substr(0, 4000);
  }

  fs::path folder_;
};

TEST_F(Schema, SamplesAreReadAndWrittenValid) {
  if (!have_xmllint()) GTEST_SKIP() << "no xmllint";
  int seen = 0;
  for (const auto& entry : fs::directory_iterator(shared() / "spec/samples")) {
    const auto text = content_of(entry.path());
    bool known = false;
    for (const auto* type : sample_types()) known = known || codec::has_document_element(Format::xml, text, type->name);
    if (entry.path().extension() != ".xml" || !known) continue;
    SCOPED_TRACE(entry.path().filename());
    const auto document = from_xml(text);
    ASSERT_TRUE(document) << document.error().detail;
    const auto json = from_json(codec::encode(Format::json, *document->type, document->attributes));
    ASSERT_TRUE(json) << json.error().detail;
    EXPECT_EQ(json->attributes, document->attributes);
    write("sample.xml", codec::encode(Format::xml, *document->type, document->attributes));
    validate(document->type->name, "sample.xml");
    ++seen;
  }
  EXPECT_GE(seen, 22);
}

/// What only the schema demands: a notify has a representation or a reason, a status names a resource, and a media type
/// has three characters.
void make_valid(model::Object& message) {
  if (message.find("representation")) message.erase("timeoutReason");
  for (const auto* body : {"representation", "resultBody"}) {
    if (auto* value = message.find(body)) value->get<model::Object>()->set("contentType", "text/plain");
  }
  for (const auto* list : {"notify", "status"}) {
    auto* entries = message.find(list);
    if (!entries) continue;
    for (auto& entry : *entries->get<model::List>()) {
      auto& object = *entry.get<model::Object>();
      make_valid(object);
      const bool of_a_member = !object.find("primitiveType") && !object.find("subscriptionReference");
      if (of_a_member && !object.find("resourceURI")) object.set("resourceURI", "/x");
    }
  }
}

TEST_F(Schema, RandomRepresentationsAreValid) {
  if (!have_xmllint()) GTEST_SKIP() << "no xmllint";
  for (const auto* name : {"container", "application", "applications", "applicationAnnc", "scl", "accessRight", "group", "discovery", "notificationChannel", "notify",
                           "notifyCollection", "notifyCollectionResponse", "requestNotify", "responseNotify", "membersContentResponses"}) {
    int count = 0;
    EXPECT_TRUE(rc::check([&] {
      const auto& type = sample_type(name);
      auto value = any_representation(type, true);
      make_valid(value);
      if (value.find("channelType")) value.set("channelType", "LONG_POLLING");
      for (const auto* needed : {"link", "searchStrings", "selfPermissions"}) {   // by the schema of some of them
        if (const auto* attribute = type.find(needed); attribute && !value.find(needed)) {
          value.set(attribute->name, attribute->type->kind == model::Kind::complex ? model::Value(model::Object{}) : model::Value("/x"));
        }
      }
      write(std::string(name) + std::to_string(count++) + ".random", codec::encode(Format::xml, type, value));
    }));
    validate(name, std::string(name) + "*.random");
  }
}

TEST_F(Schema, ParameterSetsAreValid) {
  if (!have_xmllint()) GTEST_SKIP() << "no xmllint";
  model::Object list;
  list.set("reference", model::List{"nscl", "nscl2"});
  model::Object bootstrap, connection;
  bootstrap.set("securityM2MNodeId", std::string(32, 'a'));
  bootstrap.set("securityKmrIndex", std::int64_t{4'294'967'295});
  bootstrap.set("securityLifetime", Time{std::chrono::seconds{2'000'000'000}});
  bootstrap.set("securityEncryptedM2MKey", std::string(80, '0'));
  write("least.xml", codec::encode(Format::xml, model::messages::bootstrap_param_set(), bootstrap));
  bootstrap.set("sclIdList", list);
  bootstrap.set("sclId", "gw1");
  bootstrap.set("securityMasFqdn", "mas.example");
  write("whole.xml", codec::encode(Format::xml, model::messages::bootstrap_param_set(), bootstrap));
  validate("bootstrapParamSet", "least.xml whole.xml");
  connection.set("securitymIdFlags", "0002");
  connection.set("securityConnectionId", "18446744073709551615");
  connection.set("securityKmcIndex", std::int64_t{1});
  connection.set("securityLifetime", Time{std::chrono::seconds{2'000'000'000}});
  connection.set("securityEncryptedM2MKey", std::string(80, 'f'));
  connection.set("sclId", "gw1");
  write("connection.xml", codec::encode(Format::xml, model::messages::connection_param_set(), connection));
  validate("connectionParamSet", "connection.xml");
}

/// Bodies that a gateway sent, and those that the recorder sent to it.
TEST(Recordings, BodiesOfTheOpenGatewaysAreRead) {
  const auto vectors = shared() / "spec/vectors";
  if (!fs::exists(vectors)) GTEST_SKIP() << "no recordings at " << vectors;
  int seen = 0;
  for (const auto* gateway : {"om2m-gscl", "ong-gscl"}) {
    for (const auto& entry : fs::directory_iterator(vectors / gateway)) {
      const auto text = content_of(entry.path());
      const auto blank = text.find("\n\n") != std::string::npos ? text.find("\n\n") + 2 : text.find("\r\n\r\n") + 4;
      const auto body = blank < text.size() ? text.substr(blank) : std::string();
      for (const auto* type : sample_types()) {
        // The recorder answered with a notificationChannel of its own invention (expirationTime); ours is tested above.
        if (type->name == "notificationChannel" || !codec::has_document_element(Format::xml, body, type->name)) continue;
        SCOPED_TRACE(entry.path());
        const auto document = from_xml(body);
        EXPECT_TRUE(document) << document.error().detail << "\n" << body;
        ++seen;
      }
    }
  }
  EXPECT_GE(seen, 60);
}

}  // namespace
}  // namespace nscl::test
