// SPDX-License-Identifier: Apache-2.0
// Messages of a real client, and those it understood, read as their list says.
#include <algorithm>
#include <map>
#include <vector>

#include "omadm_support.h"

namespace nscl::rem::omadm {
namespace {

using Kind = CommandElement::Kind;
class RecordedDm : public WithDmRecordings {};

/// Cmd, the first TargetRef and the code of each Status; "" for what is none.
std::vector<std::string> statuses_of(const DmMessage& message) {
  std::vector<std::string> out;
  for (const auto& element : message.body) {
    const auto* const status = std::get_if<StatusElement>(&element);
    if (status == nullptr) continue;
    out.push_back(status->cmd + " " + (status->target_refs.empty() ? "" : status->target_refs.front() + " ") + std::to_string(status->code()));
  }
  return out;
}

/// Source and value of each item of Results.
std::map<std::string, std::string> results_of(const DmMessage& message) {
  std::map<std::string, std::string> out;
  for (const auto& element : message.body) {
    const auto* const results = std::get_if<ResultsElement>(&element);
    if (results == nullptr) continue;
    for (const auto& item : results->items) out[item.source] = item.data.value_or("none");
  }
  return out;
}

/// Without what each run makes anew.
DmMessage without_nonces(DmMessage message) {
  if (message.header.cred) message.header.cred->data.clear();
  for (auto& element : message.body) {
    if (auto* const status = std::get_if<StatusElement>(&element); status != nullptr && status->chal) status->chal->next_nonce.clear();
  }
  return message;
}

TEST_F(RecordedDm, EachIsReadAndWrittenAgain) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(dm_recordings())) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with("dm-libdmclient-") && !name.starts_with("dm-own-roundtrip")) continue;
    SCOPED_TRACE(name);
    const auto octets = recorded(name);
    const auto encoding = encoding_of({}, octets);
    ASSERT_TRUE(encoding);
    EXPECT_EQ(*encoding == Encoding::xml, name.ends_with(".xml"));
    const auto message = read_dm(octets, *encoding);
    EXPECT_EQ(read_dm(written_dm(message)), message);
    EXPECT_EQ(read_dm(written_dm(message, Encoding::wbxml), Encoding::wbxml), message);
    ++count;
  }
  EXPECT_GE(count, 33u);
}

TEST_F(RecordedDm, OursAreWrittenOctetByOctet) {
  for (const std::string_view name : {"full-1", "full-2", "full-3", "full-4", "addreplace-1", "atomic-1", "badcred-1", "badcred-2", "moredata-1",
                                      "nocred-1", "nofinal-1", "respuri-1"}) {
    const auto octets = recorded("dm-libdmclient-" + std::string(name) + "-server.xml");
    EXPECT_EQ(written_dm(read_dm(octets)), octets) << name;
  }
  for (const std::string_view name : {"full-1", "full-2", "full-3", "full-4"}) {
    const auto octets = recorded("dm-libdmclient-" + std::string(name) + "-server.wbxml");
    EXPECT_EQ(written_dm(read_dm(octets, Encoding::wbxml), Encoding::wbxml), octets) << name;
  }
}

TEST_F(RecordedDm, BothEncodingsSayTheSame) {
  for (const std::string_view name : {"1-client", "2-client", "3-client", "4-client", "1-server", "2-server", "3-server", "4-server"}) {
    const auto file = "dm-libdmclient-full-" + std::string(name);
    EXPECT_EQ(without_nonces(read_dm(recorded(file + ".xml"))), without_nonces(read_dm(recorded(file + ".wbxml"), Encoding::wbxml))) << name;
  }
}

TEST_F(RecordedDm, FirstPackage) {
  for (const auto encoding : {Encoding::xml, Encoding::wbxml}) {
    const auto message = read_dm(recorded(encoding == Encoding::xml ? "dm-libdmclient-full-1-client.xml" : "dm-libdmclient-full-1-client.wbxml"), encoding);
    EXPECT_EQ(message.header.version_protocol, "DM/1.2");
    EXPECT_EQ(message.header.session_id + " " + message.header.msg_id, "1 1");
    EXPECT_EQ(message.header.target, "http://127.0.0.1:8080/funambol/dm");
    EXPECT_EQ(message.header.source, "DMCtest");
    EXPECT_EQ(message.header.cred, (Cred{"syncml:auth-basic", "b64", "ZnVuYW1ib2w6ZnVuYW1ib2w="}));
    EXPECT_EQ(message.header.meta.max_msg_size, 16'384u);
    EXPECT_TRUE(message.is_final);
    ASSERT_EQ(message.body.size(), 2u);
    EXPECT_EQ(element_at<CommandElement>(message, 0).kind, Kind::alert);
    EXPECT_EQ(element_at<CommandElement>(message, 0).data, "1201");
    const auto& replace = element_at<CommandElement>(message, 1);
    EXPECT_EQ(replace.kind, Kind::replace);
    ASSERT_EQ(replace.items.size(), 13u);
    EXPECT_EQ(replace.items[11].source, "./DevInfo/Man");
    EXPECT_EQ(replace.items[11].meta, (Meta{.format = "chr", .type = "text/plain"}));
    EXPECT_EQ(replace.items[11].data, "test manufacturer");
  }
}

TEST_F(RecordedDm, SecondTryWithDigest) {
  const auto message = read_dm(recorded("dm-libdmclient-full-2-client.xml"));
  EXPECT_EQ(message.header.cred->data, "2fBkriCB5EH9sZ0o5NWOTA==");
  EXPECT_EQ(element_at<StatusElement>(message, 0).chal, (Chal{"syncml:auth-md5", "b64", "Z0l2cElEQmNuMVU9"}));
  EXPECT_EQ(statuses_of(message), (std::vector<std::string>{"SyncHdr DMCtest 212"}));
}

TEST_F(RecordedDm, ValuesWithAZeroBehindThem) {
  for (const auto encoding : {Encoding::xml, Encoding::wbxml}) {
    const auto message = read_dm(recorded(encoding == Encoding::xml ? "dm-libdmclient-full-3-client.xml" : "dm-libdmclient-full-3-client.wbxml"), encoding);
    EXPECT_EQ(results_of(message), (std::map<std::string, std::string>{{"./DevDetail/FwV", "TO" "DO"}, {"./DevDetail", "URI/DevTyp/OEM/FwV/SwV/HwV/LrgObj"},
                                                                       {"./DevInfo?prop=ACL", "Get=*"}, {"./DevInfo/DevId?prop=Format", "chr"},
                                                                       {"./DevInfo/Man?prop=Type", "text/plain"}, {"./DevInfo/Man?prop=Name", "Man"}}));
    const auto statuses = statuses_of(message);
    EXPECT_EQ(statuses.size(), 10u);
    EXPECT_EQ(statuses[3], "Get ./DevInfo/Ext?list=StructData 406");
    EXPECT_EQ(statuses[9], "Get ./nope 404");
  }
}

TEST_F(RecordedDm, AlertInFrontOfItsStatus) {
  const auto message = read_dm(recorded("dm-libdmclient-full-4-client.xml"));
  const auto& alert = element_at<CommandElement>(message, 1);
  EXPECT_EQ(alert.data + " " + alert.correlator, "1226 ei-7f3a");
  EXPECT_EQ(alert.items.at(0).source, "./test/execute");
  EXPECT_EQ(alert.items.at(0).meta, (Meta{.format = "text/plain", .type = "urn:test"}));
  EXPECT_EQ(alert.items.at(0).data, "200");
  EXPECT_EQ(statuses_of(message),
            (std::vector<std::string>{"SyncHdr DMCtest 212", "Exec ./test/execute 200", "Add ./Memory/a 425", "Add ./Memory/a 425", "Replace ./Memory/a 404",
                                      "Get ./Memory/a 404", "Get ./Memory 404", "Delete ./Memory/a 404", "Copy ./Memory/b 501", "Replace ./DevInfo/Man 425"}));
}

TEST_F(RecordedDm, Answers) {
  const std::map<std::string, std::vector<std::string>> expected{
      {"addreplace-2", {"SyncHdr DMCtest 212", "Add ./Vendor/memory/a 200", "Add ./Vendor/memory/a 418", "Replace ./Vendor/memory/a 200",
                        "Get ./Vendor/memory/a 200", "Get ./Vendor/memory 200", "Add ./Vendor/memory/n 200", "Delete ./Vendor/memory/a 200"}},
      {"alert1222-4", {"SyncHdr DMCtest 212", "Alert 500"}},
      {"alert1223-5", {"SyncHdr DMCtest 212", "Alert 500"}},
      {"atomic-2", {"SyncHdr DMCtest 212", "Add ./Memory/t1 425"}},
      {"badcred-2", {"SyncHdr DMCtest 401", "Get 401"}},
      {"badcred-3", {"SyncHdr DMCtest 212", "Get ./DevDetail/FwV 200"}},
      {"moredata-2", {"SyncHdr DMCtest 212", "Add ./Memory/big 425"}},
      {"nocred-2", {"SyncHdr DMCtest 0", "Get 0"}},
      {"nofinal-2", {"SyncHdr DMCtest 212", "Get ./DevDetail/FwV 200"}}};
  for (const auto& [name, statuses] : expected) {
    const auto message = read_dm(recorded("dm-libdmclient-" + name + "-client.xml"));
    EXPECT_EQ(statuses_of(message), statuses) << name;
    EXPECT_TRUE(message.is_final) << name;
  }
  EXPECT_EQ(results_of(read_dm(recorded("dm-libdmclient-addreplace-2-client.xml"))).at("./Vendor/memory"), "a");
}

TEST_F(RecordedDm, CommandsOfOurs) {
  const auto wbxml = read_dm(recorded("dm-libdmclient-full-4-server.wbxml"), Encoding::wbxml);
  const auto& atomic = element_at<CommandElement>(wbxml, 2);
  EXPECT_EQ(atomic.kind, Kind::atomic);
  ASSERT_EQ(atomic.commands.size(), 2u);
  EXPECT_EQ(atomic.commands[1].items.at(0).target, "./DevInfo/zz");
  const auto& sequence = element_at<CommandElement>(wbxml, 3);
  EXPECT_EQ(sequence.kind, Kind::sequence);
  EXPECT_EQ(sequence.commands.at(1).kind, Kind::get);
  const auto& chunk = element_at<CommandElement>(wbxml, 5).items.at(0);
  EXPECT_TRUE(chunk.more_data);
  EXPECT_EQ(chunk.meta.size, 10u);
  EXPECT_EQ(chunk.data, "part1");
  EXPECT_FALSE(read_dm(recorded("dm-libdmclient-nofinal-1-server.xml")).is_final);
  EXPECT_FALSE(read_dm(recorded("dm-libdmclient-respuri-1-server.xml")).header.resp_uri.empty());
}

TEST_F(RecordedDm, OwnRoundTrip) {
  const auto message = read_dm(recorded("dm-own-roundtrip.xml"));
  ASSERT_EQ(message.body.size(), 9u);
  EXPECT_EQ(element_at<CommandElement>(message, 3).items.at(0).data, "http://nscl.example/fw?a=1&b=\xC3\xA9");
  EXPECT_EQ(element_at<CommandElement>(message, 6).items.at(0).data, R"(<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD></MgmtTree>)");
  EXPECT_EQ(read_dm(written_dm(message, Encoding::wbxml), Encoding::wbxml), message);
  auto theirs = read_dm(recorded("dm-own-roundtrip.wbxml"), Encoding::wbxml);
  auto& type = std::get<CommandElement>(theirs.body.at(6)).items.at(0).meta.type;
  EXPECT_EQ(type, "application/vnd.syncml.dmtnds+wbxml");   // the encoder changed it, and left the value as it was
  type = "application/vnd.syncml.dmtnds+xml";
  EXPECT_EQ(theirs, message);
}

}  // namespace
}  // namespace nscl::rem::omadm
