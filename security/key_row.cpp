// SPDX-License-Identifier: Apache-2.0
// A line of a key file, taken apart.
#include <algorithm>
#include <optional>
#include <vector>

#include <nscl/security/key_identity.h>
#include <nscl/security/key_import.h>

namespace nscl::security {
namespace {

constexpr std::size_t most_fields = 16;

/// The fields of a line. One of them is a key, so all are wiped.
class Fields {
 public:
  Fields() = default;
  Fields(const Fields&) = delete;
  Fields& operator=(const Fields&) = delete;
  ~Fields() {
    for (std::string& field : all_) wipe(field);
  }

  Result<void> parse(std::string_view line) {
    all_.reserve(most_fields);
    for (bool is_last = false; !is_last;) {
      if (all_.size() == most_fields) return bad_request("there are more than 16 fields");
      std::string& field = all_.emplace_back();
      field.reserve(line.size());   // no growth: it would leave pieces of a key behind
      if (auto done = line.starts_with('"') ? take_quoted(line, field) : take_bare(line, field); !done) return done;
      is_last = line.empty();
      if (!is_last) line.remove_prefix(1);
    }
    return {};
  }
  std::size_t size() const { return all_.size(); }
  const std::string& operator[](std::size_t place) const { return all_[place]; }

 private:
  static Result<void> take_bare(std::string_view& line, std::string& field) {
    field = line.substr(0, line.find(','));
    line.remove_prefix(field.size());
    if (field.find('"') != field.npos) return bad_request("a quote stands inside of a field that does not begin with one");
    return {};
  }
  static Result<void> take_quoted(std::string_view& line, std::string& field) {
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

  std::vector<std::string> all_;
};

Result<void> take_optional(const Fields& fields, const KeyColumns& columns, store::Key& key) {
  if (const auto place = columns.place(KeyColumns::environment); place != KeyColumns::none) key.environment = fields[place];
  const auto place = columns.place(KeyColumns::not_after);
  if (place == KeyColumns::none || fields[place].empty()) return {};
  const auto time = parse_date_time(fields[place]);
  if (!time) return bad_request("not_after is no time such as 2031-12-31T23:59:59Z");
  key.not_after = *time;
  return {};
}

}  // namespace

Result<KeyColumns> KeyColumns::parse(std::string_view header) {
  Fields fields;
  if (const auto done = fields.parse(header); !done) return tl::unexpected(done.error());
  KeyColumns columns;
  columns.places_.fill(none);
  columns.width_ = fields.size();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto name = static_cast<std::size_t>(std::ranges::find(names, fields[i]) - names.begin());
    const bool is_new = name < count && columns.places_[name] == none;
    if (!is_new) return bad_request("the first line does not name the columns: identity,kind,key,entity and, if wanted, not_after,environment");
    columns.places_[name] = i;
  }
  for (const Name needed : {identity, kind, key, entity}) {
    if (columns.places_[needed] == none) return bad_request("the first line names no column " + std::string(names[needed]));
  }
  return columns;
}

Result<KeyRow> parse_key_row(std::string_view line, const KeyColumns& columns) {
  Fields fields;
  if (const auto done = fields.parse(line); !done) return tl::unexpected(done.error());
  if (fields.size() != columns.width()) {
    return bad_request("there are " + std::to_string(fields.size()) + " fields, the first line has " + std::to_string(columns.width()));
  }
  const auto kind = parse_kind(fields[columns.place(KeyColumns::kind)]);
  using enum store::KeyKind;
  if (kind != fixed && kind != root && kind != voucher) return bad_request("the kind is none of fixed, root, voucher");
  KeyRow row;
  row.key.kind = *kind;
  row.key.identity = fields[columns.place(KeyColumns::identity)];
  row.key.entity = fields[columns.place(KeyColumns::entity)];
  if (const auto done = take_optional(fields, columns, row.key); !done) return tl::unexpected(done.error());
  auto octets = parse_key_text(fields[columns.place(KeyColumns::key)]);
  if (!octets) return tl::unexpected(octets.error());
  row.octets = *std::move(octets);
  return row;
}

}  // namespace nscl::security
