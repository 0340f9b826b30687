// SPDX-License-Identifier: Apache-2.0
// Tampering with the audit trail: rows L2 and L3 of the threat model. Each names the first record that is not as it was written.
#include <fstream>
#include <iterator>

#include <nscl/base/bytes.h>

#include "audit_fixture.h"

namespace nscl::security {
namespace {

class AuditVerify : public AuditFixture {
 protected:
  void expect_bad(std::uint64_t seq, const std::string& part, const AuditScope& scope = {}) {
    const auto report = verify(scope);
    EXPECT_EQ(report.bad_seq, seq) << report.problem;
    EXPECT_NE(report.problem.find(part), std::string::npos) << report.problem;
  }
  void expect_good(const AuditScope& scope = {}) {
    const auto report = verify(scope);
    EXPECT_EQ(report.bad_seq, 0u) << report.problem;
  }
};

TEST_F(AuditVerify, AnUntouchedTrailIsGood) {
  expect_good();
  EXPECT_EQ(verify().first, 0u);
  fill(5);
  append("later");
  const auto report = verify();
  EXPECT_EQ(report.bad_seq, 0u) << report.problem;
  EXPECT_EQ(report.first, 1u);
  EXPECT_EQ(report.last, 6u);
  EXPECT_EQ(report.checkpoints, 1u);
  EXPECT_EQ(report.signed_to, 5u);
}

TEST_F(AuditVerify, TrailsOfSeveralPiecesAreGood) {
  for (int i = 0; i < 3; ++i) {
    change([&](store::Transaction& t) {
      AuditEntry entry;
      entry.event = "e";
      for (int k = 0; k < 900; ++k) append_audit(t, entry, clock.now());
      sign_audit(t, key, clock.now());
    });
  }
  const auto report = verify();
  EXPECT_EQ(report.bad_seq, 0u) << report.problem;
  EXPECT_EQ(report.last, 2700u);
  EXPECT_EQ(report.checkpoints, 3u);
  tamper("DELETE FROM audit WHERE seq = 1001");
  expect_bad(1001, "missing");
}

// L2: one octet of each column
TEST_F(AuditVerify, L2_ChangedOctets) {
  fill(5);
  for (const std::string set : {"time = time + 1", "monotonic = monotonic + 1", "event = 'application.createD'", "key = 'k'", "session = 's'", "operation = 'X'",
                                "request = x'00'", "status = 'STATUS_OK'", "detail = 'x'", "personal = x'00'", "hash = x'00'"}) {
    tamper("CREATE TABLE IF NOT EXISTS kept AS SELECT * FROM audit; UPDATE audit SET " + set + " WHERE seq = 3");
    expect_bad(3, "not as it was written");
    tamper("DELETE FROM audit WHERE seq = 3; INSERT INTO audit SELECT * FROM kept WHERE seq = 3");
    expect_good();
  }
}

TEST_F(AuditVerify, L2_ChangedPersonalData) {
  fill(5);
  for (const std::string column : {"principal", "entity", "source", "target", "note"}) {
    tamper("CREATE TABLE IF NOT EXISTS kept AS SELECT * FROM audit_personal; UPDATE audit_personal SET " + column + " = 'innocent' WHERE seq = 4");
    expect_bad(4, "personal data is not as it was written");
    tamper("DELETE FROM audit_personal WHERE seq = 4; INSERT INTO audit_personal SELECT * FROM kept WHERE seq = 4");
    expect_good();
  }
  tamper("DELETE FROM audit_personal WHERE seq = 2");
  expect_bad(2, "no record tells of that");
}

TEST_F(AuditVerify, L2_DeletedRecords) {
  fill(5);
  append("unsigned");
  tamper("DELETE FROM audit WHERE seq = 1");
  expect_bad(1, "missing");
}

TEST_F(AuditVerify, L2_DeletedRecordsInTheMiddleAndRenumbered) {
  fill(6);
  tamper("DELETE FROM audit WHERE seq = 3");
  expect_bad(3, "missing");
  tamper("UPDATE audit SET seq = 3 WHERE seq = 4; UPDATE audit SET seq = 4 WHERE seq = 5; UPDATE audit SET seq = 5 WHERE seq = 6");
  expect_bad(3, "not where it was written");
}

TEST_F(AuditVerify, L2_SwappedRecords) {
  fill(5);
  tamper("UPDATE audit SET seq = 99 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 99;"
         "UPDATE audit_personal SET seq = 99 WHERE seq = 2; UPDATE audit_personal SET seq = 2 WHERE seq = 3; UPDATE audit_personal SET seq = 3 WHERE seq = 99");
  expect_bad(2, "not where it was written");
}

TEST_F(AuditVerify, L2_AppendedRecords) {
  fill(5);
  tamper("INSERT INTO audit SELECT 6, time, monotonic, event, key, session, operation, request, status, detail, personal, hash FROM audit WHERE seq = 5");
  expect_bad(6, "not as it was written");
  tamper("UPDATE audit SET seq = 7 WHERE seq = 6");
  expect_bad(6, "missing");
}

// Whoever recomputes the hashes cannot make the signature.
TEST_F(AuditVerify, L2_RewrittenChains) {
  fill(5);
  std::vector<store::AuditRecord> records;
  std::string previous;
  store->read([&](store::View& view) {
    records = view.audit({}, 10);
    previous = audit_origin(*view.fact(audit_installation_fact));
  });
  std::string sql;
  for (auto& record : records) {
    if (record.seq == 3) record.event = "harmless";
    record.hash = audit_hash(record, previous);
    previous = record.hash;
    sql += "UPDATE audit SET event = '" + record.event + "', hash = x'" + hex_encode(record.hash) + "' WHERE seq = " + std::to_string(record.seq) + ";";
  }
  tamper(sql);
  expect_bad(5, "not the record that was signed");
  tamper("UPDATE audit_checkpoint SET hash = x'" + hex_encode(previous) + "'");
  expect_bad(5, "signature on it does not hold");
}

TEST_F(AuditVerify, SignaturesAreOfTheKeysThatAreKnown) {
  fill(3);
  AuditReport report;
  store->read([&](store::View& view) { report = verify_audit(view, AuditPublicKeys(AuditKey::make().public_text()), {}); });
  EXPECT_EQ(report.bad_seq, 3u);
  store->read([&](store::View& view) { report = verify_audit(view, AuditPublicKeys(""), {}); });
  EXPECT_EQ(report.bad_seq, 3u);
  EXPECT_NE(report.problem.find("no public key"), std::string::npos) << report.problem;
  const auto old = key;
  key = AuditKey::make();   // the other was lost
  fill(2);
  store->read([&](store::View& view) { report = verify_audit(view, AuditPublicKeys(old.public_text() + key.public_text()), {}); });
  EXPECT_EQ(report.bad_seq, 0u) << report.problem;
  EXPECT_EQ(report.checkpoints, 2u);
}

TEST_F(AuditVerify, L3_ATrailCutOffBehindASignature) {
  fill(5);
  tamper("DELETE FROM audit WHERE seq > 3");
  expect_bad(4, "record 5 was there, and signed");
}

TEST_F(AuditVerify, L3_AnOlderCopy) {
  fill(5);
  const auto copy = directory / "copy.db";
  tamper("VACUUM INTO '" + copy.string() + "'; UPDATE audit SET seq = seq WHERE seq = 1");
  fill(3);
  const AuditScope scope{1, UINT64_MAX, head()};
  expect_good(scope);
  store.reset();
  std::filesystem::copy_file(copy, directory / "nscl.db", std::filesystem::copy_options::overwrite_existing);
  open();
  expect_good();   // by itself it is whole
  expect_bad(6, "older copy", scope);
  append("goes its own way");
  for (int i = 0; i < 3; ++i) append("x");
  expect_bad(8, "not the record of the exported head", scope);
}

TEST_F(AuditVerify, ARangeIsCheckedFromTheRecordBeforeIt) {
  fill(9);
  tamper("UPDATE audit SET detail = 'x' WHERE seq = 3");
  expect_bad(3, "not as");
  expect_good({.from = 4, .to = 9, .head = {}});
  expect_good({.from = 1, .to = 2, .head = {}});
  expect_bad(3, "not as", {.from = 3, .to = 3, .head = {}});
  expect_good({.from = 100, .to = 200, .head = {}});
  tamper("DELETE FROM audit WHERE seq = 5");
  expect_bad(5, "missing", {.from = 6, .to = 9, .head = {}});
}

TEST_F(AuditVerify, ErasingPersonalDataKeepsTheChain) {
  append("application.created", "alice", "applications/alice");
  append("application.created", "bob", "applications/bob");
  append("accessRight.created", "alice", "applications/alice/accessRights/r");
  fill(2);
  AuditEntry who;
  who.principal = "uid 0";
  change([&](store::Transaction& t) { EXPECT_EQ(erase_audit_personal(t, t.audit_about("applications/alice", 0, 100), who, clock.now()), 2u); });
  change([&](store::Transaction& t) { EXPECT_EQ(erase_audit_personal(t, t.audit_about("applications/alice", 0, 100), who, clock.now()), 0u); });
  const auto report = verify();
  EXPECT_EQ(report.bad_seq, 0u) << report.problem;
  EXPECT_EQ(report.erased, 2u);
  store->read([](store::View& view) {
    const auto record = view.audit_head();
    EXPECT_EQ(record->event, audit_erase_event);
    EXPECT_EQ(record->detail, "1 3");
    EXPECT_EQ(view.audit({.principal = "bob"}, 10).size(), 1u);
    EXPECT_TRUE(view.audit({.principal = "alice"}, 10).empty());
  });
  store.reset();
  std::ifstream in(directory / "nscl.db", std::ios::binary);
  const std::string octets{std::istreambuf_iterator<char>(in), {}};
  EXPECT_NE(octets.find("applications/bob"), std::string::npos);
  EXPECT_EQ(octets.find("applications/alice"), std::string::npos) << "erased data stays in the file";
  open();
}

TEST_F(AuditVerify, PruningLeavesASignedMark) {
  fill(5);
  clock.time += std::chrono::hours{48};
  fill(3);
  const auto before = clock.time - std::chrono::hours{24};
  change([&](store::Transaction& t) {
    EXPECT_EQ(prune_audit(t, key, before, clock.now(), 3), 3u);
    EXPECT_EQ(prune_audit(t, key, before, clock.now(), 3), 2u);
    EXPECT_EQ(prune_audit(t, key, before, clock.now(), 3), 0u);
    EXPECT_EQ(prune_audit(t, key, never, clock.now(), 100), 2u);   // the newest stays
  });
  append("goes on");
  const auto report = verify();
  EXPECT_EQ(report.bad_seq, 0u) << report.problem;
  EXPECT_EQ(report.first, 8u);
  EXPECT_EQ(report.last, 9u);
  expect_good({.from = 1, .to = UINT64_MAX, .head = AuditHead{3, "no longer there"}});
  tamper("UPDATE audit_checkpoint SET seq = 8 WHERE kind = 1; DELETE FROM audit WHERE seq = 8");
  expect_bad(8, "not signed");
}

TEST_F(AuditVerify, PruningByHandIsNoticed) {
  fill(5);
  change([&](store::Transaction& t) { prune_audit(t, key, never, clock.now(), 2); });
  expect_good();
  tamper("DELETE FROM audit_checkpoint WHERE kind = 1");
  expect_bad(1, "missing");
}

}  // namespace
}  // namespace nscl::security
