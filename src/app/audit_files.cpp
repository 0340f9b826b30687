// SPDX-License-Identifier: Apache-2.0
#include "audit_files.h"

#include <stdexcept>

#include <nscl/base/log.h>

#include "administrator.h"

namespace nscl::app {
namespace {

std::filesystem::path key_file(const std::filesystem::path& directory) { return directory / "audit.key"; }
std::filesystem::path public_file(const std::filesystem::path& directory) { return directory / "audit.pub"; }

// Not encrypted: whoever may read it may write the database as well. A keystore will hold it wrapped.
security::AuditKey make_key(const std::filesystem::path& file) {
  auto key = security::AuditKey::make();
  write_secret_file(file, key.private_text().view());
  log::info("key of the audit trail made", {{"file", file.string()}});
  return key;
}

security::AuditKey read_key(const std::filesystem::path& file) {
  const auto text = read_secret_file(file);
  if (!text) return make_key(file);
  auto key = security::AuditKey::read(*text);
  if (!key) throw std::runtime_error(file.string() + " holds no Ed25519 key; restore it, or move it away: a new one is made then");
  return *std::move(key);
}

}  // namespace

security::AuditKey open_audit_key(const std::filesystem::path& directory) {
  auto key = read_key(key_file(directory));
  const auto known = read_audit_public_keys(directory);
  const auto mine = key.public_text();
  // signatures of a key that was lost stay verifiable; also mends what a crash between the two files left
  if (known.find(mine) == known.npos) write_secret_file(public_file(directory), known + mine);
  return key;
}

std::string read_audit_public_keys(const std::filesystem::path& directory) {
  const auto text = read_secret_file(public_file(directory));
  return text ? std::string(text->view()) : std::string();
}

}  // namespace nscl::app
