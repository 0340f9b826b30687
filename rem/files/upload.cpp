// SPDX-License-Identifier: Apache-2.0
#include "upload.h"

#include <stdexcept>

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

Result<KeptOctets> written(const std::filesystem::path& directory, std::string_view octets) try {
  NewFile file(directory);
  if (auto added = file.add(octets); !added) return tl::unexpected(added.error());
  auto sha256 = file.keep();
  if (!sha256) return tl::unexpected(sha256.error());
  return KeptOctets{*std::move(sha256), file.size()};
} catch (const std::runtime_error& error) {   // no file can be made there
  return failure(Status::service_unavailable, error.what());
}

}  // namespace

Result<void> Files::State::take_upload(store::Transaction& transaction, store::Transfer transfer, const KeptOctets& octets) const {
  store::ManagedFile file;
  file.name = transfer.file;
  file.sha256 = octets.sha256;
  file.size = octets.size;
  file.device = transfer.device;
  file.created = now();
  file.type = type_of(transaction.management(), transfer.operation);
  if (auto put = files.put(transaction, file); !put) return put;
  transfer.size = transfer.moved = file.size;
  transaction.manage().put_transfer(transfer);
  tell(transaction, transfer);
  return {};
}

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
  const KeptOctets octets{*kept, file_->size()};
  store::WriteJob job = [&state, &octets, token = transfer_.token](store::Transaction& transaction) -> Result<void> {
    const auto transfer = transaction.management().transfer(token);
    if (!transfer || transfer->expires <= state.now()) return failure(Status::not_found, "the transfer is over");
    return state.take_upload(transaction, *transfer, octets);
  };
  const boost::asio::use_awaitable_t<net::Executor> waiting;
  co_return co_await store::async_write(state.store, std::move(job), context, waiting);
}

net::Task<Result<KeptOctets>> Files::keep_octets(std::string octets) {
  const auto limit = state_->options.upload_limit;
  if (octets.size() > limit) co_return failure(Status::not_acceptable, "the device told more than " + std::to_string(limit) + " octets (files.upload_limit)");
  std::function<Result<KeptOctets>()> work = [state = state_.get(), &octets] { return written(state->files.directory(), octets); };
  co_return co_await state_->workers->run(std::move(work));
}

Result<void> Files::take_octets(store::Transaction& transaction, const store::Operation& operation, const KeptOctets& octets) {
  const auto transfer = state_->upload_of(transaction, operation);
  return transfer ? state_->take_upload(transaction, *transfer, octets) : tl::unexpected(transfer.error());
}

}  // namespace nscl::rem
