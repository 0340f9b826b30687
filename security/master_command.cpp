// SPDX-License-Identifier: Apache-2.0
#include "master_command.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <system_error>

namespace nscl::security {
namespace {

using std::chrono::steady_clock;
constexpr std::chrono::seconds time_limit{10};

[[noreturn]] void refuse_program(const std::string& program, const std::string& why) { throw std::runtime_error("the program " + program + " " + why); }
std::string reason(int error) { return std::generic_category().message(error); }

void check_program(const std::string& program) {
  struct ::stat status {};
  if (::stat(program.c_str(), &status) != 0) refuse_program(program, "cannot be run: " + reason(errno));
  if (!S_ISREG(status.st_mode)) refuse_program(program, "is not a regular file");
  const bool is_ours = status.st_uid == 0 || status.st_uid == ::geteuid();
  if (!is_ours || (status.st_mode & 022) != 0) refuse_program(program, "could be replaced by others: it has to be root's or the own user's, and writable by nobody else");
}

/// The program while it runs: with the signals as a program expects them, in a process group of its own so that it can be ended
/// with whatever it started.
class Child {
 public:
  Child(const std::string& program, int output) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    std::string name = program;
    char* const arguments[] = {name.data(), nullptr};
    const int error = ::posix_spawn(&id_, program.c_str(), &actions, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) refuse_program(program, "cannot be run: " + reason(error));
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (id_ <= 0) return;
    ::kill(-id_, SIGKILL);
    while (!wait(0)) {}
  }

  /// Whether it has ended; with success, if it has.
  bool wait_until(steady_clock::time_point deadline, bool& is_good) {
    for (int status = 0; steady_clock::now() < deadline; ::usleep(10'000)) {
      if (!wait(WNOHANG, &status)) continue;
      is_good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
      return true;
    }
    return false;
  }

 private:
  bool wait(int options, int* status = nullptr) {
    const pid_t ended = ::waitpid(id_, status, options);
    if (ended == 0 || (ended < 0 && errno == EINTR)) return false;
    id_ = 0;
    return true;
  }

  pid_t id_ = 0;
};

class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_, O_CLOEXEC) != 0) throw std::runtime_error("no pipe: " + reason(errno));
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    ::close(ends_[0]);
    close_input();
  }
  int output() const { return ends_[0]; }
  int input() const { return ends_[1]; }
  void close_input() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }

 private:
  int ends_[2];
};

}  // namespace

Secret output_of(const std::string& program, std::size_t limit) {
  check_program(program);
  const auto deadline = steady_clock::now() + time_limit;
  Pipe pipe;
  Child child(program, pipe.input());
  pipe.close_input();
  Secret all(limit + 1);
  std::size_t size = 0;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
    pollfd waited{pipe.output(), POLLIN, 0};
    const int ready = left.count() > 0 ? ::poll(&waited, 1, static_cast<int>(left.count())) : 0;
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) refuse_program(program, "did not give the master key within 10 seconds");
    const auto count = ::read(pipe.output(), all.data() + size, all.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) refuse_program(program, "cannot be read from: " + reason(errno));
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
    if (size > limit) refuse_program(program, "writes more than " + std::to_string(limit) + " octets");
  }
  bool is_good = false;
  if (!child.wait_until(deadline, is_good)) refuse_program(program, "did not end within 10 seconds");
  if (!is_good) refuse_program(program, "failed");
  return Secret(all.view().substr(0, size));
}

}  // namespace nscl::security
