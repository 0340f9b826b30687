// SPDX-License-Identifier: Apache-2.0
// Readiness: every reason to say no is said.
#include "health.h"

#include <limits>

#include <gtest/gtest.h>

namespace nscl::app {
namespace {

/// A store that only knows how it feels.
class PatientStore final : public store::Store {
 public:
  void read(const std::function<void(store::View&)>&) override {}
  void read(const std::function<void(store::View&)>&, boost::asio::io_context&) override {}
  void write(store::WriteJob, boost::asio::io_context&,
             boost::asio::any_completion_handler<void(Result<void>)>) override {}
  Result<void> write_and_wait(store::WriteJob) override { return {}; }
  bool is_healthy(std::string* reason) const override {
    if (reason != nullptr) *reason = complaint;
    return complaint.empty();
  }
  store::WriterFigures figures() const override { return {}; }
  void listen_to_lanes(std::function<void(Time)>) override {}
  void stop() override {}

  std::string complaint;
};

TEST(Health, IsReadyOnceTheListenersAccept) {
  const PatientStore store;
  Health health("/", 0);
  EXPECT_FALSE(health.look(store).ready);
  EXPECT_FALSE(health.look(store).reason.empty());
  health.set_listening();
  EXPECT_TRUE(health.look(store).ready);
  EXPECT_EQ(health.look(store).reason, "");
}

TEST(Health, IsNotReadyWhileStopping) {
  const PatientStore store;
  Health health("/", 0);
  health.set_listening();
  health.set_draining();
  EXPECT_FALSE(health.look(store).ready);
  EXPECT_EQ(health.look(store).reason, "stopping");
}

TEST(Health, SaysThatTheStoreCannotCommitAndNotInWhoseWordsL5) {
  PatientStore store;
  Health health("/", 0);
  health.set_listening();
  store.complaint = "SQLite: no such table: principal (1)";
  EXPECT_FALSE(health.look(store).ready);
  EXPECT_NE(health.look(store).reason.find("cannot commit"), std::string::npos);
  EXPECT_EQ(health.look(store).reason.find(store.complaint), std::string::npos);
  store.complaint.clear();
  EXPECT_TRUE(health.look(store).ready);
}

TEST(Health, IsNotReadyWithAFullDisk) {
  const PatientStore store;
  Health health("/", std::numeric_limits<std::uint64_t>::max());
  health.set_listening();
  EXPECT_FALSE(health.look(store).ready);
  Health nowhere("/no/such/directory");
  nowhere.set_listening();
  EXPECT_FALSE(nowhere.look(store).ready);
}

}  // namespace
}  // namespace nscl::app
