// SPDX-License-Identifier: Apache-2.0
// What goes on by itself: a device that changed (rem.md 4.9 row 35), rows that somebody changed, and reports that are lost (5.4, 5.5).
#include "objects_fixture.h"

namespace nscl::rem {
namespace {

using model::Verb;

Report unknown_path() {
  return {.end = Report::End::failed, .status = Status::not_found, .code = "9005", .text = "CWMP 9005 Invalid parameter name", .unknown_path = true};
}

class Rediscovery : public ObjectsFixture {
 protected:
  void SetUp() override {
    ObjectsFixture::SetUp();
    end_session();
    clock_.advance(1s);
    set_duration("PT1H");
    begin();
  }
};

TEST_F(Rediscovery, O35aDeviceThatLacksAPathIsAskedAnewAndTheOperationDoneOnceMore) {
  const auto first = next();
  finish(*first, unknown_path());
  const auto asked = next();
  ASSERT_TRUE(asked);
  ASSERT_TRUE(std::holds_alternative<Discover>(asked->task));
  finish(*asked, discovered());
  const auto second = next();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->task, first->task);
  EXPECT_FALSE(second->may_have_happened);
  finish(*second, {});
  EXPECT_NE(retrieve(scl_mo).find("PT1H"), std::string::npos);
}

TEST_F(Rediscovery, theSecondFaultIsReported) {
  const auto first = next();
  finish(*first, unknown_path());
  finish(*next(), discovered());
  finish(*next(), unknown_path());
  EXPECT_FALSE(next());
  EXPECT_EQ(operation(first->operation).state, store::OperationState::failed);
  EXPECT_EQ(report_from_json(operation(first->operation).outcome)->code, "9005");
}

TEST_F(Rediscovery, isNotNeededOfADeviceThatWasAskedMeanwhile) {
  clock_.advance(1s);
  begin({"0 BOOTSTRAP"}, true, true);
  change([&](store::Transaction& transaction) {   // the operation has a category behind it
    for (auto each : transaction.management().pending(device_, 9)) {
      if (!each.change.starts_with("{\"attributes")) continue;
      each.priority = 3;
      transaction.manage().put_operation(each);
    }
  });
  finish(*next(), discovered());
  const auto set = next();
  ASSERT_TRUE(std::holds_alternative<SetLeaves>(set->task));
  finish(*set, unknown_path());
  EXPECT_FALSE(next());
}

TEST_F(Rediscovery, isNotOfADeviceThatIsNotManagedAnyMore) {
  const auto set = next();
  change([&](store::Transaction& transaction) {
    auto device = *transaction.management().device(device_);
    device.state = store::ManagedState::quarantined;
    transaction.manage().put_device(device);
  });
  finish(*set, unknown_path());
  EXPECT_EQ(operation(set->operation).state, store::OperationState::failed);
}

TEST_F(Rediscovery, oneThatWaitsIsDoneFirst) {
  begin({"0 BOOTSTRAP"}, true, true);
  finish(*next(), unknown_path());
  const auto asked = next();
  ASSERT_TRUE(asked);
  EXPECT_TRUE(std::holds_alternative<Discover>(asked->task));
  finish(*asked, discovered());
  EXPECT_TRUE(std::holds_alternative<SetLeaves>(next()->task));
  EXPECT_EQ(pending().size(), 1u) << "it is asked once";
}

class Damage : public ObjectsFixture {
 protected:
  void SetUp() override {
    ObjectsFixture::SetUp();
    end_session();
    handle(with_contact(request(Verb::execute, "scls/gw/mgmtObjs/factoryReset/execEnable"), "c1"));
    set_duration("PT1H");
    reset_ = pending().back().id;
  }
  void edit(std::uint64_t id, const std::function<void(store::Operation&)>& how) {
    change([&](store::Transaction& transaction) {
      auto row = *transaction.management().operation(id);
      how(row);
      transaction.manage().put_operation(row);
    });
  }
  std::uint64_t reset_ = 0;
};

TEST_F(Damage, ofWhatIsToBeDoneEndsThatAlone) {
  const auto instance = operation(reset_).resource;
  edit(reset_, [](store::Operation& row) {
    row.body = "{\"password\":\"topsecret";
    row.priority = -1;
  });
  begin();
  EXPECT_EQ(set_next().front().value, "3600") << "the next one is done";
  EXPECT_FALSE(next());
  const auto row = operation(reset_);
  EXPECT_EQ(row.state, store::OperationState::failed);
  EXPECT_EQ(report_from_json(row.outcome)->status, Status::internal_server_error);
  EXPECT_EQ(row.body.find("topsecret"), std::string::npos);
  EXPECT_EQ(item(retrieve(instance), "FinalStatus"), "FAILURE");
  ASSERT_EQ(listener_.answers.size(), 1u);
  EXPECT_EQ(listener_.answers.front().confirm.status, Status::internal_server_error);
}

TEST_F(Damage, ofWhatBecomesOfTheTreeEndsThatAlone) {
  edit(reset_, [](store::Operation& row) {
    row.change = "nonsense";
    row.priority = -1;
  });
  begin();
  EXPECT_EQ(set_next().front().value, "3600");
  EXPECT_EQ(operation(reset_).state, store::OperationState::failed);
  EXPECT_EQ(report_from_json(operation(reset_).outcome)->status, Status::internal_server_error);
}

TEST_F(Damage, whileASessionHasItIsNoReasonToEndTheSession) {
  for (const auto end : {Report::End::accepted, Report::End::done}) {
    begin();
    const auto assignment = next();
    ASSERT_TRUE(assignment);
    edit(assignment->operation, [](store::Operation& row) { row.change.clear(); });
    finish(*assignment, {.end = end});
    EXPECT_EQ(operation(assignment->operation).state, store::OperationState::failed);
    end_session();
  }
}

TEST_F(Damage, ofOneWhoseTimeIsOverIsNoneOfTheRest) {
  edit(reset_, [](store::Operation& row) { row.change = row.body = row.outcome = "nonsense"; });
  clock_.advance(8 * 24h);
  keep();
  EXPECT_TRUE(pending().empty());
}

/// Files as far as commands need them: whatever is named is there.
class Planner final : public TransferPlanner {
 public:
  bool fetched = false;
  void tell(TransferMoved) override {}
  Result<void> check(store::View&, const store::ManagedDevice&, const Command&) override { return {}; }
  net::Task<Result<void>> prepare(Command) override { co_return Result<void>{}; }
  Result<void> plan(store::Transaction&, const store::Operation&, Command&) override { return {}; }
  net::Task<Result<KeptOctets>> keep_octets(std::string) override { co_return failure(Status::service_unavailable, "no disk"); }
  Result<void> take_octets(store::Transaction&, const store::Operation&, const KeptOctets&) override { return {}; }
  bool was_fetched(store::View&, const store::Operation&) override { return fetched; }
  std::vector<Argument> end(store::Transaction&, const store::Operation&) override { return {}; }
  Result<SentFile> sent(store::View&, const store::Operation&, std::size_t) override { return failure(Status::not_found, "no file"); }
  void localise(Command&) const override {}
};

class LostReports : public ObjectsFixture {
 protected:
  void SetUp() override {
    ObjectsFixture::SetUp();
    NremOptions options;
    options.transfers = &planner_;
    restart(options);
    change([](store::Transaction& transaction) {
      store::ManagedFile file;
      file.name = "fw-2.bin";
      file.type = "1 Firmware Upgrade Image";
      file.version = "2.0";
      transaction.manage().put_file(file);
    });
    make_command("load", "DOWNLOAD", "<execReqArg><name>File</name><value>fw-2.bin</value></execReqArg>");
    come_with("1.0", false);
    finish(*next(), discovered());   // the version is news
    instance_ = execute("scls/gw/mgmtObjs/load/execEnable").resource;
  }
  void come_with(const std::string& version, bool is_boot = true) {
    Contact contact;
    contact.device = device_;
    contact.facts.software_version = version;
    contact.is_boot = is_boot;
    store::ManagementEvent event;
    event.code = is_boot ? "1 BOOT" : "2 PERIODIC";
    contact.events.push_back(event);
    begin_with(contact);
  }
  void wait(Time::duration time) {
    clock_.advance(time);
    keep();
  }
  std::string status() { return text_between(retrieve(instance_), "execStatus>", "<"); }
  std::string of(const std::string& name) { return item(retrieve(instance_), name); }

  Planner planner_;
  std::string instance_;
};

TEST_F(LostReports, aDeviceThatComesBackWithTheVersionHasSucceeded) {
  finish(*next(), {.end = Report::End::accepted});
  come_with("2.0");
  EXPECT_EQ(status(), "STARTED");
  wait(9min);
  EXPECT_EQ(status(), "STARTED") << "it may still report";
  wait(2min);
  EXPECT_EQ(status(), "FINISHED");
  EXPECT_EQ(of("FaultCode"), "0");
  EXPECT_EQ(of("Version"), "2.0");
}

TEST_F(LostReports, whatItReportsInTimeCounts) {
  const auto assignment = next();
  finish(*assignment, {.end = Report::End::accepted});
  come_with("2.0");
  complete(assignment->key, {.end = Report::End::failed, .status = Status::bad_gateway, .code = "9018"});
  wait(11min);
  EXPECT_EQ(of("FaultCode"), "9018");
}

TEST_F(LostReports, anotherVersionSaysNothing) {
  finish(*next(), {.end = Report::End::accepted});
  come_with("3.0");
  wait(11min);
  EXPECT_EQ(status(), "STARTED");
  wait(25h);
  EXPECT_EQ(of("FaultCode"), "NO_REPORT");
}

TEST_F(LostReports, theVersionThatItHadSaysNothing) {
  finish(*next(), {.end = Report::End::accepted});
  come_with("1.0");
  wait(11min);
  EXPECT_EQ(status(), "STARTED");
}

TEST_F(LostReports, oneWithoutAVersionIsNotGuessed) {
  change([](store::Transaction& transaction) {
    auto file = *transaction.management().file("fw-2.bin");
    file.version.clear();
    transaction.manage().put_file(file);
  });
  finish(*next(), {.end = Report::End::accepted});
  come_with("2.0");
  wait(11min);
  EXPECT_EQ(status(), "STARTED");
}

TEST_F(LostReports, whatMayHaveHappenedHasAndIsNotSentAgain) {
  end_session(next()->operation);
  come_with("2.0");
  const auto other = next();
  ASSERT_TRUE(other);
  EXPECT_TRUE(std::holds_alternative<Discover>(other->task));
  finish(*other, discovered());
  EXPECT_FALSE(next());
  wait(11min);
  EXPECT_EQ(of("FaultCode"), "0");
}

TEST_F(LostReports, aFileThatWasFetchedWholeIsNotSentAgain) {
  const auto assignment = next();
  end_session(assignment->operation);
  planner_.fetched = true;
  come_with("1.0");
  EXPECT_FALSE(next());
  EXPECT_EQ(status(), "STARTED");
  complete(assignment->key, {});
  EXPECT_EQ(of("FaultCode"), "0");
}

TEST_F(LostReports, aFileThatWasNotFetchedIsSentAgain) {
  const auto assignment = next();
  end_session(assignment->operation);
  come_with("1.0");
  EXPECT_EQ(next()->key, assignment->key);
}

TEST_F(LostReports, theVersionOfAnActionStandsInItsObject) {
  finish(*next(), {});
  const std::string image = "scls/gw/mgmtObjs/etsiFirmware/fw1";
  const auto put = send(Verb::update, image, "<m:parameters xmlns:m=\"http://uri.etsi.org/m2m\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
                        "xsi:type=\"m:FwInstance\"><m:firmwareName>n</m:firmwareName><m:firmwareVersion>2.0</m:firmwareVersion>"
                        "<m:firmwareURL>http://files.example/x</m:firmwareURL></m:parameters>");
  ASSERT_EQ(put.status, Status::ok) << (put.content ? *put.content : "");
  ASSERT_EQ(execute(image + "/firmwareAction/fwDownloadAndUpdate").status, Status::accepted);
  finish(*next(), {.end = Report::End::accepted});
  come_with("2.0");
  wait(11min);
  EXPECT_NE(retrieve(image).find("<progress>100</progress><finalStatus>SUCCESS"), std::string::npos) << retrieve(image);
}

}  // namespace
}  // namespace nscl::rem
