// SPDX-License-Identifier: Apache-2.0
// `nscl key`: the pre-shared keys. Works beside a running daemon, which sees a change at the very next handshake.
#include <iostream>
#include <set>

#include <nlohmann/json.hpp>

#include <nscl/app/commands.h>
#include <nscl/base/bytes.h>
#include <nscl/base/path.h>
#include <nscl/security/key_derivation.h>
#include <nscl/security/key_identity.h>
#include <nscl/security/key_import.h>
#include <nscl/security/keystore.h>
#include <nscl/security/master_key.h>

#include "key_access.h"

namespace nscl::app {
namespace {

constexpr std::string_view key_command = "nscl key";
constexpr std::size_t key_size = 32;

Secret choose_key(const KeyCommand& command) {
  if (command.key == KeySource::generated) return random_secret(key_size);
  const auto file = command.key == KeySource::file ? std::optional(command.key_file) : std::nullopt;
  std::string text = read_secret_line(file, "key", "Key (hex:... or base64:...): ");
  auto key = security::parse_key_text(text);
  wipe(text);
  if (!key) throw UsageError(key.error().detail);
  return *std::move(key);
}

Time choose_end(const KeyCommand& command) {
  if (command.not_after.empty()) return never;
  const auto time = parse_date_time(command.not_after);
  if (!time) throw UsageError("\"" + command.not_after + "\" is no time such as 2031-12-31T23:59:59Z");
  return *time;
}

/// Standard output holds a generated key alone, so that scripts can take it.
void report(const KeyCommand& command, const std::string& what, const Secret& key) {
  std::cerr << what << " Check value: " << security::key_check_value(key) << '\n';
  if (command.key != KeySource::generated) return;
  std::cerr << "The key is shown this once:\n";
  std::string text = security::key_text(key);
  std::cout << text << '\n';
  wipe(text);
}

struct ListedKey {
  store::Key key;
  std::string check_value;   ///< empty: there are no octets any more; "damaged": they do not open
};

std::vector<ListedKey> page_of_keys(KeyAccess& access, const std::string& after) {
  std::vector<ListedKey> listed;
  access.store().read([&](store::View& view) {
    for (store::Key& key : view.keys(after, page)) {
      const auto octets = access.keystore().open(view, key);
      const std::string check_value = octets ? security::key_check_value(*octets) : key.wrapped.empty() ? "" : "damaged";
      listed.push_back({std::move(key), check_value});
    }
  });
  return listed;
}

std::string end_of(const store::Key& key) { return key.not_after == never ? "" : format_date_time(key.not_after); }

nlohmann::json to_json(const ListedKey& listed) {
  const store::Key& key = listed.key;
  return {{"identity", key.identity},     {"kind", security::name_of(key.kind)}, {"state", security::name_of(key.state)},
          {"entity", key.entity},         {"node", key.node},                    {"index", key.index},
          {"generation", key.generation}, {"notAfter", end_of(key)},             {"environment", key.environment},
          {"derivation", key.derivation}, {"checkValue", listed.check_value}};
}

void print_line(const ListedKey& listed) {
  const store::Key& key = listed.key;
  const auto or_dash = [](const std::string& text) { return text.empty() ? std::string("-") : text; };
  std::cout << key.identity << '\t' << security::name_of(key.kind) << '\t' << security::name_of(key.state) << '\t' << or_dash(key.entity) << '\t'
            << key.index << '\t' << key.generation << '\t' << or_dash(end_of(key)) << '\t' << or_dash(listed.check_value) << '\n';
}

/// Whom a key proves; empty if there is no such key, and then what is done with it fails and takes its record along.
std::string entity_of(store::View& view, std::string_view identity) {
  const auto key = view.find_key(identity);
  return key ? key->entity : std::string();
}

}  // namespace

int add_key(const KeyCommand& command, char** environment) {
  return guarded(key_command, [&] {
    store::Key description;
    description.identity = command.identity;
    description.kind = command.identity.starts_with("v.") ? store::KeyKind::voucher : store::KeyKind::fixed;
    if (security::parse_root_identity(command.identity)) description.kind = store::KeyKind::root;
    if (command.signs) description.kind = store::KeyKind::application;
    description.not_after = choose_end(command);
    KeyAccess access(command.source, true, environment);
    if (!command.entity.empty()) description.entity = security::canonical_entity(command.entity, "", access.config().credentials.own);
    const Secret key = choose_key(command);
    write_or_throw(access.store(), [&](store::Transaction& transaction) {
      record(transaction, "key.added", description.entity, command.identity);
      return access.keystore().add(transaction, description, key, command.may_be_weak);
    });
    report(command, "Key \"" + command.identity + "\" added; it proves " + (description.entity.empty() ? "nobody yet" : description.entity) + ".", key);
    return exit_ok;
  });
}

int revoke_key(const KeyCommand& command, char** environment) {
  return guarded(key_command, [&] {
    KeyAccess access(command.source, false, environment);
    write_or_throw(access.store(), [&](store::Transaction& transaction) {
      record(transaction, "key.revoked", entity_of(transaction, command.identity), command.identity);
      return access.keystore().revoke(transaction, command.identity);
    });
    std::cerr << "Key \"" << command.identity << "\" revoked.\n";
    return exit_ok;
  });
}

int rotate_key(const KeyCommand& command, char** environment) {
  return guarded(key_command, [&] {
    KeyAccess access(command.source, false, environment);
    const Secret key = choose_key(command);
    write_or_throw(access.store(), [&](store::Transaction& transaction) {
      record(transaction, "key.replaced", entity_of(transaction, command.identity), command.identity);
      return access.keystore().replace(transaction, command.identity, key, command.may_be_weak);
    });
    report(command, "Key \"" + command.identity + "\" is another; the device cannot connect until it has it.", key);
    return exit_ok;
  });
}

int list_keys(const KeyCommand& command, char** environment) {
  return guarded(key_command, [&] {
    KeyAccess access(command.source, false, environment);
    bool is_first = true;
    if (command.json) std::cout << '[';
    for (std::string after;;) {
      const auto listed = page_of_keys(access, after);
      for (const ListedKey& one : listed) {
        if (command.json) std::cout << (is_first ? "\n" : ",\n") << to_json(one).dump();
        if (!command.json) print_line(one);
        is_first = false;
      }
      if (listed.size() < page) break;
      after = listed.back().key.identity;
    }
    if (command.json) std::cout << (is_first ? "]\n" : "\n]\n");
    return exit_ok;
  });
}

int import_keys(const KeyImportCommand& command, char** environment) {
  return guarded(key_command, [&] {
    KeyAccess access(command.source, !command.is_dry, environment);
    const security::KeyImport wanted{command.file, command.may_be_weak, command.is_dry, [](store::Transaction& transaction, std::uint64_t rows) {
                                       record(transaction, "key.imported", "", std::to_string(rows) + " keys");
                                     }};
    const auto report = [&](std::uint64_t line, const std::string& reason) { std::cerr << command.file << ':' << line << ": " << reason << '\n'; };
    const auto done = security::import_keys(access.keystore(), access.store(), wanted, report);
    if (!done) throw std::runtime_error(done.error().detail + "; nothing was imported");
    if (done->bad > 0) throw std::runtime_error(std::to_string(done->bad) + " of " + std::to_string(done->rows + done->bad) + " rows are bad; nothing was imported");
    if (command.is_dry) {
      std::cerr << done->rows << " rows are good; nothing was imported, as this was a dry run.\n";
    } else {
      std::cerr << done->rows << " keys imported. Now destroy the file (shred -u " << command.file << ").\n";
    }
    return exit_ok;
  });
}

int request_keys(const KeyRequestCommand& command) {
  return guarded(key_command, [&] {
    constexpr std::size_t identity_length = 26, id_length = 12;
    if (!security::check_identity(command.prefix + "x", store::KeyKind::fixed) || command.prefix.size() > 64 || command.prefix.find(',') != std::string::npos) {
      throw UsageError("the prefix does not fit into an identity: at most 64 characters, no comma");
    }
    if (!is_valid_id(command.prefix + "x")) throw UsageError("the prefix does not fit into the id of an SCL");
    std::set<std::string> ids;
    std::cout << "identity,kind,key,entity\n";
    while (ids.size() < command.count) {
      const auto [id, is_new] = ids.insert(command.prefix + random_name(id_length));
      if (is_new) std::cout << command.prefix << random_name(identity_length) << ",fixed,,scls/" << *id << '\n';
    }
    return exit_ok;
  });
}

int change_data_key(const ConfigSource& source, char** environment) {
  return guarded(key_command, [&] {
    KeyAccess access(source, false, environment);
    const auto done = access.keystore().change_data_key([](store::Transaction& transaction) { record(transaction, "dataKey.changed", "", ""); });
    if (!done) throw std::runtime_error(done.error().detail);
    std::cerr << done->keys << " keys are wrapped under a new data key.\n";
    if (done->damaged == 0) return int{exit_ok};
    std::cerr << done->damaged << " keys do not open and stay as they are; see `nscl key list`.\n";
    return int{exit_failure};
  });
}

int change_master_key(const ConfigSource& source, const std::string& next, char** environment) {
  return guarded(key_command, [&] {
    if (const auto problem = security::problem_of_master_source(next)) throw UsageError("\"" + next + "\" " + *problem);
    Secret key = security::load_master_key(next);
    KeyAccess access(source, false, environment);
    write_or_throw(access.store(), [&](store::Transaction& transaction) {
      record(transaction, "masterKey.changed", "", "");
      return access.keystore().change_master(transaction, std::move(key));
    });
    std::cerr << "The data keys are wrapped under the new master key. Before the next start: keystore.master = \"" << next
              << "\" (or put that key in the place of the old one).\n";
    return exit_ok;
  });
}

}  // namespace nscl::app
