// SPDX-License-Identifier: Apache-2.0
// Commands that are cancelled, by execDisable (rem.md 1.7) or by an operator.
#include <nscl/rem/cancellation.h>

#include "command_fixture.h"

namespace nscl::rem {
namespace {

class Cancels : public CommandFixture {
 protected:
  /// A command that a session has.
  Assignment sent(const std::string& type = "DOWNLOAD") {
    make_command("command", type);
    instance = run_command("command");
    begin();
    auto assignment = next();
    EXPECT_TRUE(assignment);
    return *std::move(assignment);
  }
  /// One that the device has begun.
  Assignment begun(const std::string& type = "DOWNLOAD") {
    auto assignment = sent(type);
    finish(assignment, {.end = Report::End::accepted});
    return assignment;
  }
  std::string instance;
};

TEST_F(Cancels, R26oneThatTheDeviceWasNotToldOfIsCancelledAtOnce) {
  make_command("boot", "REBOOT");
  instance = run_command("boot");
  EXPECT_EQ(execute(instance + "/execDisable").status, Status::ok);
  EXPECT_EQ(status_of(instance), "FINISHED");
  EXPECT_EQ(item(retrieve(instance), "FinalStatus"), "CANCELLED");
  begin();
  EXPECT_FALSE(next());
  EXPECT_EQ(execute(instance + "/execDisable").status, Status::conflict);
}

TEST_F(Cancels, R27oneThatHasBegunIsCancelledByTheDevice) {
  const auto assignment = begun();
  EXPECT_EQ(execute(instance + "/execDisable").status, Status::accepted);
  EXPECT_EQ(status_of(instance), "CANCELLING");
  const auto cancel = next();
  ASSERT_TRUE(cancel);
  EXPECT_EQ(std::get<Cancel>(cancel->task).key, assignment.key);
  finish(*cancel, {});
  EXPECT_EQ(item(retrieve(instance), "FinalStatus"), "CANCELLED");
  EXPECT_TRUE(pending().empty());
}

TEST_F(Cancels, aCancelThatIsRefusedLetsItGoOn) {
  const auto assignment = begun();
  execute(instance + "/execDisable");
  finish(*next(), {.end = Report::End::failed, .status = Status::conflict, .code = "9021"});
  EXPECT_EQ(status_of(instance), "STARTED");
  EXPECT_EQ(item(retrieve(instance), "CancelFaultCode"), "9021");
  complete(assignment.key, {});
  EXPECT_EQ(item(retrieve(instance), "FinalStatus"), "SUCCESS");
}

TEST_F(Cancels, aResultThatComesBeforeTheCancelIsTheRealOne) {
  const auto assignment = begun();
  execute(instance + "/execDisable");
  complete(assignment.key, {});
  EXPECT_EQ(item(retrieve(instance), "FinalStatus"), "SUCCESS");
  EXPECT_FALSE(next()) << "nothing is left to cancel";
  EXPECT_EQ(item(retrieve(instance), "FinalStatus"), "SUCCESS");
  EXPECT_TRUE(pending().empty());
}

TEST_F(Cancels, aResultThatComesWhileTheCancelIsUnderWayIsTheRealOne) {
  const auto assignment = begun();
  execute(instance + "/execDisable");
  const auto cancel = next();
  complete(assignment.key, {});
  finish(*cancel, {});
  EXPECT_EQ(item(retrieve(instance), "FinalStatus"), "SUCCESS");
}

TEST_F(Cancels, oneIsCancelledOnce) {
  begun();
  EXPECT_EQ(execute(instance + "/execDisable").status, Status::accepted);
  EXPECT_EQ(execute(instance + "/execDisable").status, Status::accepted);
  EXPECT_EQ(pending().size(), 2u);
}

TEST_F(Cancels, oneThatIsPutOffIsNotSentAgainOnceItIsCancelled) {
  const auto assignment = sent();
  EXPECT_EQ(execute(instance + "/execDisable").status, Status::accepted);
  finish(assignment, {.end = Report::End::later, .status = Status::service_unavailable, .code = "9004"});
  EXPECT_EQ(item(retrieve(instance), "FinalStatus"), "CANCELLED");
  EXPECT_TRUE(pending().empty());
}

TEST_F(Cancels, aCancelWhileASessionHasItIsDecidedAfterTheAnswer) {
  const auto assignment = sent();
  EXPECT_EQ(execute(instance + "/execDisable").status, Status::accepted);
  EXPECT_EQ(status_of(instance), "CANCELLING");
  finish(assignment, {.end = Report::End::accepted});
  const auto cancel = next();
  ASSERT_TRUE(cancel);
  EXPECT_TRUE(std::holds_alternative<Cancel>(cancel->task));
}

TEST_F(Cancels, R28whatCannotBeCancelledIsNot) {
  begun("REBOOT");
  EXPECT_EQ(execute(instance + "/execDisable").status, Status::conflict);
  EXPECT_EQ(status_of(instance), "STARTED");
}

TEST_F(Cancels, oneThatAnOperatorCancelsIsEndedByTheDaemonAndNotSent) {
  make_command("boot", "REBOOT");
  instance = run_command("boot");
  const auto operation = pending().front().id;
  change([&](store::Transaction& transaction) {
    EXPECT_EQ(request_cancellation(transaction.manage(), "another", operation, clock_.now()).error().status, Status::not_found);
    EXPECT_TRUE(request_cancellation(transaction.manage(), device_, operation, clock_.now()));
  });
  begin();
  EXPECT_FALSE(next()) << "its time is over at once";
  keep();
  EXPECT_EQ(status_of(instance), "FINISHED");
  EXPECT_EQ(item(retrieve(instance), "FaultCode"), "CANCELLED");
  EXPECT_EQ(item(retrieve(instance), "FinalStatus"), "CANCELLED");
  look([&](store::View& view) { EXPECT_EQ(view.management().operation(operation)->state, store::OperationState::cancelled); });
}

TEST_F(Cancels, anOperatorCancelsNoneThatASessionOrTheDeviceHas) {
  const auto assignment = sent();
  const auto cancel = [&] {
    Result<void> done;
    change([&](store::Transaction& transaction) { done = request_cancellation(transaction.manage(), device_, assignment.operation, clock_.now()); });
    return done ? Status::ok : done.error().status;
  };
  EXPECT_EQ(cancel(), Status::conflict);
  finish(assignment, {.end = Report::End::accepted});
  EXPECT_EQ(cancel(), Status::conflict);
  complete(assignment.key, {});
  EXPECT_EQ(cancel(), Status::conflict);
  EXPECT_EQ(item(retrieve(instance), "FinalStatus"), "SUCCESS");
}

TEST_F(Cancels, anOperatorCancelsOneThatALostSessionHad) {
  const auto assignment = sent("REBOOT");
  end_session(assignment.operation);
  change([&](store::Transaction& transaction) { EXPECT_TRUE(request_cancellation(transaction.manage(), device_, assignment.operation, clock_.now())); });
  keep();
  EXPECT_EQ(item(retrieve(instance), "FaultCode"), "CANCELLED");
}

}  // namespace
}  // namespace nscl::rem
