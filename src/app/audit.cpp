// SPDX-License-Identifier: Apache-2.0
// `nscl audit`: the audit trail beside a running daemon, or without one.
#include <fstream>
#include <iostream>

#include <nlohmann/json.hpp>

#include <nscl/base/bytes.h>
#include <nscl/http/audit_json.h>
#include <nscl/security/audit.h>
#include <nscl/security/audit_verify.h>

#include "audit_files.h"
#include "command_store.h"
#include "listing.h"

namespace nscl::app {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view audit_command = "nscl audit";
constexpr std::size_t piece = 1000;
constexpr std::size_t longest_head_file = 64 << 10;

std::filesystem::path directory_of(const AuditCommand& command, char** environment) {
  return load_config(command.source, environment).store.directory;
}

Time time_of(const std::string& text, Time otherwise) {
  if (text.empty()) return otherwise;
  const auto time = parse_date_time(text);
  if (!time) throw UsageError("\"" + text + "\" is not a time such as 2026-01-31T00:00:00Z");
  return *time;
}

store::AuditFilter filter_of(const AuditCommand& command) {
  store::AuditFilter filter;
  filter.after_seq = command.after;
  filter.from = time_of(command.from, filter.from);
  filter.to = time_of(command.to, filter.to);
  filter.event = command.event;
  filter.principal = command.principal;
  return filter;
}

/// Calls `show` for the records of the filter in pieces, each on a snapshot of its own, `limit` at most.
template <class Show>
void for_each(store::Store& store, store::AuditFilter filter, std::size_t limit, Show show) {
  while (limit > 0) {
    std::vector<store::AuditRecord> records;
    store.read([&](store::View& view) { records = view.audit(filter, std::min(piece, limit)); });
    for (const auto& record : records) show(record);
    if (records.size() < std::min(piece, limit)) return;
    limit -= records.size();
    filter.after_seq = records.back().seq;
  }
}

void show_line(const store::AuditRecord& record) {
  const auto personal = record.personal.value_or(store::AuditPersonal{});
  const bool is_erased = !record.personal && !record.personal_digest.empty();
  std::cout << record.seq << '\t' << format_date_time(record.time) << '\t' << shown(record.event) << '\t'
            << (is_erased ? "(erased)" : shown(personal.principal)) << '\t' << shown(personal.source) << '\t' << shown(personal.target) << '\t'
            << shown(record.status) << '\t' << shown(record.detail) << '\t' << shown(personal.note) << '\n';
}

/// A head that was exported, and the key that was in use then.
struct ExportedHead {
  security::AuditHead head;
  std::string public_key;
};

ExportedHead read_head(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text(longest_head_file + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.empty() || text.size() > longest_head_file) throw UsageError(file + ": cannot be read, or is too long");
  const auto json = Json::parse(text, nullptr, false);
  const auto member = [&](const char* key) { return json.is_object() && json.contains(key) ? json[key] : Json(); };
  const auto seq = member("seq"), hash = member("hash"), key = member("publicKey");
  if (!seq.is_number_unsigned() || !hash.is_string() || !key.is_string()) throw UsageError(file + ": is not what `nscl audit head` writes");
  return {{seq.get<std::uint64_t>(), hash.get<std::string>()}, key.get<std::string>()};
}

int report_tampering(std::uint64_t seq, const std::string& problem) {
  std::cerr << audit_command << ": record " << seq << ": " << problem << '\n';
  return exit_tampered;
}

int report(const security::AuditReport& report, std::size_t keys) {
  if (report.bad_seq != 0) return report_tampering(report.bad_seq, report.problem);
  if (report.first == 0) {
    std::cout << "No records.\n";
    return exit_ok;
  }
  std::cout << "Records " << report.first << " to " << report.last << " are as they were written; " << report.checkpoints << " signatures hold, the last on record "
            << report.signed_to << "; personal data of " << report.erased << " erased.\n";
  if (keys == 0) std::cerr << "Warning: there is no audit.pub, no signature could be checked.\n";
  return exit_ok;
}

}  // namespace

int list_audit(const AuditCommand& command, char** environment) {
  return guarded(audit_command, [&] {
    const auto filter = filter_of(command);
    const auto store = open_store(load_config(command.source, environment), false);
    for_each(*store, filter, command.limit, show_line);
    store->stop();
    return exit_ok;
  });
}

int export_audit(const AuditCommand& command, char** environment) {
  return guarded(audit_command, [&] {
    const auto filter = filter_of(command);
    const auto store = open_store(load_config(command.source, environment), false);
    for_each(*store, filter, SIZE_MAX, [](const store::AuditRecord& record) { std::cout << http::to_json(record) << '\n'; });
    store->stop();
    return std::cout.flush() ? exit_ok : exit_failure;
  });
}

int verify_audit_trail(const AuditCommand& command, char** environment) {
  return guarded(audit_command, [&]() -> int {
    security::AuditScope scope{command.first, command.last, std::nullopt};
    const auto public_keys = read_audit_public_keys(directory_of(command, environment));
    if (!command.head_file.empty()) {
      auto exported = read_head(command.head_file);
      if (public_keys.find(exported.public_key) == public_keys.npos) return report_tampering(exported.head.seq, "audit.pub has not the key of the exported head");
      scope.head = std::move(exported.head);
    }
    const auto store = open_store(load_config(command.source, environment), false);
    const security::AuditPublicKeys keys(public_keys);
    security::AuditReport found;
    store->read([&](store::View& view) { found = security::verify_audit(view, keys, scope); });
    store->stop();
    return report(found, keys.empty() ? 0 : 1);
  });
}

int show_audit_head(const AuditCommand& command, char** environment) {
  return guarded(audit_command, [&] {
    const auto public_keys = read_audit_public_keys(directory_of(command, environment));
    const auto store = open_store(load_config(command.source, environment), false);
    std::optional<store::AuditRecord> head;
    store->read([&](store::View& view) { head = view.audit_head(); });
    store->stop();
    if (!head) throw UsageError("there are no records");
    const auto last_key = public_keys.rfind("-----BEGIN");
    const Json out{{"seq", head->seq}, {"time", format_date_time(head->time)}, {"hash", hex_encode(head->hash)},
                   {"publicKey", last_key == public_keys.npos ? std::string() : public_keys.substr(last_key)}};
    std::cout << out.dump(2) << '\n';
    return exit_ok;
  });
}

int erase_audit(const AuditCommand& command, char** environment) {
  return guarded(audit_command, [&] {
    const Config config = load_config(command.source, environment);
    const auto entity = security::canonical_entity(command.entity, "", config.credentials.own);
    if (entity.empty()) throw UsageError("\"" + command.entity + "\" is this SCL itself, no entity whose data could be erased");
    const auto store = open_store(load_config(command.source, environment), false);
    const auto who = invoker();
    security::AuditEntry entry;
    entry.principal = who;
    entry.source = command_line_source;
    std::size_t erased = 0;
    for (;;) {
      std::vector<std::uint64_t> records;
      store->read([&](store::View& view) { records = view.audit_about(entity, 0, piece); });
      if (records.empty()) break;
      write_or_throw(*store, [&](store::Transaction& transaction) -> Result<void> {
        erased += security::erase_audit_personal(transaction, records, entry, system_clock().now());
        return {};
      });
    }
    store->stop();
    std::cerr << "Personal data of \"" << command.entity << "\" erased from " << erased << " records.\n";
    return exit_ok;
  });
}

}  // namespace nscl::app
