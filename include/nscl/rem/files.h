// SPDX-License-Identifier: Apache-2.0
// Files: firmware to devices, logs and configurations from them: the transfers, and who may read what came (docs/files.md).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <nscl/base/secret.h>
#include <nscl/base/time.h>
#include <nscl/net/web.h>
#include <nscl/rem/device_facts.h>
#include <nscl/rem/file_store.h>
#include <nscl/rem/transfer_planner.h>
#include <nscl/security/audit_keeper.h>
#include <nscl/security/requestor.h>
#include <nscl/store/store.h>

namespace nscl::rem {

struct FilesOptions {
  FileStoreOptions store;
  std::string url;                      ///< "http://acs.example:7548": where devices reach the listener; empty: nothing is planned
  std::string other_url;                ///< the same by the other of http and https; empty: there is none
  std::function<std::string(const DeviceFacts&)> scheme = {};   ///< that a device has to be told; "", or no function: that of `url`
  std::string admin_url;                ///< what FileURL begins with: scheme and authority of the tree; empty: a path alone
  bool unsigned_over_http = false;      ///< unsigned firmware may go over plain HTTP
  bool token_alone = false;             ///< a request without credentials is served: its URL is secret
  bool basic_without_tls = false;       ///< Basic is taken over plain HTTP too
  std::uint64_t upload_limit = 64u << 20;
  std::size_t transfers = 1000;         ///< at once; more are answered 503
};

/// Where a device gets a file, or sends one.
struct TransferPlan {
  std::string url;                      ///< 256 characters at most
  std::string user;
  Secret password;
  std::uint64_t size = 0;               ///< of a download
  std::string target_name;              ///< likewise
  std::string type;                     ///< likewise: CWMP FileType
};

/// A whole file, in memory.
struct FileCopy {
  store::ManagedFile file;
  std::shared_ptr<const std::string> octets;
};

class Files final : public TransferPlanner {
 public:
  static constexpr std::chrono::hours longest_life{7 * 24}, life_after_report{1};

  /// `key`: 32 octets that stay the same; credentials of transfers are kept under it. All references outlive the object, which goes before the
  /// I/O contexts that ran its coroutines. Throws std::runtime_error with a text for the operator.
  Files(FilesOptions options, store::Store& store, security::Audit& audit, Secret key, const Clock& clock);
  ~Files() override;

  /// Reads every file, off the thread: one whose octets have changed is told of in the log, and not sent. Call once, at start.
  void verify_all();
  /// Now and then: writes how far transfers have come, and forgets those whose time is over. Does not wait.
  void keep(boost::asio::io_context& context);

  // For write jobs. not_found, conflict, forbidden, not_implemented as in TransferPlanner.
  Result<TransferPlan> plan_download(store::Transaction& transaction, const store::Operation& operation, std::string_view file);
  Result<TransferPlan> plan_upload(store::Transaction& transaction, const store::Operation& operation);

  Result<void> check(store::View& view, const store::ManagedDevice& device, const Command& command) override;
  net::Task<Result<void>> prepare(Command command) override;
  Result<void> plan(store::Transaction& transaction, const store::Operation& operation, Command& command) override;
  net::Task<Result<KeptOctets>> keep_octets(std::string octets) override;
  Result<void> take_octets(store::Transaction& transaction, const store::Operation& operation, const KeptOctets& octets) override;
  bool was_fetched(store::View& view, const store::Operation& operation) override;
  /// All of a file, for an ACS elsewhere that devices fetch it from. Errors of plan(); conflict, too, if it has more than `limit` octets.
  net::Task<Result<FileCopy>> copy(std::string name, std::uint64_t limit);
  std::vector<Argument> end(store::Transaction& transaction, const store::Operation& operation) override;
  Result<SentFile> sent(store::View& view, const store::Operation& operation, std::size_t limit) override;
  void localise(Command& command) const override;
  void tell(TransferMoved moved) override;

  /// What answers on a listener for files. It must not outlive this object.
  std::unique_ptr<net::WebHandler> handler();

  /// True for /m2m-admin/files and what is below it.
  static bool is_for_operators(const net::WebRequest& request);
  /// The list, or the octets of one file; `requestor` may administrate. A reading of octets is recorded before it is answered.
  net::Task<net::WebResponse> answer_operator(const net::WebRequest& request, security::RequestorPtr requestor);

  struct State;

 private:
  const std::shared_ptr<State> state_;
};

}  // namespace nscl::rem
