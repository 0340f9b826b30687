// SPDX-License-Identifier: Apache-2.0
// The driver for GenieACS against exchanges of its north-bound interface (M11; rem.md 2.11). No GenieACS could be run where these were written:
// the forms of requests, answers and documents are those that its source shows, written down from it and not recorded.
#include <gtest/gtest.h>

#include <fstream>

#include <boost/asio/co_spawn.hpp>
#include <nlohmann/json.hpp>

#include <nscl/rem/genieacs.h>

#include "web_peer.h"

namespace nscl::rem {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;
using net::test::Peer;

const std::string device_id = "00D09E-Box-S%2D1", ticket = "0123456789abcdef01234567";
const Leaf interval{"Device.ManagementServer.PeriodicInformInterval", "300", "unsignedInt"};

Json exchanges(const std::string& name) {
  std::ifstream file(std::string(EXCHANGES) + "/" + name + ".json");
  return Json::parse(file);
}

std::string answer_of(const Json& exchange) {
  const auto& answer = exchange.at("answer");
  const auto body = answer.is_string() ? answer.get<std::string>() : answer.dump();
  return "HTTP/1.1 " + std::to_string(exchange.at("status").get<int>()) + " " + exchange.value("reason", "Any") +
         "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// Empty if the request is the one that is expected.
std::string difference(const std::string& request, const Json& expected) {
  const auto line = expected.at("method").get<std::string>() + " " + expected.at("target").get<std::string>() + " HTTP/1.1\r\n";
  if (!request.starts_with(line)) return "expected " + line + "but got " + request.substr(0, request.find('\r'));
  const auto body = request.substr(request.find("\r\n\r\n") + 4);
  if (expected.contains("body") && Json::parse(body, nullptr, false) != expected["body"]) return "expected " + expected["body"].dump() + " but got " + body;
  if (expected.contains("octets") && body != expected["octets"]) return "other octets: " + body;
  const auto fields = expected.value("fields", Json::object());
  for (const auto& [name, value] : fields.items()) {
    if (request.find("\r\n" + name + ": " + value.get<std::string>() + "\r\n") == request.npos) return "no field " + name + " in " + request;
  }
  return {};
}

/// Plays one file of exchanges, in their order; the driver has to make all of those calls and no others.
class GenieAcsExchange : public testing::Test {
 protected:
  void play(const std::string& name) {
    expected_ = exchanges(name);
    peer_ = std::make_unique<Peer>([this](Peer& self) {
      auto conversation = self.accept();
      for (const auto& each : expected_) {
        const auto request = conversation.read();
        if (problem_.empty()) problem_ = difference(request, each);
        conversation.send(answer_of(each));
      }
    });
    GenieAcsOptions options;
    options.uri = peer_->uri("");
    options.files = [](std::string wanted, std::uint64_t) { return file(std::move(wanted)); };
    acs_ = make_genieacs(context_, net::test::loopback_options(), std::move(options));
  }
  void TearDown() override {
    if (acs_) acs_->stop();
    peer_.reset();   // joins its thread
    EXPECT_EQ(problem_, "");
    acs_.reset();
  }
  static net::Task<Result<FileCopy>> file(std::string name) {
    FileCopy copy;
    copy.file.name = std::move(name);
    copy.file.type = "1 Firmware Upgrade Image";
    copy.file.oui = "00D09E";
    copy.file.version = "2.0";
    copy.octets = std::make_shared<const std::string>("image");
    co_return copy;
  }
  template <class T>
  T run(net::Task<T> task) {
    std::optional<T> out;
    boost::asio::co_spawn(context_, std::move(task), [&](const std::exception_ptr& error, T value) {
      if (error) std::rethrow_exception(error);
      out.emplace(std::move(value));
    });
    context_.restart();
    while (!out && context_.run_one_for(30s) > 0) {}
    if (!out) throw std::runtime_error("the driver does not come to an end");
    return *std::move(out);
  }
  static ExternalDevice device() {
    ExternalDevice out;
    out.id = device_id;
    out.facts.root = "Device.";
    return out;
  }
  static Assignment assignment(Task task) {
    Assignment out;
    out.operation = 1;
    out.key = "ekey";
    out.task = std::move(task);
    return out;
  }
  ExternalProgress submit(Task task) { return run(acs_->submit(device(), assignment(std::move(task)))); }
  ExternalProgress submit_again(Task task) {
    auto given = assignment(std::move(task));
    given.may_have_happened = true;
    return run(acs_->submit(device(), std::move(given)));
  }

  boost::asio::io_context context_{1};
  Json expected_;
  std::string problem_;
  std::unique_ptr<Peer> peer_;
  std::unique_ptr<ExternalAcs> acs_;
};

TEST_F(GenieAcsExchange, R62_TellsTheValueThatWasSet) {
  play("set_done");
  const auto progress = submit(SetLeaves{{interval}});
  EXPECT_FALSE(progress.is_waiting);
  EXPECT_EQ(progress.report.end, Report::End::done);
  EXPECT_EQ(progress.report.leaves, std::vector{interval});
}

TEST_F(GenieAcsExchange, R62_WaitsForATaskUntilItIsGone) {
  play("set_waits");
  const auto queued = submit(SetLeaves{{interval}});
  ASSERT_TRUE(queued.is_waiting);
  ASSERT_EQ(queued.ticket, ticket);
  const auto done = run(acs_->look(device(), assignment(SetLeaves{{interval}}), ticket));
  EXPECT_FALSE(done.is_waiting);
  EXPECT_EQ(done.report.end, Report::End::done);
  EXPECT_EQ(done.report.leaves, std::vector{interval});
}

TEST_F(GenieAcsExchange, R62_MapsTheFaultOfTheDevice) {
  play("set_faulted");
  const auto progress = submit(SetLeaves{{interval}});
  ASSERT_FALSE(progress.is_waiting);
  EXPECT_EQ(progress.ticket, ticket) << "it has to be withdrawn, or GenieACS tries it again";
  EXPECT_EQ(progress.report.end, Report::End::failed);
  EXPECT_EQ(progress.report.status, Status::bad_request);
  EXPECT_EQ(progress.report.code, "9003");
  EXPECT_NE(progress.report.text.find("CWMP 9007 Invalid parameter value: Device.ManagementServer.PeriodicInformInterval"), std::string::npos) << progress.report.text;
}

TEST_F(GenieAcsExchange, WaitsWhereGenieAcsItselfTriesAgain) {
  play("set_passing_fault");
  EXPECT_TRUE(submit(SetLeaves{{interval}}).is_waiting);
}

TEST_F(GenieAcsExchange, TellsOfADeviceThatIsGone) {
  play("set_unknown_device");
  const auto progress = submit(SetLeaves{{interval}});
  EXPECT_EQ(progress.report.end, Report::End::failed);
  EXPECT_EQ(progress.report.status, Status::not_found);
}

TEST_F(GenieAcsExchange, FindsATaskWhoseAnswerWasLost) {
  play("set_lost_found");
  const auto progress = submit_again(SetLeaves{{interval}});
  EXPECT_TRUE(progress.is_waiting);
  EXPECT_EQ(progress.ticket, ticket);
}

TEST_F(GenieAcsExchange, SubmitsAgainWhatIsNotThere) {
  play("set_lost_again");
  EXPECT_EQ(submit_again(SetLeaves{{interval}}).report.end, Report::End::done);
}

TEST_F(GenieAcsExchange, ReadsValuesAndWholeObjects) {
  play("get");
  const auto report = submit(GetLeaves{{"Device.Time.", "Device.DeviceInfo.SerialNumber"}}).report;
  const std::vector<Leaf> wanted{{"Device.DeviceInfo.SerialNumber", "S-1", "string"},
                                 {"Device.Time.CurrentLocalTime", "2026-01-01T00:00:00.000Z", "dateTime"},
                                 {"Device.Time.Enable", "1", "boolean"}};
  EXPECT_EQ(report.leaves, wanted);
}

const AddInstance addition{"Device.X.Table.", {{"Enable", "true", "boolean"}, {"Name", "new"}}, std::vector<std::string>{"Device.X.Table.1."}};

TEST_F(GenieAcsExchange, FindsTheInstanceThatWasMade) {
  play("add");
  const auto report = submit(addition).report;
  EXPECT_EQ(report.end, Report::End::done) << report.text;
  EXPECT_EQ(report.object, "Device.X.Table.7.");
}

TEST_F(GenieAcsExchange, MakesNoSecondInstanceIfTheAnswerWasLost) {
  play("add_lost_made");
  const auto report = submit_again(addition).report;
  EXPECT_EQ(report.end, Report::End::done) << report.text;
  EXPECT_EQ(report.object, "Device.X.Table.7.");
}

TEST_F(GenieAcsExchange, DeletesAnInstance) {
  play("delete");
  EXPECT_EQ(submit(DeleteInstance{"Device.X.Table.7."}).report, Report{});
}

TEST_F(GenieAcsExchange, Restarts) {
  play("reboot");
  EXPECT_EQ(submit(Command{"REBOOT", {}}).report, Report{});
}

TEST_F(GenieAcsExchange, Resets) {
  play("factory_reset");
  EXPECT_EQ(submit(Command{"RESET", {}}).report, Report{});
}

TEST_F(GenieAcsExchange, GivesGenieAcsTheFileFirst) {
  play("download");
  const Command command{"DOWNLOAD", {{"File", "fw.bin"}, {"TargetFileName", "image"}}};
  const auto progress = submit(command);
  EXPECT_EQ(progress.report, Report{}) << progress.report.text;
}

TEST_F(GenieAcsExchange, Discovers) {
  play("discover");
  const auto report = submit(Discover{{"{root}DeviceInfo.", "{root}ETSIM2M.SCL.{i}.", "{root}ETSIM2M.SCL.{i}.SAFPolicySet.{i}."}}).report;
  const std::vector<std::string> objects{"Device.", "Device.DeviceInfo.", "Device.ETSIM2M.", "Device.ETSIM2M.SCL.", "Device.ETSIM2M.SCL.1."};
  EXPECT_EQ(report.objects, objects);
  EXPECT_EQ(report.writable, (std::vector<std::string>{"Device.ETSIM2M.SCL.", "Device.ETSIM2M.SCL.1.", "Device.ETSIM2M.SCL.1.Enable"}));
  EXPECT_EQ(report.leaves.size(), 2u);
  EXPECT_FALSE(report.methods.empty());
}

TEST_F(GenieAcsExchange, WithdrawsOnceTheDeviceIsInNoSession) {
  play("withdraw");
  for (const auto wanted : {Withdrawal::not_now, Withdrawal::withdrawn, Withdrawal::absent}) {
    EXPECT_EQ(run(acs_->withdraw(device(), assignment(SetLeaves{{interval}}), ticket)), wanted);
  }
}

TEST_F(GenieAcsExchange, KnowsADevice) {
  play("find");
  const auto found = run(acs_->find(device_id));
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->facts.root, "InternetGatewayDevice.");
  EXPECT_EQ((*found)->facts.manufacturer, "Maker");
  EXPECT_EQ((*found)->facts.serial, "S-1");
  EXPECT_EQ((*found)->facts.software_version, "1.0");
  EXPECT_EQ((*found)->last_contact, parse_date_time("2026-01-01T00:00:00Z"));
}

TEST_F(GenieAcsExchange, ListsDevicesPageByPage) {
  play("list");
  const auto first = run(acs_->list("", 2)), second = run(acs_->list("00D09E-B-1", 2));
  ASSERT_TRUE(first && second);
  ASSERT_EQ(first->size(), 2u);
  EXPECT_EQ(first->back().id, "00D09E-B-1");
  ASSERT_EQ(second->size(), 1u) << "what is no device of CWMP, or comes again, is left out";
  EXPECT_EQ(second->front().id, "00D09E-C-1");
}

TEST_F(GenieAcsExchange, SaysWhatGenieAcsCannot) {
  acs_ = make_genieacs(context_, net::test::loopback_options(), {.uri = "http://127.0.0.1:1"});
  const std::vector<Task> tasks{Command{"UPLOAD", {}}, Command{"SCHEDULEINFORM", {}}, Command{"DOWNLOAD", {{"URL", "http://x/y"}}}, Cancel{"k"},
                                GetLeaves{{"Device.X.*.Name"}}, DeleteInstance{"Device.X.[alias]."}};
  for (const auto& task : tasks) {
    const auto progress = submit(task);
    EXPECT_EQ(progress.report.end, Report::End::failed);
    EXPECT_EQ(progress.report.status, Status::not_implemented) << progress.report.text;
    EXPECT_FALSE(progress.report.text.empty());
  }
}

TEST_F(GenieAcsExchange, TriesLaterIfNobodyIsThere) {
  acs_ = make_genieacs(context_, net::test::loopback_options(), {.uri = "http://127.0.0.1:" + std::to_string(net::test::free_port())});
  const auto progress = submit(SetLeaves{{interval}});
  EXPECT_FALSE(progress.is_waiting);
  EXPECT_EQ(progress.report.end, Report::End::later);
  EXPECT_EQ(run(acs_->find(device_id)).error().status, Status::service_unavailable);
}

}  // namespace
}  // namespace nscl::rem
