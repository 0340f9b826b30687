// SPDX-License-Identifier: Apache-2.0
#include "upload.h"

#include <nscl/base/log.h>

namespace nscl::rem {
namespace {

/// What the command said that was to be sent.
std::string type_of(store::ManagementReads& management, std::uint64_t operation) {
  const auto found = management.operation(operation);
  const auto task = found ? task_from_json(found->body) : Result<Task>(GetLeaves{});
  const auto* const command = task ? std::get_if<Command>(&*task) : nullptr;
  return command != nullptr ? std::string(argument(*command, "FileType")) : std::string();
}

}  // namespace

net::Task<net::WebSink::Refusal> Upload::take(std::string_view octets) {
  std::function<Result<void>()> work = [this, octets] { return file_->add(octets); };
  const auto added = co_await workers_->run(std::move(work));
  Refusal refusal;
  if (!added) {
    log::error("files.upload_failed", {{"device", transfer_.device}, {"reason", added.error().detail}});
    refusal.status = 503;
    refusal.reason = added.error().detail;
  }
  co_return refusal;
}

net::Task<Result<void>> Upload::finish(Files::State& state, boost::asio::io_context& context) {
  std::function<Result<std::string>()> work = [this] { return file_->keep(); };
  const auto kept = co_await workers_->run(std::move(work));
  if (!kept) co_return tl::unexpected(kept.error());
  store::ManagedFile file;
  file.name = transfer_.file;
  file.sha256 = *kept;
  file.size = file_->size();
  file.device = transfer_.device;
  file.created = state.now();
  store::WriteJob job = [&state, &file, token = transfer_.token](store::Transaction& transaction) -> Result<void> {
    auto transfer = transaction.management().transfer(token);
    if (!transfer || transfer->expires <= state.now()) return failure(Status::not_found, "the transfer is over");
    file.type = type_of(transaction.management(), transfer->operation);
    if (auto put = state.files.put(transaction, file); !put) return put;
    transfer->size = transfer->moved = file.size;
    transaction.manage().put_transfer(*transfer);
    state.tell(transaction, *transfer);
    return {};
  };
  const boost::asio::use_awaitable_t<net::Executor> waiting;
  co_return co_await store::async_write(state.store, std::move(job), context, waiting);
}

}  // namespace nscl::rem
