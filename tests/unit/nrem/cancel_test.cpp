// SPDX-License-Identifier: Apache-2.0
// Commands that are cancelled, by execDisable (rem.md 1.7) or by an operator.
#include <nscl/rem/cancellation.h>

#include "command_fixture.h"

namespace nscl::rem {
namespace {

class Cancels : public CommandFixture {};

TEST_F(Cancels, R26oneThatTheDeviceWasNotToldOfIsCancelledAtOnce) {
  make_command("boot", "REBOOT");
  const auto instance = run_command("boot");
  EXPECT_EQ(execute(instance + "/execDisable").status, Status::ok);
  EXPECT_EQ(status_of(instance), "FINISHED");
  EXPECT_EQ(item(retrieve(instance), "FinalStatus"), "CANCELLED");
  begin();
  EXPECT_FALSE(next());
  EXPECT_EQ(execute(instance + "/execDisable").status, Status::conflict);
}

TEST_F(Cancels, R27oneThatHasBegunIsCancelledByTheDevice) {
  make_command("load", "DOWNLOAD");
  const auto instance = run_command("load");
  begin();
  const auto assignment = next();
  finish(*assignment, {.end = Report::End::accepted});
  EXPECT_EQ(execute(instance + "/execDisable").status, Status::accepted);
  EXPECT_EQ(status_of(instance), "CANCELLING");
  const auto cancel = next();
  ASSERT_TRUE(cancel);
  EXPECT_EQ(std::get<Cancel>(cancel->task).key, assignment->key);
  finish(*cancel, {});
  EXPECT_EQ(item(retrieve(instance), "FinalStatus"), "CANCELLED");
  EXPECT_TRUE(pending().empty());
}

TEST_F(Cancels, aCancelThatIsRefusedLetsItGoOn) {
  make_command("load", "DOWNLOAD");
  const auto instance = run_command("load");
  begin();
  const auto assignment = next();
  finish(*assignment, {.end = Report::End::accepted});
  execute(instance + "/execDisable");
  finish(*next(), {.end = Report::End::failed, .status = Status::conflict, .code = "9021"});
  EXPECT_EQ(status_of(instance), "STARTED");
  EXPECT_EQ(item(retrieve(instance), "CancelFaultCode"), "9021");
  complete(assignment->key, {});
  EXPECT_EQ(item(retrieve(instance), "FinalStatus"), "SUCCESS");
}

TEST_F(Cancels, aResultThatComesBeforeTheCancelIsTheRealOne) {
  make_command("load", "DOWNLOAD");
  const auto instance = run_command("load");
  begin();
  const auto assignment = next();
  finish(*assignment, {.end = Report::End::accepted});
  execute(instance + "/execDisable");
  complete(assignment->key, {});
  EXPECT_EQ(item(retrieve(instance), "FinalStatus"), "SUCCESS");
  EXPECT_FALSE(next()) << "nothing is left to cancel";
  EXPECT_EQ(item(retrieve(instance), "FinalStatus"), "SUCCESS");
  EXPECT_TRUE(pending().empty());
}

TEST_F(Cancels, aResultThatComesWhileTheCancelIsUnderWayIsTheRealOne) {
  make_command("load", "DOWNLOAD");
  const auto instance = run_command("load");
  begin();
  const auto assignment = next();
  finish(*assignment, {.end = Report::End::accepted});
  execute(instance + "/execDisable");
  const auto cancel = next();
  complete(assignment->key, {});
  finish(*cancel, {});
  EXPECT_EQ(item(retrieve(instance), "FinalStatus"), "SUCCESS");
}

TEST_F(Cancels, oneIsCancelledOnce) {
  make_command("load", "DOWNLOAD");
  const auto instance = run_command("load");
  begin();
  finish(*next(), {.end = Report::End::accepted});
  EXPECT_EQ(execute(instance + "/execDisable").status, Status::accepted);
  EXPECT_EQ(execute(instance + "/execDisable").status, Status::accepted);
  EXPECT_EQ(pending().size(), 2u);
}

TEST_F(Cancels, oneThatIsPutOffIsNotSentAgainOnceItIsCancelled) {
  make_command("load", "DOWNLOAD");
  const auto instance = run_command("load");
  begin();
  const auto assignment = next();
  EXPECT_EQ(execute(instance + "/execDisable").status, Status::accepted);
  finish(*assignment, {.end = Report::End::later, .status = Status::service_unavailable, .code = "9004"});
  EXPECT_EQ(item(retrieve(instance), "FinalStatus"), "CANCELLED");
  EXPECT_TRUE(pending().empty());
}

TEST_F(Cancels, aCancelWhileASessionHasItIsDecidedAfterTheAnswer) {
  make_command("load", "DOWNLOAD");
  const auto instance = run_command("load");
  begin();
  const auto assignment = next();
  EXPECT_EQ(execute(instance + "/execDisable").status, Status::accepted);
  EXPECT_EQ(status_of(instance), "CANCELLING");
  finish(*assignment, {.end = Report::End::accepted});
  const auto cancel = next();
  ASSERT_TRUE(cancel);
  EXPECT_TRUE(std::holds_alternative<Cancel>(cancel->task));
}

TEST_F(Cancels, R28whatCannotBeCancelledIsNot) {
  make_command("boot", "REBOOT");
  const auto instance = run_command("boot");
  begin();
  finish(*next(), {.end = Report::End::accepted});
  EXPECT_EQ(execute(instance + "/execDisable").status, Status::conflict);
  EXPECT_EQ(status_of(instance), "STARTED");
}

TEST_F(Cancels, oneThatAnOperatorCancelsIsEndedByTheDaemonAndNotSent) {
  make_command("boot", "REBOOT");
  const auto instance = run_command("boot");
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
  make_command("load", "DOWNLOAD");
  const auto instance = run_command("load");
  begin();
  const auto assignment = next();
  const auto cancel = [&] {
    Result<void> done;
    change([&](store::Transaction& transaction) { done = request_cancellation(transaction.manage(), device_, assignment->operation, clock_.now()); });
    return done ? Status::ok : done.error().status;
  };
  EXPECT_EQ(cancel(), Status::conflict);
  finish(*assignment, {.end = Report::End::accepted});
  EXPECT_EQ(cancel(), Status::conflict);
  complete(assignment->key, {});
  EXPECT_EQ(cancel(), Status::conflict);
  EXPECT_EQ(item(retrieve(instance), "FinalStatus"), "SUCCESS");
}

TEST_F(Cancels, anOperatorCancelsOneThatALostSessionHad) {
  make_command("boot", "REBOOT");
  const auto instance = run_command("boot");
  begin();
  const auto assignment = next();
  end_session(assignment->operation);
  change([&](store::Transaction& transaction) { EXPECT_TRUE(request_cancellation(transaction.manage(), device_, assignment->operation, clock_.now())); });
  keep();
  EXPECT_EQ(item(retrieve(instance), "FaultCode"), "CANCELLED");
}

}  // namespace
}  // namespace nscl::rem
