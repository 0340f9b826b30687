// SPDX-License-Identifier: Apache-2.0
// Sizes: messages that are no longer than a device takes, and large objects both ways (rem.md 3.5).
#include "dm_fixture.h"
#include "shipment.h"

namespace nscl::rem::omadm {
namespace {

/// Each 100 octets longer, and 100 of its own.
std::optional<std::size_t> by_data(const Shipment::Load& load) {
  std::size_t out = 100;
  for (const auto& command : load.commands) {
    out += 100;
    for (const auto& item : command.items) out += item.target.size() + item.data.value_or("").size();
  }
  return out;
}

std::vector<CommandElement> numbered(const Shipment::Load& load) {
  DmMessage message;
  message.body.insert(message.body.end(), load.commands.begin(), load.commands.end());
  number(message);
  std::vector<CommandElement> out;
  for (const auto& element : message.body) out.push_back(std::get<CommandElement>(element));
  return out;
}

StatusElement status_on(std::string command, int code, std::vector<std::string> uris = {}) {
  StatusElement out;
  out.msg_ref = "1";
  out.cmd_ref = std::move(command);
  out.target_refs = std::move(uris);
  out.data = std::to_string(code);
  return out;
}

class ShipmentTest : public testing::Test {
 protected:
  static void send(Shipment& shipment, std::size_t room = 10'000) {
    const auto load = shipment.next(room, by_data);
    shipment.sent("1", numbered(load));
  }
};

TEST_F(ShipmentTest, StatusesByItemAndByOrder) {
  const auto statuses_after = [](std::vector<StatusElement> all) {
    Shipment shipment({command_on(Kind::get, {"./A", "./B", "./C"})}, false, 0);
    send(shipment);
    for (const auto& status : all) EXPECT_TRUE(shipment.take(status));
    shipment.conclude();
    EXPECT_TRUE(shipment.is_done());
    std::vector<int> out;
    for (const auto& item : shipment.answers()[0].items) out.push_back(item.status);
    out.push_back(shipment.answers()[0].status);
    return out;
  };
  EXPECT_EQ(statuses_after({status_on("1", 200)}), (std::vector<int>{200, 200, 200, 200})) << "one for all";
  EXPECT_EQ(statuses_after({status_on("1", 404, {"./B"}), status_on("1", 200)}), (std::vector<int>{200, 404, 200, 200}));
  EXPECT_EQ(statuses_after({status_on("1", 200), status_on("1", 404), status_on("1", 405)}), (std::vector<int>{200, 404, 405, 0})) << "in their order";
  EXPECT_EQ(statuses_after({status_on("1", 200, {"./C", "./A"})}), (std::vector<int>{200, 0, 200, 0}));
  EXPECT_EQ(statuses_after({}), (std::vector<int>{0, 0, 0, 0}));
}

TEST_F(ShipmentTest, WhatBelongsToSomethingElse) {
  Shipment shipment({command_on(Kind::get, {"./A"})}, false, 0);
  send(shipment);
  auto foreign = status_on("1", 200);
  foreign.msg_ref = "2";
  EXPECT_FALSE(shipment.take(foreign));
  EXPECT_FALSE(shipment.take(status_on("7", 200)));
  shipment.conclude();
  EXPECT_EQ(shipment.answers()[0].status, 0);
}

TEST_F(ShipmentTest, ResultsByWhatTheyAreOf) {
  Shipment shipment({command_on(Kind::get, {"./A?list=Struct", "./B", "./C"})}, false, 0);
  send(shipment);
  shipment.take(status_on("1", 200));
  ResultsElement results;
  results.cmd_ref = "1";
  results.items = {{"", "./A"}, {"", "./A/x"}, {"", "./C"}};
  results.items[2].data = "c";
  EXPECT_TRUE(shipment.take(results));
  shipment.conclude();
  const auto& items = shipment.answers()[0].items;
  EXPECT_EQ(items[0].results.size(), 2u) << "a subtree";
  ASSERT_EQ(items[1].results.size(), 1u);
  EXPECT_EQ(items[1].results[0].data, "") << "no results are an empty value";
  EXPECT_EQ(items[2].results.at(0).data, "c");
}

TEST_F(ShipmentTest, AnAtomicWithoutAStatusOfItsOwn) {
  CommandElement atomic;
  atomic.kind = Kind::atomic;
  atomic.commands = {command_on(Kind::replace, {"./A"}, "1"), command_on(Kind::replace, {"./B"}, "2")};
  Shipment shipment({atomic}, false, 0);
  send(shipment);
  shipment.take(status_on("2", 200));
  shipment.take(status_on("3", 425));
  shipment.conclude();
  const auto& answer = shipment.answers()[0];
  EXPECT_EQ(answer.status, 0);
  EXPECT_EQ(answer.items.at(0).status, 200);
  EXPECT_EQ(answer.items.at(1).status, 425);
}

TEST_F(ShipmentTest, ManyCommandsAreSeveralMessages) {
  std::vector<CommandElement> all;
  for (int i = 0; i < 7; ++i) all.push_back(command_on(Kind::replace, {"./" + std::to_string(i)}, std::string(100, 'x')));
  Shipment shipment(std::move(all), false, 0);
  std::vector<std::size_t> sizes;
  while (!shipment.is_done()) {
    const auto load = shipment.next(750, by_data);
    sizes.push_back(load.commands.size());
    shipment.sent("1", numbered(load));
    for (const auto& command : numbered(load)) shipment.take(status_on(command.id, 200));
    shipment.conclude();
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{3, 3, 1}));
  for (const auto& answer : shipment.answers()) EXPECT_EQ(answer.status, 200);
}

TEST_F(ShipmentTest, ALongCommandIsSplitByItsItems) {
  Shipment shipment({command_on(Kind::replace, {"./A", "./B"}, std::string(300, 'x'))}, false, 0);
  for (int i = 0; i < 2; ++i) {
    const auto load = shipment.next(600, by_data);
    ASSERT_EQ(load.commands.size(), 1u);
    ASSERT_EQ(load.commands[0].items.size(), 1u);
    shipment.sent("1", numbered(load));
    shipment.take(status_on("1", 200 + i));
    shipment.conclude();
  }
  EXPECT_TRUE(shipment.is_done());
  EXPECT_EQ(shipment.answers()[0].items[0].status, 200);
  EXPECT_EQ(shipment.answers()[0].items[1].status, 201);
}

TEST_F(ShipmentTest, WhatIsTooLargeIsNotSent) {
  Shipment no_chunks({command_on(Kind::replace, {"./A"}, std::string(5000, 'x')), command_on(Kind::get, {"./B"})}, false, 0);
  const auto load = no_chunks.next(1000, by_data);
  EXPECT_EQ(load.commands.size(), 1u);
  EXPECT_EQ(no_chunks.answers()[0].status, 413);
  Shipment too_large({command_on(Kind::replace, {"./A"}, std::string(5000, 'x'))}, true, 4999);
  EXPECT_TRUE(too_large.next(1000, by_data).commands.empty());
  EXPECT_EQ(too_large.answers()[0].items[0].status, 413);
}

TEST_F(ShipmentTest, ALargeObjectGoesInChunksOfWholeCharacters) {
  std::string data;
  for (int i = 0; i < 1000; ++i) data += "aä€";
  Shipment shipment({command_on(Kind::replace, {"./A"}, data), command_on(Kind::get, {"./B"})}, true, 0);
  std::string received;
  for (int i = 0; i < 100 && received.size() < data.size(); ++i) {
    const auto load = shipment.next(1000, by_data);
    ASSERT_EQ(load.commands.size(), 1u) << "nothing else between";
    const auto& item = load.commands[0].items.at(0);
    EXPECT_EQ(item.meta.size, i == 0 ? std::optional<std::uint64_t>(data.size()) : std::nullopt);
    EXPECT_TRUE(is_xml_text(*item.data));
    received += *item.data;
    EXPECT_EQ(load.is_chunk, received.size() < data.size());
    EXPECT_EQ(item.more_data, load.is_chunk);
    shipment.sent("1", numbered(load));
    EXPECT_EQ(shipment.sends_chunks(), load.is_chunk);
    shipment.take(status_on("1", load.is_chunk ? 213 : 200));
    shipment.conclude();
  }
  EXPECT_EQ(received, data);
  EXPECT_EQ(shipment.answers()[0].status, 200);
  EXPECT_EQ(shipment.next(1000, by_data).commands.size(), 1u);
}

TEST_F(ShipmentTest, AClientThatTakesAChunkForTheWhole) {
  for (const auto& [told, read] : {std::pair{200, 424}, std::pair{425, 425}}) {
    Shipment shipment({command_on(Kind::replace, {"./A"}, std::string(5000, 'x'))}, true, 0);
    send(shipment, 1000);
    shipment.take(status_on("1", told));
    shipment.conclude();
    EXPECT_TRUE(shipment.is_done());
    EXPECT_EQ(shipment.answers()[0].status, read);
  }
}

// ---- in sessions

TEST_F(DmTest, MessagesKeepToTheSizeThatTheDeviceTakes) {
  size = "5000";
  std::vector<CommandElement> all;
  for (int i = 0; i < 20; ++i) all.push_back(command_on(Kind::replace, {"./" + std::to_string(i)}, std::string(500, '&')));   // five octets each in XML
  wants(5, {std::move(all)});
  work.welcome.facts.message_size = 5000;
  auto answer = begin();
  for (int i = 0; i < 40 && !commands(answer).empty(); ++i) {
    EXPECT_LE(last.size(), 4000u);
    answer = say(taken(answer) + final_text);
  }
  ASSERT_EQ(scripts[5].answers.size(), 1u);
  for (const auto& each : scripts[5].answers[0]) EXPECT_EQ(each.status, 200);
}

TEST_F(DmTest, Row52WeSendALargeObject) {
  work.welcome.facts.has_large_objects = true;
  work.welcome.facts.message_size = 5000;
  const std::string data(20'000, 'x');
  wants(5, {{command_on(Kind::replace, {"./A"}, data)}});
  auto answer = begin();
  std::string received;
  while (received.size() < data.size()) {
    ASSERT_EQ(commands(answer).size(), 1u);
    const auto item = commands(answer).at(0).items.at(0);
    received += item.data.value_or("");
    EXPECT_EQ(answer.is_final, !item.more_data);
    if (!item.more_data) break;
    answer = say(taken(answer, "213") + alert_text("9", "1222"));
    EXPECT_EQ(statuses(answer), "Alert 200");
  }
  EXPECT_EQ(received, data);
  say(taken(answer) + final_text);
  EXPECT_EQ(scripts[5].answers.at(0).at(0).status, 200);
}

/// Results of 300,000 octets in chunks; what the operation got.
class Row52 : public DmTest {
 protected:
  ItemAnswer in_chunks(const std::string& data, std::size_t told) {
    wants(5, {{command_on(Kind::get, {"./Log"})}});
    auto answer = begin();
    const auto get = commands(answer).at(0).id;
    std::string statuses = status_text("1", "1", get, "Get", "200");
    for (std::size_t at = 0; at < data.size(); at += chunk) {
      const bool has_more = at + chunk < data.size();
      answer = say(statuses + results_text("2", "1", get, "./Log", data.substr(at, chunk), at == 0 ? "<Meta><Size>" + std::to_string(told) + "</Size></Meta>" : "", has_more) +
                   (has_more ? "" : final_text));
      statuses.clear();
      if (!has_more) break;
      EXPECT_EQ(DmTest::statuses(answer), "Results 213");
      EXPECT_TRUE(has_alert(answer, "1222"));
      EXPECT_EQ(commands(answer).size(), 1u);
      EXPECT_FALSE(answer.is_final);
    }
    end = DmTest::statuses(answer);
    return scripts[5].answers.at(0).at(0).items.at(0);
  }
  static constexpr std::size_t chunk = 10'000;
  std::string end;
};

TEST_F(Row52, IsPutTogether) {
  const std::string data(300'000, 'y');
  const auto got = in_chunks(data, data.size());
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.results.at(0).data, data);
}

TEST_F(Row52, OfAnotherSizeThanItWasToldIsRefused) {
  const std::string data(300'000, 'y');
  const auto got = in_chunks(data, data.size() - 1);
  EXPECT_EQ(got.status, 424);
  EXPECT_EQ(end, "Results 424");
}

TEST_F(DmTest, Row52AnotherObjectBeforeTheEnd) {
  wants(5, {{command_on(Kind::get, {"./A", "./B"})}});
  const auto first = begin();
  const auto get = commands(first).at(0).id;
  say(status_text("1", "1", get, "Get", "200") + results_text("2", "1", get, "./A", "half", "<Meta><Size>8</Size></Meta>", true));
  const auto answer = say(results_text("1", "1", get, "./B", "whole") + final_text);
  EXPECT_TRUE(has_alert(answer, "1225"));
  EXPECT_EQ(scripts[5].answers.at(0).at(0).items.at(1).results.at(0).data, "whole");
}

TEST_F(DmTest, AnObjectThatIsTooLargeIsNotCollected) {
  options.sessions.object = 20'000;
  restart();
  wants(5, {{command_on(Kind::get, {"./A"})}});
  const auto first = begin();
  const auto get = commands(first).at(0).id;
  auto answer = say(status_text("1", "1", get, "Get", "200") + results_text("2", "1", get, "./A", "x", "<Meta><Size>20001</Size></Meta>", true) + final_text);
  EXPECT_EQ(statuses(answer), "Results 413");
  EXPECT_EQ(scripts[5].answers.at(0).at(0).items.at(0).status, 413);
}

}  // namespace
}  // namespace nscl::rem::omadm
