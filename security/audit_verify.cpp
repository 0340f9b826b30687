// SPDX-License-Identifier: Apache-2.0
#include <nscl/security/audit_verify.h>

#include <algorithm>
#include <charconv>
#include <set>

#include <nscl/base/bytes.h>
#include <nscl/security/audit.h>

namespace nscl::security {
namespace {

constexpr std::size_t records_at_once = 1000;

class TrailVerifier {
 public:
  TrailVerifier(store::View& view, const AuditPublicKeys& keys, const AuditScope& scope) : view_(view), keys_(keys), scope_(scope) {}

  AuditReport run() {
    if (!begin()) return report_;
    find_erasures();
    next_checkpoints(expected_ - 1);
    if (walk()) look_beyond();
    return report_;
  }

 private:
  bool begin();
  void find_erasures();
  bool walk();
  bool check(const store::AuditRecord& record);
  bool check_personal(const store::AuditRecord& record);
  bool check_signatures(const store::AuditRecord& record);
  void next_checkpoints(std::uint64_t after);
  void look_beyond();
  bool bad_signature(std::uint64_t seq, const char* problem) { return bad(seq, keys_.empty() ? "it was signed, and there is no public key to check that with" : problem); }
  /// Notes the first thing that is wrong; false.
  bool bad(std::uint64_t seq, std::string problem) {
    report_.bad_seq = seq;
    report_.problem = std::move(problem);
    return false;
  }

  store::View& view_;
  const AuditPublicKeys& keys_;
  const AuditScope& scope_;
  AuditReport report_;
  std::uint64_t after_ = 0;   // where reading begins: what stands before the first record there may be is seen, too
  std::uint64_t expected_ = 1;
  std::string previous_;
  std::set<std::uint64_t> erased_;
  std::vector<store::AuditCheckpoint> checkpoints_;   // the next ones, from next_ on
  std::size_t next_ = 0;
};

// Where the chain begins: at the first record there ever was, behind the part that was given up, or behind the record before the range.
bool TrailVerifier::begin() {
  if (const auto tombstone = view_.audit_tombstone()) {
    if (!keys_.verify(audit_tombstone_text(*tombstone), tombstone->signature)) return bad_signature(tombstone->seq, "the mark in place of the records up to here is not signed");
    if (scope_.head && scope_.head->seq == tombstone->seq && scope_.head->hash != hex_encode(tombstone->hash)) return bad(tombstone->seq, "it is not the record of the exported head");
    expected_ = tombstone->seq + 1;
    previous_ = tombstone->hash;
  } else {
    const auto installation = view_.fact(audit_installation_fact);
    if (installation) previous_ = audit_origin(*installation);
  }
  if (scope_.from <= expected_) return true;
  store::AuditFilter filter;
  filter.after_seq = scope_.from - 2;
  const auto before = view_.audit(filter, 1);
  const auto head = view_.audit_head();
  if (!head || head->seq < scope_.from) {   // nothing of the range is there: only what was signed can tell
    after_ = head ? head->seq : 0;
    expected_ = std::max(expected_, after_ + 1);
    return true;
  }
  if (before.empty() || before.front().seq != scope_.from - 1) return bad(scope_.from - 1, "it is missing");
  after_ = scope_.from - 1;
  expected_ = scope_.from;
  previous_ = before.front().hash;
  return true;
}

void TrailVerifier::find_erasures() {
  store::AuditFilter filter;
  filter.event = audit_erase_event;
  for (;;) {
    const auto records = view_.audit(filter, records_at_once);
    for (const auto& record : records) {
      const char* at = record.detail.data();
      const char* const end = at + record.detail.size();
      for (std::uint64_t seq = 0; at < end; at = std::find(at, end, ' '), at += at < end) {
        const auto read = std::from_chars(at, end, seq);
        if (read.ec == std::errc{} && seq < record.seq) erased_.insert(seq);
      }
    }
    if (records.size() < records_at_once) return;
    filter.after_seq = records.back().seq;
  }
}

bool TrailVerifier::walk() {
  store::AuditFilter filter;
  filter.after_seq = after_;
  for (;;) {
    const auto records = view_.audit(filter, records_at_once);
    for (const auto& record : records) {
      if (record.seq > scope_.to) return true;
      if (!check(record)) return false;
    }
    if (records.size() < records_at_once) return true;
    filter.after_seq = records.back().seq;
  }
}

bool TrailVerifier::check(const store::AuditRecord& record) {
  if (record.seq < expected_) return bad(record.seq, "it stands before the first record there may be");
  if (record.seq > expected_) return bad(expected_, "it is missing");
  if (audit_hash(record, previous_) != record.hash) return bad(record.seq, "it is not as it was written, or not where it was written");
  if (!check_personal(record) || !check_signatures(record)) return false;
  if (scope_.head && scope_.head->seq == record.seq && scope_.head->hash != hex_encode(record.hash)) return bad(record.seq, "it is not the record of the exported head");
  if (report_.first == 0) report_.first = record.seq;
  report_.last = record.seq;
  previous_ = record.hash;
  ++expected_;
  return true;
}

bool TrailVerifier::check_personal(const store::AuditRecord& record) {
  if (record.personal) {
    if (record.personal_digest == audit_digest(*record.personal)) return true;
    return bad(record.seq, "its personal data is not as it was written");
  }
  if (record.personal_digest.empty()) return true;
  if (!erased_.contains(record.seq)) return bad(record.seq, "its personal data is gone, and no record tells of that");
  ++report_.erased;
  return true;
}

void TrailVerifier::next_checkpoints(std::uint64_t after) {
  checkpoints_ = view_.audit_checkpoints(after, records_at_once);
  next_ = 0;
}

bool TrailVerifier::check_signatures(const store::AuditRecord& record) {
  if (next_ == checkpoints_.size()) {
    if (checkpoints_.size() < records_at_once) return true;
    next_checkpoints(checkpoints_.back().seq);
    if (checkpoints_.empty()) return true;
  }
  const auto& checkpoint = checkpoints_[next_];
  if (checkpoint.seq != record.seq) return true;
  if (!keys_.verify(audit_checkpoint_text(checkpoint), checkpoint.signature)) return bad_signature(record.seq, "the signature on it does not hold");
  if (checkpoint.hash != record.hash) return bad(record.seq, "it is not the record that was signed");
  ++next_;
  ++report_.checkpoints;
  report_.signed_to = record.seq;
  return true;
}

// What was signed, or exported, was there: a trail that ends before it was cut off, or is an old copy.
void TrailVerifier::look_beyond() {
  const auto head = view_.audit_head();
  const auto last = head ? head->seq : expected_ - 1;
  if (const auto checkpoint = view_.last_audit_checkpoint(); checkpoint && checkpoint->seq > last) {
    bad(last + 1, "it is missing: record " + std::to_string(checkpoint->seq) + " was there, and signed");
    return;
  }
  if (!scope_.head) return;
  if (scope_.head->seq > last) {
    bad(last + 1, "it is missing: the exported head is record " + std::to_string(scope_.head->seq) + ", so this is an older copy or was cut off");
    return;
  }
  if (scope_.head->seq >= report_.first && scope_.head->seq <= report_.last) return;   // compared on the way
  store::AuditFilter filter;
  filter.after_seq = scope_.head->seq - 1;
  const auto found = view_.audit(filter, 1);
  if (!found.empty() && found.front().seq == scope_.head->seq && hex_encode(found.front().hash) != scope_.head->hash) bad(scope_.head->seq, "it is not the record of the exported head");
}

}  // namespace

AuditReport verify_audit(store::View& view, const AuditPublicKeys& keys, const AuditScope& scope) { return TrailVerifier(view, keys, scope).run(); }

}  // namespace nscl::security
