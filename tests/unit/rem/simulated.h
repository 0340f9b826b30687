// SPDX-License-Identifier: Apache-2.0
// A simulated CPE driven without sockets: the test is the ACS, and turns the clock.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nscl/rem/simulator.h>

#include "support.h"

namespace nscl::rem::simulator {

using namespace std::chrono_literals;
using namespace tr069;

class Simulated : public testing::Test {
 protected:
  void make(Style style = Style::plain, ModelKind kind = ModelKind::tr181, std::optional<std::uint32_t> interval = {}) {
    CpeOptions options;
    options.acs_url = "http://acs.example/acs?x=1";
    options.style = style;
    options.model = ModelTree::built_in(kind, style == Style::netcwmp);
    options.interval = interval;
    options.password = Secret("given");
    shared_ = std::make_shared<const CpeOptions>(std::move(options));
    cpe_.emplace(shared_, "S1", "http://127.0.0.1:7/1", now_);
  }

  static net::WebAnswer answer(unsigned status, std::string body = {}) {
    net::WebAnswer out;
    out.status = status;
    out.body = std::move(body);
    return out;
  }

  void post(std::optional<net::WebCall> call) {
    posted_.reset();
    goes_on_ = call.has_value();
    if (call) posted_ = call->body ? *call->body : std::string();
  }

  void begin() {
    ASSERT_TRUE(cpe_->wants_session(now_));
    post(cpe_->begin(now_));
  }
  void reply(const net::WebAnswer& given) { post(cpe_->take(given, now_)); }

  /// What was posted, as a message of kind M.
  template <class M>
  M posted() {
    EXPECT_TRUE(posted_ && !posted_->empty()) << cpe_->failure().value_or("");
    return posted_ && !posted_->empty() ? read<M>(*posted_) : M{};
  }

  /// Answers the message that was posted last.
  void respond(const Message& message) {
    ASSERT_TRUE(posted_ && !posted_->empty());
    Header header;
    header.id = envelope_of(*posted_).header.id;
    reply(answer(200, write_message(header, message)));
  }

  /// The first message of a session and everything up to the empty POST; gives the Inform.
  Inform open() {
    begin();
    auto inform = posted<Inform>();
    respond(InformResponse{});
    return inform;
  }

  void ask(const Message& rpc) {
    Header header;
    header.id = "acs-1";
    reply(answer(200, write_message(header, rpc)));
  }
  template <class Response>
  Response asked(const Message& rpc) {
    ask(rpc);
    return posted<Response>();
  }
  void close() {
    reply(answer(204));
    EXPECT_FALSE(goes_on_);
    EXPECT_EQ(cpe_->failure().value_or(""), "");
  }

  static std::vector<std::string> codes(const Inform& inform) {
    std::vector<std::string> out;
    for (const auto& event : inform.events) out.push_back(event.code + (event.command_key.empty() ? "" : "=" + event.command_key));
    return out;
  }

  static SetParameterValues setting(std::string name, std::string value, std::string type = "string") {
    SetParameterValues out;
    out.parameters.push_back({std::move(name), std::move(value), std::move(type)});
    out.parameter_key = "k1";
    return out;
  }

  std::string value(const std::string& name) {
    const auto values = asked<GetParameterValuesResponse>(GetParameterValues{{name}}).parameters;
    return values.size() == 1 ? values[0].value : "(none)";
  }

  void wait_for_session(std::chrono::microseconds most = 1h) {
    const auto next = cpe_->next();
    ASSERT_LE(next, now_ + most);
    now_ = std::max(now_, next);
  }

  using Codes = std::vector<std::string>;
  Time now_ = *parse_date_time("2026-11-27T07:00:00Z");
  std::shared_ptr<const CpeOptions> shared_;
  std::optional<Cpe> cpe_;
  std::optional<std::string> posted_;
  bool goes_on_ = false;
};

}  // namespace nscl::rem::simulator
