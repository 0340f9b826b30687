// SPDX-License-Identifier: Apache-2.0
#include <nscl/security/audit_keeper.h>

#include <utility>

#include <nscl/base/log.h>

namespace nscl::security {
namespace {

constexpr std::size_t pruned_at_once = 1000;

void append(store::Transaction& transaction, const Refused& refused, Time now) {
  const auto detail = refused.is_first ? std::string("first") : "count " + std::to_string(refused.count);
  AuditEntry entry;
  entry.event = refused.event;
  entry.principal = refused.principal;
  entry.source = refused.source;
  entry.detail = detail;
  append_audit(transaction, entry, now);
}

}  // namespace

Audit::Audit(store::Store& store, const Clock& clock, AuditKey key, std::chrono::seconds retention)
    : store_(store), clock_(clock), key_(std::move(key)), retention_(retention) {}

Result<void> Audit::record(const AuditEntry& entry) {
  return store_.write_and_wait([&](store::Transaction& transaction) -> Result<void> {
    append_audit(transaction, entry, clock_.now());
    return {};
  });
}

Time Audit::oldest() const {
  const auto retention = retention_.load();
  return retention.count() == 0 ? Time::min() : clock_.now() - retention;
}

bool Audit::is_signature_due(store::View& view) const {
  const auto head = view.audit_head();
  const auto last = view.last_audit_checkpoint();
  if (!head || (last && last->seq >= head->seq)) return false;
  if (!last || head->seq - last->seq >= records_per_signature) return true;
  const auto now = clock_.now();
  return now - last->time >= signature_time || now < last->time;   // the clock was set back: its time says nothing
}

bool Audit::is_pruning_due(store::View& view) const {
  const auto first = view.audit({}, 2);
  return first.size() == 2 && first.front().time < oldest();
}

void Audit::write_refusals(store::Transaction& transaction) const {
  for (const auto& refused : taken_) append(transaction, refused, clock_.now());
}

void Audit::keep(boost::asio::io_context& context) {
  if (is_busy_) return;
  if (taken_.empty()) taken_ = refusals_.take();
  bool signs = false, prunes = false;
  store_.read([&](store::View& view) {
    signs = is_signature_due(view);
    prunes = is_pruning_due(view);
  });
  if (taken_.empty() && !signs && !prunes) return;
  is_busy_ = true;
  store::WriteJob job = [this, signs, prunes](store::Transaction& transaction) -> Result<void> {
    write_refusals(transaction);
    if (prunes) prune_audit(transaction, key_, oldest(), clock_.now(), pruned_at_once);
    if (signs) sign_audit(transaction, key_, clock_.now());
    return {};
  };
  store_.write(std::move(job), context, [this](const Result<void>& done) {
    is_busy_ = false;
    if (done) taken_.clear();
    else if (!is_failing_) log::warning("the audit trail cannot be written, refusals wait", {{"reason", done.error().detail}});
    is_failing_ = !done;
  });
}

// What keep() has posted is before this in the writer's queue.
Result<void> Audit::finish(const AuditEntry& entry) {
  const auto rest = refusals_.take(Refusals::Clock::now(), true);
  return store_.write_and_wait([&](store::Transaction& transaction) -> Result<void> {
    const auto now = clock_.now();
    for (const auto& refused : rest) append(transaction, refused, now);
    append_audit(transaction, entry, now);
    sign_audit(transaction, key_, now);
    return {};
  });
}

}  // namespace nscl::security
