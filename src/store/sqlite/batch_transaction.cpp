// SPDX-License-Identifier: Apache-2.0
#include "batch_transaction.h"

#include <algorithm>
#include <stdexcept>

#include <sqlite3.h>

#include <nscl/store/owner.h>

namespace nscl::store::sqlite {
namespace {

// Facts by which those who remember what is stored notice that it has changed.
constexpr std::string_view principals_version = "principals_version", quarantine_version = "quarantine_version";

}  // namespace

HighWater HighWater::load(Connection& connection) {
  auto row = connection.prepare("SELECT stamp, key, sequence FROM high_water");
  if (!row.step()) throw StoreError("the row of high_water is missing");
  return {row.time(0), row.number(1), row.number(2)};
}

BatchTransaction::BatchTransaction(Shared& shared, HighWater& high_water)
    : shared_(shared), high_water_(high_water), connection_(shared.file, Connection::Mode::read_write, shared.writer_cache()),
      resources_(connection_, shared.registry), stored_(connection_), outbox_(connection_), access_(connection_), trail_(connection_), devices_(connection_), management_(connection_), instances_(shared.instances) {}

void BatchTransaction::demand_exclusive() const {
  if (!shared_.options.exclusive) throw std::logic_error("only the daemon may change resources and instances");
}

// ---- where to look

const InstanceList& BatchTransaction::instances() {
  demand_exclusive();
  return instances_;
}

// What is not in changes_ is as it was committed, so that the cache may have it at once.
model::ResourcePtr BatchTransaction::lookup(std::string_view path, bool keep) {
  if (!shared_.options.exclusive) return resources_.resource(path);
  if (const auto changed = changes_.find(path); changed != changes_.end()) return changed->second;
  if (auto cached = shared_.resources.find(path)) return cached;
  auto resource = resources_.resource(path);
  if (resource && keep) shared_.resources.remember(resource, shared_.resources.version());
  return resource;
}

model::InstancePtr BatchTransaction::load(std::uint64_t container, std::uint64_t sequence) {
  if (auto pending = instances_.pending(sequence)) return pending;
  if (auto cached = shared_.instances.cached(container, sequence)) return cached;
  return stored_.instance(sequence);
}

// ---- resources

Time BatchTransaction::stamp() {
  demand_exclusive();
  const Time now = std::chrono::floor<std::chrono::milliseconds>(shared_.clock.now());
  return high_water_.stamp = std::max(now, high_water_.stamp + std::chrono::microseconds{1});
}

// After some errors SQLite rolls everything back by itself; a further statement would then commit alone.
void BatchTransaction::demand_transaction() const {
  if (!connection_.in_transaction()) throw EngineError(SQLITE_ABORT, "the transaction was given up by the engine");
}

void BatchTransaction::start_change() {
  demand_transaction();
  is_changed_ = true;
  if (has_savepoint_) return;
  connection_.prepare("SAVEPOINT job").run();
  has_savepoint_ = true;
}

void BatchTransaction::record(const std::string& path, model::ResourcePtr resource) {
  const auto [place, is_new] = changes_.try_emplace(path);
  before_.emplace_back(path, is_new ? std::nullopt : std::optional(place->second));
  place->second = std::move(resource);
}

model::ResourcePtr BatchTransaction::put(model::Resource resource) {
  demand_exclusive();
  start_change();
  const auto before = resource.key == 0 ? nullptr : lookup(resource.path, false);
  if (resource.key == 0) {
    resource.key = ++high_water_.key;
    try {
      resources_.insert(resource);
    } catch (const EngineError& error) {
      if (error.primary_code() == SQLITE_CONSTRAINT) throw std::logic_error("a resource for a path that is taken");
      throw;
    }
    if (const auto owner = owner_of(resource.path); !owner.empty()) resources_.count_held(owner, 1);
  } else if (!resources_.update(resource)) {
    throw std::logic_error("a resource with a key that is not stored at its path");
  }
  auto stored = std::make_shared<const model::Resource>(std::move(resource));
  move_search_strings(before.get(), stored.get());
  record(stored->path, stored);
  return stored;
}

void BatchTransaction::move_search_strings(const model::Resource* before, const model::Resource* after) {
  using Strings = std::vector<std::string_view>;
  const auto old = before ? search_strings_of(*before) : Strings{};
  const auto now = after ? search_strings_of(*after) : Strings{};
  Strings lost, gained;
  std::set_difference(old.begin(), old.end(), now.begin(), now.end(), std::back_inserter(lost));
  std::set_difference(now.begin(), now.end(), old.begin(), old.end(), std::back_inserter(gained));
  for (const auto value : lost) resources_.erase_search_string(value, before->path);
  for (const auto value : gained) resources_.insert_search_string(value, after->path);
}

void BatchTransaction::erase(std::string_view path) {
  demand_exclusive();
  const auto subtree = resources_.subtree(path);
  if (subtree.empty()) return;
  start_change();
  for (const auto& erased : subtree) {
    if (erased.may_have_search_strings) move_search_strings(lookup(erased.path, false).get(), nullptr);
    if (instances_.knows(erased.key)) {
      if (instances_.has_names(erased.key)) stored_.erase_names(erased.key);
      instances_.drop_all(erased.key);
    }
    record(erased.path, nullptr);
  }
  resources_.erase_subtree(path);
  const auto owner = owner_of(path);
  if (owner == path) resources_.forget_held(owner);
  else if (!owner.empty()) resources_.count_held(owner, -static_cast<std::int64_t>(subtree.size()));
}

// ---- the outbox

void BatchTransaction::put_lane(const Lane& lane) {
  demand_exclusive();
  start_change();
  outbox_.put_lane(lane);
  soonest_due_ = std::min(soonest_due_, lane.due);
}

void BatchTransaction::erase_lane(std::string_view name) {
  demand_exclusive();
  start_change();
  outbox_.erase_lane(name);
}

std::uint64_t BatchTransaction::put_row(const OutboxRow& row) {
  demand_exclusive();
  start_change();
  if (row.id != 0) {
    if (!outbox_.update_row(row)) throw std::logic_error("an outbox row with an id that is not stored");
    return row.id;
  }
  auto fresh = row;
  fresh.id = ++high_water_.key;
  outbox_.insert_row(fresh);
  return fresh.id;
}

void BatchTransaction::erase_row(std::uint64_t id) {
  demand_exclusive();
  start_change();
  outbox_.erase_row(id);
}

// ---- keys, tokens, principals, devices, facts

void BatchTransaction::count_version(std::string_view fact) {
  const auto version = resources_.fact(fact);
  resources_.put_fact(fact, std::to_string(version ? std::stoull(*version) + 1 : 1));
}

void BatchTransaction::put_key(const Key& key) {
  start_change();
  access_.put_key(key);
}

bool BatchTransaction::erase_key(std::string_view identity) {
  start_change();
  return access_.erase_key(identity);
}

void BatchTransaction::put_token(const Token& token) {
  start_change();
  access_.put_token(token);
  count_version(principals_version);
}

bool BatchTransaction::erase_token(std::string_view id) {
  start_change();
  if (!access_.erase_token(id)) return false;
  count_version(principals_version);
  return true;
}

void BatchTransaction::put_principal(const Principal& principal) {
  start_change();
  access_.put_principal(principal);
  count_version(principals_version);
}

bool BatchTransaction::erase_principal(std::string_view name) {
  start_change();
  if (!access_.erase_principal(name)) return false;
  count_version(principals_version);
  return true;
}

void BatchTransaction::add_integrity_record(const IntegrityRecord& record, std::size_t kept) {
  start_change();
  access_.add_integrity_record(record, kept);
}

void BatchTransaction::put_quarantined(const Quarantined& quarantined) {
  start_change();
  access_.put_quarantined(quarantined);
  count_version(quarantine_version);
}

bool BatchTransaction::erase_quarantined(std::string_view scl) {
  start_change();
  if (!access_.erase_quarantined(scl)) return false;
  count_version(quarantine_version);
  return true;
}

// ---- the audit trail

void BatchTransaction::append_audit(const AuditRecord& record) {
  start_change();
  try {
    trail_.append(record);
  } catch (const EngineError& error) {
    if (error.primary_code() == SQLITE_CONSTRAINT) throw std::logic_error("an audit record with a number that is taken");
    throw;
  }
}

void BatchTransaction::put_audit_checkpoint(const AuditCheckpoint& checkpoint) {
  start_change();
  trail_.put_checkpoint(checkpoint);
}

void BatchTransaction::erase_audit_through(const AuditCheckpoint& tombstone) {
  start_change();
  trail_.erase_through(tombstone);
}

bool BatchTransaction::erase_audit_personal(std::uint64_t seq) {
  start_change();
  return trail_.erase_personal(seq);
}

void BatchTransaction::put_device(const Device& device) {
  start_change();
  devices_.put_device(device);
}

void BatchTransaction::put_node(const Node& node) {
  start_change();
  devices_.put_node(node);
}

ManagementWrites& BatchTransaction::manage() {
  start_change();
  return management_;
}

void BatchTransaction::put_fact(std::string_view name, std::string_view value) {
  start_change();
  resources_.put_fact(name, value);
}

}  // namespace nscl::store::sqlite
