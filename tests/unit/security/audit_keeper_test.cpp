// SPDX-License-Identifier: Apache-2.0
// The daemon's part: signatures in time, refusals in the background, the end of what is too old.
#include <nscl/security/audit_keeper.h>

#include "audit_fixture.h"

namespace nscl::security {
namespace {

using namespace std::chrono_literals;

class AuditKeeper : public AuditFixture {
 protected:
  /// What happens in a second.
  void keep() {
    context.restart();
    audit->keep(context);
    context.run();
  }
  std::vector<store::AuditRecord> records(store::AuditFilter filter = {}) {
    std::vector<store::AuditRecord> found;
    store->read([&](store::View& view) { found = view.audit(filter, 10'000); });
    return found;
  }
  std::uint64_t signed_to() {
    std::uint64_t seq = 0;
    store->read([&](store::View& view) {
      if (const auto last = view.last_audit_checkpoint()) seq = last->seq;
    });
    return seq;
  }

  boost::asio::io_context context{1};
  std::unique_ptr<Audit> audit = std::make_unique<Audit>(*store, clock, key, 0s);
};

TEST_F(AuditKeeper, SignsAfterAMinuteOrAThousandRecords) {
  keep();
  EXPECT_EQ(signed_to(), 0u);
  append("a");
  keep();
  EXPECT_EQ(signed_to(), 1u);
  append("b");
  keep();
  EXPECT_EQ(signed_to(), 1u);
  clock.time += 60s;
  keep();
  EXPECT_EQ(signed_to(), 2u);
  clock.time += 600s;
  keep();
  EXPECT_EQ(records().size(), 2u);   // nothing new, nothing written
  change([&](store::Transaction& t) {
    AuditEntry entry;
    entry.event = "many";
    for (int i = 0; i < 1000; ++i) append_audit(t, entry, clock.now());
  });
  clock.time -= 599s;
  keep();
  EXPECT_EQ(signed_to(), 1002u);
  EXPECT_EQ(verify().bad_seq, 0u);
  EXPECT_EQ(verify().checkpoints, 3u);
}

TEST_F(AuditKeeper, RecordsRefusalsInTheBackground) {
  for (int i = 0; i < 3; ++i) audit->note_refusal("auth.failed", "eve", "10.0.0.9");
  EXPECT_TRUE(records().empty());
  keep();
  auto found = records({.event = "auth.failed"});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].personal->principal, "eve");
  EXPECT_EQ(found[0].personal->source, "10.0.0.9");
  EXPECT_EQ(found[0].detail, "first");
  keep();
  EXPECT_EQ(records({.event = "auth.failed"}).size(), 1u);
  AuditEntry end;
  end.event = "daemon.stopped";
  ASSERT_TRUE(audit->finish(end));
  found = records();
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[1].detail, "count 2");
  EXPECT_EQ(found[2].event, "daemon.stopped");
  EXPECT_EQ(signed_to(), 3u);
}

TEST_F(AuditKeeper, GivesUpWhatIsTooOld) {
  fill(3);
  clock.time += 48h;
  fill(2);
  keep();
  EXPECT_EQ(records().size(), 5u);   // no retention: for ever
  audit->set_retention(24h);
  keep();
  EXPECT_EQ(records().size(), 2u);
  EXPECT_EQ(verify().bad_seq, 0u);
  clock.time += 48h;
  keep();
  EXPECT_EQ(records().size(), 1u);
  EXPECT_EQ(verify().bad_seq, 0u);
}

TEST_F(AuditKeeper, RecordsAtOnceWhatItIsTold) {
  AuditEntry entry;
  entry.event = "configuration.reloaded";
  ASSERT_TRUE(audit->record(entry));
  EXPECT_EQ(records().at(0).event, "configuration.reloaded");
  store->stop();
  EXPECT_FALSE(audit->record(entry));
}

}  // namespace
}  // namespace nscl::security
