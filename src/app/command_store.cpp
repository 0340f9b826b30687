// SPDX-License-Identifier: Apache-2.0
#include "command_store.h"

#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <system_error>

#include <nscl/base/guarded_file.h>
#include <nscl/resources/all.h>
#include <nscl/security/audit.h>

namespace nscl::app {
namespace {

constexpr std::size_t longest_secret = 1024;
constexpr std::size_t largest_secret_file = 64 * 1024;  ///< of which the first line counts

/// Keeps what is typed off the screen.
class SilentTerminal {
 public:
  explicit SilentTerminal(std::string_view prompt) : is_terminal_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!is_terminal_) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    std::cerr << prompt << std::flush;
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
  const Secret content = read_guarded_file(file, Guard::sight, largest_secret_file);
  const std::string_view line = content.view().substr(0, content.view().find('\n'));
  return std::string(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line);
} catch (const std::exception& error) {
  throw UsageError(error.what());
}

}  // namespace

Config load_config(const ConfigSource& source, char** environment) { return load_config(source.file, environment, source.overrides); }

std::unique_ptr<store::Store> open_store(const Config& config, bool may_make) {
  static const model::Registry registry(resources::all());
  const std::filesystem::path& directory = config.store.directory;
  std::error_code ignored;
  if (!may_make && !std::filesystem::exists(directory / "nscl.db", ignored)) {
    throw UsageError("there is no store in " + directory.string() + "; name its directory with --data-dir or --config");
  }
  struct stat owner {};
  if (::stat(directory.c_str(), &owner) == 0 && owner.st_uid != ::geteuid() && ::geteuid() != 0) {
    throw UsageError(directory.string() + " belongs to another user");
  }
  store::Options options = config.store;
  options.exclusive = false;
  options.cache_bytes = 1u << 20;
  return store::open_sqlite(options, registry, system_clock());
}

void write_or_throw(store::Store& store, store::WriteJob job) {
  if (const Result<void> done = store.write_and_wait(std::move(job)); !done)
    throw std::runtime_error(done.error().detail);
}

std::string invoker() { return "uid " + std::to_string(::getuid()); }

void record(store::Transaction& transaction, std::string_view event, std::string_view target, std::string_view note) {
  const auto who = invoker();
  security::AuditEntry entry;
  entry.event = event;
  entry.principal = who;
  entry.source = command_line_source;
  entry.target = target;
  entry.note = note;
  security::append_audit(transaction, entry, system_clock().now());
}

std::string read_secret_line(const std::optional<std::string>& file, std::string_view what, std::string_view prompt) {
  std::string secret;
  if (!file) {
    const SilentTerminal silent(prompt);
    secret = first_line(std::cin);
  } else {
    secret = first_line_of(*file);
  }
  if (secret.empty()) throw UsageError("the " + std::string(what) + " is empty");
  if (secret.size() > longest_secret) throw UsageError("the " + std::string(what) + " is longer than 1024 octets");
  return secret;
}

}  // namespace nscl::app
