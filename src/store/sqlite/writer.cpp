// SPDX-License-Identifier: Apache-2.0
#include "writer.h"

#include <algorithm>
#include <chrono>

#include <nscl/base/log.h>
#include <nscl/base/unexpected.h>

namespace nscl::store::sqlite {
namespace {

tl::unexpected<Error> unavailable() { return failure(Status::service_unavailable, "the store cannot take changes at the moment"); }

}  // namespace

// ---- the queue

void Writer::push(WriteJob job, Caller caller) {
  {
    const std::lock_guard lock(mutex_);
    if (!is_stopping_ && queue_.size() < shared_.options.queue) {
      if (!thread_.joinable()) thread_ = std::thread(&Writer::run, this);
      queue_.push_back({std::move(job), std::move(caller)});
      wake_.notify_one();
      return;
    }
  }
  Completions refusal;
  refusal.add(std::move(caller), unavailable());
  refusal.send();
}

bool Writer::take(Batch& batch) {
  std::unique_lock lock(mutex_);
  const auto is_due = [this] { return is_stopping_ || !queue_.empty(); };
  if (health_.is_good()) wake_.wait(lock, is_due);
  else wake_.wait_for(lock, std::chrono::seconds{1}, is_due);
  const auto most = std::max<std::size_t>(shared_.options.batch, 1);
  for (; !queue_.empty() && batch.size() < most; queue_.pop_front()) batch.push_back(std::move(queue_.front()));
  return !batch.empty() || !is_stopping_;
}

void Writer::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

// ---- the thread

void Writer::run() {
  Batch batch;
  while (take(batch)) {
    if (batch.empty()) probe();
    else process(batch);
    batch.clear();
  }
  if (transaction_) transaction_->finish();
}

BatchTransaction& Writer::transaction() {
  if (!transaction_) transaction_.emplace(shared_, high_water_);
  return *transaction_;
}

void Writer::process(Batch& batch) {
  try {
    execute(batch);
    commits_.fetch_add(1, std::memory_order_relaxed);
    engine_failure_.empty() ? health_.succeed() : health_.fail(engine_failure_);
  } catch (const EngineError& error) {
    fail_all(batch, engine_failure_.empty() ? error.what() : engine_failure_, error.breaks_connection());
  } catch (const std::exception& error) {
    fail_all(batch, error.what(), true);
  }
  answer(batch);
  if (transaction_) transaction_->checkpoint();
}

void Writer::execute(Batch& batch) {
  engine_failure_.clear();
  auto& batch_transaction = transaction();
  batch_transaction.begin();
  for (auto& entry : batch) {
    entry.result = execute(entry.job);
    if (entry.result) batch_transaction.keep_job();
    else batch_transaction.undo_job();
  }
  const auto due = batch_transaction.soonest_due();
  {
    const std::lock_guard lock(shared_.publication);
    batch_transaction.commit();
    batch_transaction.publish();
    shared_.commits.fetch_add(1, std::memory_order_release);
  }
  if (due != never && lane_listener_) lane_listener_(due);
}

// A failure undoes the job alone, unless the engine gave up the whole transaction: keep_job() and undo_job() notice.
Result<void> Writer::execute(const WriteJob& job) {
  try {
    return job(*transaction_);
  } catch (const EngineError& error) {
    engine_failure_ = error.what();
    return unavailable();
  } catch (const StoreError& error) {
    log::error("write job failed", {{"reason", error.what()}});
    return unavailable();
  } catch (const std::exception& error) {
    return tl::unexpected(unexpected_failure("write job failed", error.what()));
  } catch (...) {
    return tl::unexpected(unexpected_failure("write job failed", "unknown exception"));
  }
}

void Writer::fail_all(Batch& batch, const std::string& reason, bool breaks_connection) {
  failed_commits_.fetch_add(1, std::memory_order_relaxed);
  health_.fail(reason);
  for (auto& entry : batch) entry.result = unavailable();
  if (transaction_ && (!transaction_->abandon() || breaks_connection)) transaction_.reset();
}

void Writer::answer(Batch& batch) {
  jobs_.fetch_add(batch.size(), std::memory_order_relaxed);
  Completions completions;
  for (auto& entry : batch) completions.add(std::move(entry.caller), std::move(entry.result));
  completions.send();
}

void Writer::probe() {
  Batch nobody;
  try {
    transaction().probe();
    health_.succeed();
  } catch (const EngineError& error) {
    fail_all(nobody, error.what(), error.breaks_connection());
  } catch (const std::exception& error) {
    fail_all(nobody, error.what(), true);
  }
}

}  // namespace nscl::store::sqlite
