// SPDX-License-Identifier: Apache-2.0
// What the process may do and what others may see of it: no core file, no tracing, no new privileges, not root; its limits and signals.
#pragma once

#include <csignal>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include <nscl/app/config.h>

namespace nscl::app {

/// At the start of every command, before anything is read or made: files are private (umask 0077), no core file is
/// written, nobody but root may look into the process, and no program could gain privileges from here.
/// Throws std::runtime_error if the system refuses what it never should.
void protect_process();

/// A user of this host.
struct Account {
  std::string name;
  uid_t user = 0;
  gid_t group = 0;
};

/// The user to become once the listeners are bound; nullopt: stay who we are. Throws ConfigError if that user does not
/// exist or cannot be had, and if root would serve other hosts without one; `allow_root` allows that.
std::optional<Account> choose_account(const Config& config, bool allow_root);

/// Makes `directory` for the account if it is missing (mode 0700; the folder above must be there). Throws ConfigError if it is there and belongs to
/// another user, std::runtime_error if it cannot be made or check_folders_above() refuses it.
void give_directory(const std::filesystem::path& directory, const Account& account);

/// Gives up root for good: groups, group, user. Throws std::runtime_error if anything of root is left.
void become(const Account& account);

/// As many open files as the system allows.
void raise_limit_of_files();

/// Of the `ignored` signals the calls fail, which is enough; `blocked`, which comes back, is waited for. To be called before
/// any thread is made, that of the log included: they inherit it.
sigset_t block_signals(std::initializer_list<int> ignored, std::initializer_list<int> blocked);

}  // namespace nscl::app
