// SPDX-License-Identifier: Apache-2.0
// A file of devices goes through twice: to be checked, and to be taken.
#include <nscl/rem/device_import.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

#include <nscl/base/bytes.h>
#include <nscl/base/path.h>
#include <nscl/rem/device_facts.h>
#include <nscl/rem/device_json.h>
#include <nscl/rem/tr069/device_id.h>

namespace nscl::rem {
namespace {

using security::CsvColumns;
using security::CsvFields;
using security::CsvFile;
using security::CsvTwins;

constexpr std::size_t longest_uri = 256, rows_at_once = 1000;
constexpr std::size_t longest_oui = 6, longest_class = 64, longest_serial = 64;   // TR-069, DeviceIdStruct

enum Column : std::size_t { id, oui, product_class, serial, scl, user, password, connection_user, connection_password, state, external, protocol, manufacturer, model, columns };
constexpr std::array<std::string_view, columns> column_names{"id",       "oui",             "product_class",       "serial", "scl",          "user",
                                                      "password", "connection_user", "connection_password", "state",  "external_acs", "protocol",
                                                      "manufacturer", "model"};

struct NewLogin {
  std::string user;   ///< empty: there is none
  Secret password;
};

struct Row {
  std::uint64_t line = 0;
  std::string device;
  store::ManagementProtocol protocol = store::ManagementProtocol::bbf_tr069;
  DeviceFacts facts;
  std::string managed;
  store::ManagedState state = store::ManagedState::adopted;
  NewLogin login, connection;
};

Result<CsvColumns> parse_header(std::string_view header) {
  auto found = CsvColumns::parse(header, column_names);
  if (!found) return found;
  const bool has_parts = found->has(oui) && found->has(serial), has_any_part = found->has(oui) || found->has(serial) || found->has(product_class);
  if (found->has(id) ? has_any_part : !has_parts) return bad_request("the first line names either a column id, or the columns oui, serial and if wanted product_class");
  for (const auto& [name, other] : {std::pair(user, password), std::pair(connection_user, connection_password)}) {
    if (found->has(name) != found->has(other)) return bad_request(std::string(column_names[name]) + " and " + std::string(column_names[other]) + " come together");
  }
  return found;
}

/// As DM clients call themselves in Source/LocURI.
Result<void> take_uri(Row& row, std::string_view text) {
  const bool is_good = !text.empty() && text.size() <= longest_uri && std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
  if (!is_good) return bad_request("the id of a device of OMA-DM has 1 to 256 visible ASCII characters");
  row.device = text;
  return {};
}

Result<void> take_identity(Row& row, const CsvColumns& where, const CsvFields& fields) {
  if (const auto text = where.text(fields, protocol); !text.empty()) {
    const auto known = parse_protocol(text);
    if (!known) return bad_request("the protocol is none of BBF_TR069, OMA_DM");
    row.protocol = *known;
  }
  if (row.protocol == store::ManagementProtocol::oma_dm) return take_uri(row, where.text(fields, id));
  tr069::DeviceIdStruct device;
  if (where.has(id)) {
    const auto text = where.text(fields, id);
    auto parsed = text.size() <= tr069::longest_device_id ? tr069::parse_device_id(text) : std::nullopt;
    if (!parsed) return bad_request("the id is not of the form OUI-ProductClass-Serial, each octet outside of [A-Za-z0-9_] as %XX");
    device = *std::move(parsed);
  } else {
    device.oui = where.text(fields, oui);
    device.product_class = where.text(fields, product_class);
    device.serial_number = where.text(fields, serial);
  }
  const bool fits = !device.oui.empty() && device.oui.size() <= longest_oui && device.product_class.size() <= longest_class &&
                    !device.serial_number.empty() && device.serial_number.size() <= longest_serial;
  if (!fits) return bad_request("an OUI has 1 to 6 octets, a product class at most 64, a serial number 1 to 64");
  if (!is_xml_text(device.oui) || !is_xml_text(device.product_class) || !is_xml_text(device.serial_number)) return bad_request("OUI, product class or serial number are no text");
  row.device = tr069::printable(device);
  row.facts.oui = std::move(device.oui);
  row.facts.product_class = std::move(device.product_class);
  row.facts.serial = std::move(device.serial_number);
  return {};
}

Result<NewLogin> login_of(std::string_view user, std::string_view password) {
  if (user.empty() != password.empty()) return bad_request("a user name and its password come together");
  return NewLogin{std::string(user), Secret(password)};
}

Result<Row> parse_row(std::string_view line, const CsvColumns& where) {
  CsvFields fields;
  if (const auto done = where.parse_row(line, fields); !done) return tl::unexpected(done.error());
  Row row;
  if (const auto done = take_identity(row, where, fields); !done) return tl::unexpected(done.error());
  if (const auto text = where.text(fields, scl); !text.empty()) {
    if (!is_valid_id(text) || is_reserved_name(text)) return bad_request("the scl cannot be the id of an SCL");
    row.managed = join("scls", text);
  }
  if (const auto text = where.text(fields, state); !text.empty()) {
    const auto known = parse_managed_state(text);
    if (!known) return bad_request("the state is none of quarantined, adopted, rejected");
    row.state = *known;
  }
  if (const auto text = where.text(fields, external); !text.empty()) {
    if (!is_valid_id(text)) return bad_request("the external_acs cannot be the name of one");
    row.facts.external = text;
  }
  row.facts.manufacturer = where.text(fields, manufacturer).substr(0, longest_fact);
  row.facts.model = where.text(fields, model).substr(0, longest_fact);
  if (!is_xml_text(row.facts.manufacturer) || !is_xml_text(row.facts.model)) return bad_request("the manufacturer or model is no text");
  auto login = login_of(where.text(fields, user), where.text(fields, password));
  auto connection = login_of(where.text(fields, connection_user), where.text(fields, connection_password));
  if (!login || !connection) return tl::unexpected(login ? connection.error() : login.error());
  row.login = *std::move(login);
  row.connection = *std::move(connection);
  return row;
}

store::ManagementCredential credential_of(const Row& row, store::CredentialPurpose purpose, Time now) {
  const auto& login = purpose == store::CredentialPurpose::login ? row.login : row.connection;
  return {.purpose = purpose, .user = login.user, .device = row.device, .changed = now};
}

Result<void> check_row(store::ManagementReads& management, const Row& row) {
  if (const auto known = management.device(row.device); known && known->protocol != row.protocol) return failure(Status::conflict, "the device is known with the other protocol");
  if (!row.managed.empty()) {
    const auto other = management.device_of(row.managed);
    if (other && other->id != row.device) return failure(Status::conflict, "another device is this SCL already: " + other->id);
  }
  for (const auto purpose : {store::CredentialPurpose::login, store::CredentialPurpose::connection_request}) {
    const auto& login = purpose == store::CredentialPurpose::login ? row.login : row.connection;
    if (login.user.empty()) continue;
    if (auto good = DeviceCredentials::check(management, credential_of(row, purpose, {}), login.password); !good) return good;
  }
  return {};
}

Result<void> add_row(DeviceCredentials& credentials, store::Transaction& transaction, const Row& row, Time now) {
  auto& management = transaction.manage();
  if (auto good = check_row(management, row); !good) return good;
  store::ManagedDevice device;
  if (auto known = management.device(row.device)) device = *std::move(known);
  else device.facts = to_json(row.facts);
  if (auto facts = facts_from_json(device.facts); !row.facts.external.empty() && facts.external != row.facts.external) {
    facts.external = row.facts.external;
    device.facts = to_json(facts);
  }
  device.id = row.device;
  device.protocol = row.protocol;
  device.state = row.state;
  if (!row.managed.empty()) device.managed = row.managed;
  management.put_device(device);
  for (const auto purpose : {store::CredentialPurpose::login, store::CredentialPurpose::connection_request}) {
    const auto& login = purpose == store::CredentialPurpose::login ? row.login : row.connection;
    if (login.user.empty()) continue;
    if (auto done = credentials.put_only(transaction, credential_of(row, purpose, now), login.password); !done) return done;
  }
  return {};
}

using TakeRow = std::function<bool(std::uint64_t line, Result<Row> row)>;

Result<void> for_each_row(CsvFile& file, const TakeRow& take) {
  CsvColumns where;
  const auto begin = [&](std::string_view header) -> Result<void> {
    auto parsed = parse_header(header);
    if (!parsed) return tl::unexpected(parsed.error());
    where = *std::move(parsed);
    return {};
  };
  return file.for_each(begin, [&](std::uint64_t line, Result<std::string_view> text) {
    auto row = text ? parse_row(*text, where) : Result<Row>(tl::unexpected(text.error()));
    if (row) row->line = line;
    return take(line, std::move(row));
  });
}

Result<ImportedDevices> check_file(store::View& view, CsvFile& file, const security::ReportRow& report) {
  ImportedDevices found;
  CsvTwins devices, scls, users;
  const auto take = [&](std::uint64_t line, Result<Row> row) {
    const auto done = row ? check_row(view.management(), *row) : Result<void>(tl::unexpected(row.error()));
    ++(done ? found.rows : found.bad);
    if (!done) report(line, done.error().detail);
    if (!done) return true;
    devices.note(row->device, line);
    if (!row->managed.empty()) scls.note(row->managed, line);
    if (!row->login.user.empty()) users.note(row->login.user, line);
    return found.rows <= CsvFile::most_rows;
  };
  if (const auto done = for_each_row(file, take); !done) return tl::unexpected(done.error());
  if (found.rows > CsvFile::most_rows) return bad_request("the file has more than 2,000,000 rows");
  found.bad += devices.report("device", report) + scls.report("scl", report) + users.report("user", report);
  return found;
}

/// Adds rows, many in a transaction.
class Adder {
 public:
  Adder(DeviceCredentials& credentials, store::Store& store, const DeviceImport& wanted, Time now)
      : credentials_(credentials), store_(store), wanted_(wanted), now_(now) {}

  std::uint64_t added() const { return added_; }
  Result<void> add(Row row) {
    rows_.push_back(std::move(row));
    return rows_.size() < rows_at_once ? Result<void>{} : flush();
  }
  Result<void> flush() {
    if (rows_.empty()) return {};
    auto done = store_.write_and_wait([this](store::Transaction& transaction) -> Result<void> {
      if (wanted_.tell) wanted_.tell(transaction, rows_.size());
      for (const Row& row : rows_) {
        const auto taken = add_row(credentials_, transaction, row, now_);
        if (!taken) return failure(taken.error().status, "line " + std::to_string(row.line) + ": " + taken.error().detail);
      }
      return {};
    });
    if (done) added_ += rows_.size();
    rows_.clear();
    return done;
  }

 private:
  DeviceCredentials& credentials_;
  store::Store& store_;
  const DeviceImport& wanted_;
  const Time now_;
  std::vector<Row> rows_;
  std::uint64_t added_ = 0;
};

Result<void> take_file(Adder& adder, CsvFile& file, std::uint64_t expected) {
  Result<void> outcome;
  const auto take = [&](std::uint64_t line, Result<Row> row) {
    outcome = row ? adder.add(*std::move(row)) : failure(row.error().status, "line " + std::to_string(line) + ": " + row.error().detail);
    return outcome.has_value();
  };
  if (auto done = for_each_row(file, take); !done) return done;
  if (outcome) outcome = adder.flush();
  if (outcome && adder.added() != expected) return failure(Status::conflict, "the file was changed meanwhile");
  return outcome;
}

}  // namespace

Result<ImportedDevices> import_devices(DeviceCredentials& credentials, store::Store& store, const DeviceImport& wanted, const security::ReportRow& report, Time now) try {
  CsvFile file(wanted.file);
  Result<ImportedDevices> found;
  store.read([&](store::View& view) { found = check_file(view, file, report); });
  if (!found || found->bad > 0 || wanted.is_dry) return found;
  Adder adder(credentials, store, wanted, now);
  const auto done = take_file(adder, file, found->rows);
  if (!done) return failure(done.error().status, done.error().detail + "; " + std::to_string(adder.added()) + " devices were imported before");
  return found;
} catch (const store::StoreError&) {
  throw;
} catch (const std::runtime_error& error) {   // of the file
  return bad_request(error.what());
}

}  // namespace nscl::rem
