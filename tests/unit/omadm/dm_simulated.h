// SPDX-License-Identifier: Apache-2.0
// A simulated DM client driven without sockets: the test is the server, and turns the clock.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <nscl/base/bytes.h>
#include <nscl/rem/omadm/credentials.h>
#include <nscl/rem/omadm/syncml.h>
#include <nscl/rem/simulator/dm_client.h>

namespace nscl::rem::simulator {

using namespace std::chrono_literals;
using namespace omadm;
using Kind = CommandElement::Kind;

class SimulatedDmClient : public testing::Test {
 protected:
  SimulatedDmClient() {
    options_.url = "http://server.example/dm";
    options_.password = Secret("devpwd");
    options_.tree = DmFactoryTree::built_in();
  }

  void make() {
    shared_ = std::make_shared<const DmClientOptions>(std::move(options_));
    client_.emplace(shared_, "D1", now_);
  }

  // ---- what the client posts

  void post(std::optional<net::WebCall> call) {
    posted_.reset();
    if (!call) return;
    call_ = *call;
    octets_ = *call->body;
    auto message = read_message(octets_, shared_->encoding);
    ASSERT_TRUE(message) << message.error().detail;
    posted_ = *std::move(message);
  }
  void begin() {
    ASSERT_TRUE(client_->wants_session(now_));
    messages_ = 0;
    post(client_->begin(now_));
  }
  void wait_for_session(std::chrono::microseconds most = 1h) {
    const auto next = client_->next();
    ASSERT_LE(next, now_ + most);
    now_ = std::max(now_, next);
  }

  template <class Element>
  std::vector<Element> all() const {
    std::vector<Element> out;
    if (!posted_) return out;
    for (const auto& element : posted_->body) {
      if (const auto* const found = std::get_if<Element>(&element)) out.push_back(*found);
    }
    return out;
  }
  /// "Status Get ./a 200", "Results ./a value", "Alert 1226 ei-1 200".
  static std::vector<std::string> said_in(const DmMessage& message) {
    std::vector<std::string> out;
    for (const auto& element : message.body) {
      if (const auto* const status = std::get_if<StatusElement>(&element)) {
        out.push_back("Status " + status->cmd + (status->target_refs.empty() ? "" : " " + status->target_refs[0]) + " " + status->data);
      } else if (const auto* const results = std::get_if<ResultsElement>(&element)) {
        for (const auto& item : results->items) out.push_back("Results " + item.source + " " + item.data.value_or("(none)"));
      } else {
        const auto& command = std::get<CommandElement>(element);
        out.push_back(std::string(name_of(command)) + " " + command.data + (command.correlator.empty() ? "" : " " + command.correlator) +
                      (command.kind == Kind::alert && !command.items.empty() && command.items[0].data ? " " + *command.items[0].data : ""));
      }
    }
    return out;
  }
  std::vector<std::string> said() const { return posted_ ? said_in(*posted_) : std::vector<std::string>(); }
  /// What was said to commands: without the Status of the header.
  std::vector<std::string> answered() const {
    auto out = said();
    if (!out.empty()) out.erase(out.begin());
    return out;
  }

  // ---- what the server answers

  static CommandElement command(Kind kind, std::string uri, std::string data = {}, std::string format = "chr") {
    CommandElement out;
    out.kind = kind;
    Item item;
    item.target = std::move(uri);
    if (kind == Kind::add || kind == Kind::replace) {
      item.meta.format = std::move(format);
      item.data = std::move(data);
    }
    out.items.push_back(std::move(item));
    return out;
  }
  static CommandElement get(std::string uri) { return command(Kind::get, std::move(uri)); }
  static CommandElement add(std::string uri, std::string data, std::string format = "chr") {
    return command(Kind::add, std::move(uri), std::move(data), std::move(format));
  }
  static CommandElement replace(std::string uri, std::string data) { return command(Kind::replace, std::move(uri), std::move(data)); }
  static CommandElement exec(std::string uri, std::string correlator) {
    auto out = command(Kind::exec, std::move(uri));
    out.correlator = std::move(correlator);
    return out;
  }

  /// An answer with a Status for all that was posted.
  DmMessage answer(const std::string& of_header = "212", const std::string& of_commands = "200") const {
    DmMessage out;
    out.header.session_id = posted_->header.session_id;
    out.header.msg_id = std::to_string(messages_ + 1);
    out.header.source = "http://server.example/dm";
    out.header.target = "D1";
    out.is_final = true;
    const auto add_status = [&](std::string ref, std::string name, std::string code) {
      StatusElement status;
      status.id = std::to_string(out.body.size() + 1);
      status.msg_ref = posted_->header.msg_id;
      status.cmd_ref = std::move(ref);
      status.cmd = std::move(name);
      status.data = std::move(code);
      out.body.emplace_back(std::move(status));
    };
    add_status("0", "SyncHdr", of_header);
    for (const auto& each : all<CommandElement>()) add_status(each.id, std::string(name_of(each)), of_commands);
    return out;
  }
  static void append(DmMessage& message, CommandElement element) {
    element.id = std::to_string(message.body.size() + 1);
    for (auto& inner : element.commands) inner.id = element.id + "0" + std::to_string(&inner - element.commands.data());
    message.body.emplace_back(std::move(element));
  }
  static void challenge(DmMessage& message, const std::string& nonce, std::string type = "syncml:auth-md5") {
    std::get<StatusElement>(message.body[0]).chal = Chal{std::move(type), "b64", base64_encode(nonce)};
  }
  void send(const DmMessage& message) {
    ++messages_;
    net::WebAnswer out;
    out.status = 200;
    out.content_type = media_type(shared_->encoding);
    out.body = write_message(message, shared_->encoding).value();
    post(client_->take(out, now_));
  }
  /// Answers with these commands.
  void ask(std::vector<CommandElement> commands) {
    ASSERT_TRUE(posted_) << client_->failure().value_or("");
    auto message = answer();
    for (auto& each : commands) append(message, std::move(each));
    send(message);
    ASSERT_TRUE(posted_) << client_->failure().value_or("");
  }
  void close() {
    ASSERT_TRUE(posted_) << client_->failure().value_or("");
    send(answer());
    EXPECT_FALSE(posted_);
    EXPECT_EQ(client_->failure().value_or(""), "");
  }
  std::string value(const std::string& uri) {
    ask({get(uri)});
    const auto results = all<ResultsElement>();
    return results.size() == 1 && results[0].items.size() == 1 ? results[0].items[0].data.value_or("(none)") : "(" + std::to_string(results.size()) + ")";
  }
  /// Fetches what the client wants to fetch.
  void fetch(const std::string& url, FileOutcome outcome) {
    auto file = client_->next_file(now_);
    ASSERT_TRUE(file);
    EXPECT_EQ(file->url, url);
    client_->file_done(file->job, std::move(outcome), now_);
  }

  using Said = std::vector<std::string>;
  Time now_ = *parse_date_time("2026-11-27T07:00:00Z");
  DmClientOptions options_;
  std::shared_ptr<const DmClientOptions> shared_;
  std::optional<DmClient> client_;
  net::WebCall call_;
  std::string octets_;
  std::optional<DmMessage> posted_;
  unsigned messages_ = 0;
};

}  // namespace nscl::rem::simulator
