// SPDX-License-Identifier: Apache-2.0
// TransferPlanner: what Nrem asks of the files when a command is to move one to or from a device (docs/files.md).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <nscl/base/error.h>
#include <nscl/net/async.h>
#include <nscl/rem/task.h>
#include <nscl/store/transaction.h>

namespace nscl::rem {

/// What a device sent.
struct SentFile {
  std::string url;                      ///< where operators read it
  std::optional<std::string> octets;    ///< nothing: there are more than was asked for
};

/// Octets on the disk that no file names yet.
struct KeptOctets {
  std::string sha256;                   ///< 32 octets
  std::uint64_t size = 0;
};

/// Told how far a transfer has come, on the writer's thread.
using TransferMoved = std::function<Result<void>(store::Transaction&, const store::Transfer&)>;

class TransferPlanner {
 public:
  virtual ~TransferPlanner() = default;

  /// Whom to tell from now on, now and then while octets go over, and when all have. It outlives the last write job.
  virtual void tell(TransferMoved moved) = 0;

  /// Whether the command can be planned as far as rows tell; the octets are not looked at. not_found: no such file; conflict: it is meant
  /// for other devices; forbidden: it may not be sent; bad_request: the arguments contradict each other; not_implemented: no address for devices.
  virtual Result<void> check(store::View& view, const store::ManagedDevice& device, const Command& command) = 0;

  /// Looks at the octets, off the thread, so that plan() need not.
  virtual net::Task<Result<void>> prepare(Command command) = 0;

  /// Makes the transfer, and fills in where it goes to: URL, Username, Password, for a download FileType, FileSize and TargetFileName. Errors of
  /// check(), and conflict if the octets are not those that were imported. For the same operation again: the same place.
  virtual Result<void> plan(store::Transaction& transaction, const store::Operation& operation, Command& command) = 0;

  /// Writes what a session read for an UPLOAD to the disk, off the thread, so that take_octets() need not. not_acceptable: more than may be uploaded;
  /// service_unavailable: the disk is full, or fails.
  virtual net::Task<Result<KeptOctets>> keep_octets(std::string octets) = 0;

  /// Makes them what came of the operation, as if the device had sent them to the place of plan().
  virtual Result<void> take_octets(store::Transaction& transaction, const store::Operation& operation, const KeptOctets& octets) = 0;

  /// Whether the device has fetched the whole file that the operation brings it.
  virtual bool was_fetched(store::View& view, const store::Operation& operation) = 0;

  /// The operation is over: its transfer is soon. What execResult tells of it: FileURL of what was sent.
  virtual std::vector<Argument> end(store::Transaction& transaction, const store::Operation& operation) = 0;

  /// The file that came of an operation; not_found: none did, or it cannot be read. Waits for the disk.
  virtual Result<SentFile> sent(store::View& view, const store::Operation& operation, std::size_t limit) = 0;

  /// A command whose URL is where operators read a file that is kept here is made one that names the file.
  virtual void localise(Command& command) const = 0;
};

/// True for a command that names a `File`, and for an UPLOAD that names no URL.
bool needs_plan(const Task& task);
/// The value of an argument; empty if there is none.
std::string_view argument(const Command& command, std::string_view name);

}  // namespace nscl::rem
