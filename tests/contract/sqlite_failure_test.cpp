// SPDX-License-Identifier: Apache-2.0
// The SQLite store when things go wrong: killed, no space left, held by another process.
#include <csignal>
#include <thread>

#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store_contract.h"

namespace nscl::store::contract {
namespace {

using namespace std::chrono_literals;

Options options_in(const TemporaryDirectory& place) {
  Options options;
  options.directory = place.path() / "data";
  return options;
}

std::unique_ptr<Store> open_in(const TemporaryDirectory& place) { return open_sqlite(options_in(place), registry(), system_clock()); }

/// Key of the container that these tests fill.
std::uint64_t prepare(const TemporaryDirectory& place) {
  std::uint64_t key = 0;
  const auto result = open_in(place)->write_and_wait([&](Transaction& t) -> Result<void> {
    key = create(t, "containers/a", "container");
    return {};
  });
  EXPECT_TRUE(result);
  return key;
}

Result<void> append_one(Store& store, std::uint64_t key, std::string content, std::uint64_t* sequence = nullptr) {
  return store.write_and_wait([&](Transaction& t) -> Result<void> {
    const auto made = append(t, key, content);
    if (sequence) *sequence = made->sequence;
    return {};
  });
}

/// Runs `work` in a child process, which reports the first thing that is wrong on standard error.
template <class Work>
pid_t in_child(const Work& work) {
  const auto child = ::fork();
  if (child != 0) return child;
  int code = 1;
  try {
    work();
    code = testing::Test::HasFailure() ? 2 : 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "child: %s\n", error.what());
  }
  ::_exit(code);
}

int exit_code_of(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(SqliteFailure, KeepsWhatWasAcknowledgedThroughAKill) {
  TemporaryDirectory place;
  const auto key = prepare(place);
  std::vector<std::uint64_t> acknowledged;
  for (int round = 0; round < 3; ++round) {
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    const auto child = in_child([&] {
      ::close(pipe[0]);
      const auto store = open_in(place);
      std::vector<std::thread> writers;
      for (int i = 0; i < 4; ++i) {
        writers.emplace_back([&] {
          for (std::uint64_t sequence = 0; append_one(*store, key, "kept", &sequence);) {
            if (::write(pipe[1], &sequence, sizeof sequence) != sizeof sequence) return;
          }
        });
      }
      for (auto& writer : writers) writer.join();
    });
    ::close(pipe[1]);
    const auto first = acknowledged.size();
    std::uint64_t sequence = 0;
    while (::read(pipe[0], &sequence, sizeof sequence) == sizeof sequence) {
      acknowledged.push_back(sequence);
      if (acknowledged.size() == first + 300) ::kill(child, SIGKILL);   // what is in the pipe still counts
    }
    ::close(pipe[0]);
    EXPECT_EQ(exit_code_of(child), -1);
    ASSERT_GE(acknowledged.size(), first + 300);
  }
  const auto store = open_in(place);
  store->read([&](View& view) {
    std::vector<std::uint64_t> stored;
    view.scan_instances(key, [&](const model::InstancePtr& each) {
      EXPECT_EQ(each->content, "kept");
      stored.insert(stored.begin(), each->sequence);
      return true;
    });
    std::sort(acknowledged.begin(), acknowledged.end());
    EXPECT_TRUE(std::includes(stored.begin(), stored.end(), acknowledged.begin(), acknowledged.end()));
  });
}

void set_file_size_limit(rlim_t bytes) {
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
  limit.rlim_cur = bytes;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/// Appends until that is refused time after time: the log and then the database reach the limit. What was stored.
std::uint64_t fill(Store& store, std::uint64_t key) {
  std::uint64_t stored = 0;
  for (int refusals = 0; refusals < 5 && stored < 1000;) {
    const auto result = append_one(store, key, std::string(50'000, 'x'));
    refusals = result ? 0 : refusals + 1;
    stored += result ? 1 : 0;
    if (!result) {
      EXPECT_EQ(result.error().status, Status::service_unavailable);
      EXPECT_FALSE(store.is_healthy());
    }
  }
  return stored;
}

void fill_and_recover(const TemporaryDirectory& place, std::uint64_t key) {
  std::signal(SIGXFSZ, SIG_IGN);
  const auto store = open_in(place);
  ASSERT_TRUE(append_one(*store, key, "before"));
  set_file_size_limit(1u << 20);
  auto stored = 1 + fill(*store, key);
  EXPECT_LT(stored, 1000u);
  EXPECT_GE(store->figures().failed_commits, 5u);
  std::string reason;
  EXPECT_FALSE(store->is_healthy(&reason));
  EXPECT_FALSE(reason.empty());
  const auto check = [&](View& view) {
    EXPECT_EQ(view.instance_stats(key).count, stored);
    EXPECT_EQ(ids_newest_first(view, key).size(), stored);
    EXPECT_EQ(view.oldest_instance(key)->content, "before");
  };
  store->read(check);
  set_file_size_limit(RLIM_INFINITY);
  for (int i = 0; i < 50 && !store->is_healthy(); ++i) std::this_thread::sleep_for(100ms);
  EXPECT_TRUE(store->is_healthy()) << "nobody wrote, but the store looks after itself";
  ASSERT_TRUE(append_one(*store, key, "after"));
  ++stored;
  store->read(check);
  store->stop();
  open_in(place)->read(check);
}

TEST(SqliteFailure, RefusesWithoutSpaceAndRecovers) {
  TemporaryDirectory place;
  const auto key = prepare(place);
  EXPECT_EQ(exit_code_of(in_child([&] { fill_and_recover(place, key); })), 0);
}

TEST(SqliteFailure, RefusesWhileAnotherProcessHoldsTheDatabase) {
  TemporaryDirectory place;
  const auto key = prepare(place);
  const auto store = open_in(place);
  ASSERT_TRUE(append_one(*store, key, "1"));
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open((place.path() / "data" / "nscl.db").c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  const auto result = append_one(*store, key, "2");
  EXPECT_EQ(result.error().status, Status::service_unavailable);
  EXPECT_FALSE(store->is_healthy());
  sqlite3_close(other);
  ASSERT_TRUE(append_one(*store, key, "3"));
  EXPECT_TRUE(store->is_healthy());
  store->read([&](View& view) {
    EXPECT_EQ(view.instance_stats(key).count, 2u);
    EXPECT_EQ(view.latest_instance(key)->content, "3");
  });
}

}  // namespace
}  // namespace nscl::store::contract
