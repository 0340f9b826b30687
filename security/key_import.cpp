// SPDX-License-Identifier: Apache-2.0
// A key file goes through twice: to be checked, and to be taken. What is kept of the first time is a digest of each identity.
#include <nscl/security/key_import.h>

#include <stdexcept>

namespace nscl::security {
namespace {

using TakeKey = std::function<bool(std::uint64_t line, Result<KeyRow> row)>;

Result<void> for_each_row(CsvFile& file, const TakeKey& take) {
  KeyColumns columns;
  const auto begin = [&](std::string_view header) -> Result<void> {
    auto parsed = KeyColumns::parse(header);
    if (!parsed) return tl::unexpected(parsed.error());
    columns = *std::move(parsed);
    return {};
  };
  return file.for_each(begin, [&](std::uint64_t line, Result<std::string_view> row) {
    return take(line, row ? parse_key_row(*row, columns) : Result<KeyRow>(tl::unexpected(row.error())));
  });
}

Result<Imported> check_file(const Keystore& keystore, store::View& view, CsvFile& file, bool may_be_weak, const ReportRow& report) {
  Imported found;
  CsvTwins identities;
  const auto take = [&](std::uint64_t line, Result<KeyRow> row) {
    const auto done = row ? keystore.check(view, row->key, row->octets, may_be_weak) : Result<void>(tl::unexpected(row.error()));
    if (done) identities.note(row->key.identity, line);
    if (!done) report(line, done.error().detail);
    ++(done ? found.rows : found.bad);
    return identities.size() <= CsvFile::most_rows;
  };
  if (const auto done = for_each_row(file, take); !done) return tl::unexpected(done.error());
  if (identities.size() > CsvFile::most_rows) return bad_request("the file has more than 2,000,000 rows");
  const auto twins = identities.report("identity", report);
  found.rows -= twins;
  found.bad += twins;
  return found;
}

Result<void> take_file(Keystore& keystore, store::Transaction& transaction, CsvFile& file, bool may_be_weak, std::uint64_t expected) {
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
  CsvFile file(wanted.file);
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
