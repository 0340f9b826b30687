// SPDX-License-Identifier: Apache-2.0
#include "connection.h"

#include <algorithm>

#include <sqlite3.h>

namespace nscl::store::sqlite {

bool EngineError::breaks_connection() const {
  switch (primary_code()) {
    case SQLITE_IOERR: case SQLITE_CORRUPT: case SQLITE_NOTADB: case SQLITE_CANTOPEN: case SQLITE_PROTOCOL:
    case SQLITE_MISUSE: case SQLITE_NOMEM: return true;
    default: return false;
  }
}

// ---- Statement

Statement::~Statement() {
  sqlite3_reset(handle_);
  sqlite3_clear_bindings(handle_);
  try {
    owner_.idle_[sql_].push_back(handle_);
  } catch (...) {
    sqlite3_finalize(handle_);
  }
}

void Statement::reset() { sqlite3_reset(handle_); }

void Statement::check(int code) {
  if (code != SQLITE_OK) owner_.fail(code);
}

bool Statement::step() {
  const auto code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) owner_.fail(code);
  return false;
}

void Statement::run() {
  while (step()) {}
  reset();
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_, column); }
bool Statement::is_null(int column) const { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }

std::string_view Statement::text(int column) const {
  const auto* octets = static_cast<const char*>(sqlite3_column_blob(handle_, column));
  return octets ? std::string_view{octets, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))} : std::string_view{};
}

void Statement::bind(int index, std::nullopt_t) { check(sqlite3_bind_null(handle_, index)); }
void Statement::bind_integer(int index, std::int64_t value) { check(sqlite3_bind_int64(handle_, index, value)); }

// A null pointer would be bound as NULL, so an empty view points to an empty literal.
void Statement::bind(int index, std::string_view text) {
  const auto* data = text.data() ? text.data() : "";
  check(sqlite3_bind_text64(handle_, index, data, text.size(), nullptr, SQLITE_UTF8));
}
void Statement::bind(int index, Blob blob) {
  const auto* data = blob.octets.data() ? blob.octets.data() : "";
  check(sqlite3_bind_blob64(handle_, index, data, blob.octets.size(), nullptr));
}

// ---- Connection

Connection::Connection(const std::filesystem::path& file, Mode mode, std::size_t cache_bytes) {
  const auto flags = (mode == Mode::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_NOMUTEX |
                     SQLITE_OPEN_EXRESCODE;
  const auto code = sqlite3_open_v2(file.c_str(), &handle_, flags, nullptr);
  try {
    check(code);
    configure(mode, cache_bytes);
  } catch (...) {
    for (auto& [sql, statements] : idle_) for (auto* statement : statements) sqlite3_finalize(statement);
    sqlite3_close_v2(handle_);
    throw;
  }
}

Connection::~Connection() {
  for (auto& [sql, statements] : idle_) for (auto* statement : statements) sqlite3_finalize(statement);
  sqlite3_close_v2(handle_);
}

void Connection::configure(Mode mode, std::size_t cache_bytes) {
  sqlite3_busy_timeout(handle_, 5000);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  // Else a statement that compares a parameter with a column, of which a partial index says something, is compiled anew for each value. A query
  // that needs such an index therefore says its condition in words of its own.
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_QPSG, 1, nullptr);
  execute("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=OFF;"
          "PRAGMA cache_size=-" + std::to_string(std::max<std::size_t>(cache_bytes / 1024, 256)));
  if (mode == Mode::read_only) return;
  execute("PRAGMA page_size=4096; PRAGMA synchronous=FULL; PRAGMA secure_delete=FAST; PRAGMA journal_size_limit=67108864");
  auto journal = prepare("PRAGMA journal_mode=WAL");   // answers with the mode that it could set
  if (!journal.step() || journal.text(0) != "wal") throw StoreError("the file system does not allow a write-ahead log");
  // The hook replaces SQLite's automatic checkpoint: the writer makes it after it has answered.
  sqlite3_wal_hook(handle_, [](void* pages, sqlite3*, const char*, int length) {
    *static_cast<unsigned*>(pages) = static_cast<unsigned>(length);
    return SQLITE_OK;
  }, &wal_pages_);
}

Statement Connection::prepare(const char* sql) {
  auto& idle = idle_[sql];
  if (!idle.empty()) {
    auto* statement = idle.back();
    idle.pop_back();
    return {*this, sql, statement};
  }
  sqlite3_stmt* statement = nullptr;
  check(sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
  return {*this, sql, statement};
}

void Connection::execute(const std::string& sql) { check(sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr)); }

std::int64_t Connection::query_integer(const char* sql) {
  auto statement = prepare(sql);
  return statement.step() ? statement.integer(0) : 0;
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }
std::int64_t Connection::changes() const { return sqlite3_changes64(handle_); }

void Connection::checkpoint(Checkpoint how) {
  const auto mode = how == Checkpoint::passive   ? SQLITE_CHECKPOINT_PASSIVE
                    : how == Checkpoint::restart ? SQLITE_CHECKPOINT_RESTART
                                                 : SQLITE_CHECKPOINT_TRUNCATE;
  sqlite3_wal_checkpoint_v2(handle_, nullptr, mode, nullptr, nullptr);
}

void Connection::check(int code) const {
  if (code != SQLITE_OK) fail(code);
}

void Connection::fail(int code) const {
  const std::string text = handle_ ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
  throw EngineError(code, "SQLite: " + text + " (" + std::to_string(code) + ")");
}

bool roll_back(Connection& connection) noexcept {
  try {
    if (connection.in_transaction()) connection.prepare("ROLLBACK").run();
    return true;
  } catch (...) {
    return false;
  }
}

}  // namespace nscl::store::sqlite
