// SPDX-License-Identifier: Apache-2.0
// The SQLite store as files: who may open them, and which files it refuses.
#include <fstream>

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store_contract.h"

namespace nscl::store::contract {
namespace {

namespace fs = std::filesystem;

class SqliteFiles : public testing::Test {
 protected:
  std::unique_ptr<Store> open(bool exclusive = true) {
    Options options;
    options.directory = data_;
    options.exclusive = exclusive;
    return open_sqlite(options, registry(), clock_);
  }
  std::string refusal(bool exclusive = true) {
    try {
      open(exclusive);
      return "none";
    } catch (const std::runtime_error& error) {
      return error.what();
    }
  }
  void execute(const char* sql) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open((data_ / "nscl.db").c_str(), &database), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    sqlite3_close(database);
  }
  static mode_t mode_of(const fs::path& path) {
    struct ::stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 07777;
  }

  TemporaryDirectory place_;
  fs::path data_ = place_.path() / "a" / "data";
  TestClock clock_;
};

#define EXPECT_CONTAINS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

TEST_F(SqliteFiles, ArePrivateWhateverTheUmask) {
  const auto before = ::umask(0);
  const auto store = open();
  ASSERT_TRUE(store->write_and_wait([](Transaction& t) -> Result<void> { return t.put_fact("a", "b"), Result<void>{}; }));
  ::umask(before);
  EXPECT_EQ(mode_of(data_), 0700u);
  for (const auto& file : fs::directory_iterator(data_)) EXPECT_EQ(mode_of(file.path()), 0600u) << file.path();
}

TEST_F(SqliteFiles, BelongToOneDaemon) {
  auto store = open();
  const auto text = refusal();
  EXPECT_CONTAINS(text, "is in use by another nscl (pid " + std::to_string(::getpid()) + ")");
  store.reset();
  EXPECT_EQ(refusal(), "none");
}

TEST_F(SqliteFiles, LeaveNoLogBehindAfterAStop) {
  auto store = open();
  ASSERT_TRUE(store->write_and_wait([](Transaction& t) -> Result<void> { return t.put_fact("a", "b"), Result<void>{}; }));
  store->read([](View& view) { EXPECT_EQ(view.fact("a"), "b"); });
  store->stop();
  EXPECT_FALSE(fs::exists(data_ / "nscl.db-wal"));
}

TEST_F(SqliteFiles, AreRefusedIfTheirSchemaIsNewer) {
  open().reset();
  execute("PRAGMA user_version=4711");
  for (const bool exclusive : {true, false}) {
    const auto text = refusal(exclusive);
    EXPECT_CONTAINS(text, "version 4711");
    EXPECT_CONTAINS(text, "versions up to 15");
  }
}

constexpr const char* without_version_15 = "DROP TABLE rem_bootstrap";
constexpr const char* without_version_14 = "DROP TABLE rem_nonce";
constexpr const char* without_version_13 = "DROP TABLE rem_watch";
constexpr const char* without_version_12 = "DROP TABLE rem_trace; DROP TABLE rem_traced; DROP TABLE rem_alarm";
constexpr const char* without_version_11 = "DROP TABLE rem_fleet; DROP TABLE rem_fleet_member";
constexpr const char* without_version_9 =
    "DROP TABLE rem_device; DROP TABLE rem_credential; DROP TABLE rem_operation; DROP TABLE rem_event; DROP TABLE rem_file; DROP TABLE rem_transfer";
constexpr const char* without_version_8 = "DROP TABLE device; DROP TABLE node";
constexpr const char* without_version_7 = "DROP TABLE integrity; DROP TABLE quarantine; DROP TABLE holding";
constexpr const char* without_version_6 =
    "ALTER TABLE token DROP COLUMN name; ALTER TABLE principal DROP COLUMN digest_key; ALTER TABLE principal DROP COLUMN digest";
constexpr const char* without_version_5 = "DROP TABLE audit; DROP TABLE audit_personal; DROP TABLE audit_checkpoint";
constexpr const char* without_version_4 =
    "DROP TABLE key; DROP TABLE token; DROP INDEX principal_certificate; ALTER TABLE principal DROP COLUMN certificate";

TEST_F(SqliteFiles, OfTheFirstVersionAreBroughtForward) {
  auto store = open();
  ASSERT_TRUE(store->write_and_wait([](Transaction& t) -> Result<void> {
    append(t, create(t, "containers/old", "container"), "kept");
    for (const char* path : {"scls/gw1", "scls/gw1/containers/a", "scls/gw10", "applications/a", "applications/a/containers/b", "applications/a/containers/c"}) {
      create(t, path, "container");
    }
    return {};
  }));
  store.reset();
  execute(without_version_15);
  execute(without_version_14);
  execute(without_version_13);
  execute(without_version_12);
  execute(without_version_11);
  execute(without_version_9);
  execute(without_version_8);
  execute(without_version_7);
  execute(without_version_6);
  execute(without_version_5);
  execute(without_version_4);
  execute("DROP TABLE outbox; DROP TABLE lane; DROP INDEX resource_type; ALTER TABLE instance_body DROP COLUMN created;"
          "PRAGMA user_version=1");   // what version 1 had not
  store = open();
  ASSERT_TRUE(store->write_and_wait([](Transaction& t) -> Result<void> {
    t.put_lane({.name = "a"});
    t.put_row({.lane = "a", .body = "x"});
    return {};
  }));
  store->read([](View& view) {
    EXPECT_EQ(view.of_type("container", 0, 10).size(), 7u);
    EXPECT_EQ(view.resources_of("scls/gw1"), 2u);
    EXPECT_EQ(view.resources_of("scls/gw10"), 1u);
    EXPECT_EQ(view.resources_of("applications/a"), 3u);
    EXPECT_EQ(view.lane_size("a").rows, 1u);
    const auto instance = view.latest_instance(view.find("containers/old")->key);
    ASSERT_TRUE(instance);
    EXPECT_EQ(instance->content, "kept");
    EXPECT_NE(instance->creation_time, Time{});
  });
}

// Version 2 had lanes that did not count what they hold, and then some that did.
TEST_F(SqliteFiles, OfTheSecondVersionAreBroughtForwardInBothItsForms) {
  for (const bool has_counts : {false, true}) {
    auto store = open();
    ASSERT_TRUE(store->write_and_wait([](Transaction& t) -> Result<void> {
      t.put_lane({.name = "a", .due = Time{}, .state = "s"});
      t.put_row({.lane = "a", .body = "four"});
      return {};
    }));
    store.reset();
    if (!has_counts) {
      execute("DROP TRIGGER outbox_insert; DROP TRIGGER outbox_update; DROP TRIGGER outbox_delete;"
              "ALTER TABLE lane DROP COLUMN held; ALTER TABLE lane DROP COLUMN held_size");
    }
    execute(without_version_15);
    execute(without_version_14);
    execute(without_version_13);
    execute(without_version_12);
    execute(without_version_11);
    execute(without_version_9);
    execute(without_version_8);
    execute(without_version_7);
    execute(without_version_6);
    execute(without_version_5);
    execute(without_version_4);
    execute("PRAGMA user_version=2");
    store = open();
    ASSERT_TRUE(store->write_and_wait([](Transaction& t) -> Result<void> {
      EXPECT_EQ(t.lane_size("a").rows, 1u);
      EXPECT_EQ(t.lane_size("a").bytes, 4u);
      EXPECT_EQ(t.lane("a")->state, "s");
      t.put_row({.lane = "a", .body = "x"});
      EXPECT_EQ(t.lane_size("a").rows, 2u);
      EXPECT_EQ(t.due_lanes(Time::min(), Time{}, 10).size(), 1u);
      t.erase_lane("a");
      return {};
    }));
  }
}

TEST_F(SqliteFiles, AreRefusedIfTheyAreSomebodyElses) {
  fs::create_directories(data_);
  execute("CREATE TABLE other(x)");
  EXPECT_CONTAINS(refusal(), "another program");
}

TEST_F(SqliteFiles, AreRefusedIfTheyAreNoDatabase) {
  fs::create_directories(data_);
  std::ofstream(data_ / "nscl.db") << std::string(10'000, 'x');
  EXPECT_CONTAINS(refusal(), "not a database");
}

TEST_F(SqliteFiles, AreRefusedThroughSymbolicLinks) {
  open().reset();
  fs::create_directory_symlink(data_, place_.path() / "link");
  data_ = place_.path() / "link";
  EXPECT_CONTAINS(refusal(), "symbolic link");
  data_ = place_.path() / "link/";
  EXPECT_CONTAINS(refusal(), "symbolic link");
  data_ = place_.path() / "a" / "data";
  fs::rename(data_ / "nscl.db", data_ / "other.db");
  fs::create_symlink("other.db", data_ / "nscl.db");
  EXPECT_CONTAINS(refusal(), "symbolic link");
}

TEST_F(SqliteFiles, AreRefusedIfEverybodyMayWrite) {
  open().reset();
  fs::permissions(data_, fs::perms::others_write, fs::perm_options::add);
  EXPECT_CONTAINS(refusal(), "writable by everybody");
  fs::permissions(data_, fs::perms::others_write, fs::perm_options::remove);
  fs::permissions(data_ / "nscl.db", fs::perms::others_write, fs::perm_options::add);
  EXPECT_CONTAINS(refusal(), "writable by everybody");
}

TEST_F(SqliteFiles, AreRefusedBelowAFolderThatEverybodyMayWriteF3) {
  open().reset();
  fs::permissions(place_.path() / "a", fs::perms::all);
  EXPECT_CONTAINS(refusal(), "lies in");
  fs::permissions(place_.path() / "a", fs::perms::sticky_bit, fs::perm_options::add);
  EXPECT_EQ(refusal(), "none");
}

TEST_F(SqliteFiles, OfAnotherKindAreRefusedF3) {
  open().reset();
  for (const char* name : {"nscl.db-wal", "nscl.db-shm", "lock"}) {
    fs::remove(data_ / name);
    ASSERT_EQ(::mkfifo((data_ / name).c_str(), 0600), 0);
    EXPECT_CONTAINS(refusal(), "is not a regular file");
    fs::remove(data_ / name);
    fs::create_symlink("elsewhere", data_ / name);
    EXPECT_CONTAINS(refusal(), "symbolic link");
    fs::remove(data_ / name);
  }
  EXPECT_FALSE(fs::exists(data_ / "elsewhere"));
}

TEST_F(SqliteFiles, ThatWereRestoredArePrivateAgain) {
  open().reset();
  fs::permissions(data_ / "nscl.db", fs::perms(0644));
  const auto store = open();
  EXPECT_EQ(mode_of(data_ / "nscl.db"), 0600u);
}

TEST_F(SqliteFiles, LetTheCommandLineChangePrincipalsBesideTheDaemon) {
  const auto daemon = open();
  ASSERT_TRUE(daemon->write_and_wait([](Transaction& t) -> Result<void> { return create(t, "containers/a", "container"), Result<void>{}; }));
  {
    const auto tool = open(false);
    ASSERT_TRUE(tool->write_and_wait([](Transaction& t) -> Result<void> { return t.put_principal({"p", "p", "", true}), Result<void>{}; }));
    const auto refused = tool->write_and_wait([](Transaction& t) -> Result<void> { return t.erase("containers/a"), Result<void>{}; });
    EXPECT_FALSE(refused);
    tool->read([](View& view) {
      EXPECT_TRUE(view.find("containers/a"));
      EXPECT_THROW(view.latest_instance(1), StoreError);
    });
  }
  daemon->read([](View& view) {
    EXPECT_TRUE(view.find_principal("p"));
    EXPECT_EQ(view.fact("principals_version"), "1");
  });
  ASSERT_TRUE(daemon->write_and_wait([](Transaction& t) -> Result<void> { return create(t, "containers/b", "container"), Result<void>{}; }));
}

// A snapshot that lasts for a turn hides what another process does no longer than that, and keeps no log from being emptied.
TEST_F(SqliteFiles, AreReadAnewInEachTurn) {
  boost::asio::io_context context(1);
  const auto daemon = open();
  const auto has_principal = [&] {
    bool has = false;
    daemon->read([&](View& view) { has = view.find_principal("p").has_value(); }, context);
    return has;
  };
  EXPECT_FALSE(has_principal());
  const auto tool = open(false);
  ASSERT_TRUE(tool->write_and_wait([](Transaction& t) -> Result<void> { return t.put_principal({"p", "p", "", true}), Result<void>{}; }));
  EXPECT_EQ(context.poll(), 1u);
  EXPECT_TRUE(has_principal());
}

TEST_F(SqliteFiles, MayBeMadeByTheCommandLine) {
  {
    const auto tool = open(false);
    ASSERT_TRUE(tool->write_and_wait([](Transaction& t) -> Result<void> { return t.put_fact("a", "b"), Result<void>{}; }));
  }
  open()->read([](View& view) { EXPECT_EQ(view.fact("a"), "b"); });
}

}  // namespace
}  // namespace nscl::store::contract
