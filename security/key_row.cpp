// SPDX-License-Identifier: Apache-2.0
// A line of a key file, taken apart.
#include <nscl/security/key_identity.h>
#include <nscl/security/key_import.h>

namespace nscl::security {

Result<KeyColumns> KeyColumns::parse(std::string_view header) {
  auto all = CsvColumns::parse(header, names);
  if (!all) return tl::unexpected(all.error());
  for (const Name needed : {identity, kind, key, entity}) {
    if (!all->has(needed)) return bad_request("the first line names no column " + std::string(names[needed]));
  }
  KeyColumns columns;
  columns.all_ = *std::move(all);
  return columns;
}

Result<KeyRow> parse_key_row(std::string_view line, const KeyColumns& columns) {
  CsvFields fields;
  if (const auto done = columns.all().parse_row(line, fields); !done) return tl::unexpected(done.error());
  const auto text = [&](KeyColumns::Name name) { return columns.all().text(fields, name); };
  const auto kind = parse_kind(text(KeyColumns::kind));
  using enum store::KeyKind;
  if (kind != fixed && kind != root && kind != voucher) return bad_request("the kind is none of fixed, root, voucher");
  KeyRow row;
  row.key.kind = *kind;
  row.key.identity = text(KeyColumns::identity);
  row.key.entity = text(KeyColumns::entity);
  row.key.environment = text(KeyColumns::environment);
  if (const auto end = text(KeyColumns::not_after); !end.empty()) {
    const auto time = parse_date_time(end);
    if (!time) return bad_request("not_after is no time such as 2031-12-31T23:59:59Z");
    row.key.not_after = *time;
  }
  auto octets = parse_key_text(text(KeyColumns::key));
  if (!octets) return tl::unexpected(octets.error());
  row.octets = *std::move(octets);
  return row;
}

}  // namespace nscl::security
