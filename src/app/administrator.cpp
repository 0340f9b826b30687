// SPDX-License-Identifier: Apache-2.0
// The first administrator. The file is complete before the principal is committed: a crash between the two leaves a
// password without an account, and the next start makes both anew.
#include "administrator.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <nscl/base/bytes.h>
#include <nscl/security/credentials.h>

namespace nscl::app {
namespace {

/// A file descriptor that closes itself.
class Descriptor {
 public:
  Descriptor(const std::filesystem::path& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {
    if (fd_ < 0) throw std::system_error(errno, std::generic_category(), path.string());
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { ::close(fd_); }
  int get() const { return fd_; }

 private:
  int fd_;
};

void check_file_call(bool good, const std::filesystem::path& path) {
  if (!good) throw std::system_error(errno, std::generic_category(), path.string());
}

}  // namespace

std::filesystem::path administrator_password_file(const std::filesystem::path& directory) {
  return directory / "admin-password";
}

void write_secret_file(const std::filesystem::path& file, std::string_view text) {
  const std::filesystem::path fresh = file.string() + ".new";
  std::filesystem::remove(fresh);  // left by a crash
  {
    const Descriptor out(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
    check_file_call(::write(out.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()), fresh);
    check_file_call(::fsync(out.get()) == 0, fresh);
  }
  std::filesystem::rename(fresh, file);
  const std::filesystem::path directory = file.has_parent_path() ? file.parent_path() : ".";
  const Descriptor parent(directory, O_RDONLY | O_DIRECTORY);
  check_file_call(::fsync(parent.get()) == 0, directory);
}

std::optional<Secret> read_secret_file(const std::filesystem::path& file) {
  constexpr off_t longest = 64 << 10;
  if (std::error_code ignored; std::filesystem::symlink_status(file, ignored).type() == std::filesystem::file_type::not_found) return std::nullopt;
  const Descriptor in(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  struct stat status {};
  check_file_call(::fstat(in.get(), &status) == 0, file);
  if (!S_ISREG(status.st_mode)) throw std::runtime_error(file.string() + " is no regular file");
  if ((status.st_mode & 077) != 0) throw std::runtime_error(file.string() + " may be opened by others than its owner; chmod 600 it");
  if (status.st_size > longest) throw std::runtime_error(file.string() + " is too long");
  Secret octets(static_cast<std::size_t>(status.st_size));
  const auto size = ::read(in.get(), octets.data(), octets.size());
  check_file_call(size >= 0, file);
  return Secret(octets.view().substr(0, static_cast<std::size_t>(size)));
}

std::optional<std::string> make_first_administrator(store::Store& store, const std::filesystem::path& directory) {
  bool is_first = false;
  store.read([&](store::View& view) { is_first = view.principals().empty(); });
  if (!is_first) return std::nullopt;

  const std::string password = random_name(24);
  write_secret_file(administrator_password_file(directory), password + "\n");
  store::Principal principal;
  principal.name = administrator_name;
  principal.verifier = security::hash_password(password);
  principal.is_operator = true;
  const Result<void> made = store.write_and_wait([principal](store::Transaction& transaction) -> Result<void> {
    transaction.put_principal(principal);
    security::AuditEntry entry;
    entry.event = "principal.added";
    entry.source = "first start";
    entry.note = principal.name;
    security::append_audit(transaction, entry, system_clock().now());
    return {};
  });
  if (!made) throw std::runtime_error("the administrator cannot be stored: " + made.error().detail);
  return password;
}

}  // namespace nscl::app
