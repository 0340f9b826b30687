// SPDX-License-Identifier: Apache-2.0
// `nscl principal`: who may authenticate, and as whom. Works beside a running daemon, which notices within a second.
#include <algorithm>
#include <iostream>
#include <optional>
#include <system_error>

#include <nlohmann/json.hpp>

#include <nscl/app/commands.h>
#include <nscl/base/bytes.h>
#include <nscl/security/digest_authentication.h>

#include "administrator.h"
#include "command_store.h"

namespace nscl::app {
namespace {

/// nullopt: the principal needs no password.
std::optional<std::string> choose_password(const PrincipalCommand& command) {
  if (command.password == PasswordSource::generated) return random_name(24);
  if (command.password == PasswordSource::none || command.password == PasswordSource::certificate) return std::nullopt;
  const auto file = command.password == PasswordSource::file ? std::optional(command.password_file) : std::nullopt;
  return read_secret_line(file, "password", "Password: ");
}

void check_principal_name(const std::string& name) {
  if (name.empty() || name.size() > 255 || !is_xml_text(name) || name.find_first_of("\t\r\n") != std::string::npos) {
    throw UsageError("a name has 1 to 255 octets of text without control characters");
  }
}

std::string choose_entity(const PrincipalCommand& command, char** environment) {
  if (command.entity.empty()) return command.is_operator ? "" : "applications/" + command.name;
  const Config config = load_config(command.source, environment);
  return security::canonical_entity(command.entity, "", config.credentials.own);
}

void check_entity(const std::string& entity, const PrincipalCommand& command) {
  if (entity.empty() && command.is_operator) return;
  if (entity.find("://") != std::string::npos || security::is_own_entity(entity)) return;
  throw UsageError("\"" + (command.entity.empty() ? entity : command.entity) +
                   "\" is neither applications/ID nor scls/ID nor an absolute URI; name one with --entity");
}

void check_certificate(const std::string& name) {
  const bool is_known = name.starts_with("URI:") || name.starts_with("DNS:");
  const auto is_visible = [](char c) { return c > ' ' && c < 0x7f; };
  if (!is_known || name.size() < 5 || name.size() > 255 || !std::all_of(name.begin(), name.end(), is_visible))
    throw UsageError("--certificate names URI:... or DNS:..., as the certificate has it");
}

std::string verifier_of(const std::optional<std::string>& password) {
  return password ? security::hash_password(*password) : std::string();
}

bool has_password(const PrincipalCommand& command) {
  return command.password != PasswordSource::none && command.password != PasswordSource::certificate;
}

void check_digest(const PrincipalCommand& command) {
  if (command.digest && !has_password(command)) throw UsageError("--digest needs a password");
}

/// Puts what HTTP Digest judges a principal by into its row: of MD5 too where the configuration allows it.
class DigestMaker {
 public:
  DigestMaker(store::Store& store, const Config& config, const std::string& name, const std::string& password)
      : keystore_(store, keystore_options(config), system_clock()) {
    const auto& options = config.credentials.digest;
    const auto strong = security::digest_ha1(security::DigestAlgorithm::sha_256, name, options.realm, password);
    const auto weak = options.allow_md5 ? security::digest_ha1(security::DigestAlgorithm::md5, name, options.realm, password) : Secret();
    octets_ = Secret(strong.size() + weak.size());
    std::ranges::copy(strong.view(), octets_.data());
    std::ranges::copy(weak.view(), octets_.data() + strong.size());
  }
  Result<void> put(store::View& view, store::Principal& principal) const { return keystore_.put_digest(view, principal, octets_); }

 private:
  security::Keystore keystore_;
  Secret octets_;
};

bool has_digest(store::Store& store, const std::string& name) {
  std::optional<store::Principal> principal;
  store.read([&](store::View& view) { principal = view.find_principal(name); });
  return principal && !principal->digest.empty();
}

/// The first administrator's password file is of no use once the password is another.
void forget_password_file(const PrincipalCommand& command, char** environment) {
  if (command.name != administrator_name) return;
  const Config config = load_config(command.source, environment);
  std::error_code ignored;
  std::filesystem::remove(administrator_password_file(config.store.directory), ignored);
}

/// Standard output holds the generated password alone, so that scripts can take it.
void report(const PrincipalCommand& command, const std::string& what, const std::optional<std::string>& password) {
  std::cerr << what << '\n';
  if (command.password == PasswordSource::none) std::cerr << "Warning: whoever knows this name can act as it; use this in closed networks only.\n";
  if (command.password != PasswordSource::generated) return;
  std::cerr << "Its password is shown this once:\n";
  std::cout << *password << '\n';
}

/// What the command line says of a new principal, checked; a password is still to be chosen.
store::Principal principal_of(const PrincipalCommand& command, char** environment) {
  store::Principal principal;
  check_principal_name(command.name);
  principal.name = command.name;
  principal.entity = choose_entity(command, environment);
  principal.is_operator = command.is_operator;
  check_entity(principal.entity, command);
  check_digest(command);
  if (command.password == PasswordSource::certificate) {
    check_certificate(command.certificate);
    principal.certificate = command.certificate;
    principal.verifier = std::string(security::no_password);
  }
  return principal;
}

constexpr std::string_view principal_command = "nscl principal";

}  // namespace

int add_principal(const PrincipalCommand& command, char** environment) {
  return guarded(principal_command, [&] {
    auto principal = principal_of(command, environment);
    const auto password = choose_password(command);
    if (command.password != PasswordSource::certificate) principal.verifier = verifier_of(password);
    const auto config = load_config(command.source, environment);
    const auto store = open_store(config, true);
    std::optional<DigestMaker> digest;
    if (command.digest) digest.emplace(*store, config, principal.name, *password);
    write_or_throw(*store, [&](store::Transaction& transaction) -> Result<void> {
      if (transaction.find_principal(principal.name))
        return failure(Status::conflict, "\"" + principal.name + "\" is there already");
      if (const auto other = transaction.find_principal_by_certificate(principal.certificate))
        return failure(Status::conflict, "\"" + principal.certificate + "\" proves \"" + other->name + "\" already");
      if (digest) {
        if (auto done = digest->put(transaction, principal); !done) return done;
      }
      transaction.put_principal(principal);
      record(transaction, "principal.added", principal.entity, principal.name);
      return {};
    });
    store->stop();
    const std::string entity = principal.entity.empty() ? "this SCL" : principal.entity;
    report(command, "Principal \"" + principal.name + "\" added; it acts as " + entity + ".", password);
    return exit_ok;
  });
}

int remove_principal(const PrincipalCommand& command, char** environment) {
  return guarded(principal_command, [&] {
    const auto store = open_store(load_config(command.source, environment), false);
    write_or_throw(*store, [&](store::Transaction& transaction) -> Result<void> {
      const auto principal = transaction.find_principal(command.name);
      if (!principal) return failure(Status::not_found, "there is no \"" + command.name + "\"");
      transaction.erase_principal(command.name);
      record(transaction, "principal.removed", principal->entity, principal->name);
      return {};
    });
    store->stop();
    forget_password_file(command, environment);
    std::cerr << "Principal \"" << command.name << "\" removed.\n";
    return exit_ok;
  });
}

int change_password(const PrincipalCommand& command, char** environment) {
  return guarded(principal_command, [&] {
    check_digest(command);
    const auto password = choose_password(command);
    const std::string verifier = verifier_of(password);
    const auto config = load_config(command.source, environment);
    const auto store = open_store(config, false);
    std::optional<DigestMaker> digest;
    if (password && (command.digest || has_digest(*store, command.name))) digest.emplace(*store, config, command.name, *password);
    write_or_throw(*store, [&](store::Transaction& transaction) -> Result<void> {
      auto principal = transaction.find_principal(command.name);
      if (!principal) return failure(Status::not_found, "there is no \"" + command.name + "\"");
      principal->verifier = verifier;
      principal->digest.clear();   // the old password's is of no use any more
      principal->digest_key.clear();
      if (digest) {
        if (auto done = digest->put(transaction, *principal); !done) return done;
      }
      transaction.put_principal(*principal);
      record(transaction, "principal.password", principal->entity, principal->name);
      return {};
    });
    store->stop();
    forget_password_file(command, environment);
    report(command, "The password of \"" + command.name + "\" is changed.", password);
    return exit_ok;
  });
}

int list_principals(const PrincipalCommand& command, char** environment) {
  return guarded(principal_command, [&] {
    const auto store = open_store(load_config(command.source, environment), false);
    std::vector<store::Principal> principals;
    store->read([&](store::View& view) { principals = view.principals(); });
    store->stop();
    nlohmann::json list = nlohmann::json::array();
    for (const store::Principal& principal : principals) {
      list.push_back({{"name", principal.name},
                      {"entity", principal.entity},
                      {"operator", principal.is_operator},
                      {"password", !principal.verifier.empty() && principal.verifier != security::no_password},
                      {"digest", !principal.digest.empty()},
                      {"certificate", principal.certificate}});
      if (command.json) continue;
      std::cout << principal.name << '\t' << (principal.entity.empty() ? "-" : principal.entity) << '\t'
                << (principal.is_operator ? "operator" : "-") << '\t'
                << (principal.verifier.empty() ? "no password" : principal.certificate.empty() ? "-" : principal.certificate) << '\n';
    }
    if (command.json) std::cout << list.dump(2) << '\n';
    return exit_ok;
  });
}

}  // namespace nscl::app
