// SPDX-License-Identifier: Apache-2.0
// What a device tells of its integrity is judged, kept and followed by what the operator wants (threat row B10; R4.14, R7.8, R5.1.5).
#include <nscl/security/integrity.h>

#include <nscl/base/bytes.h>
#include <nscl/security/key_derivation.h>

#include "key_fixture.h"

namespace nscl::security {
namespace {

using enum store::IntegrityVerdict;
using enum Integrity::Occasion;

/// Node aa..aa, whose root key proves gw1.
class IntegrityTest : public KeyTest {
 protected:
  void SetUp() override {
    KeyTest::SetUp();
    ASSERT_TRUE(add(root_key(1), octets_a));
    integrity = std::make_unique<Integrity>(*store, *keystore);
    rule.mode = IntegrityMode::enforce;
  }
  void TearDown() override {
    integrity.reset();
    KeyTest::TearDown();
  }

  static std::int64_t sign(std::int64_t results, const std::string& time_stamp, std::string_view root = octets_a, std::string_view scl = "gw1") {
    const auto key = nscl_1().integrity_key(Secret(root), std::string(16, '\xaa'));
    return sign_integrity(key, results, time_stamp, scl);
  }
  std::string in(std::chrono::seconds seconds) const { return format_date_time(clock.now() + seconds); }
  IntegrityResult signed_result(std::int64_t results, const std::string& time_stamp) const { return {results, sign(results, time_stamp), time_stamp}; }

  /// HTTP status of the refusal; 0: none.
  unsigned judge(const IntegrityResult* result, Integrity::Occasion occasion = registration, std::string_view scl = "gw1") {
    std::optional<Error> refusal;
    EXPECT_TRUE(write([&](store::Transaction& transaction) -> Result<void> {
      refusal = integrity->judge(transaction, rule, scl, result, occasion, clock.now());
      return {};
    }));
    text = refusal ? refusal->detail : "";
    return refusal ? http_code_of(refusal->status) : 0;
  }
  unsigned judge(const IntegrityResult& result, Integrity::Occasion occasion = registration, std::string_view scl = "gw1") { return judge(&result, occasion, scl); }

  std::vector<store::IntegrityVerdict> verdicts(std::string_view scl = "gw1") {
    std::vector<store::IntegrityVerdict> found;
    store->read([&](store::View& view) {
      for (const auto& record : view.integrity_records(scl, UINT64_MAX, 1000)) found.push_back(record.verdict);
    });
    return found;
  }
  using Verdicts = std::vector<store::IntegrityVerdict>;

  IntegrityRule rule;
  std::unique_ptr<Integrity> integrity;
  std::string text;
};

TEST(Integrity, TheSignatureIsThatOfTheSpecification) {
  std::string root;
  for (char c = 0; c < 32; ++c) root += c;
  std::string node;
  for (int c = 0xa0; c < 0xb0; ++c) node += static_cast<char>(c);
  const auto key = nscl_1().integrity_key(Secret(root), node);
  EXPECT_EQ(sign_integrity(key, 5, "2014-01-02T03:04:05Z", "gw1"), -6314706234406159358);
}

TEST(Integrity, ComponentsHaveNames) {
  EXPECT_EQ(failed_components(1), "boot loader");
  EXPECT_EQ(failed_components(0x82), "operating system, tamper switch");
  EXPECT_EQ(failed_components(0x100), "ivalResults is 256");
  EXPECT_EQ(failed_components(-1), "ivalResults is -1");
}

TEST_F(IntegrityTest, AGoodResultIsTakenAndKept) {
  EXPECT_EQ(judge(signed_result(0, in(std::chrono::seconds{0}))), 0u);
  store->read([&](store::View& view) {
    const auto records = view.integrity_records("gw1", UINT64_MAX, 10);
    ASSERT_EQ(records.size(), 1u);
    EXPECT_EQ(records.front().verdict, passed);
    EXPECT_EQ(records.front().node, std::string(32, 'a'));
    EXPECT_EQ(records.front().time_stamp, in(std::chrono::seconds{0}));
    EXPECT_EQ(records.front().received, clock.now());
  });
}

TEST_F(IntegrityTest, B10MissingAndUnexpected) {
  EXPECT_EQ(judge(nullptr), 400u);
  EXPECT_NE(text.find("missing"), text.npos);
  EXPECT_EQ(judge(signed_result(0, in(std::chrono::seconds{0})), registration, "gw2"), 400u);
  EXPECT_NE(text.find("not expected"), text.npos);
  EXPECT_EQ(judge(nullptr, registration, "gw2"), 0u) << "it cannot, and does not say that it could";
  EXPECT_EQ(verdicts(), Verdicts{missing});
  EXPECT_EQ(verdicts("gw2"), Verdicts{unexpected});
}

TEST_F(IntegrityTest, B10TheSignatureCoversEachPart) {
  const auto now = in(std::chrono::seconds{0});
  auto bad = signed_result(0, now);
  bad.signature ^= 1;
  EXPECT_EQ(judge(bad), 400u);
  EXPECT_EQ(judge({0, sign(1, now), now}), 400u);
  EXPECT_EQ(judge({0, sign(0, now, octets_b), now}), 400u);
  EXPECT_EQ(judge({0, sign(0, now, octets_a, "gw2"), now}), 400u);
  auto same_time = now;
  same_time.replace(same_time.size() - 1, 1, "+00:00");
  EXPECT_EQ(judge({0, sign(0, now), same_time}), 400u) << "the text as it was sent";
  EXPECT_EQ(judge(signed_result(0, same_time)), 0u);
  EXPECT_EQ(verdicts(), (Verdicts{passed, forged, forged, forged, forged, forged}));
}

TEST_F(IntegrityTest, B10TheTimeIsCloseAndMovesOn) {
  using std::chrono::seconds;
  for (const int off : {-301, 301, 3600, -3600}) EXPECT_EQ(judge(signed_result(0, in(seconds{off}))), 400u) << off;
  EXPECT_EQ(judge({0, sign(0, "yesterday"), "yesterday"}), 400u);
  EXPECT_EQ(judge(signed_result(0, in(seconds{-300}))), 0u);
  EXPECT_EQ(judge(signed_result(0, in(seconds{-300}))), 400u) << "the same time twice";
  EXPECT_EQ(judge(signed_result(0, in(seconds{-299}))), 0u);
  EXPECT_EQ(judge(signed_result(0, in(seconds{-300}))), 400u) << "back";
  EXPECT_EQ(judge(signed_result(0, in(seconds{300}))), 0u);
  EXPECT_EQ(verdicts(), (Verdicts{passed, replayed, passed, replayed, passed, stale, stale, stale, stale, stale}));
}

TEST_F(IntegrityTest, TheLastTimeOutlivesTheProcess) {
  const auto result = signed_result(0, in(std::chrono::seconds{0}));
  EXPECT_EQ(judge(result), 0u);
  integrity.reset();
  close();
  open();
  integrity = std::make_unique<Integrity>(*store, *keystore);
  EXPECT_EQ(judge(result), 400u);
}

TEST_F(IntegrityTest, AFailedDeviceDoesNotRegister) {
  EXPECT_EQ(judge(signed_result(0x41, in(std::chrono::seconds{0}))), 403u);
  EXPECT_NE(text.find("boot loader, open debug port"), text.npos) << text;
  EXPECT_FALSE(integrity->quarantine().holds("scls/gw1"));
  EXPECT_EQ(judge(signed_result(0, in(std::chrono::seconds{1}))), 0u) << "repaired";
  EXPECT_EQ(verdicts(), (Verdicts{passed, failed}));
}

TEST_F(IntegrityTest, AFailedRunningDeviceIsQuarantined) {
  auto connection = fixed_key("c." + std::string(16, 'b') + ".1");
  connection.kind = store::KeyKind::connection;
  connection.node = std::string(32, 'a');
  ASSERT_TRUE(add(connection, octets_b));
  ASSERT_TRUE(add(fixed_key("id-1"), octets_b));
  EXPECT_EQ(judge(signed_result(1, in(std::chrono::seconds{0})), update), 403u);
  EXPECT_NE(text.find("quarantine"), text.npos);
  EXPECT_TRUE(integrity->quarantine().holds("scls/gw1"));
  EXPECT_TRUE(integrity->quarantine().holds("scls/gw1/applications/a"));
  EXPECT_FALSE(integrity->quarantine().holds("scls/gw10"));
  EXPECT_FALSE(integrity->quarantine().holds("applications/gw1"));
  EXPECT_EQ(row(connection.identity)->state, store::KeyState::revoked);
  EXPECT_EQ(row("id-1")->state, store::KeyState::active);
  EXPECT_EQ(row(root_key(1).identity)->state, store::KeyState::active) << "bootstrap and renewal stay open";
  EXPECT_EQ(integrity->quarantine().poll(), std::vector<std::string>{"gw1"});
  EXPECT_TRUE(integrity->quarantine().poll().empty());
  EXPECT_TRUE(Quarantine(*store).holds("scls/gw1"));

  ASSERT_TRUE(write([](store::Transaction& transaction) { return lift_quarantine(transaction, "gw1"); }));
  EXPECT_TRUE(integrity->quarantine().holds("scls/gw1")) << "until it is looked at";
  EXPECT_TRUE(integrity->quarantine().poll().empty());
  EXPECT_FALSE(integrity->quarantine().holds("scls/gw1"));
  EXPECT_FALSE(write([](store::Transaction& transaction) { return lift_quarantine(transaction, "gw1"); }));
}

TEST_F(IntegrityTest, WhatIsUndoneQuarantinesNobody) {
  EXPECT_FALSE(write([&](store::Transaction& transaction) -> Result<void> {
    const auto result = signed_result(1, in(std::chrono::seconds{0}));
    EXPECT_TRUE(integrity->judge(transaction, rule, "gw1", &result, update, clock.now()));
    return failure(Status::conflict, "something else");
  }));
  integrity->quarantine().poll();
  EXPECT_FALSE(integrity->quarantine().holds("scls/gw1"));
  EXPECT_TRUE(verdicts().empty());
}

TEST_F(IntegrityTest, RecordRefusesNobody) {
  rule.mode = IntegrityMode::record;
  const auto now = in(std::chrono::seconds{0});
  EXPECT_EQ(judge(nullptr), 0u);
  EXPECT_EQ(judge({0, 1, now}), 0u);
  EXPECT_EQ(judge(signed_result(2, now), update), 0u);
  EXPECT_EQ(judge(signed_result(0, in(std::chrono::hours{1}))), 0u);
  EXPECT_EQ(verdicts(), (Verdicts{stale, failed, forged, missing}));
  EXPECT_FALSE(integrity->quarantine().holds("scls/gw1"));
}

TEST_F(IntegrityTest, OffAndExemptAreNotJudged) {
  rule.mode = IntegrityMode::off;
  EXPECT_EQ(judge({0, 1, "now"}), 0u);
  rule.mode = IntegrityMode::enforce;
  rule.exempt = {"meter-*", "gw?"};
  EXPECT_EQ(judge(nullptr), 0u);
  EXPECT_EQ(judge({0, 1, "now"}), 0u);
  EXPECT_TRUE(verdicts().empty());
  rule.exempt = {"g", "gw"};
  EXPECT_EQ(judge(nullptr), 400u);
}

TEST_F(IntegrityTest, EitherKeySignsWhileOneReplacesTheOther) {
  ASSERT_TRUE(add(root_key(2, store::KeyState::pending), octets_b));
  const auto first = in(std::chrono::seconds{0}), second = in(std::chrono::seconds{1});
  EXPECT_EQ(judge({0, sign(0, first, octets_b), first}), 0u);
  EXPECT_EQ(judge({0, sign(0, second, octets_a), second}), 0u);
  ASSERT_TRUE(write([&](store::Transaction& transaction) { return Keystore::revoke(transaction, root_key(1).identity); }));
  const auto third = in(std::chrono::seconds{2});
  EXPECT_EQ(judge({0, sign(0, third, octets_a), third}), 400u) << "a revoked key signs nothing";
}

TEST_F(IntegrityTest, ForgedResultsPushOutNoProvenOne) {
  rule.history = 2;
  using std::chrono::seconds;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(judge(signed_result(0, in(seconds{i}))), 0u);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(judge({0, i, in(seconds{i})}), 400u);
  EXPECT_EQ(verdicts(), (Verdicts{forged, forged, passed, passed}));
  EXPECT_EQ(judge(signed_result(0, in(seconds{2}))), 400u) << "the last time is still known";
}

}  // namespace
}  // namespace nscl::security
