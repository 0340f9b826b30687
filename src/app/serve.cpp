// SPDX-License-Identifier: Apache-2.0
// `nscl serve`: the life of the daemon on its main thread, which takes the signals and feeds the watchdog.
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <iostream>

#include <nscl/app/commands.h>
#include <nscl/app/server.h>
#include <nscl/app/systemd.h>
#include <nscl/base/time.h>

#include "administrator.h"
#include "process.h"

namespace nscl::app {
namespace {

constexpr std::chrono::seconds closing_time{5};  ///< beyond stop_time, to close the store

extern "C" void leave_at_once(int signal) {
  static constexpr char overdue[] = "nscl: not stopped in time, leaving\n";
  static constexpr char again[] = "nscl: second signal, leaving\n";
  if (signal == SIGALRM) {
    (void)!::write(STDERR_FILENO, overdue, sizeof overdue - 1);
  } else {
    (void)!::write(STDERR_FILENO, again, sizeof again - 1);
  }
  ::_exit(exit_failure);
}

/// From here on a second signal, or being late, ends the process. What was acknowledged is on disk in either case.
void arm_last_resort(const sigset_t& set, std::chrono::milliseconds stop_time) {
  for (const int signal : {SIGTERM, SIGINT, SIGALRM}) std::signal(signal, leave_at_once);
  const auto limit = std::chrono::ceil<std::chrono::seconds>(stop_time) + closing_time;
  ::alarm(static_cast<unsigned>(limit.count()));
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

/// 0 if `time` passed without a signal.
int wait_for_signal(const sigset_t& set, std::chrono::microseconds time) {
  timespec wait{};
  wait.tv_sec = time.count() / 1'000'000;
  wait.tv_nsec = time.count() % 1'000'000 * 1000;
  const int signal = ::sigtimedwait(&set, nullptr, &wait);
  return signal > 0 ? signal : 0;
}

/// Never to a log: only to a terminal, and only when the account was made by this start.
void show_new_password(const Server& server, const Config& config) {
  const auto password = server.new_administrator_password();
  if (!password) return;
  const std::string file = administrator_password_file(config.store.directory).string();
  log::info("administrator made", {{"name", administrator_name}, {"password_file", file}});
  if (::isatty(STDERR_FILENO) == 0) return;
  const std::string text = "\nFirst start. Administrator: " + std::string(administrator_name) +
                           "   password: " + *password + "\nIt is shown this once; the file " + file + " keeps it.\n\n";
  std::cerr << text;  // at once: the log goes to the same terminal
}

std::string list_addresses(const Server& server, const Config& config) {
  std::string out;
  const std::vector<std::uint16_t> ports = server.ports();
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const std::string& address = config.listeners[i].address;
    const bool is_v6 = address.find(':') != std::string::npos;
    const bool is_plain = config.listeners[i].tls.mode == net::TlsOptions::Mode::none;
    out += std::string(i == 0 ? "" : " ") + (is_plain ? "http://" : "https://") + (is_v6 ? "[" + address + "]" : address) + ":" + std::to_string(ports[i]);
  }
  return out;
}

void warn(const Config& config) {
  for (const std::string& caution : config.cautions) log::warning("configuration is allowed, but", {{"caution", caution}});
}

/// The running daemon, from "ready" to the signal that ends it.
class Watch {
 public:
  Watch(Server& server, const ServiceManager& manager, std::function<Config()> load)
      : server_(server), manager_(manager), load_(std::move(load)) {}

  void run(const sigset_t& set, const std::string& status) {
    const bool is_watched = manager_.watchdog_interval().count() > 0;
    const std::chrono::microseconds step = is_watched ? manager_.watchdog_interval() : std::chrono::seconds(5);
    for (;;) {
      look_at_threads();
      const int signal = wait_for_signal(set, step);
      if (signal == SIGTERM || signal == SIGINT) return;
      if (signal == SIGHUP) reload(status);
    }
  }

 private:
  void look_at_threads() {
    const bool is_alive = server_.is_alive();
    if (is_alive) manager_.alive();
    if (is_alive != was_alive_) {
      is_alive ? log::warning("all threads make progress again") : log::error("a thread is stuck");
    }
    was_alive_ = is_alive;
  }

  void reload(const std::string& status) {
    manager_.reloading();
    try {
      const Config config = load_();
      server_.reload(config);
      warn(config);
      log::info("configuration reloaded");
      manager_.ready(status);
    } catch (const ConfigError& error) {
      log::error("reload refused, the old configuration stays", {{"problems", error.what()}});
      manager_.ready(status + "; the last reload was refused");
    }
  }

  Server& server_;
  const ServiceManager& manager_;
  std::function<Config()> load_;
  bool was_alive_ = true;
};

/// From root to the user of the service, if there is one; only then the first thread starts, that of the log.
void begin(const Config& config, const std::optional<Account>& account) {
  if (account) become(*account);
  log::start(config.log_form, config.log_level);
  if (account) log::info("root is given up", {{"user", account->name}});
  if (::geteuid() == 0) log::warning("running as root; give the service a user of its own (server.user)");
  warn(config);
}

int run_server(const Config& config, bool allow_root, const std::function<Config()>& load, const ServiceManager& manager,
               const sigset_t& set) {
  const std::optional<Account> account = choose_account(config, allow_root);
  if (account) give_directory(config.store.directory, *account);
  Server server(config, system_clock(), [&] { begin(config, account); });
  server.start();
  const std::string status = "Serving " + list_addresses(server, config);
  log::info("ready", {{"version", version_text()},
                      {"addresses", list_addresses(server, config)},
                      {"store", config.store.directory.string()}});
  show_new_password(server, config);
  manager.ready(status);
  Watch(server, manager, load).run(set, status);
  log::info("stopping");
  manager.stopping();
  arm_last_resort(set, config.stop_time);
  server.stop();
  log::info("stopped");
  return exit_ok;
}

}  // namespace

int serve(const ServeCommand& command, char** environment) {
  const ServiceManager manager;
  raise_limit_of_files();
  const sigset_t set = block_signals({SIGPIPE, SIGXFSZ}, {SIGTERM, SIGINT, SIGHUP});
  const auto load = [&] { return load_config(command.source.file, environment, command.source.overrides); };
  try {
    const Config config = load();
    return run_server(config, command.allow_root, load, manager, set);
  } catch (const ConfigError& error) {
    std::cerr << error.what() << '\n';
    return exit_usage;
  } catch (const std::exception& error) {
    std::cerr << "nscl: " << error.what() << '\n';
    return exit_failure;
  }
}

}  // namespace nscl::app
