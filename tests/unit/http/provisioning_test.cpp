// SPDX-License-Identifier: Apache-2.0
// Bootstrap and service connection over HTTP, as far as a client with OpenSSL's command cannot see: a commit that fails, sessions
// that export nothing, what may be kept of an answer.
#include <nscl/http/provisioning.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <nscl/net/connection.h>

#include "../security/provisioning_fixture.h"

namespace nscl::http {
namespace {

/// A TLS session that is nothing but its exporter.
class Session final : public net::Connection {
 public:
  bool exports = true;
  std::optional<Secret> export_secret(std::string_view label, std::string_view, std::size_t) override {
    if (!exports) return std::nullopt;
    return Secret(std::string_view(label == "EXPORTER-NSCL-1-KEK" ? "a wrapping key of 32 octets, yes" : "what the session exports, 32 oct"));
  }
  net::Task<ReadResult> read_some(boost::asio::mutable_buffer) override { co_return ReadResult(); }
  std::size_t write_now(boost::asio::const_buffer) override { return 0; }
  net::Task<boost::system::error_code> write(boost::asio::const_buffer) override { co_return boost::system::error_code(); }
  void shutdown() override {}
  void cancel() override {}
  void close() override {}
  bool is_quiet() override { return true; }
  const std::string& peer() const override { return peer_; }
  bool has_ended() override { return false; }

 private:
  std::string peer_ = "192.0.2.1";
};

/// A store whose commits fail when the test says so, or are overtaken by another job.
class FragileStore final : public store::Store {
 public:
  explicit FragileStore(store::Store& inner) : inner_(inner) {}
  bool fails = false;
  std::function<void()> before_write;

  void read(const std::function<void(store::View&)>& fn) override { inner_.read(fn); }
  void read(const std::function<void(store::View&)>& fn, boost::asio::io_context& context) override { inner_.read(fn, context); }
  void write(store::WriteJob job, boost::asio::io_context& context, boost::asio::any_completion_handler<void(Result<void>)> handler) override {
    if (before_write) before_write();
    if (!fails) return inner_.write(std::move(job), context, std::move(handler));
    boost::asio::post(context, [handler = std::move(handler)]() mutable { std::move(handler)(failure(Status::service_unavailable, "disk full")); });
  }
  Result<void> write_and_wait(store::WriteJob job) override { return inner_.write_and_wait(std::move(job)); }
  bool is_healthy(std::string* reason) const override { return inner_.is_healthy(reason); }
  store::WriterFigures figures() const override { return inner_.figures(); }
  void listen_to_lanes(std::function<void(Time)>) override {}
  void stop() override {}

 private:
  store::Store& inner_;
};

class ProvisioningBindingTest : public security::ProvisioningTest {
 protected:
  void SetUp() override {
    ProvisioningTest::SetUp();
    ASSERT_TRUE(expect("urn:dev:1"));
    fragile = std::make_unique<FragileStore>(*store);
    pipeline = std::make_unique<core::Pipeline>(registry(), *fragile, clock, std::make_shared<const core::Policy>());
    audit = std::make_unique<security::Audit>(*fragile, clock, security::AuditKey::make(), std::chrono::seconds(0));
    restart();
    peer.names = {"URI:urn:dev:1"};
    request.tls = &peer;
    request.connection = &session;
  }
  void TearDown() override {
    devices.reset();
    nodes.reset();
    pipeline.reset();
    ProvisioningTest::TearDown();
  }
  void restart() {
    devices = std::make_unique<BootstrapBinding>(*bootstrap, *method, *fragile, *audit, ProvisioningOptions{"mas.example", {"nscl"}});
    nodes = std::make_unique<ConnectionBinding>(*connections, *bootstrap, *fragile, *pipeline, *audit, ProvisioningOptions{});
  }
  net::WebResponse ask(net::WebHandler& handler, net::Method how, std::string_view target) {
    request.method = how;
    request.target = target;
    net::WebResponse response;
    bool is_done = false;
    boost::asio::co_spawn(context, handler.handle(request), [&](const std::exception_ptr& problem, net::WebResponse made) {
      EXPECT_FALSE(problem);
      response = std::move(made);
      is_done = true;
    });
    context.restart();
    while (!is_done) context.run_one_for(std::chrono::seconds{10});
    return response;
  }
  net::WebResponse bootstrap_now() { return ask(*devices, net::Method::post, "/m2m-bootstrap/v1"); }
  void have_key(const std::string& identity) {
    const auto key = row(identity).value();
    auto holder = std::make_shared<net::PskHolder>();
    holder->identity = identity;
    holder->entity = key.entity;
    holder->generation = key.generation;
    peer.psk = holder;
  }
  static std::string field(const net::WebResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.fields)
      if (key == name) return value;
    return "";
  }
  static std::string element(const net::WebResponse& response, const std::string& name) {
    const auto& body = *response.body;
    const auto begin = body.find("<m2m:" + name + ">");
    if (begin == body.npos) return "";
    const auto from = begin + name.size() + 6;
    return body.substr(from, body.find('<', from) - from);
  }

  std::unique_ptr<FragileStore> fragile;
  std::unique_ptr<core::Pipeline> pipeline;
  std::unique_ptr<security::Audit> audit;
  std::unique_ptr<BootstrapBinding> devices;
  std::unique_ptr<ConnectionBinding> nodes;
  Session session;
  net::TlsPeer peer;
  net::WebRequest request;
};

TEST_F(ProvisioningBindingTest, GivesAKeyThatTheSessionUnwraps) {
  const auto response = bootstrap_now();
  ASSERT_EQ(response.status, 201u);
  const auto identity = "n." + element(response, "securityM2MNodeId") + "." + element(response, "securityKmrIndex");
  const auto key = security::aes_unwrap(Secret(wrapping), hex_decode(element(response, "securityEncryptedM2MKey")).value());
  EXPECT_EQ(key.value().view(), opened(identity));
  EXPECT_EQ(element(response, "securityMasFqdn"), "mas.example");
  EXPECT_EQ(field(response, "Cache-Control"), "no-store");
  EXPECT_TRUE(response.is_secret);
  EXPECT_EQ(element(response, "securityM2MKey"), "");
}

TEST_F(ProvisioningBindingTest, AFailedCommitIs500WithoutAKeyAndTheNextTryWorks) {
  fragile->fails = true;
  const auto failed = bootstrap_now();
  EXPECT_EQ(failed.status, 500u);
  EXPECT_EQ(failed.body->find("Key"), std::string::npos);
  EXPECT_EQ(device("urn:dev:1").node, "");
  fragile->fails = false;
  const auto response = bootstrap_now();
  EXPECT_EQ(response.status, 201u);
  have_key("n." + element(response, "securityM2MNodeId") + ".1");
  fragile->fails = true;
  EXPECT_EQ(ask(*nodes, net::Method::post, "/m2m-connection/v1").status, 500u);
  EXPECT_EQ(ask(*nodes, net::Method::post, "/m2m-bootstrap/v1/renew").status, 500u);
  EXPECT_EQ(ask(*nodes, net::Method::remove, "/m2m-connection/v1").status, 500u);
}

TEST_F(ProvisioningBindingTest, ASessionThatExportsNothingGetsNoKey) {
  session.exports = false;
  const auto response = bootstrap_now();
  EXPECT_EQ(response.status, 403u);
  EXPECT_NE(response.body->find("extended master secret"), std::string::npos);
  EXPECT_EQ(device("urn:dev:1").node, "");
}

TEST_F(ProvisioningBindingTest, TheClearKeyOfVersion1IsTheOneThatIsStored) {
  configure({.v1_clear_key = true});
  restart();
  const auto response = bootstrap_now();
  ASSERT_EQ(response.status, 201u);
  const auto identity = "n." + element(response, "securityM2MNodeId") + ".1";
  EXPECT_EQ(hex_decode(element(response, "securityM2MKey")), opened(identity));
  EXPECT_EQ(element(response, "securityEncryptedM2MKey"), "");
}

TEST_F(ProvisioningBindingTest, WhoIsOvertakenTriesAgain) {
  ASSERT_TRUE(add(root_key(1), security::octets_a));
  const auto identity = root_key(1).identity;
  have_key(identity);
  int overtaken = 0;
  fragile->before_write = [&] {
    if (overtaken < 2) ++overtaken, static_cast<void>(connect(identity));
  };
  const auto response = ask(*nodes, net::Method::post, "/m2m-connection/v1");
  EXPECT_EQ(response.status, 201u);
  EXPECT_EQ(element(response, "securityKmcIndex"), "3");
  EXPECT_EQ(overtaken, 2);
  fragile->before_write = [&] { static_cast<void>(connect(identity)); };
  EXPECT_EQ(ask(*nodes, net::Method::post, "/m2m-connection/v1").status, 503u) << "three times, and no more";
}

TEST_F(ProvisioningBindingTest, WhoAsksTooOftenIsToldWhenToComeAgain) {
  EXPECT_EQ(bootstrap_now().status, 201u);
  const auto response = bootstrap_now();
  EXPECT_EQ(response.status, 429u);
  EXPECT_EQ(field(response, "Retry-After"), "60");
  EXPECT_EQ(field(response, "Cache-Control"), "no-store");
}

TEST_F(ProvisioningBindingTest, AnswersAreJsonWhereThatIsAskedFor) {
  request.accept = "application/json";
  const auto response = bootstrap_now();
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_TRUE(response.body->starts_with("{\"bootstrapParamSet\":{\"securityM2MNodeId\":")) << response.body->substr(0, 60);
}

TEST_F(ProvisioningBindingTest, BodiesAreJudged) {
  const auto status = [&](std::string_view type, std::string_view body) {
    request.content_type = type;
    request.body = body;
    return bootstrap_now().status;
  };
  EXPECT_EQ(status("application/xml", "<!DOCTYPE x><m2m:bootstrapParamSet xmlns:m2m=\"http://uri.etsi.org/m2m\"/>"), 400u);
  EXPECT_EQ(status("application/xml", "<m2m:scl xmlns:m2m=\"http://uri.etsi.org/m2m\"/>"), 400u);
  EXPECT_EQ(status("text/plain", "x"), 415u);
  EXPECT_EQ(status("application/json", R"({"bootstrapParamSet":{"securityM2MNodeId":"12"}})"), 400u);
  EXPECT_EQ(device("urn:dev:1").attempts, 0u);
  EXPECT_EQ(status("application/json", R"({"bootstrapParamSet":{"securityM2MNodeId":"0123456789ABCDEF0123456789abcdef"}})"), 201u);
}

}  // namespace
}  // namespace nscl::http
