// SPDX-License-Identifier: Apache-2.0
// Octets first, then the row; the row first, then the octets when they go. So a crash leaves octets that nobody names, never a name without.
#include <nscl/rem/file_store.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nscl/base/bytes.h>
#include <nscl/base/guarded_file.h>
#include <nscl/base/log.h>

#include "reading.h"

namespace nscl::rem {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_name = 64;
constexpr std::time_t age_of_leftovers = 86'400;

bool is_name_octet(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_'; }

/// Changes whenever the file does, as far as its system tells.
std::string look_of(const struct ::stat& status) {
  const auto number = [](auto value) { return std::to_string(value) + " "; };
  return number(status.st_dev) + number(status.st_ino) + number(status.st_size) + number(status.st_mtim.tv_sec) + number(status.st_mtim.tv_nsec) +
         number(status.st_ctim.tv_sec) + number(status.st_ctim.tv_nsec);
}

bool is_named(store::ManagementReads& management, std::string_view sha256) {
  for (std::string after;;) {
    const auto files = management.files(after, files_at_once);
    if (std::any_of(files.begin(), files.end(), [&](const store::ManagedFile& each) { return each.sha256 == sha256; })) return true;
    if (files.size() < files_at_once) return false;
    after = files.back().name;
  }
}

Result<void> check_description(const store::ManagedFile& file) {
  if (!is_file_name(file.name)) return bad_request("a name of a file has 1 to 64 letters, digits, '.', '-' and '_', and begins with neither '.' nor '-'");
  if (file.name.starts_with(upload_prefix)) return bad_request("names that begin with \"upload-\" are for what devices send");
  if (file.type.empty() || file.type.size() > 64 || !is_xml_text(file.type)) return bad_request("a type is a FileType of CWMP such as \"1 Firmware Upgrade Image\"");
  for (const auto* text : {&file.version, &file.oui, &file.product_class}) {
    if (text->size() > 64 || !is_xml_text(*text)) return bad_request("version, OUI and product class have 64 octets of text at most");
  }
  return {};
}

}  // namespace

bool is_file_name(std::string_view name) {
  return !name.empty() && name.size() <= longest_name && name[0] != '.' && name[0] != '-' && std::all_of(name.begin(), name.end(), is_name_octet);
}

bool is_firmware(std::string_view file_type) { return file_type.starts_with("1 Firmware") || file_type.starts_with("6 Stored Firmware"); }

FileStore::FileStore(FileStoreOptions options) : options_(std::move(options)), signers_({options_.signers.begin(), options_.signers.end()}) {
  const auto& directory = options_.directory;
  check_folders_above(directory);
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST)
    throw std::runtime_error(directory.string() + " cannot be made: " + std::generic_category().message(errno));
  struct ::stat status {};
  if (::lstat(directory.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) throw std::runtime_error(directory.string() + " is no directory");
  if ((status.st_mode & 077) != 0) throw std::runtime_error(directory.string() + " is open to others; take that away (chmod 700)");
}

fs::path FileStore::path_of(std::string_view sha256) const { return options_.directory / hex_encode(sha256); }

Result<store::ManagedFile> FileStore::add_from(const fs::path& source, store::ManagedFile description) const {
  if (auto good = check_description(description); !good) return tl::unexpected(good.error());
  auto opened = Reading::open(source);
  if (!opened) return bad_request(source.string() + ": " + opened.error().detail);
  if (opened->size() == 0) return bad_request(source.string() + ": is empty");
  if (opened->size() > options_.image_limit) return bad_request(source.string() + ": is larger than " + std::to_string(options_.image_limit) + " octets");
  NewFile copy(options_.directory);
  const auto copied = opened->each_piece([&](std::string_view octets) { return copy.add(octets); });
  if (!copied) return tl::unexpected(copied.error());
  description.size = copy.size();
  if (auto good = check_signature(description, copy.path()); !good) return tl::unexpected(good.error());
  auto kept = copy.keep();
  if (!kept) return tl::unexpected(kept.error());
  description.sha256 = *std::move(kept);
  return description;
}

Result<void> FileStore::put(store::Transaction& transaction, const store::ManagedFile& file) const {
  auto& management = transaction.manage();
  const auto before = management.file(file.name);
  const bool is_new_version = before && file.device.empty() && before->sha256 != file.sha256;
  if (before && (before->device != file.device || is_new_version)) return failure(Status::conflict, "there is a file " + file.name + " already; remove it first");
  if (::access(path_of(file.sha256).c_str(), R_OK) != 0) return failure(Status::internal_server_error, "the octets of the file are gone");
  management.put_file(file);
  if (before && before->sha256 != file.sha256) drop_unused(management, before->sha256);
  return {};
}

Result<void> FileStore::remove(store::Transaction& transaction, std::string_view name) const {
  const auto file = transaction.management().file(name);
  if (!file) return failure(Status::not_found, "there is no file " + std::string(name));
  transaction.manage().erase_file(name);
  drop_unused(transaction.management(), file->sha256);
  return {};
}

// Inside the transaction, as processes that write take turns there: nobody can come to name the octets meanwhile.
void FileStore::drop_unused(store::ManagementReads& management, std::string_view sha256) const {
  if (!is_named(management, sha256)) ::unlink(path_of(sha256).c_str());
}

Result<void> FileStore::check_signature(const store::ManagedFile& file, const fs::path& path) const {
  if (signers_.empty() || !is_firmware(file.type)) return {};
  if (file.signature.empty()) return options_.require_signature ? failure(Status::forbidden, "the image is not signed, and has to be") : Result<void>{};
  return signers_.verify(path, file.signature);
}

Result<void> FileStore::check(const store::ManagedFile& file) const {
  const auto opened = Reading::open(path_of(file.sha256));
  if (!opened) return failure(Status::conflict, "the octets of the file " + file.name + " cannot be read");
  const auto look = look_of(opened->status());
  const auto key = file.sha256 + sha256(file.signature) + file.type;
  {
    const std::lock_guard lock{mutex_};
    if (const auto known = checked_.find(key); known != checked_.end() && known->second == look) return {};
  }
  Sha256 digest;
  const auto read = opened->each_piece([&](std::string_view octets) { return digest.add(octets), Result<void>{}; });
  if (!read || digest.finish() != file.sha256) return failure(Status::conflict, "the octets of the file " + file.name + " are not those that were imported");
  if (auto is_signed = check_signature(file, path_of(file.sha256)); !is_signed) return is_signed;
  const std::lock_guard lock{mutex_};
  checked_[key] = look;
  return {};
}

void FileStore::sweep(store::View& view) const {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(options_.directory, ignored)) {
    struct ::stat status {};
    const auto name = entry.path().filename().string();
    if (::lstat(entry.path().c_str(), &status) != 0 || status.st_ctim.tv_sec > std::time(nullptr) - age_of_leftovers) continue;
    const auto digest = hex_decode(name);
    if (!name.starts_with("new-") && (!digest || is_named(view.management(), *digest))) continue;
    log::info("files.leftover_deleted", {{"name", name}});
    ::unlink(entry.path().c_str());
  }
}

}  // namespace nscl::rem
