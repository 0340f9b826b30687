// SPDX-License-Identifier: Apache-2.0
// The audit trail as the store keeps it; what chains it is tested with the layer above.
#include "store_contract.h"

namespace nscl::store::contract {
namespace {

Time at(int seconds) { return Time{std::chrono::seconds{seconds}}; }

AuditRecord record(std::uint64_t seq, std::string event = "e", std::string principal = "p") {
  AuditRecord made;
  made.seq = seq;
  made.time = at(static_cast<int>(seq) * 10);
  made.event = std::move(event);
  made.hash = std::string("\0hash", 5) + std::to_string(seq);
  if (!principal.empty()) {
    made.personal_digest = "digest";
    made.personal = AuditPersonal{.salt = std::string("\0s", 2), .principal = std::move(principal), .entity = "", .source = "", .target = "", .note = ""};
  }
  return made;
}

std::vector<std::uint64_t> numbers(const std::vector<AuditRecord>& records) {
  std::vector<std::uint64_t> out;
  for (const auto& each : records) out.push_back(each.seq);
  return out;
}
using Numbers = std::vector<std::uint64_t>;

TEST_P(StoreContract, KeepsAuditRecordsAsTheyAre) {
  auto whole = record(1);
  whole.monotonic = -5;
  whole.key = "n.a0.1/3";
  whole.session = "s";
  whole.operation = "CREATE";
  whole.request = std::string("\0\xff", 2);
  whole.status = "STATUS_CREATED";
  whole.detail = "d";
  whole.personal->entity = "applications/a";
  whole.personal->source = "::1";
  whole.personal->target = "applications/b";
  whole.personal->note = "n";
  change([&](Transaction& t) { t.append_audit(whole); });
  change([&](Transaction& t) { t.append_audit(record(2, "f", "")); });
  reopen();
  look([&](View& view) {
    const auto found = view.audit({}, 10);
    ASSERT_EQ(numbers(found), (Numbers{1, 2}));
    const auto& first = found.front();
    EXPECT_EQ(first.time, whole.time);
    EXPECT_EQ(first.monotonic, -5);
    EXPECT_EQ(first.event + first.key + first.session + first.operation, whole.event + whole.key + whole.session + whole.operation);
    EXPECT_EQ(first.request, whole.request);
    EXPECT_EQ(first.status + first.detail + first.personal_digest, whole.status + whole.detail + whole.personal_digest);
    EXPECT_EQ(first.hash, whole.hash);
    ASSERT_TRUE(first.personal);
    EXPECT_EQ(first.personal->salt, whole.personal->salt);
    EXPECT_EQ(first.personal->principal + first.personal->entity, "papplications/a");
    EXPECT_EQ(first.personal->source + first.personal->target + first.personal->note, "::1applications/bn");
    EXPECT_FALSE(found.back().personal);
    EXPECT_EQ(view.audit_head()->seq, 2u);
  });
}

TEST_P(StoreContract, ListsAuditRecordsByFilterAndInPieces) {
  look([](View& view) {
    EXPECT_TRUE(view.audit({}, 10).empty());
    EXPECT_FALSE(view.audit_head());
  });
  change([](Transaction& t) {
    t.append_audit(record(1, "a", "x"));
    t.append_audit(record(2, "b", "x"));
    t.append_audit(record(3, "a", "y"));
    t.append_audit(record(4, "a", "x"));
  });
  look([](View& view) {
    const auto list = [&](AuditFilter filter, std::size_t limit = 10) { return numbers(view.audit(filter, limit)); };
    EXPECT_EQ(list({}, 2), (Numbers{1, 2}));
    EXPECT_EQ(list({.after_seq = 2}), (Numbers{3, 4}));
    EXPECT_EQ(list({.after_seq = UINT64_MAX}), Numbers{});
    EXPECT_EQ(list({.event = "a"}), (Numbers{1, 3, 4}));
    EXPECT_EQ(list({.principal = "x"}), (Numbers{1, 2, 4}));
    EXPECT_EQ(list({.after_seq = 1, .event = "a", .principal = "x"}), (Numbers{4}));
    EXPECT_EQ(list({.from = at(20)}), (Numbers{2, 3, 4}));
    EXPECT_EQ(list({.from = at(21), .to = at(39)}), (Numbers{3}));
    EXPECT_EQ(list({.to = at(20), .event = "a"}), (Numbers{1}));
    EXPECT_EQ(list({.from = at(41)}), Numbers{});
    EXPECT_EQ(list({.to = at(9)}), Numbers{});
  });
}

TEST_P(StoreContract, GivesNoAuditNumberToTwoAndUndoesWithTheJob) {
  change([](Transaction& t) { t.append_audit(record(1)); });
  EXPECT_FALSE(try_change([](Transaction& t) -> Result<void> { return t.append_audit(record(1, "other")), Result<void>{}; }));
  EXPECT_FALSE(try_change([](Transaction& t) -> Result<void> {
    t.append_audit(record(2));
    return failure(Status::conflict, "no");
  }));
  look([](View& view) {
    EXPECT_EQ(view.audit_head()->seq, 1u);
    EXPECT_EQ(view.audit_head()->event, "e");
  });
}

TEST_P(StoreContract, FindsAndErasesWhatAnAuditRecordSaysOfSomebody) {
  const auto about = [](std::uint64_t seq, std::string entity, std::string target) {
    auto made = record(seq);
    made.personal->entity = std::move(entity);
    made.personal->target = std::move(target);
    return made;
  };
  change([&](Transaction& t) {
    t.append_audit(about(1, "scls/a", "containers/x"));
    t.append_audit(about(2, "", "scls/a"));
    t.append_audit(about(3, "", "scls/a/accessRights/r"));
    t.append_audit(about(4, "scls/ab", "scls/ab"));
    t.append_audit(about(5, "", ""));
  });
  change([](Transaction& t) {
    EXPECT_EQ(t.audit_about("scls/a", 0, 10), (Numbers{1, 2, 3}));
    EXPECT_EQ(t.audit_about("scls/a", 1, 1), (Numbers{2}));
    EXPECT_TRUE(t.erase_audit_personal(2));
    EXPECT_FALSE(t.erase_audit_personal(2));
    EXPECT_EQ(t.audit_about("scls/a", 0, 10), (Numbers{1, 3}));
  });
  look([](View& view) {
    const auto found = view.audit({}, 10);
    ASSERT_EQ(found.size(), 5u);
    EXPECT_FALSE(found[1].personal);
    EXPECT_EQ(found[1].personal_digest, "digest");
    EXPECT_TRUE(found[2].personal);
  });
}

TEST_P(StoreContract, GivesUpTheOldestAuditRecordsForATombstone) {
  change([](Transaction& t) {
    for (std::uint64_t seq = 1; seq <= 5; ++seq) t.append_audit(record(seq));
    for (const std::uint64_t seq : {2, 4}) t.put_audit_checkpoint({seq, at(1), "h" + std::to_string(seq), "s"});
    EXPECT_FALSE(t.audit_tombstone());
    EXPECT_EQ(t.last_audit_checkpoint()->seq, 4u);
    EXPECT_EQ(t.audit_checkpoints(2, 10).size(), 1u);
  });
  change([](Transaction& t) { t.erase_audit_through({2, at(7), std::string("\0h", 2), "sig"}); });
  change([](Transaction& t) { t.erase_audit_through({3, at(8), std::string("\0h", 2), "sig"}); });
  reopen();
  look([](View& view) {
    EXPECT_EQ(numbers(view.audit({}, 10)), (Numbers{4, 5}));
    const auto tombstone = view.audit_tombstone();
    ASSERT_TRUE(tombstone);
    EXPECT_EQ(tombstone->seq, 3u);
    EXPECT_EQ(tombstone->time, at(8));
    EXPECT_EQ(tombstone->hash, std::string("\0h", 2));
    EXPECT_EQ(tombstone->signature, "sig");
    const auto checkpoints = view.audit_checkpoints(0, 10);
    ASSERT_EQ(checkpoints.size(), 1u);
    EXPECT_EQ(checkpoints[0].hash, "h4");
    EXPECT_EQ(view.audit_about("", 0, 10).size(), 2u);
  });
}

}  // namespace
}  // namespace nscl::store::contract
