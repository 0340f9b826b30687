// SPDX-License-Identifier: Apache-2.0
// The form of the chain. The vectors were computed by Python's hashlib from the form that docs/audit.md gives.
#include <nscl/base/bytes.h>

#include "audit_fixture.h"

namespace nscl::security {
namespace {

store::AuditRecord sample() {
  store::AuditRecord record;
  record.seq = 7;
  record.time = Time{std::chrono::microseconds{1'700'000'000'123'456}};
  record.monotonic = 42;
  record.event = "application.created";
  record.key = "n.a0.1/3";
  record.session = "s1";
  record.operation = "CREATE";
  record.request = sha256("body");
  record.status = "STATUS_CREATED";
  record.detail = "d";
  record.personal_digest = sha256("personal");
  return record;
}

TEST(AuditForm, HashOfARecord) {
  EXPECT_EQ(hex_encode(audit_origin("0123")), "1be2e452b46d7a0d9656bbb1f768e8248eba1b75baed65f5d99eafa948899a6a");
  EXPECT_EQ(hex_encode(audit_hash(sample(), audit_origin("0123"))), "913ed4aac32f640ca4c44fd32c0fe4a6ee40940cf3f3fe88b432414d05218923");
}

TEST(AuditForm, DigestOfPersonalData) {
  const store::AuditPersonal personal{"salt", "metering", "applications/metering", "10.0.0.7", "applications/metering", "note"};
  EXPECT_EQ(hex_encode(audit_digest(personal)), "2bca56cffe0a991ff5b2541d53e3a484a67316f7417937daf4a5aba2396f4e1e");
  auto moved = personal;   // no two lists of texts have the same form
  moved.principal = "meter";
  moved.entity = "ingapplications/metering";
  EXPECT_NE(audit_digest(moved), audit_digest(personal));
}

TEST(AuditForm, EachFieldCounts) {
  const auto before = audit_hash(sample(), "p");
  const auto differs = [&](auto change) {
    auto record = sample();
    change(record);
    return audit_hash(record, "p") != before;
  };
  EXPECT_TRUE(differs([](auto& r) { ++r.seq; }));
  EXPECT_TRUE(differs([](auto& r) { r.time += std::chrono::microseconds{1}; }));
  EXPECT_TRUE(differs([](auto& r) { ++r.monotonic; }));
  for (const auto member : {&store::AuditRecord::event, &store::AuditRecord::key, &store::AuditRecord::session, &store::AuditRecord::operation,
                            &store::AuditRecord::request, &store::AuditRecord::status, &store::AuditRecord::detail, &store::AuditRecord::personal_digest}) {
    EXPECT_TRUE(differs([&](auto& r) { r.*member += 'x'; }));
  }
  EXPECT_NE(audit_hash(sample(), "q"), before);
}

TEST(AuditForm, KeysSignAndNothingElseDoes) {
  const auto key = AuditKey::make();
  const AuditPublicKeys mine(key.public_text());
  const auto signature = key.sign("text");
  EXPECT_TRUE(mine.verify("text", signature));
  EXPECT_FALSE(mine.verify("texT", signature));
  EXPECT_FALSE(mine.verify("text", signature.substr(1)));
  EXPECT_FALSE(mine.verify("text", ""));
  EXPECT_FALSE(AuditPublicKeys(AuditKey::make().public_text()).verify("text", signature));
  EXPECT_TRUE(AuditPublicKeys(AuditKey::make().public_text() + key.public_text()).verify("text", signature));
  const auto again = AuditKey::read(key.private_text());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->public_text(), key.public_text());
  EXPECT_FALSE(AuditKey::read(Secret("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")));
  EXPECT_FALSE(AuditKey::read(Secret("")));
  EXPECT_TRUE(AuditPublicKeys("garbage").empty());
}

class AuditChain : public AuditFixture {};

TEST_F(AuditChain, BeginsWithTheInstallationAndGoesOn) {
  append("a");
  append("b");
  store->read([](store::View& view) {
    const auto records = view.audit({}, 10);
    ASSERT_EQ(records.size(), 2u);
    EXPECT_EQ(records[0].seq, 1u);
    EXPECT_EQ(records[0].hash, audit_hash(records[0], audit_origin(*view.fact(audit_installation_fact))));
    EXPECT_EQ(records[1].hash, audit_hash(records[1], records[0].hash));
    EXPECT_EQ(records[0].personal->principal, "metering");
    EXPECT_NE(records[0].personal->salt, records[1].personal->salt);
    EXPECT_EQ(records[0].personal_digest, audit_digest(*records[0].personal));
  });
}

TEST_F(AuditChain, TimeNeverGoesBack) {
  append("a");
  clock.time -= std::chrono::hours{1};
  append("b");
  store->read([this](store::View& view) {
    const auto records = view.audit({}, 10);
    EXPECT_EQ(records[1].time, clock.time + std::chrono::hours{1});
    EXPECT_GE(records[1].monotonic, records[0].monotonic);
  });
}

TEST_F(AuditChain, HostileTextsAreCutAndKept) {
  const std::string name = std::string("\r\n\x1b[31m\0%s'; DROP TABLE audit;--", 30) + std::string(1u << 20, 'x');
  append(name, name, name);
  EXPECT_EQ(verify().bad_seq, 0u);
  store->read([&](store::View& view) {
    const auto record = view.audit_head();
    EXPECT_EQ(record->personal->principal, name.substr(0, 512));
    EXPECT_EQ(record->event, name.substr(0, 512));
  });
}

TEST_F(AuditChain, WithoutNamesThereIsNothingToErase) {
  AuditEntry entry;
  entry.event = "daemon.started";
  change([&](store::Transaction& t) { append_audit(t, entry, clock.now()); });
  store->read([](store::View& view) {
    EXPECT_FALSE(view.audit_head()->personal);
    EXPECT_EQ(view.audit_head()->personal_digest, "");
  });
  EXPECT_EQ(verify().bad_seq, 0u);
}

TEST_F(AuditChain, IsExtendedFromBesideTheDaemon) {
  append("a");
  store::Options options;
  options.directory = directory;
  options.exclusive = false;
  {
    const auto tool = store::open_sqlite(options, registry, clock);
    AuditEntry entry;
    entry.event = "principal.added";
    ASSERT_TRUE(tool->write_and_wait([&](store::Transaction& t) -> Result<void> { return append_audit(t, entry, clock.now()), Result<void>{}; }));
  }
  append("c");
  const auto report = verify();
  EXPECT_EQ(report.bad_seq, 0u) << report.problem;
  EXPECT_EQ(report.last, 3u);
}

}  // namespace
}  // namespace nscl::security
