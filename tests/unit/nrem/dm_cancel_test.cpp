// SPDX-License-Identifier: Apache-2.0
// execDisable of a command that a device of OMA-DM has begun (rem.md 1.7): the cancel node of an operator's mapping.
#include "dm_fixture.h"

namespace nscl::rem {
namespace {

using model::Verb;

class DmCancels : public DmFixture {
 protected:
  static constexpr const char* stop = "./FUMO/1/Ext/Stop";

  void SetUp() override {
    DmFixture::SetUp();
    end_session();
    cancel_by("{object}/Ext/Stop");
    call();
  }
  /// As if an operator's table named this node for each DOWNLOAD.
  void cancel_by(const std::string& node) {
    auto table = *table_;
    for (auto& rule : table.commands) {
      if (rule.type != "DOWNLOAD") continue;
      for (auto& way : rule.ways) {
        for (auto& step : way.steps) step.cancel = node;
      }
    }
    table_ = std::make_shared<const MappingTable>(std::move(table));
    restart();
  }
  /// A DOWNLOAD of firmware that a session has; its execInstance.
  std::string send_download() {
    make_command("load", "DOWNLOAD", "<execReqArg><name>FileType</name><value>1 Firmware Upgrade Image</value></execReqArg>"
                                     "<execReqArg><name>URL</name><value>http://files.example/image</value></execReqArg>");
    const auto answer = execute("scls/gw/mgmtObjs/load/execEnable");
    EXPECT_EQ(answer.status, Status::accepted) << *answer.content;
    sent_ = next();
    EXPECT_TRUE(sent_ && std::holds_alternative<Invoke>(sent_->task));
    return answer.resource;
  }
  std::string begun_download() {
    const auto instance = send_download();
    finish(*sent_, {.end = Report::End::accepted});
    return instance;
  }
  std::string status_of(const std::string& instance) { return text_between(document(instance), "execStatus>", "<"); }
  bool has_switch(const std::string& instance) { return document(instance).find("execDisable") != std::string::npos; }
  /// The cancel that the device is sent next.
  Assignment cancel_sent() {
    auto assignment = next();
    EXPECT_TRUE(assignment && std::holds_alternative<Cancel>(assignment->task));
    if (!assignment || !std::holds_alternative<Cancel>(assignment->task)) return {};
    EXPECT_EQ(std::get<Cancel>(assignment->task), (Cancel{sent_->key, stop}));
    return *std::move(assignment);
  }

  std::optional<Assignment> sent_;
};

TEST_F(DmCancels, R27oneThatHasBegunIsEndedByItsNode) {
  const auto instance = begun_download();
  EXPECT_EQ(status_of(instance), "STARTED");
  EXPECT_TRUE(has_switch(instance));
  EXPECT_EQ(execute(instance + "/execDisable").status, Status::accepted);
  EXPECT_EQ(status_of(instance), "CANCELLING");
  finish(cancel_sent(), {});
  EXPECT_EQ(status_of(instance), "FINISHED");
  EXPECT_EQ(item(document(instance), "FinalStatus"), "CANCELLED");
  alert(sent_->key, "./FUMO/1", {.end = Report::End::failed, .code = "401"});
  EXPECT_EQ(item(document(instance), "FinalStatus"), "CANCELLED") << "its own alert comes late";
  EXPECT_TRUE(pending().empty());
}

TEST_F(DmCancels, oneThatIsRefusedGoesOnAndCannotBeCancelled) {
  const auto instance = begun_download();
  execute(instance + "/execDisable");
  finish(cancel_sent(), {.end = Report::End::failed, .status = Status::not_found, .code = "404", .unknown_path = true});
  EXPECT_EQ(status_of(instance), "STARTED");
  EXPECT_EQ(item(document(instance), "CancelFaultCode"), "404");
  EXPECT_FALSE(has_switch(instance));
  alert(sent_->key, "./FUMO/1", {.code = "200"});
  EXPECT_EQ(item(document(instance), "FinalStatus"), "SUCCESS");
}

TEST_F(DmCancels, theFinalAlertComesFirst) {
  const auto instance = begun_download();
  execute(instance + "/execDisable");
  const auto cancel = cancel_sent();
  alert(sent_->key, "./FUMO/1", {.end = Report::End::failed, .code = "401", .text = "OMA-DM FUMO 401"});
  finish(cancel, {});
  EXPECT_EQ(item(document(instance), "FaultCode"), "401");
  EXPECT_EQ(item(document(instance), "FinalStatus"), "FAILURE");
}

TEST_F(DmCancels, theFinalAlertComesBeforeTheCancelIsSent) {
  const auto instance = begun_download();
  execute(instance + "/execDisable");
  alert(sent_->key, "./FUMO/1", {.code = "200"});
  EXPECT_EQ(item(document(instance), "FinalStatus"), "SUCCESS");
  const auto found = next();
  EXPECT_TRUE(!found || !std::holds_alternative<Cancel>(found->task)) << "it would end another one";
}

TEST_F(DmCancels, whileASessionHasItTheAnswerDecides) {
  const auto instance = send_download();
  EXPECT_EQ(execute(instance + "/execDisable").status, Status::accepted);
  EXPECT_EQ(status_of(instance), "CANCELLING");
  finish(*sent_, {.end = Report::End::accepted});
  EXPECT_EQ(status_of(instance), "CANCELLING");
  finish(cancel_sent(), {});
  EXPECT_EQ(item(document(instance), "FinalStatus"), "CANCELLED");
}

TEST_F(DmCancels, aCancelWhoseSessionWasLostIsRepeated) {
  const auto instance = begun_download();
  execute(instance + "/execDisable");
  end_session(cancel_sent().operation);
  EXPECT_EQ(status_of(instance), "CANCELLING");
  call();
  const auto again = cancel_sent();
  EXPECT_TRUE(again.may_have_happened);
  finish(again, {});
  EXPECT_EQ(item(document(instance), "FinalStatus"), "CANCELLED");
}

TEST_F(DmCancels, whatALostSessionHadIsToldToBeCancelled) {
  const auto instance = send_download();
  execute(instance + "/execDisable");
  end_session(sent_->operation);
  call();
  const auto again = next();
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->may_have_happened && again->is_cancelled);
  finish(*again, {.end = Report::End::failed, .status = Status::conflict, .code = "CANCELLED"});   // it had not begun
  EXPECT_EQ(item(document(instance), "FinalStatus"), "CANCELLED");
  EXPECT_FALSE(next());
}

TEST_F(DmCancels, oneThatIsDeletedIsEndedAndItsAlertIsNobodys) {
  const auto instance = begun_download();
  EXPECT_EQ(send(Verb::remove, instance).status, Status::ok);
  finish(cancel_sent(), {});
  listener_.changes.clear();
  alert(sent_->key, "./FUMO/1", {.end = Report::End::failed, .code = "401"});
  EXPECT_TRUE(listener_.changes.empty());
  EXPECT_TRUE(pending().empty());
}

TEST_F(DmCancels, withoutANodeOneThatHasBegunIsNotCancelled) {
  cancel_by({});
  const auto instance = begun_download();
  EXPECT_FALSE(has_switch(instance));
  EXPECT_EQ(execute(instance + "/execDisable").status, Status::conflict);
  EXPECT_EQ(status_of(instance), "STARTED");
}

}  // namespace
}  // namespace nscl::rem
