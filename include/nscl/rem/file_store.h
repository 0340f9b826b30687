// SPDX-License-Identifier: Apache-2.0
// FileStore: the octets of files that go to and come from devices, named by their digests in a folder of the data directory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/base/digest.h>
#include <nscl/base/error.h>
#include <nscl/security/image_signers.h>
#include <nscl/store/transaction.h>

namespace nscl::rem {

/// 1 to 64 letters, digits, '.', '-' and '_', the first neither '.' nor '-': what can stand in a URL and in a file name as it is.
bool is_file_name(std::string_view name);
/// True for what a device runs: firmware.
bool is_firmware(std::string_view file_type);
/// What names of uploads begin with; no imported file may.
inline constexpr std::string_view upload_prefix = "upload-";

/// A file that is being written: private, and gone with this object unless keep() was called. One thread at a time.
class NewFile {
 public:
  /// Throws std::runtime_error.
  explicit NewFile(const std::filesystem::path& directory);
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  /// service_unavailable: the disk is full, or fails.
  Result<void> add(std::string_view octets);
  std::uint64_t size() const { return size_; }
  const std::filesystem::path& path() const { return path_; }
  /// Durable under the name of its digest, which is given as 32 octets. Nothing can be added afterwards.
  Result<std::string> keep();

 private:
  const std::filesystem::path directory_, path_;
  int descriptor_ = -1;
  Sha256 digest_;
  std::uint64_t size_ = 0;
  bool is_kept_ = false;
};

struct FileStoreOptions {
  std::filesystem::path directory;                ///< "files" in the data directory; made with mode 0700
  std::vector<std::string> signers;               ///< PEM files; empty: nobody's signature is asked for
  bool require_signature = true;                  ///< of firmware, if there are signers
  std::uint64_t image_limit = std::uint64_t{4} << 30;   ///< octets of a file that is imported
};

inline constexpr std::size_t files_at_once = 1000;   ///< that are listed

/// Any thread. What reads whole files is not for I/O threads: add_from(), check().
class FileStore {
 public:
  /// Throws std::runtime_error with a text for the operator.
  explicit FileStore(FileStoreOptions options);

  const std::filesystem::path& directory() const { return options_.directory; }
  std::filesystem::path path_of(std::string_view sha256) const;

  /// Copies the octets of `source`; fills in digest and size. Of `description` name, type, version, signature, oui, product_class are used.
  /// bad_request; forbidden: the signature is wrong or missing. put() makes it known.
  Result<store::ManagedFile> add_from(const std::filesystem::path& source, store::ManagedFile description) const;
  /// conflict: the name is taken, by other octets or another kind of file. internal_server_error: the octets are gone.
  Result<void> put(store::Transaction& transaction, const store::ManagedFile& file) const;
  /// Forgets it, and its octets unless another file has the same. not_found.
  Result<void> remove(store::Transaction& transaction, std::string_view name) const;

  /// Whether the octets are still those of the digest (conflict if not) and signed as they have to be (forbidden). Reads them only if
  /// something touched the file since it was checked last.
  Result<void> check(const store::ManagedFile& file) const;

  /// Deletes what an earlier process left half written, or without a file that names it, a day ago or longer.
  void sweep(store::View& view) const;

 private:
  Result<void> check_signature(const store::ManagedFile& file, const std::filesystem::path& path) const;
  void drop_unused(store::ManagementReads& management, std::string_view sha256) const;

  const FileStoreOptions options_;
  security::ImageSigners signers_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::string> checked_;   ///< of digest and signature: how the file looked to stat()
};

}  // namespace nscl::rem
