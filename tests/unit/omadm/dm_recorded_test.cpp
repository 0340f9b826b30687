// SPDX-License-Identifier: Apache-2.0
// A session with what a real client said (libdmclient), and what of it traces show.
#include <deque>

#include "dm_fixture.h"
#include "dm_trace.h"

namespace nscl::rem::omadm {
namespace {

class DmRecorded : public DmTest {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(dm_recordings())) GTEST_SKIP() << "no recordings at " << dm_recordings();
    options.authentication = DmOptions::Authentication::basic;   // as it began
    options.basic_without_tls = true;
    model.status_for_results = true;   // as the server that it spoke to
    DmTest::SetUp();
  }
  DmMessage answer_to_recorded(const std::string& file) {
    const bool is_binary = file.ends_with(".wbxml");
    request.content_type = is_binary ? "application/vnd.syncml+wbxml" : "application/vnd.syncml+xml";
    const auto text = nscl::test::content_of(dm_recordings() / ("dm-libdmclient-" + file));
    EXPECT_FALSE(text.empty()) << file;
    const auto response = post(text);
    EXPECT_EQ(response.status, 200u);
    auto out = read_dm(response.body ? *response.body : "", is_binary ? Encoding::wbxml : Encoding::xml);
    if (const auto at = out.header.resp_uri.find('?'); at != std::string::npos) target = "/dm" + out.header.resp_uri.substr(at);
    return out;
  }
  std::vector<CommandElement> reads() const {
    return {command_on(Kind::get, {"./DevDetail/FwV", "./DevDetail"}), command_on(Kind::get, {"./DevInfo/Ext?list=StructData"}),
            command_on(Kind::get, {"./DevInfo?prop=ACL", "./DevInfo/DevId?prop=Format", "./DevInfo/Man?prop=Type", "./DevInfo/Man?prop=Name", "./DevInfo/Man?prop=Size"}),
            command_on(Kind::get, {"./nope"})};
  }
  std::vector<CommandElement> changes() const {
    auto exec = command_on(Kind::exec, {"./test/execute"});
    exec.correlator = "ei-7f3a";
    return {exec, command_on(Kind::add, {"./Memory/a"}, "hello"), command_on(Kind::add, {"./Memory/a"}, "again"), command_on(Kind::replace, {"./Memory/a"}, "changed"),
            command_on(Kind::get, {"./Memory/a", "./Memory"}), command_on(Kind::remove, {"./Memory/a"}), command_on(Kind::copy, {"./Memory/b"}),
            command_on(Kind::replace, {"./DevInfo/Man"}, "x")};
  }
};

TEST_F(DmRecorded, Rows40And48AWholeSessionInBothEncodings) {
  for (const std::string encoding : {".xml", ".wbxml"}) {
    accounts.theirs.clear();
    work.completions.clear();
    scripts.clear();
    target = "/dm";
    wants(5, {{command_on(Kind::get, {"./X"})}, reads(), changes()});
    restart();
    const auto first = answer_to_recorded("full-1-client" + encoding);
    EXPECT_EQ(header_code(first), 212);
    EXPECT_EQ(first.header.cred->data, "Lx7CSZp0iHRedCEbryGJuw==");
    EXPECT_EQ(work.contacts.back().facts.manufacturer, "test manufacturer");
    EXPECT_EQ(work.contacts.back().leaves.size(), 9u) << "without interior nodes";
    answer_to_recorded("full-2-client" + encoding);
    EXPECT_EQ(scripts[5].unanswered, 1u);
    if (encoding == ".xml") {
      EXPECT_EQ(accounts.theirs, "gIvpIDBcn1U=");
    }
    const auto third = answer_to_recorded("full-3-client" + encoding);
    if (encoding == ".xml") {
      EXPECT_EQ(third.header.cred->data, "rruYea5no+KNRObopc7Twg==");
    }
    const auto& read = scripts[5].answers.at(0);
    EXPECT_EQ(read.at(0).items.at(0).results.at(0).data, "TO" "DO");
    EXPECT_EQ(read.at(0).items.at(1).results.at(0).data, "URI/DevTyp/OEM/FwV/SwV/HwV/LrgObj");
    EXPECT_EQ(read.at(0).items.at(1).results.at(0).meta.format, "node");
    EXPECT_EQ(read.at(1).status, 406);
    EXPECT_EQ(read.at(2).items.at(2).results.at(0).data, "text/plain");
    EXPECT_EQ(read.at(2).items.at(4).status, 406);
    EXPECT_EQ(read.at(3).status, 404);
    const auto last_one = answer_to_recorded("full-4-client" + encoding);
    EXPECT_TRUE(commands(last_one).empty());
    const auto& changed = scripts[5].answers.at(1);
    std::vector<int> codes;
    for (const auto& answer : changed) codes.push_back(answer.status);
    EXPECT_EQ(codes, (std::vector<int>{200, 425, 425, 404, 0, 404, 501, 425}));
    EXPECT_EQ(changed.at(4).items.at(1).status, 404);
    ASSERT_EQ(work.completions.size(), 1u);   // row 47
    EXPECT_EQ(work.completions[0].key, "ei-7f3a");
    EXPECT_EQ(work.completions[0].kind, "urn:test");
  }
}

TEST_F(DmRecorded, Row43ItRefusesOurCredentialsOnce) {
  wants(5, {{command_on(Kind::get, {"./DevDetail/FwV"})}});
  EXPECT_EQ(commands(answer_to_recorded("full-1-client.xml")).at(0).id, "4");
  const auto again = answer_to_recorded("badcred-2-client.xml");
  ASSERT_EQ(commands(again).size(), 1u);
  EXPECT_EQ(again.header.cred->data, md5_data(digest_of("funambol", Secret(std::string_view("srvpwd"))), *base64_decode("ZFhaOEpqQmNjQmM9")));
  EXPECT_TRUE(refused.empty());
  answer_to_recorded("badcred-3-client.xml");
  EXPECT_EQ(scripts[5].answers.at(0).at(0).items.at(0).results.at(0).data, "TO" "DO");
}

TEST_F(DmRecorded, ItExecutesNothingWithoutOurCredentials) {
  wants(5, {{command_on(Kind::get, {"./DevDetail/FwV"})}});
  answer_to_recorded("full-1-client.xml");
  EXPECT_EQ(commands(answer_to_recorded("nocred-2-client.xml")).size(), 1u) << "once again";
}

TEST_F(DmRecorded, Row63TracesShowNoSecret) {
  Redaction redaction(1 << 16);
  for (const auto& entry : std::filesystem::directory_iterator(dm_recordings())) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with("dm-libdmclient-") || !name.ends_with(".xml")) continue;
    const auto message = read_dm(nscl::test::content_of(entry.path()));
    const auto shown = redacted(message, redaction);
    for (const auto* secret : {"ZnVuYW1ib2w6ZnVuYW1ib2w=", "2fBkriCB5EH9sZ0o5NWOTA==", "Z0l2cElEQmNuMVU9", "Lx7CSZp0iHRedCEbryGJuw==", "rruYea5no+KNRObopc7Twg==", "bm9uY2Utb25l"})
      EXPECT_EQ(shown.find(secret), std::string::npos) << name;
  }
  DmMessage message = read_dm(in_syncml("<Replace><CmdID>1</CmdID><Item><Target><LocURI>./DMAcc/x/AppAuth/1/AAuthSecret</LocURI></Target><Data>hush</Data></Item>"
                                        "<Item><Target><LocURI>./FUMO/Download/PkgURL</LocURI></Target><Data>http://files.example/files/hush/fw</Data></Item>"
                                        "<Item><Target><LocURI>./A</LocURI></Target><Data>plain-value</Data></Item></Replace>"));
  const auto shown = redacted(message, redaction);
  EXPECT_EQ(shown.find("hush"), std::string::npos) << shown;
  EXPECT_NE(shown.find("plain-value"), std::string::npos);
  EXPECT_NE(shown.find("http://files.example/(hidden)"), std::string::npos);
}

}  // namespace
}  // namespace nscl::rem::omadm
