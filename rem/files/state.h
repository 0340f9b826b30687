// SPDX-License-Identifier: Apache-2.0
// What the parts of Files share.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <optional>

#include <nscl/rem/files.h>
#include <nscl/security/digest_authentication.h>
#include <nscl/security/key_wrapper.h>

#include "reading.h"
#include "workers.h"

namespace nscl::rem {

/// How far transfers have come that is not written yet. Any thread.
class Progress {
 public:
  /// The octets from `begin`, where the request began, to `end` went over. They count if there is no gap before them.
  void note(const store::Transfer& transfer, std::uint64_t begin, std::uint64_t end);
  /// How far it has come, written or not.
  std::uint64_t moved(const store::Transfer& transfer) const;
  /// How far those have come that moved since the last call.
  std::map<std::string, std::uint64_t> take();

 private:
  struct Entry {
    std::uint64_t moved = 0;
    bool has_changed = false;
    unsigned rounds = 0;   ///< of take() without a change
  };
  static constexpr unsigned kept_rounds = 600;   // a device that goes on later finds where it was

  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;   ///< by token, as in the row
};

/// What is told to the device, and kept wrapped.
struct TransferSecrets {
  std::string token;
  Secret password;
};

/// A place among the transfers that may go on at once.
using Slot = std::shared_ptr<void>;

struct Files::State {
  State(FilesOptions its_options, store::Store& its_store, security::Audit& its_audit, Secret key, const Clock& its_clock);

  // transfers.cpp
  Result<store::Transfer> transfer(store::Transaction& transaction, const store::Operation& operation, bool is_upload, const store::ManagedFile& file);
  Result<store::Transfer> upload_of(store::Transaction& transaction, const store::Operation& operation);
  Result<TransferPlan> plan_of(const store::Transfer& transfer, const store::ManagedDevice& device) const;
  Result<std::string> base_url(const store::ManagedDevice& device) const;
  TransferSecrets make_secrets(store::Transfer& transfer) const;
  std::optional<TransferSecrets> open(const store::Transfer& transfer) const;
  Result<void> check_file(store::View& view, const store::ManagedDevice& device, const store::ManagedFile& file) const;

  // upload.cpp
  /// What arrived is the file of this transfer.
  Result<void> take_upload(store::Transaction& transaction, store::Transfer transfer, const KeptOctets& octets) const;

  /// Where operators read a file.
  std::string admin_url_of(std::string_view file) const { return options.admin_url + "/m2m-admin/files/" + std::string(file); }
  /// Whoever wants to know is told of it.
  void tell(store::Transaction& transaction, const store::Transfer& transfer) const;

  /// Null: there are as many already as may be.
  Slot take_slot();
  Time now() const { return clock.now(); }

  const FilesOptions options;
  const FileStore files;
  store::Store& store;
  security::Audit& audit;
  const Clock& clock;
  const std::unique_ptr<security::KeyWrapper> wrapper;
  security::DigestAuthentication digest;
  store::Transfer decoy;                              ///< nobody's, for tokens that are nobody's
  const std::shared_ptr<std::atomic<std::size_t>> going_on = std::make_shared<std::atomic<std::size_t>>(0);
  const std::shared_ptr<Progress> progress = std::make_shared<Progress>();
  Time next_round{};                                  ///< of keep()
  TransferMoved moved;                                ///< on the writer's thread, once jobs run there
  const std::shared_ptr<Workers> workers = std::make_shared<Workers>();   ///< last: what they run uses the others
};

}  // namespace nscl::rem
