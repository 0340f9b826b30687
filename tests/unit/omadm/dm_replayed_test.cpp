// SPDX-License-Identifier: Apache-2.0
// What a server sent to libdmclient is sent to the simulated one, which has to say the same.
#include <algorithm>

#include "dm_simulated.h"
#include "omadm_support.h"

namespace nscl::rem::simulator {
namespace {

class Replayed : public SimulatedDmClient {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(dm_recordings())) GTEST_SKIP() << "no recordings at " << dm_recordings();
    options_.url = "http://127.0.0.1:8080/funambol/dm";
    options_.style = DmStyle::libdmclient;
    options_.begins_with = DmAuthentication::basic;
    options_.user = "funambol";
    options_.password = Secret("funambol");
    options_.server_id = "funambol";
    options_.server_password = Secret("srvpwd");
    shared_ = std::make_shared<const DmClientOptions>(std::move(options_));
    client_.emplace(shared_, "DMCtest", now_);
    begin();
  }

  static std::string recording(const std::string& name) { return nscl::test::content_of(dm_recordings() / ("dm-libdmclient-" + name + ".xml")); }
  void send_recording(const std::string& name) {
    net::WebAnswer out;
    out.status = 200;
    out.content_type = "application/vnd.syncml.dm+xml";
    out.body = recording(name);
    post(client_->take(out, now_));
  }
  /// `all`: else statuses and alerts only, as its nodes have other values.
  void expect_as_recorded(const std::string& name, bool all) {
    const auto message = read_message(recording(name), Encoding::xml);
    ASSERT_TRUE(message && posted_) << name;
    const auto relevant = [&](const DmMessage& from) {
      auto out = said_in(from);
      std::erase_if(out, [&](const std::string& line) { return !all && line.starts_with("Results "); });
      return out;
    };
    EXPECT_EQ(relevant(*posted_), relevant(*message)) << name;
    EXPECT_EQ(posted_->is_final, message->is_final);
    const auto has_cred = [](const DmMessage& from) { return from.header.cred ? from.header.cred->data : std::string(); };
    EXPECT_EQ(has_cred(*posted_), has_cred(*message)) << name;
  }
};

TEST_F(Replayed, SessionIsThatOfTheRealClient) {   // rows 40, 42, 46, 47, 48
  expect_as_recorded("full-1-client", true);
  send_recording("full-1-server");
  expect_as_recorded("full-2-client", true);
  send_recording("full-2-server");
  expect_as_recorded("full-3-client", false);
  send_recording("full-3-server");
  expect_as_recorded("full-4-client", true);
  send_recording("full-4-server");
  EXPECT_FALSE(posted_) << "it crashed";
}

TEST_F(Replayed, CommandsAreAnsweredAsByTheRealClient) {   // rows 43, 44, 45
  for (const std::string name : {"addreplace", "atomic", "nocred", "moredata", "nofinal", "badcred"}) {
    client_.emplace(shared_, "DMCtest", now_);
    begin();
    send_recording(name + "-1-server");
    expect_as_recorded(name + "-2-client", name == "addreplace");
  }
}

}  // namespace
}  // namespace nscl::rem::simulator
