// SPDX-License-Identifier: Apache-2.0
// A key file goes through twice: to be checked, and to be taken. What is kept of the first time is a digest of each identity.
#include <nscl/security/key_import.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include <openssl/evp.h>

#include "evp.h"
#include "private_file.h"

namespace nscl::security {
namespace {

constexpr std::size_t longest_line = 4096, most_rows = 2'000'000;

/// The lines of a file, one at a time.
class Lines {
 public:
  explicit Lines(PrivateFile& file) : file_(file) { file_.rewind(); }

  /// False at the end. A line that is too long is skipped, and told by is_too_long().
  bool next() {
    size_ = 0;
    is_too_long_ = false;
    if (begin_ == end_ && !refill()) return false;
    ++number_;
    for (;;) {
      const auto rest = buffer_.view().substr(begin_, end_ - begin_);
      const auto length = std::min(rest.find('\n'), rest.size());
      append(rest.substr(0, length));
      begin_ += length;
      if (begin_ < end_) break;
      if (!refill()) return true;
    }
    ++begin_;   // the end of the line
    return true;
  }
  std::string_view line() const {
    std::string_view text = line_.view().substr(0, size_);
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (constexpr std::string_view mark = "\xef\xbb\xbf"; number_ == 1 && text.starts_with(mark)) text.remove_prefix(mark.size());
    return text;
  }
  std::uint64_t number() const { return number_; }
  bool is_too_long() const { return is_too_long_; }

 private:
  bool refill() {
    begin_ = 0;
    end_ = file_.read(buffer_.data(), buffer_.size());
    return end_ > 0;
  }
  void append(std::string_view part) {
    is_too_long_ = is_too_long_ || size_ + part.size() > longest_line;
    if (is_too_long_ || part.empty()) return;
    std::memcpy(line_.data() + size_, part.data(), part.size());
    size_ += part.size();
  }

  PrivateFile& file_;
  Secret buffer_{std::size_t{64} << 10}, line_{longest_line};
  std::size_t begin_ = 0, end_ = 0, size_ = 0;
  std::uint64_t number_ = 0;
  bool is_too_long_ = false;
};

/// `take` returns false to end the pass. An error if the file does not begin as it must.
using Take = std::function<bool(std::uint64_t line, Result<KeyRow> row)>;

Result<void> for_each_row(PrivateFile& file, const Take& take) {
  Lines lines(file);
  if (!lines.next() || lines.is_too_long()) return bad_request("the file does not begin with the names of its columns");
  const auto columns = KeyColumns::parse(lines.line());
  if (!columns) return tl::unexpected(columns.error());
  while (lines.next()) {
    if (lines.is_too_long()) {
      if (!take(lines.number(), bad_request("the line has more than 4096 octets"))) return {};
    } else if (!lines.line().empty()) {
      if (!take(lines.number(), parse_key_row(lines.line(), *columns))) return {};
    }
  }
  return {};
}

/// Finds identities that stand in a file twice, in 24 octets a row.
class Identities {
 public:
  void note(std::string_view identity, std::uint64_t line) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    demand(EVP_Digest(identity.data(), identity.size(), digest.data(), nullptr, EVP_sha256(), nullptr) == 1, "SHA-256 is not available");
    Entry entry{{}, line};
    std::copy_n(digest.begin(), entry.digest.size(), entry.digest.begin());
    all_.push_back(entry);
  }
  std::size_t size() const { return all_.size(); }
  /// How many stand behind another one of the same identity.
  std::uint64_t report_twins(const ReportRow& report) {
    std::ranges::sort(all_, {}, [](const Entry& entry) { return std::pair(entry.digest, entry.line); });
    std::uint64_t count = 0;
    for (std::size_t i = 1, first = 0; i < all_.size(); ++i) {
      if (all_[i].digest != all_[first].digest) {
        first = i;
        continue;
      }
      ++count;
      report(all_[i].line, "the identity stands in line " + std::to_string(all_[first].line) + " already");
    }
    return count;
  }

 private:
  struct Entry {
    std::array<unsigned char, 16> digest;
    std::uint64_t line;
  };
  std::vector<Entry> all_;
};

Result<Imported> check_file(const Keystore& keystore, store::View& view, PrivateFile& file, bool may_be_weak, const ReportRow& report) {
  Imported found;
  Identities identities;
  const auto take = [&](std::uint64_t line, Result<KeyRow> row) {
    const auto done = row ? keystore.check(view, row->key, row->octets, may_be_weak) : Result<void>(tl::unexpected(row.error()));
    if (done) identities.note(row->key.identity, line);
    if (!done) report(line, done.error().detail);
    ++(done ? found.rows : found.bad);
    return identities.size() <= most_rows;
  };
  if (const auto done = for_each_row(file, take); !done) return tl::unexpected(done.error());
  if (identities.size() > most_rows) return bad_request("the file has more than 2,000,000 rows");
  const auto twins = identities.report_twins(report);
  found.rows -= twins;
  found.bad += twins;
  return found;
}

Result<void> take_file(Keystore& keystore, store::Transaction& transaction, PrivateFile& file, bool may_be_weak, std::uint64_t expected) {
  Result<void> outcome;
  std::uint64_t count = 0;
  const auto take = [&](std::uint64_t line, Result<KeyRow> row) {
    outcome = row ? keystore.add(transaction, row->key, row->octets, may_be_weak) : Result<void>(tl::unexpected(row.error()));
    if (!outcome) outcome = failure(outcome.error().status, "line " + std::to_string(line) + ": " + outcome.error().detail);
    ++count;
    return outcome.has_value();
  };
  if (auto done = for_each_row(file, take); !done) return done;
  if (outcome && count != expected) return failure(Status::conflict, "the file was changed meanwhile");
  return outcome;
}

}  // namespace

Result<Imported> import_keys(Keystore& keystore, store::Store& store, const KeyImport& wanted, const ReportRow& report) try {
  PrivateFile file(wanted.file, Privacy::owner_only);
  Result<Imported> found;
  store.read([&](store::View& view) { found = check_file(keystore, view, file, wanted.may_be_weak, report); });
  if (!found || found->bad > 0 || wanted.is_dry) return found;
  const auto done = store.write_and_wait([&](store::Transaction& transaction) {
    if (wanted.tell) wanted.tell(transaction, found->rows);
    return take_file(keystore, transaction, file, wanted.may_be_weak, found->rows);
  });
  if (!done) return tl::unexpected(done.error());
  return found;
} catch (const store::StoreError&) {
  throw;
} catch (const std::runtime_error& error) {   // of the file
  return bad_request(error.what());
}

}  // namespace nscl::security
