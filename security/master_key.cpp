// SPDX-License-Identifier: Apache-2.0
#include <nscl/security/master_key.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <system_error>

#include <nscl/base/bytes.h>
#include <nscl/security/key_wrapper.h>

#include "master_command.h"
#include "private_file.h"

namespace nscl::security {
namespace {

constexpr std::size_t longest_source = 4096;

/// 32 octets, or 64 hexadecimal digits with or without the end of their line.
Secret key_of(const Secret& octets, const std::string& source) {
  if (octets.size() == symmetric_key_size) return octets.copy();
  std::string_view text = octets.view();
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  auto decoded = hex_decode(text);
  if (!decoded || decoded->size() != symmetric_key_size) {
    throw std::runtime_error(source + " gives no master key: that is 32 octets, or 64 hexadecimal digits");
  }
  Secret key(*decoded);
  wipe(*decoded);
  return key;
}

Secret read_credential(const std::string& name) {
  const char* const directory = std::getenv("CREDENTIALS_DIRECTORY");
  if (directory == nullptr || *directory == '\0') {
    throw std::runtime_error("there is no CREDENTIALS_DIRECTORY, so no credential " + name +
                             ": the service manager sets it (LoadCredential= or LoadCredentialEncrypted=)");
  }
  return PrivateFile(std::filesystem::path(directory) / name, Privacy::by_directory).read_all(longest_source);
}

/// A descriptor of a file that is being made.
class Making {
 public:
  Making(const std::filesystem::path& path, int flags) : path_(path), descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {
    demand(descriptor_ >= 0);
  }
  Making(const Making&) = delete;
  Making& operator=(const Making&) = delete;
  ~Making() { ::close(descriptor_); }

  void write(const Secret& octets) {
    demand(::write(descriptor_, octets.data(), octets.size()) == static_cast<ssize_t>(octets.size()));
  }
  /// Root may make a file for a daemon that is another user.
  void give_to(const struct ::stat& owner) {
    if (::geteuid() == 0 && owner.st_uid != 0) demand(::fchown(descriptor_, owner.st_uid, owner.st_gid) == 0);
  }
  struct ::stat status() {
    struct ::stat found {};
    demand(::fstat(descriptor_, &found) == 0);
    return found;
  }
  void sync() { demand(::fsync(descriptor_) == 0); }

 private:
  void demand(bool is_good) {
    if (!is_good) throw std::runtime_error(path_.string() + " cannot be made: " + std::generic_category().message(errno));
  }

  std::filesystem::path path_;
  int descriptor_;
};

}  // namespace

Secret load_master_key(const std::string& source) {
  if (const auto problem = problem_of_master_source(source)) throw std::runtime_error("the source of the master key " + *problem);
  const auto colon = source.find(':');
  const std::string scheme = source.substr(0, colon), rest = source.substr(colon + 1);
  if (scheme == "credential") return key_of(read_credential(rest), source);
  if (scheme == "command") return key_of(output_of(rest, longest_source), source);
  return key_of(PrivateFile(rest, Privacy::group_readable).read_all(longest_source), source);
}

std::filesystem::path master_key_file(const std::filesystem::path& directory) { return directory / "master.key"; }

void make_master_key(const std::filesystem::path& file) {
  Making directory(file.parent_path(), O_RDONLY | O_DIRECTORY);
  // Whole before it has its name: a crash leaves no half key, and of two processes the second takes the key of the first.
  const std::filesystem::path fresh = file.string() + "." + random_name(12);
  {
    Making out(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
    out.write(random_secret(symmetric_key_size));
    out.give_to(directory.status());
    out.sync();
  }
  const bool is_done = ::link(fresh.c_str(), file.c_str()) == 0 || errno == EEXIST;
  const int error = errno;
  ::unlink(fresh.c_str());
  if (!is_done) throw std::runtime_error(file.string() + " cannot be made: " + std::generic_category().message(error));
  directory.sync();
}

}  // namespace nscl::security
