// SPDX-License-Identifier: Apache-2.0
// How devices are called in one daemon: from a row of the table to the device's socket (rows 30 and 31 of device management).
#include <gtest/gtest.h>

#include <filesystem>

#include <nscl/rem/device_facts.h>
#include <nscl/resources/all.h>

#include "wake.h"
#include "web_peer.h"

namespace nscl::app {
namespace {

using namespace std::chrono_literals;
using net::test::Peer;

class WakeTest : public testing::Test {
 protected:
  WakeTest() : registry_(resources::all()) {
    auto name = (std::filesystem::temp_directory_path() / "nscl-wake-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary directory");
    directory_ = name;
    store::Options where;
    where.directory = directory_ / "data";
    store_ = store::open_sqlite(where, registry_, system_clock());
    config_.calls.networks = {"127.0.0.0/8"};
  }
  ~WakeTest() override {
    store_->stop();
    wake_.reset();
    context_.reset();
    store_.reset();
    std::filesystem::remove_all(directory_);
  }
  void start() {
    auto logins = [](store::View&, const store::ManagedDevice&) -> std::optional<rem::Login> { return rem::Login{"acs", Secret("pw")}; };
    wake_ = std::make_unique<Wake>(config_, *store_, system_clock(), *context_, std::move(logins), rem::Pushes(), nullptr);
    wake_->start();
  }
  /// A device that is to be called now.
  void put_device(const std::string& url) {
    rem::DeviceFacts facts;
    facts.connection_request_url = url;
    facts.address = "127.0.0.1";
    store::ManagedDevice device;
    device.id = "00D09E-Box-1";
    device.state = store::ManagedState::adopted;
    device.facts = rem::to_json(facts);
    device.wake_due = system_clock().now();
    const auto done = store_->write_and_wait([&](store::Transaction& transaction) -> Result<void> { return transaction.manage().put_device(device), Result<void>{}; });
    ASSERT_TRUE(done);
  }
  store::ManagedDevice device() {
    std::optional<store::ManagedDevice> out;
    store_->read([&](store::View& view) { out = view.management().device("00D09E-Box-1"); });
    return *out;
  }
  bool run_until(const std::function<bool()>& condition) {
    for (int i = 0; i < 1000 && !condition(); ++i) {
      context_->restart();
      context_->run_for(20ms);
    }
    return condition();
  }

  std::filesystem::path directory_;
  model::Registry registry_;
  std::unique_ptr<boost::asio::io_context> context_ = std::make_unique<boost::asio::io_context>(1);
  std::unique_ptr<store::Store> store_;
  WakeConfig config_;
  std::unique_ptr<Wake> wake_;
};

TEST_F(WakeTest, R30aDeviceThatIsDueIsCalledWithItsCredentials) {
  std::string second;
  Peer peer([&](Peer& self) {
    auto conversation = self.accept();
    conversation.read();
    conversation.send("HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=\"cpe\", qop=\"auth\", nonce=\"n\"\r\nContent-Length: 0\r\n\r\n");
    second = conversation.read();
    conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  put_device(peer.uri("/x"));
  start();
  wake_->poke();
  EXPECT_TRUE(run_until([&] { return peer.is_done(); }));
  EXPECT_NE(second.find("username=\"acs\""), second.npos) << second;
  EXPECT_EQ(device().wake_attempts, 1u);
}

TEST_F(WakeTest, R31nothingIsCalledInsideThatIsNotListed) {
  config_.calls.networks.clear();
  Peer peer([](Peer&) {});
  put_device(peer.uri("/"));
  start();
  EXPECT_TRUE(run_until([&] { return device().wake_due == never; }));
  EXPECT_FALSE(peer.has_further());
}

TEST_F(WakeTest, nobodyIsCalledIfTheOperatorDoesNotWantIt) {
  config_.is_on = false;
  config_.stun.address = "127.0.0.1";
  Peer peer([](Peer&) {});
  put_device(peer.uri("/"));
  start();
  context_->run_for(1500ms);
  EXPECT_FALSE(peer.has_further());
  EXPECT_FALSE(wake_->stun_port());
}

TEST_F(WakeTest, aPortOfStunThatIsTakenIsToldAtTheStart) {
  config_.stun.address = "127.0.0.1";
  config_.stun.port = 0;
  start();
  ASSERT_TRUE(wake_->stun_port());
  auto other = config_;
  other.stun.port = *wake_->stun_port();
  EXPECT_THROW(Wake(other, *store_, system_clock(), *context_, {}, {}, nullptr), std::runtime_error);
}

}  // namespace
}  // namespace nscl::app
