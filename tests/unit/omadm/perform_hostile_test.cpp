// SPDX-License-Identifier: Apache-2.0
// Devices that answer whatever they like: each performance has an end, soon and without harm.
#include <random>

#include "node_tree.h"

namespace nscl::rem::omadm {
namespace {

class Liar {
 public:
  explicit Liar(unsigned seed) : random_(seed) {}

  std::vector<CommandAnswer> answers(const std::vector<CommandElement>& commands) {
    std::vector<CommandAnswer> out;
    const auto count = one_in(10) ? below(5) : commands.size();
    for (std::size_t i = 0; i < count; ++i) out.push_back(answer(i < commands.size() ? commands[i] : CommandElement{}));
    return out;
  }
  bool one_in(unsigned n) { return below(n) == 0; }

 private:
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }

  int status() {
    constexpr int statuses[] = {200, 200, 200, 200, 202, 0, 404, 405, 406, 418, 425, 215, 216, 507, 516, 503, 401, 500, 999, -7};
    return statuses[below(std::size(statuses))];
  }

  CommandAnswer answer(const CommandElement& command) {
    CommandAnswer out;
    if (one_in(3)) out.status = status();
    const auto asked = command.items.size() + command.commands.size();
    const auto count = one_in(10) ? below(4) : asked;
    for (std::size_t i = 0; i < count; ++i) out.items.push_back({i < command.items.size() ? command.items[i].target : "?", status(), results()});
    return out;
  }

  std::vector<Item> results() {
    constexpr const char* values[] = {"", "10", "a/b/c", "a/a/.././/?", "FUMO/SCOMO/DevInfo", "State/x", "urn:oma:mo:oma-fumo:1.0", "AP8=", "\xff\x00"};
    constexpr const char* formats[] = {"node", "node", "node", "chr", "int", "bin", "", "NODE", "text/plain"};
    std::vector<Item> out(below(3));
    for (auto& item : out) {
      item.meta.format = formats[below(std::size(formats))];
      if (!one_in(5)) item.data = values[below(std::size(values))];
      item.is_base64 = one_in(6);
    }
    return out;
  }

  std::mt19937 random_;
};

const std::vector<Task> tasks = {
    GetLeaves{{"./A", "./B/", "./A"}},
    SetLeaves{{{"./A", "1"}, {"./B", "2", "int"}, {"./C", "x", "bin"}}},
    AddInstance{.object = "./A/", .leaves = {{"x/y/z", "1", "chr"}, {"k", "2", "int"}}, .name = "n"},
    AddInstance{.object = "./A/", .leaves = {{"", "1", "chr"}}, .name = "n"},
    DeleteInstance{"./A/n/"},
    Discover{{"{urn:oma:mo:oma-fumo:1.0}", "{urn:oma:mo:oma-scomo:1.0}Download/{i}/{i}/", "./{i}/{i}/", "{root}a/b/c/", "{urn:", "", "./", "x"}},
    Invoke{{{"./F/a/b", "1", "chr"}, {"./F/c", "2", "chr"}}, "./F/run", "data", "./F/State", {"10"}, true},
};

void play(const Task& task, unsigned seed) {
  Liar liar(seed);
  DeviceFacts facts;
  Assignment assignment{.operation = 1, .key = our_key, .may_have_happened = liar.one_in(2), .attempts = 1, .task = task};
  DmSituation situation{&facts};
  situation.model.uses_atomic = liar.one_in(2);
  situation.model.get_items = liar.one_in(5) ? 0 : 3;
  const auto performance = perform(assignment, situation);
  auto step = performance->begin();
  for (int packages = 0; packages < 60; ++packages) {
    if (std::holds_alternative<Report>(step)) return;
    const auto commands = std::get<std::vector<CommandElement>>(step);
    ASSERT_FALSE(commands.empty()) << seed;
    step = liar.one_in(30) ? performance->unanswered() : performance->answered(liar.answers(commands));
  }
  ADD_FAILURE() << "task " << task.index() << ", seed " << seed << " has no end";
}

TEST(DmHostile, EachPerformanceHasAnEnd) {
  for (const auto& task : tasks) {
    for (unsigned seed = 0; seed < 300; ++seed) play(task, seed);
  }
}

TEST(DmHostile, ATaskWithNothingInIt) {
  NodeTree tree{Nodes{}};
  for (const auto& task : std::vector<Task>{GetLeaves{}, SetLeaves{}, Discover{}}) EXPECT_EQ(Play(task).with(tree).end, Report::End::done);
}

}  // namespace
}  // namespace nscl::rem::omadm
