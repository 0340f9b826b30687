// SPDX-License-Identifier: Apache-2.0
// BatchTransaction: contentInstances, and the way from BEGIN to COMMIT.
#include <algorithm>

#include "batch_transaction.h"

namespace nscl::store::sqlite {

// ---- contentInstances

bool BatchTransaction::is_taken(std::uint64_t container, std::string_view id) {
  const auto generated = sequence_of_id(id);
  if (generated && *generated > high_water_.sequence) return true;
  return find_instance(container, id) != nullptr;
}

Result<model::InstancePtr> BatchTransaction::append_instance(std::uint64_t container, model::Instance instance) {
  demand_exclusive();
  const auto is_named = !instance.id.empty();
  if (is_named && is_taken(container, instance.id)) return failure(Status::conflict, "the id is taken");
  instance.sequence = ++high_water_.sequence;
  if (is_named) {
    start_change();
    stored_.insert_name(container, instance.id, instance.sequence);
  } else {
    instance.id = generated_id(instance.sequence);
  }
  if (instance.creation_time == Time{}) instance.creation_time = stamp();
  is_changed_ = true;
  model::InstancePtr appended = std::make_shared<const model::Instance>(std::move(instance));
  instances_.append(container, appended, is_named);
  return appended;
}

void BatchTransaction::drop(std::uint64_t container, std::uint64_t sequence) {
  is_changed_ = true;
  std::optional<std::string> name;
  if (instances_.has_names(container)) {
    const auto pending = instances_.pending(sequence);
    if (!pending) name = stored_.name_of(sequence);
    else if (pending->id != generated_id(sequence)) name = pending->id;
  }
  if (name) {
    start_change();
    stored_.erase_name(container, *name);
  }
  instances_.drop(container, sequence, name.has_value());
}

void BatchTransaction::note_deletion(std::uint64_t container) {
  if (!instances_.has_appended(container)) instances_.set_last_modified(container, stamp());
}

std::size_t BatchTransaction::evict_instances(std::uint64_t container, std::uint64_t max_count, std::uint64_t max_bytes,
                                              Time created_before) {
  demand_exclusive();
  const auto is_too_old = [&](std::uint64_t sequence) {
    if (created_before <= Time{}) return false;
    const auto pending = instances_.pending(sequence);
    const auto created = pending ? pending->creation_time : stored_.creation_time(sequence).value_or(Time::min());
    return created < created_before;
  };
  std::size_t gone = 0;
  for (;; ++gone) {
    const auto stats = instances_.stats(container);
    if (stats.count == 0) break;
    const auto is_over = stats.count > max_count || stats.bytes > max_bytes;
    const auto oldest = instances_.oldest(container);
    if (!is_over && !is_too_old(oldest)) break;
    drop(container, oldest);
  }
  if (gone > 0) note_deletion(container);
  return gone;
}

bool BatchTransaction::erase_instance(std::uint64_t container, std::string_view id) {
  const auto instance = find_instance(container, id);
  if (!instance) return false;
  drop(container, instance->sequence);
  note_deletion(container);
  return true;
}

// ---- from BEGIN to COMMIT

void BatchTransaction::begin() { connection_.prepare("BEGIN IMMEDIATE").run(); }

void BatchTransaction::keep_job() {
  demand_transaction();
  if (has_savepoint_) connection_.prepare("RELEASE job").run();
  has_savepoint_ = false;
  before_.clear();
  instances_.keep_job();
}

void BatchTransaction::undo_job() {
  demand_transaction();
  if (has_savepoint_) {
    connection_.prepare("ROLLBACK TO job").run();
    connection_.prepare("RELEASE job").run();
  }
  has_savepoint_ = false;
  for (auto change = before_.rbegin(); change != before_.rend(); ++change) {
    if (change->second) changes_[change->first] = std::move(*change->second);
    else changes_.erase(change->first);
  }
  before_.clear();
  instances_.undo_job();
}

// Neighbours in the order of creation are deleted by one statement.
void BatchTransaction::write_instances() {
  auto dropped = instances_.dropped();
  std::sort(dropped.begin(), dropped.end());
  for (const auto& [container, instance, is_named] : instances_.appended()) {
    const auto is_dropped = std::binary_search(dropped.begin(), dropped.end(), instance->sequence);
    if (!is_dropped) stored_.insert(container, *instance, is_named);
  }
  const auto& appended = instances_.appended();
  const auto stored_end = appended.empty() ? dropped.end()
                                           : std::lower_bound(dropped.begin(), dropped.end(), appended.front().instance->sequence);
  for (auto first = dropped.begin(); first != stored_end;) {
    auto last = first;
    while (last + 1 != stored_end && *(last + 1) == *last + 1) ++last;
    stored_.erase(*first, *last);
    first = last + 1;
  }
  instances_.each_deletion_time([&](std::uint64_t container, std::optional<Time> last_modified) {
    stored_.set_deletion_time(container, last_modified);
  });
}

void BatchTransaction::commit() {
  if (is_changed_ && shared_.options.exclusive) {
    write_instances();
    connection_.prepare("UPDATE high_water SET stamp = ?, key = ?, sequence = ?")
        .with(high_water_.stamp, high_water_.key, high_water_.sequence).run();
  }
  connection_.prepare("COMMIT").run();
}

void BatchTransaction::publish() noexcept {
  instances_.publish();
  if (!changes_.empty()) shared_.resources.publish(changes_);
  clear();
}

bool BatchTransaction::abandon() noexcept {
  clear();
  return roll_back(connection_);
}

void BatchTransaction::clear() noexcept {
  instances_.clear();
  changes_.clear();
  before_.clear();
  has_savepoint_ = is_changed_ = false;
  soonest_due_ = never;
}

void BatchTransaction::probe() {
  begin();
  is_changed_ = true;
  commit();
  clear();
}

// A reader that is always there could keep the log from being used again: past eight times the length, wait for it.
void BatchTransaction::checkpoint() {
  const auto pages = connection_.wal_pages();
  if (pages < shared_.options.checkpoint_pages) return;
  connection_.checkpoint(pages < 8 * shared_.options.checkpoint_pages ? Connection::Checkpoint::passive
                                                                      : Connection::Checkpoint::restart);
}

}  // namespace nscl::store::sqlite
