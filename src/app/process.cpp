// SPDX-License-Identifier: Apache-2.0
#include "process.h"

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nscl/base/guarded_file.h>

#include "config_keys.h"

namespace nscl::app {
namespace {

namespace fs = std::filesystem;

void check_call(bool good, const std::string& what) {
  if (!good) throw std::system_error(errno, std::generic_category(), what);
}

/// A change of user makes a process dumpable again on some systems.
void keep_others_out() { check_call(::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0, "PR_SET_DUMPABLE"); }

Account find_account(const std::string& name) {
  std::array<char, 16384> text{};
  passwd entry{};
  passwd* found = nullptr;
  const int error = ::getpwnam_r(name.c_str(), &entry, text.data(), text.size(), &found);
  if (found == nullptr) {
    throw ConfigError("server.user: there is no user " + quote(name) + " on this host" +
                      (error != 0 ? " (" + std::generic_category().message(error) + ")" : ""));
  }
  if (entry.pw_uid == 0) throw ConfigError("server.user: " + quote(name) + " is root; name another user, or none");
  return {name, entry.pw_uid, entry.pw_gid};
}

std::string name_of(uid_t user) {
  std::array<char, 16384> text{};
  passwd entry{};
  passwd* found = nullptr;
  ::getpwuid_r(user, &entry, text.data(), text.size(), &found);
  return found != nullptr ? quote(entry.pw_name) : "number " + std::to_string(user);
}

void refuse_root(const Config& config) {
  for (const net::ListenerOptions& listener : config.listeners) {
    if (!is_reachable(listener)) continue;
    throw ConfigError("nscl will not serve other hosts as root, and " + listener.address + " can be reached by them. Name a user in "
                      "server.user (NSCL_SERVER_USER), or start it as one; --allow-root serves as root nevertheless");
  }
}

bool can_be_root_again() {
  uid_t real = 0, effective = 0, saved = 0;
  if (::getresuid(&real, &effective, &saved) != 0 || real == 0 || effective == 0 || saved == 0) return true;
  return ::setuid(0) == 0 || ::seteuid(0) == 0 || ::setgid(0) == 0;
}

}  // namespace

void protect_process() {
  ::umask(0077);
  const rlimit no_core{0, 0};  // a service manager may forbid the call and set it itself
  (void)::setrlimit(RLIMIT_CORE, &no_core);
  keep_others_out();
  check_call(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "PR_SET_NO_NEW_PRIVS");
}

std::optional<Account> choose_account(const Config& config, bool allow_root) {
  const uid_t self = ::geteuid();
  if (config.user.empty()) {
    if (self == 0 && !allow_root) refuse_root(config);
    return std::nullopt;
  }
  Account account = find_account(config.user);
  if (account.user == self) return std::nullopt;
  if (self == 0) return account;
  throw ConfigError("server.user: only root can become " + quote(account.name) + ", and this is user " + name_of(self));
}

void give_directory(const fs::path& directory, const Account& account) {
  check_folders_above(directory);
  const bool is_new = ::mkdir(directory.c_str(), 0700) == 0;
  check_call(is_new || errno == EEXIST, directory.string());
  const int folder = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  check_call(folder >= 0, directory.string());
  struct stat status {};
  bool is_done = ::fstat(folder, &status) == 0;
  if (is_done && is_new) is_done = ::fchown(folder, account.user, account.group) == 0;
  const int error = errno;
  ::close(folder);
  if (!is_done) throw std::system_error(error, std::generic_category(), directory.string());
  if (!is_new && status.st_uid != account.user) {
    throw ConfigError(directory.string() + " belongs to user " + name_of(status.st_uid) + ", not to " + quote(account.name) +
                      " of server.user; give it away (chown -R " + account.name + ": " + directory.string() + ")");
  }
}

void become(const Account& account) {
  check_call(::initgroups(account.name.c_str(), account.group) == 0, "initgroups");
  check_call(::setresgid(account.group, account.group, account.group) == 0, "setresgid");
  check_call(::setresuid(account.user, account.user, account.user) == 0, "setresuid");
  if (can_be_root_again()) throw std::runtime_error("root could not be given up");
  keep_others_out();
}

void raise_limit_of_files() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
    files.rlim_cur = files.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &files);
  }
}

sigset_t block_signals(std::initializer_list<int> ignored, std::initializer_list<int> blocked) {
  for (const int signal : ignored) std::signal(signal, SIG_IGN);
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : blocked) sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return set;
}

}  // namespace nscl::app
