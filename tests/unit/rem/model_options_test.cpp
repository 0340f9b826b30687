// SPDX-License-Identifier: Apache-2.0
// Models of CPEs: what entries of mapping files say, which devices they are for, and how such a device is treated (4.9, last paragraph).
#include <fstream>

#include "fake_work.h"
#include "mapping_support.h"

namespace nscl::rem {
namespace {

using tr069::Event;
using tr069::ModelOptions;

const std::string some_match = "match = { oui = \"00D09E\" }\n";

std::string wrong_option(const std::string& lines) {
  const auto table = app::read_mappings("[[model]]\n" + some_match + lines, "f.toml", registry());
  return table ? "" : table.error().detail;
}

DeviceFacts device(const std::string& oui, const std::string& product_class = "Box", const std::string& version = "1.0") {
  DeviceFacts facts;
  facts.oui = oui;
  facts.product_class = product_class;
  facts.software_version = version;
  return facts;
}

TEST(ModelFile, EveryOption) {
  const auto table = table_of("[[model]]\n" + some_match + R"(
boolean_literal = "digits"
date_milliseconds = true
gpv_batch = 8
spv_batch = 1
skip_root_gpn = true
no_gpn = true
cookie_path = true
end_with_200 = true
download_scheme = "http"
success_on_timeout = true
reboot_event = "m reboot"
conn_req_auth = "basic"
rpc_timeout = 900
)");
  ModelOptions wanted;
  wanted.style = {.boolean_words = false, .date_milliseconds = true};
  wanted.gpv_batch = 8;
  wanted.spv_batch = 1;
  wanted.skip_root_gpn = wanted.no_gpn = wanted.cookie_path = wanted.end_with_200 = true;
  wanted.download_scheme = "http";
  wanted.success_on_timeout = true;
  wanted.reboot_event = Event::m_reboot;
  wanted.basic_calls = true;
  wanted.rpc_timeout = std::chrono::seconds{900};
  EXPECT_TRUE(model_options(table, device("00D09E")) == wanted);
  EXPECT_TRUE(model_options(table, device("00D09F")) == ModelOptions());
}

TEST(ModelFile, TheFirstEntryThatFitsIsTaken) {
  auto table = table_of("[[model]]\nmatch = { oui = \"00D09E\", product_class = \"Box*\", software_version = \"1.*\" }\ngpv_batch = 1\n"
                        "[[model]]\nmatch = { oui = \"00D0*\" }\ngpv_batch = 2\n");
  const auto batch = [&](const DeviceFacts& facts) { return model_options(table, facts).gpv_batch; };
  EXPECT_EQ(batch(device("00D09E", "Box-2", "1.4")), 1u);
  EXPECT_EQ(batch(device("00D09E", "Box-2", "2.0")), 2u);
  EXPECT_EQ(batch(device("00D09E", "Switch")), 2u);
  EXPECT_EQ(batch(device("00D19E")), 32u);
  // Files of the operator go before, and replace what is for the same models.
  table.override_by(table_of("[[model]]\nmatch = { oui = \"00D0*\" }\nspv_batch = 3\n[[model]]\nmatch = { product_class = \"Switch\" }\ngpv_batch = 4\n"));
  EXPECT_EQ(batch(device("00D09E", "Switch")), 32u) << "the entry of the later file, with nothing of the one it replaces";
  EXPECT_EQ(batch(device("00D19E", "Switch")), 4u);
  EXPECT_EQ(batch(device("00D09E", "Box-2", "1.4")), 32u);
  EXPECT_EQ(table.models.size(), 3u);
}

TEST(ModelFile, NamesTheLineAndTheKey) {
  EXPECT_EQ(wrong_option("colour = 1"), "f.toml:3: colour: unknown key");
  EXPECT_EQ(wrong_option("boolean_literal = true"), "f.toml:3: boolean_literal: is none of \"words\", \"digits\"");
  EXPECT_EQ(wrong_option("download_scheme = \"ftp\""), "f.toml:3: download_scheme: is none of \"http\", \"https\"");
  EXPECT_EQ(wrong_option("conn_req_auth = \"none\""), "f.toml:3: conn_req_auth: is none of \"digest\", \"basic\"");
  EXPECT_EQ(wrong_option("gpv_batch = 0"), "f.toml:3: gpv_batch: is no number from 1 to 1024");
  EXPECT_EQ(wrong_option("rpc_timeout = 3601"), "f.toml:3: rpc_timeout: is no number from 1 to 3600");
  EXPECT_EQ(wrong_option("no_gpn = 1"), "f.toml:3: no_gpn: is neither true nor false");
  for (const auto* event : {"2 PERIODIC", "14 HEARTBEAT", "99", "X 00D09E Restart", "boot"})
    EXPECT_NE(wrong_option("reboot_event = \"" + std::string(event) + "\"").find("f.toml:3: reboot_event: \"" + std::string(event) + "\" is no event"), std::string::npos) << event;
  const auto all = app::read_mappings("[[model]]\nno_gpn = true\n[[model]]\nmatch = { serial = \"1\" }\n", "f.toml", registry());
  ASSERT_FALSE(all);
  EXPECT_EQ(all.error().detail, "f.toml:1: match: is missing: which models the entry is for\nf.toml:3: match: is missing: which models the entry is for\n"
                                "f.toml:4: match.serial: unknown key");
}

TEST(ModelFile, TheDocumentedExampleIsSound) {
  std::ifstream in(NSCL_SOURCE_DIR "/docs/models.md");
  const std::string page(std::istreambuf_iterator<char>(in), {});
  const auto begin = page.find("[[model]] ");
  ASSERT_NE(begin, page.npos);
  const auto table = table_of(page.substr(begin, page.find("```", begin) - begin));
  EXPECT_FALSE(table.models.empty());
}

}  // namespace
}  // namespace nscl::rem

namespace nscl::rem::tr069 {
namespace {

using namespace std::chrono_literals;

class ModelSession : public testing::Test {
 protected:
  ModelSession() {
    performing.model = [this](const DeviceFacts& facts) {
      asked.push_back(facts);
      return options;
    };
    work.welcome.facts.software_version = "known";
  }
  Reply inform(const std::string& text = inform_of()) {
    auto envelope = envelope_of(text);
    auto told = std::get<Inform>(*read_message(envelope));
    return run(context, session.begin(std::move(envelope), std::move(told), "192.0.2.7", context, now));
  }
  Reply post_nothing() { return run(context, session.take_nothing(false, context, now)); }

  boost::asio::io_context context{1};
  FakeWork work;
  ModelOptions options;
  std::vector<DeviceFacts> asked;
  Performing performing = one_by_one();
  SessionLimits limits;
  Session session{work, performing, limits, "00AABB-Box-S1"};
  Session::Clock::time_point now{1000s};
};

TEST_F(ModelSession, IsAskedForByWhatIsKnown) {
  inform();
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[0].product_class, "Box");
  EXPECT_EQ(asked[1].software_version, "known");
}

TEST_F(ModelSession, MayEndWithTwoHundred) {
  options.end_with_200 = true;
  inform();
  for (int i = 0; i < 2; ++i) {   // and says so again
    const auto over = post_nothing();
    EXPECT_EQ(over.status, 200u);
    EXPECT_TRUE(over.body.empty());
    EXPECT_TRUE(over.is_end);
  }
}

TEST_F(ModelSession, MayTakeItsTime) {
  options.rpc_timeout = 900s;
  work.wants(5, {"a"});
  inform();
  EXPECT_EQ(session.patience(), limits.idle);
  post_nothing();
  EXPECT_EQ(session.patience(), 900s);
}

TEST_F(ModelSession, PerformancesKnowTheModel) {
  options.gpv_batch = 7;
  std::size_t batch = 0;
  performing.perform = [&](const Assignment& assignment, Situation situation) {
    batch = situation.model.gpv_batch;
    return one_by_one().perform(assignment, std::move(situation));
  };
  work.wants(5, {"a"});
  inform();
  post_nothing();
  EXPECT_EQ(batch, 7u);
}

TEST_F(ModelSession, TheEventOfARestartIsTheModels) {
  inform();
  EXPECT_FALSE(work.contacts.back().ends_reboot);
  options.reboot_event = Event::bootstrap;
  inform();
  EXPECT_EQ(work.contacts.back().ends_reboot, false) << "1 BOOT is not the one";
  inform(inform_of("S1", "<EventStruct><EventCode>0 bootstrap</EventCode><CommandKey/></EventStruct>"));
  EXPECT_EQ(work.contacts.back().ends_reboot, true);
}

}  // namespace
}  // namespace nscl::rem::tr069
