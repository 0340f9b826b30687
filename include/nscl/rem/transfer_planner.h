// SPDX-License-Identifier: Apache-2.0
// TransferPlanner: what Nrem asks of the files when a command is to move one to or from a device (docs/files.md).
#pragma once

#include <vector>

#include <nscl/base/error.h>
#include <nscl/net/async.h>
#include <nscl/rem/task.h>
#include <nscl/store/transaction.h>

namespace nscl::rem {

class TransferPlanner {
 public:
  virtual ~TransferPlanner() = default;

  /// Whether the command can be planned as far as rows tell; the octets are not looked at. not_found: no such file; conflict: it is meant
  /// for other devices; forbidden: it may not be sent; bad_request: the arguments contradict each other; not_implemented: no address for devices.
  virtual Result<void> check(store::View& view, const store::ManagedDevice& device, const Command& command) = 0;

  /// Looks at the octets, off the thread, so that plan() need not.
  virtual net::Task<Result<void>> prepare(Command command) = 0;

  /// Makes the transfer, and fills in where it goes to: URL, Username, Password, for a download FileType, FileSize and TargetFileName. Errors of
  /// check(), and conflict if the octets are not those that were imported. For the same operation again: the same place.
  virtual Result<void> plan(store::Transaction& transaction, const store::Operation& operation, Command& command) = 0;

  /// Whether the device has fetched the whole file that the operation brings it.
  virtual bool was_fetched(store::View& view, const store::Operation& operation) = 0;

  /// The operation is over: its transfer is soon. What execResult tells of it: FileURL of what was sent.
  virtual std::vector<Argument> end(store::Transaction& transaction, const store::Operation& operation) = 0;
};

/// True for a command that names a `File`, and for an UPLOAD that names no URL.
bool needs_plan(const Task& task);
/// The value of an argument; empty if there is none.
std::string_view argument(const Command& command, std::string_view name);

}  // namespace nscl::rem
