// SPDX-License-Identifier: Apache-2.0
// CSV files with secrets in them (RFC 4180, one row on one line): read as a stream, wiped behind it, and never held as a whole.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/base/error.h>

namespace nscl::security {

/// The fields of a line, 16 at most. Some of them may be secrets, so all are wiped.
class CsvFields {
 public:
  CsvFields() = default;
  CsvFields(const CsvFields&) = delete;
  CsvFields& operator=(const CsvFields&) = delete;
  ~CsvFields();

  /// Once. What is wrong is told without the text.
  Result<void> parse(std::string_view line);
  std::size_t size() const { return all_.size(); }
  const std::string& operator[](std::size_t place) const { return all_[place]; }

 private:
  std::vector<std::string> all_;
};

/// Which column holds what, from the first line of a file.
class CsvColumns {
 public:
  /// bad_request: a column is none of `names`, or is there twice.
  static Result<CsvColumns> parse(std::string_view header, std::span<const std::string_view> names);

  bool has(std::size_t name) const { return places_[name] != none; }
  /// The fields of a row, which are as many as the columns. bad_request otherwise.
  Result<void> parse_row(std::string_view line, CsvFields& fields) const;
  /// What a row has under this name; empty if there is no such column.
  std::string_view text(const CsvFields& fields, std::size_t name) const { return has(name) ? std::string_view(fields[places_[name]]) : std::string_view{}; }

 private:
  static constexpr std::size_t none = SIZE_MAX;
  std::vector<std::size_t> places_;
  std::size_t width_ = 0;
};

class PrivateFile;

class CsvFile {
 public:
  static constexpr std::size_t most_rows = 2'000'000;   ///< for those who import

  /// Throws std::runtime_error that names the file and what to mend if others may read or replace it.
  explicit CsvFile(const std::filesystem::path& path);
  ~CsvFile();

  /// Understands the first line.
  using Begin = std::function<Result<void>(std::string_view header)>;
  /// Takes a row without the end of its line; false ends the pass. An error: the line is too long.
  using Take = std::function<bool(std::uint64_t line, Result<std::string_view> row)>;
  /// One pass from the beginning; empty lines are left out. An error of `begin`, or if there is no first line. Throws
  /// std::runtime_error if the file cannot be read.
  Result<void> for_each(const Begin& begin, const Take& take);

 private:
  std::unique_ptr<PrivateFile> file_;
};

/// Tells of a bad row.
using ReportRow = std::function<void(std::uint64_t line, const std::string& reason)>;

/// Finds what stands in a column of a file twice, in 24 octets a row.
class CsvTwins {
 public:
  void note(std::string_view text, std::uint64_t line);
  std::size_t size() const { return all_.size(); }
  /// How many stand behind another one of the same text; each is reported as "the WHAT stands in line N already".
  std::uint64_t report(const std::string& what, const ReportRow& report);

 private:
  struct Entry {
    std::array<unsigned char, 16> digest;
    std::uint64_t line;
  };
  std::vector<Entry> all_;
};

}  // namespace nscl::security
