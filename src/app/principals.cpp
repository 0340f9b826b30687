// SPDX-License-Identifier: Apache-2.0
// `nscl principal`: who may authenticate, and as whom. Works beside a running daemon, which notices within a second.
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>
#include <optional>
#include <system_error>

#include <nlohmann/json.hpp>

#include <nscl/app/commands.h>
#include <nscl/base/bytes.h>
#include <nscl/base/guarded_file.h>
#include <nscl/base/path.h>
#include <nscl/resources/all.h>

#include "administrator.h"

namespace nscl::app {
namespace {

constexpr std::size_t longest_password = 1024;
constexpr std::size_t largest_password_file = 64 * 1024;  ///< of which the first line counts

/// The command cannot be carried out as it was given.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Keeps what is typed off the screen.
class SilentTerminal {
 public:
  SilentTerminal() : is_terminal_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!is_terminal_) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    std::cerr << "Password: " << std::flush;
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;
  ~SilentTerminal() {
    if (!is_terminal_) return;
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    std::cerr << '\n';
  }

 private:
  termios before_{};
  bool is_terminal_;
};

std::string first_line(std::istream& in) {
  std::string line;
  std::getline(in, line);
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

std::string first_line_of(const std::string& file) try {
  const Secret content = read_guarded_file(file, Guard::sight, largest_password_file);
  const std::string_view line = content.view().substr(0, content.view().find('\n'));
  return std::string(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line);
} catch (const std::exception& error) {
  throw UsageError(error.what());
}

std::string read_password(const PrincipalCommand& command) {
  std::string password;
  if (command.password == PasswordSource::standard_input) {
    const SilentTerminal silent;
    password = first_line(std::cin);
  } else {
    password = first_line_of(command.password_file);
  }
  if (password.empty()) throw UsageError("the password is empty");
  if (password.size() > longest_password) throw UsageError("the password is longer than 1024 octets");
  return password;
}

/// nullopt: the principal needs no password.
std::optional<std::string> choose_password(const PrincipalCommand& command) {
  if (command.password == PasswordSource::generated) return random_name(24);
  if (command.password == PasswordSource::none) return std::nullopt;
  return read_password(command);
}

void check_name(const std::string& name) {
  if (name.empty() || name.size() > 255 || !is_xml_text(name) || name.find_first_of("\t\r\n") != std::string::npos) {
    throw UsageError("a name has 1 to 255 octets of text without control characters");
  }
}

std::string choose_entity(const PrincipalCommand& command, char** environment) {
  if (command.entity.empty()) return command.is_operator ? "" : "applications/" + command.name;
  const Config config = load_config(command.source.file, environment, command.source.overrides);
  return security::canonical_entity(command.entity, "", config.credentials.own);
}

void check_entity(const std::string& entity, const PrincipalCommand& command) {
  if (entity.empty() && command.is_operator) return;
  if (entity.find("://") != std::string::npos) return;
  const std::string_view collection = parent_path(entity);
  if ((collection == "applications" || collection == "scls") && is_valid_id(last_segment(entity))) return;
  throw UsageError("\"" + (command.entity.empty() ? entity : command.entity) +
                   "\" is neither applications/ID nor scls/ID nor an absolute URI; name one with --entity");
}

/// `may_make`: the store may be made here if there is none yet.
std::unique_ptr<store::Store> open_store(const PrincipalCommand& command, bool may_make, char** environment) {
  static const model::Registry registry(resources::all());
  Config config = load_config(command.source.file, environment, command.source.overrides);
  const std::filesystem::path& directory = config.store.directory;
  std::error_code ignored;
  if (!may_make && !std::filesystem::exists(directory / "nscl.db", ignored)) {
    throw UsageError("there is no store in " + directory.string() + "; name its directory with --data-dir or --config");
  }
  struct stat owner {};
  if (::stat(directory.c_str(), &owner) == 0 && owner.st_uid != ::geteuid() && ::geteuid() != 0) {
    throw UsageError(directory.string() + " belongs to another user");
  }
  config.store.exclusive = false;
  config.store.cache_bytes = 1u << 20;
  return store::open_sqlite(config.store, registry, system_clock());
}

void write_or_throw(store::Store& store, store::WriteJob job) {
  if (const Result<void> done = store.write_and_wait(std::move(job)); !done)
    throw std::runtime_error(done.error().detail);
}

std::string verifier_of(const std::optional<std::string>& password) {
  return password ? security::hash_password(*password) : std::string();
}

/// The first administrator's password file is of no use once the password is another.
void forget_password_file(const PrincipalCommand& command, char** environment) {
  if (command.name != administrator_name) return;
  const Config config = load_config(command.source.file, environment, command.source.overrides);
  std::error_code ignored;
  std::filesystem::remove(administrator_password_file(config.store.directory), ignored);
}

/// Standard output holds the generated password alone, so that scripts can take it.
void report(const PrincipalCommand& command, const std::string& what, const std::optional<std::string>& password) {
  std::cerr << what << '\n';
  if (!password) std::cerr << "Warning: whoever knows this name can act as it; use this in closed networks only.\n";
  if (command.password != PasswordSource::generated) return;
  std::cerr << "Its password is shown this once:\n";
  std::cout << *password << '\n';
}

template <class Action>
int guarded(Action action) {
  try {
    return action();
  } catch (const UsageError& error) {
    std::cerr << "nscl principal: " << error.what() << '\n';
    return exit_usage;
  } catch (const ConfigError& error) {
    std::cerr << error.what() << '\n';
    return exit_usage;
  } catch (const std::exception& error) {
    std::cerr << "nscl principal: " << error.what() << '\n';
    return exit_failure;
  }
}

}  // namespace

int add_principal(const PrincipalCommand& command, char** environment) {
  return guarded([&] {
    store::Principal principal;
    check_name(command.name);
    principal.name = command.name;
    principal.entity = choose_entity(command, environment);
    principal.is_operator = command.is_operator;
    check_entity(principal.entity, command);
    const auto password = choose_password(command);
    principal.verifier = verifier_of(password);
    const auto store = open_store(command, true, environment);
    write_or_throw(*store, [&](store::Transaction& transaction) -> Result<void> {
      if (transaction.find_principal(principal.name))
        return failure(Status::conflict, "\"" + principal.name + "\" is there already");
      transaction.put_principal(principal);
      return {};
    });
    store->stop();
    const std::string entity = principal.entity.empty() ? "this SCL" : principal.entity;
    report(command, "Principal \"" + principal.name + "\" added; it acts as " + entity + ".", password);
    return exit_ok;
  });
}

int remove_principal(const PrincipalCommand& command, char** environment) {
  return guarded([&] {
    const auto store = open_store(command, false, environment);
    write_or_throw(*store, [&](store::Transaction& transaction) -> Result<void> {
      if (!transaction.erase_principal(command.name))
        return failure(Status::not_found, "there is no \"" + command.name + "\"");
      return {};
    });
    store->stop();
    forget_password_file(command, environment);
    std::cerr << "Principal \"" << command.name << "\" removed.\n";
    return exit_ok;
  });
}

int change_password(const PrincipalCommand& command, char** environment) {
  return guarded([&] {
    const auto password = choose_password(command);
    const std::string verifier = verifier_of(password);
    const auto store = open_store(command, false, environment);
    write_or_throw(*store, [&](store::Transaction& transaction) -> Result<void> {
      auto principal = transaction.find_principal(command.name);
      if (!principal) return failure(Status::not_found, "there is no \"" + command.name + "\"");
      principal->verifier = verifier;
      transaction.put_principal(*principal);
      return {};
    });
    store->stop();
    forget_password_file(command, environment);
    report(command, "The password of \"" + command.name + "\" is changed.", password);
    return exit_ok;
  });
}

int list_principals(const PrincipalCommand& command, char** environment) {
  return guarded([&] {
    const auto store = open_store(command, false, environment);
    std::vector<store::Principal> principals;
    store->read([&](store::View& view) { principals = view.principals(); });
    store->stop();
    nlohmann::json list = nlohmann::json::array();
    for (const store::Principal& principal : principals) {
      list.push_back({{"name", principal.name},
                      {"entity", principal.entity},
                      {"operator", principal.is_operator},
                      {"password", !principal.verifier.empty()}});
      if (command.json) continue;
      std::cout << principal.name << '\t' << (principal.entity.empty() ? "-" : principal.entity) << '\t'
                << (principal.is_operator ? "operator" : "-") << '\t'
                << (principal.verifier.empty() ? "no password" : "-") << '\n';
    }
    if (command.json) std::cout << list.dump(2) << '\n';
    return exit_ok;
  });
}

}  // namespace nscl::app
