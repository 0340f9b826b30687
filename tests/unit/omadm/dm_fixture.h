// SPDX-License-Identifier: Apache-2.0
// DmTest: a server of OMA-DM without sockets, a scripted device management behind it, and a client that says what the test wants.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <nscl/base/bytes.h>
#include <nscl/net/tls.h>
#include <nscl/rem/omadm/credentials.h>
#include <nscl/rem/omadm/dm_server.h>

#include "../rem/fake_work.h"
#include "omadm_support.h"

namespace nscl::rem::omadm {

using Kind = CommandElement::Kind;

/// What an operation asks for, step by step, and what came back.
struct DmScript {
  std::vector<std::vector<CommandElement>> steps;
  std::vector<std::vector<CommandAnswer>> answers = {};
  unsigned unanswered = 0;
  std::vector<std::string> correlators = {};
};

class ScriptedDm final : public DmPerformance {
 public:
  explicit ScriptedDm(DmScript& script) : script_(script) {}
  Step begin() override { return next(); }
  Step answered(const std::vector<CommandAnswer>& answers) override {
    script_.answers.push_back(answers);
    return next();
  }
  Step unanswered() override {
    ++script_.unanswered;
    return next();
  }

 private:
  Step next() {
    if (at_ == script_.steps.size()) return Report{};
    return script_.steps[at_++];
  }
  DmScript& script_;
  std::size_t at_ = 0;
};

class FakeAccounts final : public DmAccounts {
 public:
  /// One side of the device "d".
  struct Side {
    std::string password;
    std::string other = {};   ///< empty: there is none
    bool is_next = true;
    Time changed{}, other_changed{};
  };
  DmAccount find(std::string_view device, std::string_view, boost::asio::io_context&) override {
    DmAccount out;
    if (device == "d") out.client = DmLogin{"user", Secret(client.password), client.changed};
    if (device == "DMCtest") out.client = DmLogin{"funambol", Secret(std::string_view("funambol"))};
    if (device == "d" || device == "DMCtest") out.server = DmLogin{"funambol", Secret(server.password), server.changed};
    if (device == "d" && !client.other.empty()) out.other_client = DmOtherLogin{{"user", Secret(client.other), client.other_changed}, client.is_next};
    if (device == "d" && !server.other.empty()) out.other_server = DmOtherLogin{{"funambol", Secret(server.other), server.other_changed}, server.is_next};
    out.ours = ours;
    out.theirs = theirs;
    if (const auto known = facts.find(std::string(device)); known != facts.end()) out.facts = known->second;
    return out;
  }
  net::Task<Result<void>> keep_nonces(std::string, std::string our_new, std::string their_new, boost::asio::io_context&) override {
    ++kept;
    if (fails) co_return failure(Status::service_unavailable, "disk");
    ours = std::move(our_new);
    theirs = std::move(their_new);
    co_return Result<void>();
  }
  net::Task<Result<void>> settle(std::string, DmPasswordsNews news, boost::asio::io_context&) override {
    if (fails) co_return failure(Status::service_unavailable, "disk");
    settled.push_back("client " + settle_side(client, news.client) + ", server " + settle_side(server, news.server) + (news.why.empty() ? "" : ": " + news.why));
    co_return Result<void>();
  }
  std::string ours, theirs;
  std::map<std::string, DeviceFacts> facts;   ///< of devices that are known
  Side client{"right"}, server{"srvpwd"};
  std::vector<std::string> settled;           ///< "client taken, server refused: why"
  unsigned kept = 0;
  bool fails = false;

 private:
  static std::string settle_side(Side& side, const DmPasswordNews& news) {
    using What = DmPasswordNews::What;
    EXPECT_TRUE(news.what == What::none || news.changed == side.other_changed) << "of another change";
    const bool is_in_effect = news.what == What::taken || news.what == What::next_used;
    if (is_in_effect) std::swap(side.password, side.other), std::swap(side.changed, side.other_changed);
    if (news.what == What::taken) side.is_next = false;
    else if (news.what != What::none) side.other.clear();
    return std::array{"-", "taken", "refused", "next used", "new used"}.at(static_cast<std::size_t>(news.what));
  }
};

inline CommandElement command_on(Kind kind, std::vector<std::string> uris, std::string_view data = {}) {
  CommandElement out;
  out.kind = kind;
  for (auto& uri : uris) {
    Item item{std::move(uri), ""};
    if (!data.empty()) item.data = std::string(data);
    out.items.push_back(std::move(item));
  }
  return out;
}

// ---- what a client says

inline std::string alert_text(std::string_view id, std::string_view code, std::string_view rest = {}) {
  return "<Alert><CmdID>" + std::string(id) + "</CmdID><Data>" + std::string(code) + "</Data>" + std::string(rest) + "</Alert>";
}
inline std::string dev_info(std::string_view id = "2") {
  return "<Replace><CmdID>" + std::string(id) + "</CmdID><Item><Source><LocURI>./DevInfo/Man</LocURI></Source><Data>Maker</Data></Item>"
         "<Item><Source><LocURI>./DevInfo/Mod</LocURI></Source><Data>Box</Data></Item></Replace>";
}
inline const std::string final_text = "<Final/>";
inline std::string package_1() { return alert_text("1", "1201") + dev_info() + final_text; }

inline std::string status_text(std::string_view id, std::string_view message, std::string_view command, std::string_view name, std::string_view code,
                               std::string_view rest = {}) {
  return "<Status><CmdID>" + std::string(id) + "</CmdID><MsgRef>" + std::string(message) + "</MsgRef><CmdRef>" + std::string(command) + "</CmdRef><Cmd>" + std::string(name) +
         "</Cmd>" + std::string(rest) + "<Data>" + std::string(code) + "</Data></Status>";
}
inline std::string chal_text(std::string_view nonce, std::string_view type = "syncml:auth-md5") {
  return "<Chal><Meta><Format>b64</Format><Type>" + std::string(type) + "</Type><NextNonce>" + base64_encode(nonce) + "</NextNonce></Meta></Chal>";
}
inline std::string cred_text(std::string_view type, std::string_view data) {
  return "<Cred><Meta><Format>b64</Format><Type>" + std::string(type) + "</Type></Meta><Data>" + std::string(data) + "</Data></Cred>";
}
inline std::string results_text(std::string_view id, std::string_view message, std::string_view command, std::string_view uri, std::string_view data,
                                std::string_view meta = {}, bool more = false) {
  return "<Results><CmdID>" + std::string(id) + "</CmdID><MsgRef>" + std::string(message) + "</MsgRef><CmdRef>" + std::string(command) + "</CmdRef><Item><Source><LocURI>" +
         std::string(uri) + "</LocURI></Source>" + std::string(meta) + "<Data>" + std::string(data) + "</Data>" + (more ? "<MoreData/>" : "") + "</Item></Results>";
}

class DmTest : public testing::Test {
 protected:
  void SetUp() override {
    options.url = "http://dm.example/dm";
    work.welcome.state = store::ManagedState::adopted;
    restart();
  }
  void restart() {
    DmPerforming performing;
    performing.perform = [this](const Assignment& assignment, DmSituation situation) -> std::unique_ptr<DmPerformance> {
      auto& script = scripts[assignment.operation];
      script.correlators = situation.correlators;
      return std::make_unique<ScriptedDm>(script);
    };
    performing.model = [this](const DeviceFacts& facts) {
      auto out = model;
      if (const auto found = least.find(facts.model); found != least.end()) out.authentication = found->second;
      return out;
    };
    server = std::make_unique<DmServer>(work, std::move(performing), accounts, options, [this](const Refusal& refusal) {
      refused.push_back(std::string(refusal.event) + " " + std::string(refusal.who) + " " + std::string(refusal.device));
    });
  }

  /// Operations are done as those of the daemon from now on.
  void perform_truly() {
    DmPerforming performing;
    performing.perform = perform;
    performing.model = [this](const DeviceFacts&) { return model; };
    server = std::make_unique<DmServer>(work, std::move(performing), accounts, options, [](const Refusal&) {});
  }
  void wants_task(std::uint64_t operation, Task task) {
    Assignment assignment;
    assignment.operation = operation;
    assignment.key = "k" + std::to_string(operation);
    assignment.task = std::move(task);
    work.queue.push_back(std::move(assignment));
  }

  void wants(std::uint64_t operation, std::vector<std::vector<CommandElement>> steps) {
    scripts[operation].steps = std::move(steps);
    work.wants(operation, {});
  }

  /// The octets of the device's next message; `cred` is a Cred element.
  std::string message(std::string_view body, std::string_view cred = {}) {
    return "<SyncML xmlns=\"SYNCML:SYNCML1.2\"><SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>" + session + "</SessionID><MsgID>" +
           std::to_string(++msg_id) + "</MsgID><Target><LocURI>http://dm.example/dm</LocURI></Target><Source><LocURI>" + device + "</LocURI></Source>" + std::string(cred) +
           (size.empty() ? "" : "<Meta><MaxMsgSize>" + size + "</MaxMsgSize></Meta>") + "</SyncHdr><SyncBody>" + std::string(body) + "</SyncBody></SyncML>";
  }

  net::WebResponse post(std::string_view octets) {
    request.body = octets;
    request.target = target;
    request.host = "dm.example";
    request.peer = peer;
    return tr069::run(context, server->handle(request));
  }
  /// What the server answers to these octets; the client goes on where it is told to.
  DmMessage answer_to(std::string_view octets) {
    const auto response = post(octets);
    EXPECT_EQ(response.status, 200u) << (response.body ? *response.body : "");
    last = response.body ? *response.body : "";
    auto out = read_dm(last);
    if (heeds_uri && out.header.resp_uri.find("?s=") != std::string::npos) target = "/dm" + out.header.resp_uri.substr(out.header.resp_uri.find('?'));
    return out;
  }
  DmMessage say(std::string_view body, std::string_view cred = {}) { return answer_to(message(body, cred)); }

  std::string md5_cred(std::string_view nonce, std::string_view password = "right") const {
    return cred_text("syncml:auth-md5", md5_data(digest_of("user", Secret(password)), nonce));
  }
  /// The same, proved by x-syncml-hmac.
  DmMessage say_with_mac(std::string_view body, std::string_view nonce) {
    const auto octets = message(body);
    HmacHeader header;
    header.user = "user";
    header.mac = mac_data(digest_of("user", Secret(std::string_view("right"))), nonce, octets);
    const auto field = write_hmac(header);
    request.extension_fields = {{"X-SyncML-HMAC", field}};
    auto answer = answer_to(octets);
    request.extension_fields.clear();
    return answer;
  }
  /// The client begins anew, and forgets where it was told to go on.
  void call_anew(std::string id) {
    target = "/dm";
    session = std::move(id);
    msg_id = 0;
  }
  /// The nonce that the status of the header asks for; empty: it asks for none.
  static std::string nonce_in(const DmMessage& answer) {
    const auto& status = element_at<StatusElement>(answer, 0);
    return status.chal ? base64_decode(status.chal->next_nonce).value_or("") : std::string();
  }
  static int header_code(const DmMessage& answer) { return element_at<StatusElement>(answer, 0).code(); }
  /// The device is in a session, by the nonce that was kept.
  DmMessage begin(std::string_view body = package_1()) { return say(body, md5_cred(accounts.ours)); }

  static std::vector<CommandElement> commands(const DmMessage& answer) {
    std::vector<CommandElement> out;
    for (const auto& element : answer.body) {
      if (const auto* command = std::get_if<CommandElement>(&element)) out.push_back(*command);
    }
    return out;
  }
  /// "Alert 200, Replace 200": the statuses behind that of the header.
  static std::string statuses(const DmMessage& answer) {
    std::string out;
    for (std::size_t i = 1; i < answer.body.size(); ++i) {
      const auto* status = std::get_if<StatusElement>(&answer.body[i]);
      if (status != nullptr) out += (out.empty() ? "" : ", ") + status->cmd + " " + status->data;
    }
    return out;
  }
  static bool has_alert(const DmMessage& answer, std::string_view code) {
    for (const auto& command : commands(answer)) {
      if (command.kind == Kind::alert && command.data == code) return true;
    }
    return false;
  }
  /// Statuses of the device for our message `ref`: its header, and each command with `code`.
  std::string taken(const DmMessage& ours, std::string_view code = "200") const {
    std::string out = status_text("1", ours.header.msg_id, "0", "SyncHdr", "212");
    int id = 2;
    for (const auto& command : commands(ours)) out += status_text(std::to_string(id++), ours.header.msg_id, command.id, name_of(command), code);
    return out;
  }

  boost::asio::io_context context{1};
  tr069::FakeWork work;
  FakeAccounts accounts;
  DmOptions options;
  DmModelOptions model;
  std::map<std::string, DmAuthentication> least;   ///< of models that have one of their own
  std::map<std::uint64_t, DmScript> scripts;
  std::vector<std::string> refused;
  std::unique_ptr<DmServer> server;
  net::TlsPeer tls;

  std::string device = "d", session = "1", size, peer = "192.0.2.7", target = "/dm", last;
  unsigned msg_id = 0;
  bool heeds_uri = true;
  net::WebRequest request = dm_request();

  static net::WebRequest dm_request() {
    net::WebRequest out;
    out.method = net::Method::post;
    out.content_type = "application/vnd.syncml.dm+xml";
    return out;
  }
};

}  // namespace nscl::rem::omadm
