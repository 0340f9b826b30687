// SPDX-License-Identifier: Apache-2.0
// execReqArgs in an EXECUTE of execEnable: arguments of this run (rem.md 1.5).
#include "nrem_fixture.h"

namespace nscl::rem {
namespace {

using model::Verb;

class RunArguments : public NremFixture {
 protected:
  void SetUp() override {
    make_gateway();
    make_command("load", "DOWNLOAD");
    begin();
  }
  static std::string arguments(const std::string& items) { return "<m:execReqArgs xmlns:m=\"http://uri.etsi.org/m2m\">" + items + "</m:execReqArgs>"; }
  static std::string argument(const std::string& name, const std::string& value) {
    return "<execReqArg><name>" + name + "</name><value>" + value + "</value></execReqArg>";
  }
  core::ResponseConfirm run_with(const std::string& body) { return send(Verb::execute, "scls/gw/mgmtObjs/load/execEnable", body); }
  std::vector<Argument> sent() { return std::get<Command>(next()->task).arguments; }
};

TEST_F(RunArguments, takeThePlaceOfThoseWithTheirNames) {
  EXPECT_EQ(run_with(arguments(argument("URL", "http://files.example/y") + argument("DelaySeconds", "5"))).status, Status::accepted);
  EXPECT_EQ(sent(), (std::vector<Argument>{{"FileType", "2 Web Content"}, {"URL", "http://files.example/y"}, {"DelaySeconds", "5"}}));
}

TEST_F(RunArguments, areOfThisRunOnly) {
  run_with(arguments(argument("URL", "http://files.example/y")));
  sent();
  EXPECT_EQ(execute("scls/gw/mgmtObjs/load/execEnable").status, Status::accepted);
  EXPECT_EQ(sent(), (std::vector<Argument>{{"FileType", "2 Web Content"}, {"URL", "http://files.example/x"}}));
}

TEST_F(RunArguments, maySayNothing) { EXPECT_EQ(run_with(arguments("")).status, Status::accepted); }

TEST_F(RunArguments, thatNobodyKnowsAreRefused) {
  const auto answer = run_with(arguments(argument("Colour", "blue")));
  EXPECT_EQ(answer.status, Status::bad_request);
  EXPECT_NE(answer.content->find("Colour"), std::string::npos);
  EXPECT_TRUE(pending().empty());
  look([](store::View& view) { EXPECT_TRUE(view.children("scls/gw/mgmtObjs/load/execInstances", 9).empty()) << "half applied"; });
}

TEST_F(RunArguments, areTheOnlyDocument) {
  for (const std::string body : {"<m:searchStrings xmlns:m=\"http://uri.etsi.org/m2m\"/>", "<execReqArgs", "nonsense", "{\"execReqArgs\": {}}"}) {
    EXPECT_EQ(run_with(body).status, Status::bad_request) << body;
  }
  EXPECT_TRUE(pending().empty());
}

TEST_F(RunArguments, mayBeJson) {
  core::RequestIndication request;
  request.verb = Verb::execute;
  request.to = "scls/gw/mgmtObjs/load/execEnable";
  request.from = from_;
  request.format = codec::Format::json;
  request.content = R"({"execReqArgs": {"execReqArg": [{"name": "URL", "value": "http://files.example/z"}]}})";
  EXPECT_EQ(run(pipeline_->handle(std::move(request), *context_)).status, Status::accepted);
  EXPECT_EQ(sent().back(), (Argument{"URL", "http://files.example/z"}));
}

TEST_F(RunArguments, areOfCommandsOnly) {
  const auto instance = execute("scls/gw/mgmtObjs/load/execEnable").resource;
  const auto answer = send(Verb::execute, instance + "/execDisable", arguments(""));
  EXPECT_EQ(answer.status, Status::bad_request) << *answer.content;
  EXPECT_EQ(pending().size(), 1u);
}

TEST_F(RunArguments, aDisableOfWhatASessionHasLetsARestartGoOn) {
  make_command("boot", "REBOOT");
  const auto instance = execute("scls/gw/mgmtObjs/boot/execEnable").resource;
  const auto assignment = next();
  EXPECT_EQ(execute(instance + "/execDisable").status, Status::accepted);
  finish(*assignment, {.end = Report::End::accepted});   // and can be cancelled no more
  EXPECT_EQ(text_between(retrieve(instance), "execStatus>", "<"), "STARTED");
  EXPECT_EQ(item(retrieve(instance), "CancelFaultCode"), "REFUSED");
}

}  // namespace
}  // namespace nscl::rem
