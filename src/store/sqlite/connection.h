// SPDX-License-Identifier: Apache-2.0
// Connection and Statement: SQLite's C interface as two classes. Errors become EngineError here and nowhere else.
// A connection belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include <nscl/base/time.h>
#include <nscl/store/store.h>

struct sqlite3;
struct sqlite3_stmt;

namespace nscl::store::sqlite {

/// SQLite refused.
struct EngineError : StoreError {
  EngineError(int extended_code, const std::string& text) : StoreError(text), code(extended_code) {}
  int primary_code() const { return code & 0xff; }
  /// The connection is of no use any more: close it and open another.
  bool breaks_connection() const;
  int code;
};

/// Marks octets that are bound as BLOB instead of TEXT.
struct Blob {
  std::string_view octets;
};

class Connection;

/// A prepared statement on loan from its connection, which gets it back, reset, at the end of the scope. Bound text is
/// not copied: it must live until then or until the next with().
class Statement {
 public:
  Statement(Connection& owner, const char* sql, sqlite3_stmt* handle) : owner_(owner), sql_(sql), handle_(handle) {}
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  /// Starts over with these parameters, in the order of their marks.
  template <class... Parameters>
  Statement& with(const Parameters&... parameters) {
    reset();
    [[maybe_unused]] int index = 0;
    (bind(++index, parameters), ...);
    return *this;
  }

  bool step();      ///< true: there is a row
  void run();       ///< steps to the end; rows are dropped

  std::int64_t integer(int column) const;
  std::uint64_t number(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  Time time(int column) const { return Time{std::chrono::microseconds{integer(column)}}; }
  std::string_view text(int column) const;    ///< of TEXT and BLOB; valid until the next step
  bool is_null(int column) const;

 private:
  void reset();
  void check(int code);
  void bind(int index, std::nullopt_t);
  void bind(int index, std::string_view text);
  void bind(int index, Blob blob);
  void bind(int index, Time time) { bind_integer(index, time.time_since_epoch().count()); }
  template <class Integer>
    requires std::is_integral_v<Integer>
  void bind(int index, Integer value) {
    bind_integer(index, static_cast<std::int64_t>(value));
  }
  template <class T>
  void bind(int index, const std::optional<T>& value) {
    value ? bind(index, *value) : bind(index, std::nullopt);
  }
  void bind_integer(int index, std::int64_t value);

  Connection& owner_;
  const char* sql_;
  sqlite3_stmt* handle_;
};

class Connection {
 public:
  enum class Mode { read_only, read_write };

  Connection(const std::filesystem::path& file, Mode mode, std::size_t cache_bytes);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// `sql` is a literal: statements are kept by its address.
  Statement prepare(const char* sql);
  /// One or more statements without parameters or rows.
  void execute(const std::string& sql);
  std::int64_t query_integer(const char* sql);

  bool in_transaction() const;
  std::int64_t changes() const;         ///< rows that the last statement changed
  unsigned wal_pages() const { return wal_pages_; }   ///< length of the write-ahead log after the last commit
  enum class Checkpoint { passive, restart, truncate };
  void checkpoint(Checkpoint how);      ///< never throws: what is not copied now is copied next time

 private:
  friend class Statement;
  [[noreturn]] void fail(int code) const;
  void check(int code) const;
  void configure(Mode mode, std::size_t cache_bytes);

  sqlite3* handle_ = nullptr;
  unsigned wal_pages_ = 0;
  std::unordered_map<const void*, std::vector<sqlite3_stmt*>> idle_;
};

/// Ends what is open on `connection`, without throwing; false if that failed and the connection must be closed.
bool roll_back(Connection& connection) noexcept;

}  // namespace nscl::store::sqlite
