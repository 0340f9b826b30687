// SPDX-License-Identifier: Apache-2.0
// A simulated DM client: what it answers to commands, and how large objects go both ways.
#include <algorithm>

#include "dm_simulated.h"

namespace nscl::rem::simulator {
namespace {

TEST_F(SimulatedDmClient, ShowsItsTree) {   // row 48
  make();
  begin();
  ask({get("./DevDetail"), get("./FUMO/1?prop=Type"), get("./FUMO?prop=Type"), get("./DevInfo/Man?prop=ACL"), get("./DevInfo/Man?prop=Size"),
       get("./DevInfo?list=StructData"), get("./nope"), command(Kind::copy, "./Vendor/b")});
  EXPECT_EQ(answered(), (Said{"Status Get ./DevDetail 200", "Results ./DevDetail DevTyp/FwV/HwV/LrgObj/OEM/SwV/URI", "Status Get ./FUMO/1?prop=Type 200",
                              "Results ./FUMO/1?prop=Type urn:oma:mo:oma-fumo:1.0", "Status Get ./FUMO?prop=Type 200", "Results ./FUMO?prop=Type ",
                              "Status Get ./DevInfo/Man?prop=ACL 200", "Results ./DevInfo/Man?prop=ACL Get=*", "Status Get ./DevInfo/Man?prop=Size 406",
                              "Status Get ./DevInfo?list=StructData 406", "Status Get ./nope 404", "Status Copy ./Vendor/b 501"}));
  ask({get(".")});
  EXPECT_EQ(all<ResultsElement>()[0].items[0].data, "DCMO/DMAcc/DevDetail/DevInfo/ETSI/FUMO/LAWMO/ManagedObjects/SCOMO/Vendor/test");
  EXPECT_EQ(all<ResultsElement>()[0].items[0].meta.format, "node");
  close();
}

TEST_F(SimulatedDmClient, TakesNodesWhereItHasRoomForThem) {   // rows 44, 45, 46
  make();
  begin();
  ask({add("./Vendor/memory/a", "hello"), add("./Vendor/memory/a", "again"), replace("./Vendor/memory/a", "changed"), add("./Vendor/memory/n/x", "1"),
       add("./Vendor/memory/n", "", "node"), add("./Vendor/memory/n/x", "1"), replace("./Vendor/memory/b", "x"), replace("./DevInfo/Man", "x"),
       add("./DevInfo/x", "x"), command(Kind::remove, "./DevInfo/Man")});
  const auto statuses = all<StatusElement>();
  std::vector<int> codes;
  for (const auto& status : statuses) codes.push_back(status.code());
  EXPECT_EQ(codes, (std::vector<int>{212, 200, 418, 200, 404, 200, 200, 404, 425, 425, 405}));
  EXPECT_EQ(value("./Vendor/memory/a"), "changed");
  EXPECT_EQ(value("./Vendor/memory/n/"), "x");
  ask({command(Kind::remove, "./Vendor/memory/n"), get("./Vendor/memory/n/x"), command(Kind::remove, "./Vendor/memory/n")});
  EXPECT_EQ(answered(), (Said{"Status Delete ./Vendor/memory/n 200", "Status Get ./Vendor/memory/n/x 404", "Status Delete ./Vendor/memory/n 404"}));
  close();
}

TEST_F(SimulatedDmClient, TellsOfAnExecInTheSameMessage) {   // row 47
  make();
  begin();
  ask({exec("./test/execute", "ei-1"), exec("./DCMO/camera/Operations/Disable", "ei-2"), exec("./DevInfo/Man", "ei-3"), exec("./nope", "ei-4")});
  EXPECT_EQ(answered(), (Said{"Status Exec ./test/execute 200", "Alert 1226 ei-1 200", "Status Exec ./DCMO/camera/Operations/Disable 202",
                              "Alert 1226 ei-2 1200", "Status Exec ./DevInfo/Man 405", "Status Exec ./nope 404"}));
  const auto alert = all<CommandElement>()[1];
  EXPECT_EQ(alert.items[0].source, "./DCMO/camera");
  EXPECT_EQ(alert.items[0].meta.type, "urn:oma:at:dcmo:1.0:OperationComplete");
  EXPECT_EQ(alert.items[0].meta.format, "int");
  EXPECT_EQ(value("./DCMO/camera/Enabled"), "false");
  close();
}

TEST_F(SimulatedDmClient, TrapsWhatItIsToldTo) {
  const std::string trap = "./ManagedObjects/DiagMon/Trap";
  make();
  begin();
  ask({add("./Vendor/memory/alarm", "1"), exec(trap + "/Operations/Enable", "ei-1")});
  EXPECT_EQ(answered(), (Said{"Status Add ./Vendor/memory/alarm 200", "Status Exec " + trap + "/Operations/Enable 200"}));
  ask({replace("./Vendor/memory/alarm", "2")});
  EXPECT_EQ(answered(), (Said{"Status Replace ./Vendor/memory/alarm 200", "Alert 1226 200"}));
  EXPECT_EQ(all<CommandElement>()[0].items[0].source, trap);
  ask({exec(trap + "/Operations/Disable", "ei-2"), replace("./Vendor/memory/alarm", "3")});
  EXPECT_EQ(all<CommandElement>().size(), 0u);
  close();
}

TEST_F(SimulatedDmClient, RegistersAgain) {
  make();
  begin();
  ask({exec("./ETSI/SclMo/ReRegistration", "ei-1"), get("./ETSI/SclMo/SclActionStatus/FinalStatus")});
  EXPECT_EQ(answered(), (Said{"Status Exec ./ETSI/SclMo/ReRegistration 200", "Status Get ./ETSI/SclMo/SclActionStatus/FinalStatus 200",
                              "Results ./ETSI/SclMo/SclActionStatus/FinalStatus SUCCESS"}));
  close();
}

TEST_F(SimulatedDmClient, TellsAgainWhatNobodyTook) {   // 5.3, rule 3
  make();
  begin();
  ask({exec("./test/execute", "ei-1")});
  client_->fail("no answer", now_);
  wait_for_session();
  begin();
  EXPECT_EQ(said(), (Said{"Alert 1201", "Alert 1226 ei-1 200", "Replace "}));
  EXPECT_EQ(client_->events(), "1201, 1226");
  close();
  EXPECT_EQ(client_->next(), never);
}

TEST_F(SimulatedDmClient, DoesAllOfAnAtomicOrNothing) {
  make();
  begin();
  CommandElement atomic;
  atomic.kind = Kind::atomic;
  atomic.commands = {add("./Vendor/memory/a", "1"), replace("./DevInfo/Man", "x"), add("./Vendor/memory/b", "1")};
  ask({atomic});
  EXPECT_EQ(answered(), (Said{"Status Atomic 507", "Status Add ./Vendor/memory/a 216", "Status Replace ./DevInfo/Man 425", "Status Add ./Vendor/memory/b 215"}));
  EXPECT_EQ(value("./Vendor/memory"), "");
  atomic.commands.erase(atomic.commands.begin() + 1);
  ask({atomic});
  EXPECT_EQ(answered(), (Said{"Status Atomic 200", "Status Add ./Vendor/memory/a 200", "Status Add ./Vendor/memory/b 200"}));
  CommandElement sequence;
  sequence.kind = Kind::sequence;
  sequence.commands = {replace("./Vendor/memory/a", "2"), get("./Vendor/memory/a")};
  ask({sequence});
  EXPECT_EQ(answered(), (Said{"Status Sequence 200", "Status Replace ./Vendor/memory/a 200", "Status Get ./Vendor/memory/a 200", "Results ./Vendor/memory/a 2"}));
  close();
}

TEST_F(SimulatedDmClient, SendsALargeResultInChunks) {   // row 52 from the other side
  options_.tree = DmFactoryTree::built_in(20'000);
  make();
  begin();
  auto message = answer();
  message.header.meta.max_msg_size = 6'000;
  append(message, get("./DevDetail/FwV"));
  append(message, get("./ManagedObjects/DiagMon/Log/DiagMonData/Log"));
  append(message, get("./DevDetail/HwV"));
  send(message);
  std::string whole;
  unsigned chunks = 0;
  bool is_first = true;
  for (;; is_first = false) {
    ASSERT_TRUE(posted_);
    EXPECT_LE(octets_.size(), 6'000u);
    const auto results = all<ResultsElement>();
    if (is_first) {
      EXPECT_EQ(results.front().items[0].data, "1.0.0");
    } else if (whole.size() < 20'000) {
      EXPECT_EQ(results.size(), 1u) << "nothing else between";
    }
    for (const auto& each : results) {
      const auto& item = each.items[0];
      if (item.source != "./ManagedObjects/DiagMon/Log/DiagMonData/Log") continue;
      EXPECT_EQ(item.meta.size, whole.empty() ? std::optional<std::uint64_t>(20'000) : std::nullopt);
      ++chunks;
      whole += item.data.value();
      EXPECT_EQ(item.more_data, whole.size() < 20'000);
    }
    if (posted_->is_final) break;
    auto next = answer();
    next.is_final = false;
    CommandElement more;
    more.kind = Kind::alert;
    more.data = "1222";
    append(next, std::move(more));
    send(next);
    ASSERT_EQ(said()[1], "Status Alert 200");
  }
  EXPECT_GE(chunks, 4u);
  EXPECT_EQ(whole.size(), 20'000u);
  EXPECT_EQ(whole, client_->tree().value("./ManagedObjects/DiagMon/Log/DiagMonData/Log"));
  EXPECT_EQ(said().back(), "Results ./DevDetail/HwV 1.0");
  close();
}

class LargeObjects : public SimulatedDmClient {
 protected:
  static CommandElement chunk(std::string data, bool more, std::optional<std::uint64_t> size = {}) {
    auto out = add("./Vendor/memory/big", std::move(data));
    out.items[0].more_data = more;
    out.items[0].meta.size = size;
    return out;
  }
  void open() {
    make();
    begin();
    auto message = answer();
    message.is_final = false;
    append(message, chunk("0123456789", true, 15));
    send(message);
    ASSERT_EQ(answered(), (Said{"Status Add ./Vendor/memory/big 213", "Alert 1222"}));
    ASSERT_FALSE(posted_->is_final);
  }
};

TEST_F(LargeObjects, ArePutTogether) {
  open();
  ask({chunk("abcde", false)});
  EXPECT_EQ(answered(), (Said{"Status Add ./Vendor/memory/big 200"}));
  EXPECT_TRUE(posted_->is_final);
  EXPECT_EQ(value("./Vendor/memory/big"), "0123456789abcde");
  close();
}

TEST_F(LargeObjects, AreRefusedIfTheirSizeIsWrong) {
  open();
  ask({chunk("abcd", false)});
  EXPECT_EQ(answered(), (Said{"Status Add ./Vendor/memory/big 424"}));
  EXPECT_FALSE(client_->tree().find("./Vendor/memory/big"));
  close();
}

TEST_F(LargeObjects, AreDroppedIfSomethingElseComes) {
  open();
  ask({get("./DevDetail/FwV")});
  EXPECT_EQ(answered(), (Said{"Alert 1225", "Status Get ./DevDetail/FwV 200", "Results ./DevDetail/FwV 1.0.0"}));
  ask({add("./Vendor/memory/big", "small")});
  EXPECT_EQ(value("./Vendor/memory/big"), "small");
  close();
}

TEST_F(SimulatedDmClient, HasLimits) {
  options_.object_size = 100;
  make();
  begin();
  ask({add("./Vendor/memory/a", std::string(101, 'x')), add("./Vendor/memory/" + std::string(49, 'n'), "x"), add("./Vendor/memory/", "x"), add("/etc/passwd", "x")});
  std::vector<int> codes;
  for (const auto& status : all<StatusElement>()) codes.push_back(status.code());
  EXPECT_EQ(codes, (std::vector<int>{212, 413, 414, 418, 404}));
  close();
}

TEST(DmTrees, ManyShareOne) {   // row 64
  const auto factory = DmFactoryTree::built_in();
  DmTree tree(factory);
  tree.change("./DevInfo/Lang", "en");
  EXPECT_EQ(tree.differences(), 0u);
  tree.change("./DevInfo/Lang", "de");
  EXPECT_EQ(tree.differences(), 1u);
  tree.drop("./SCOMO");
  EXPECT_FALSE(tree.find("./SCOMO/Download"));
  EXPECT_EQ(tree.value("./DevInfo/Lang"), "de");
  tree.reset();
  EXPECT_TRUE(tree.find("./SCOMO/Download"));
  EXPECT_EQ(tree.differences(), 0u);
}

TEST(DmTrees, NameTheLineThatIsWrong) {
  EXPECT_THROW(DmFactoryTree("./a r chr x\n"), std::runtime_error);
  EXPECT_THROW(DmFactoryTree(". n\n./a/b r chr x\n"), std::runtime_error);
  EXPECT_THROW(DmFactoryTree(". n\n./a\n"), std::runtime_error);
  EXPECT_NO_THROW(DmFactoryTree(". n\n# a remark\n\n./a r chr x\n"));
}

}  // namespace
}  // namespace nscl::rem::simulator
