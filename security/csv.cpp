// SPDX-License-Identifier: Apache-2.0
#include <nscl/security/csv.h>

#include <algorithm>
#include <cstring>

#include <openssl/evp.h>

#include "evp.h"
#include "private_file.h"

namespace nscl::security {
namespace {

constexpr std::size_t longest_line = 4096, most_fields = 16;

Result<void> take_bare(std::string_view& line, std::string& field) {
  field = line.substr(0, line.find(','));
  line.remove_prefix(field.size());
  if (field.find('"') != field.npos) return bad_request("a quote stands inside of a field that does not begin with one");
  return {};
}

Result<void> take_quoted(std::string_view& line, std::string& field) {
  for (;;) {
    line.remove_prefix(1);
    const auto end = line.find('"');
    if (end == line.npos) return bad_request("a field in quotes does not end on its line");
    field += line.substr(0, end);
    line.remove_prefix(end + 1);
    if (!line.starts_with('"')) break;
    field += '"';   // two quotes stand for one
  }
  if (!line.empty() && line.front() != ',') return bad_request("there is text behind a field in quotes");
  return {};
}

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

std::string list_of(std::span<const std::string_view> names) {
  std::string out;
  for (const auto name : names) out += (out.empty() ? "" : ",") + std::string(name);
  return out;
}

}  // namespace

CsvFields::~CsvFields() {
  for (std::string& field : all_) wipe(field);
}

Result<void> CsvFields::parse(std::string_view line) {
  all_.reserve(most_fields);
  for (bool is_last = false; !is_last;) {
    if (all_.size() == most_fields) return bad_request("there are more than 16 fields");
    std::string& field = all_.emplace_back();
    field.reserve(line.size());   // no growth: it would leave pieces of a secret behind
    if (auto done = line.starts_with('"') ? take_quoted(line, field) : take_bare(line, field); !done) return done;
    is_last = line.empty();
    if (!is_last) line.remove_prefix(1);
  }
  return {};
}

Result<CsvColumns> CsvColumns::parse(std::string_view header, std::span<const std::string_view> names) {
  CsvFields fields;
  if (const auto done = fields.parse(header); !done) return tl::unexpected(done.error());
  CsvColumns columns;
  columns.places_.assign(names.size(), none);
  columns.width_ = fields.size();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto name = static_cast<std::size_t>(std::ranges::find(names, fields[i]) - names.begin());
    const bool is_new = name < names.size() && columns.places_[name] == none;
    if (!is_new) return bad_request("the first line does not name the columns, which are, each once: " + list_of(names));
    columns.places_[name] = i;
  }
  return columns;
}

Result<void> CsvColumns::parse_row(std::string_view line, CsvFields& fields) const {
  if (auto done = fields.parse(line); !done) return done;
  if (fields.size() == width_) return {};
  return bad_request("there are " + std::to_string(fields.size()) + " fields, the first line has " + std::to_string(width_));
}

CsvFile::CsvFile(const std::filesystem::path& path) : file_(std::make_unique<PrivateFile>(path, Privacy::owner_only)) {}
CsvFile::~CsvFile() = default;

Result<void> CsvFile::for_each(const Begin& begin, const Take& take) {
  Lines lines(*file_);
  if (!lines.next() || lines.is_too_long()) return bad_request("the file does not begin with the names of its columns");
  if (auto begun = begin(lines.line()); !begun) return begun;
  while (lines.next()) {
    if (lines.is_too_long()) {
      if (!take(lines.number(), bad_request("the line has more than 4096 octets"))) return {};
    } else if (!lines.line().empty()) {
      if (!take(lines.number(), lines.line())) return {};
    }
  }
  return {};
}

void CsvTwins::note(std::string_view text, std::uint64_t line) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  demand(EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr) == 1, "SHA-256 is not available");
  Entry entry{{}, line};
  std::copy_n(digest.begin(), entry.digest.size(), entry.digest.begin());
  all_.push_back(entry);
}

std::uint64_t CsvTwins::report(const std::string& what, const ReportRow& report) {
  std::ranges::sort(all_, {}, [](const Entry& entry) { return std::pair(entry.digest, entry.line); });
  std::uint64_t count = 0;
  for (std::size_t i = 1, first = 0; i < all_.size(); ++i) {
    if (all_[i].digest != all_[first].digest) {
      first = i;
      continue;
    }
    ++count;
    report(all_[i].line, "the " + what + " stands in line " + std::to_string(all_[first].line) + " already");
  }
  return count;
}

}  // namespace nscl::security
