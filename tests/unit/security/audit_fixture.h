// SPDX-License-Identifier: Apache-2.0
// A store in a temporary folder with an audit trail, whose file a test may tamper with.
#pragma once

#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <nscl/base/bytes.h>
#include <nscl/security/audit.h>
#include <nscl/security/audit_verify.h>
#include <nscl/store/store.h>

namespace nscl::security {

class AuditFixture : public testing::Test {
 protected:
  AuditFixture() {
    std::string name = (std::filesystem::temp_directory_path() / "nscl-audit-XXXXXX").string();
    directory = ::mkdtemp(name.data());
    open();
  }
  ~AuditFixture() override {
    store.reset();
    std::filesystem::remove_all(directory);
  }
  AuditFixture(const AuditFixture&) = delete;
  AuditFixture& operator=(const AuditFixture&) = delete;

  void open() {
    store::Options options;
    options.directory = directory;
    store = store::open_sqlite(options, registry, clock);
  }
  void change(const std::function<void(store::Transaction&)>& job) {
    ASSERT_TRUE(store->write_and_wait([&](store::Transaction& t) -> Result<void> { return job(t), Result<void>{}; }));
  }
  void append(std::string_view event, std::string_view principal = "metering", std::string_view target = "applications/metering") {
    AuditEntry entry;
    entry.event = event;
    entry.principal = principal;
    entry.entity = target;
    entry.source = "10.0.0.7";
    entry.target = target;
    change([&](store::Transaction& t) { append_audit(t, entry, clock.now()); });
  }
  /// `count` records, signed at the end.
  void fill(int count) {
    for (int i = 0; i < count; ++i) append("application.created", "p" + std::to_string(i));
    change([&](store::Transaction& t) { sign_audit(t, key, clock.now()); });
  }
  /// What somebody with access to the file does to it.
  void tamper(const std::string& sql) {
    store.reset();
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open((directory / "nscl.db").c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    EXPECT_GT(sqlite3_total_changes(database), 0) << sql;
    sqlite3_close(database);
    open();
  }
  AuditReport verify(const AuditScope& scope = {}) {
    AuditReport report;
    store->read([&](store::View& view) { report = verify_audit(view, AuditPublicKeys(key.public_text()), scope); });
    return report;
  }
  AuditHead head() {
    AuditHead out;
    store->read([&](store::View& view) {
      const auto record = view.audit_head();
      out = {record->seq, hex_encode(record->hash)};
    });
    return out;
  }

  /// Turned by hand.
  struct TestClock final : Clock {
    Time now() const override { return time; }
    Time time{std::chrono::seconds{1'700'000'000}};
  };

  const model::ResourceType root{.name = "sclBase"};
  const std::array<const model::ResourceType*, 1> types{&root};
  const model::Registry registry{types};
  TestClock clock;
  std::filesystem::path directory;
  std::unique_ptr<store::Store> store;
  AuditKey key = AuditKey::make();
};

}  // namespace nscl::security
