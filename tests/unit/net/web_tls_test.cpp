// SPDX-License-Identifier: Apache-2.0
// Calls by https: who is believed to be the host, what it is shown, connections that are kept, files that are read anew.
#include <gtest/gtest.h>

#include <sys/stat.h>

#include "test_server.h"
#include "web_tls_peer.h"

namespace nscl::net::test {
namespace {

using Kind = WebFailure::Kind;

class WebTls : public testing::Test {
 protected:
  ListenerOptions listening() const {
    ListenerOptions options;
    options.tls.mode = TlsOptions::Mode::certificate;
    options.tls.certificate = own.certificate_file;
    options.tls.private_key = own.key_file;
    return options;
  }
  WebClientOptions calling() const { return trusting(authority.certificate_file); }

  /// What comes of a call to a server that shows this certificate.
  std::optional<Kind> failure_with(const Certified& shown, const std::string& host = "127.0.0.1") {
    Peer peer{[&](Peer& self) {
      TlsConversation conversation{self.accept(), {.own = &shown}};
      if (conversation.read().empty()) return;
      conversation.send(ok("served"));
    }};
    Caller caller{calling()};
    return failure_of(caller.call(get(https(peer.port(), "/", host))));
  }

  Certificates files;
  Certified authority = files.make(authority_request("authority"));
  Certified own = files.make(server_request(), &authority);
};

TEST_F(WebTls, ReachesAHostByNameAndByAddress) {
  Server server{listening()};
  Caller caller{calling()};
  for (const char* host : {"127.0.0.1", "localhost", "LocalHost"}) {
    const auto answer = caller.call(get(https(server.port(), "/tls", host)));
    ASSERT_TRUE(answer) << host << ": " << answer.error().detail;
    EXPECT_EQ(answer->status, 200u);
    EXPECT_TRUE(answer->body.starts_with("TLSv1.3 ")) << answer->body;
  }
}

TEST_F(WebTls, TellsTheNameOfTheHost) {
  for (const auto& [host, told] : {std::pair{"localhost", "localhost"}, {"127.0.0.1", ""}}) {
    std::string name = "none came";
    {
      Peer peer{[&](Peer& self) {
        TlsConversation conversation{self.accept(), {.own = &own}};
        name = conversation.server_name();
        conversation.read();
        conversation.send(ok("x"));
      }};
      Caller caller{calling()};
      EXPECT_TRUE(caller.call(get(https(peer.port(), "/", host))));
      while (!peer.is_done()) std::this_thread::yield();
    }
    EXPECT_EQ(name, told) << host;
  }
}

TEST_F(WebTls, SpeaksTls12Too) {
  Peer peer{[&](Peer& self) {
    TlsConversation conversation{self.accept(), {.own = &own, .highest = TLS1_2_VERSION}};
    conversation.read();
    conversation.send(ok(SSL_get_version(conversation.ssl())));
  }};
  Caller caller{calling()};
  const auto answer = caller.call(get(https(peer.port())));
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->body, "TLSv1.2");
}

TEST_F(WebTls, RefusesWhoDoesNotProveToBeTheHost) {
  EXPECT_EQ(failure_with(own), std::nullopt);
  const auto refused = [&](const char* why, const CertificateRequest& asked, const Certified* issuer, const char* host = "127.0.0.1") {
    EXPECT_EQ(failure_with(files.make(asked, issuer), host), Kind::insecure) << why;
  };
  const auto stranger = files.make(authority_request("authority"));
  refused("self-signed", server_request(), nullptr);
  refused("of another authority of that name", server_request(), &stranger);
  auto asked = server_request();
  asked.alternative_names = "DNS:other.example,IP:127.0.0.2";
  refused("of another address", asked, &authority);
  refused("of another name", asked, &authority, "localhost");
  asked.alternative_names = "DNS:127.0.0.1";
  refused("an address as a name", asked, &authority);
  asked.alternative_names = "DNS:local*";
  refused("a wildcard for a part of a label", asked, &authority, "localhost");
  asked.alternative_names = "";
  asked.name = "localhost";
  refused("a common name alone", asked, &authority, "localhost");
  asked = server_request();
  asked.ends = -60;
  refused("expired", asked, &authority);
  asked = server_request();
  asked.begins = 1800;
  refused("not yet valid", asked, &authority);
  asked = server_request();
  asked.usage = "clientAuth";
  refused("for clients", asked, &authority);
  asked = server_request();
  asked.digest = "SHA1";
  refused("signed with SHA-1", asked, &authority);
  asked = server_request();
  asked.rsa_bits = 1024;
  refused("of 1024 bits", asked, &authority);
}

TEST_F(WebTls, TellsTheOperatorWhy) {
  auto asked = server_request();
  asked.ends = -60;
  testing::internal::CaptureStderr();
  EXPECT_EQ(failure_with(files.make(asked, &authority)), Kind::insecure);
  asked = server_request();
  asked.alternative_names = "IP:127.0.0.2";
  EXPECT_EQ(failure_with(files.make(asked, &authority)), Kind::insecure);
  const auto told = testing::internal::GetCapturedStderr();
  EXPECT_NE(told.find("reason=\"certificate has expired\""), std::string::npos) << told;
  EXPECT_NE(told.find("reason=\"IP address mismatch\""), std::string::npos) << told;
}

TEST_F(WebTls, TrustsNobodyElsesAuthorities) {
  Server server{listening()};
  Caller caller{trusting("")};
  EXPECT_EQ(failure_of(caller.call(get(https(server.port())))), Kind::insecure) << "the system does not know this one";
}

TEST_F(WebTls, ShowsItsCertificate) {
  auto asking = listening();
  asking.tls.client_ca = authority.certificate_file;
  asking.tls.require_client_certificate = true;
  Server server{asking};
  Caller nobody{calling()};
  EXPECT_EQ(failure_of(nobody.call(get(https(server.port())))), Kind::reset) << "TLS 1.3 tells it after the handshake";
  auto asked = server_request();
  asked.alternative_names = "URI:urn:nscl:1";
  asked.usage = "clientAuth";
  const auto shown = files.make(asked, &authority);
  OutgoingTls::Options options;
  options.usual = {.ca = authority.certificate_file, .certificate = shown.certificate_file, .private_key = shown.key_file};
  Caller caller{speaking(options)};
  const auto answer = caller.call(get(https(server.port(), "/tls")));
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_TRUE(answer->body.starts_with("URI:urn:nscl:1 TLSv1.3")) << answer->body;
}

TEST_F(WebTls, ShowsTheCertificateOfADestinationThereOnly) {
  auto asking = listening();
  asking.tls.client_ca = authority.certificate_file;
  Server one{asking}, other{asking};
  auto asked = server_request();
  asked.alternative_names = "URI:urn:nscl:1";
  asked.usage = "";
  const auto shown = files.make(asked, &authority);
  OutgoingTls::Options options;
  options.usual.ca = authority.certificate_file;
  options.special.push_back({"peer[0]", https(one.port(), "/m2m"), {.ca = authority.certificate_file, .certificate = shown.certificate_file, .private_key = shown.key_file}, true});
  auto ways = speaking(options);
  EXPECT_TRUE(ways.tls->is_known_by_certificate(https(one.port(), "/else")));
  EXPECT_FALSE(ways.tls->is_known_by_certificate(https(other.port())));
  EXPECT_FALSE(ways.tls->is_known_by_certificate("http://127.0.0.1:" + std::to_string(one.port()) + "/"));
  Caller caller{ways};
  EXPECT_TRUE(caller.call(get(https(one.port(), "/tls")))->body.starts_with("URI:urn:nscl:1 "));
  EXPECT_TRUE(caller.call(get(https(other.port(), "/tls")))->body.starts_with("TLSv1.3"));
}

TEST_F(WebTls, KeepsAConnection) {
  Server server{listening()};
  Caller caller{calling()};
  for (const char* path : {"/1", "/2", "/big", "/3"}) ASSERT_TRUE(caller.call(get(https(server.port(), path)))) << path;
  EXPECT_EQ(server.figures().accepted, 1u);
}

TEST_F(WebTls, CarriesMebibytes) {
  Server server{listening()};
  Caller caller{calling()};
  WebCall call;
  call.uri = https(server.port(), "/echo");
  call.body = std::make_shared<const std::string>(1u << 20, 'z');
  const auto answer = caller.call(call);
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->body, *call.body);
}

TEST_F(WebTls, NeverMixesWithPlainConnections) {
  Peer peer{[&](Peer& self) {
    auto plain = self.accept();
    plain.read();
    plain.send(ok("plain"));
    TlsConversation secure{self.accept(), {.own = &own}};
    secure.read();
    secure.send(ok("secure"));
    plain.read();
    plain.send(ok("plain again"));
    secure.read();
    secure.send(ok("secure again"));
  }};
  Caller caller{calling()};
  for (const auto& [uri, body] : {std::pair{peer.uri(), "plain"}, {https(peer.port()), "secure"}, {peer.uri(), "plain again"}, {https(peer.port()), "secure again"}}) {
    const auto answer = caller.call(get(uri));
    ASSERT_TRUE(answer) << uri;
    EXPECT_EQ(answer->body, body);
  }
}

TEST_F(WebTls, CallsAgainWhenAKeptConnectionHasEnded) {
  Peer peer{[&](Peer& self) {
    for (int i = 0; i < 2; ++i) {
      TlsConversation conversation{self.accept(), {.own = &own}};
      conversation.read();
      conversation.send(ok("x"));
      i == 0 ? conversation.finish() : conversation.cut();
    }
  }};
  Caller caller{calling()};
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(caller.call(get(https(peer.port())))) << i;
}

TEST_F(WebTls, EndsAConnectionInOrder) {
  bool has_notice = false;
  {
    Peer peer{[&](Peer& self) {
      TlsConversation conversation{self.accept(), {.own = &own}};
      conversation.read();
      conversation.send(ok("x"));
      conversation.read();
      has_notice = (SSL_get_shutdown(conversation.ssl()) & SSL_RECEIVED_SHUTDOWN) != 0;
    }};
    Caller caller{calling()};
    EXPECT_TRUE(caller.call(get(https(peer.port()))));
    caller.client.stop();
    while (!peer.is_done()) std::this_thread::yield();
  }
  EXPECT_TRUE(has_notice);
}

TEST_F(WebTls, ReadsItsFilesAnew) {
  Server server{listening()};
  OutgoingTls::Options options;
  options.usual.ca = authority.certificate_file;
  const auto tls = std::make_shared<OutgoingTls>(OutgoingTls::read(options));
  auto ways = loopback_options();
  ways.tls = tls;
  Caller caller{ways};
  EXPECT_TRUE(caller.call(get(https(server.port()))));
  EXPECT_TRUE(caller.call(get(https(server.port()))));
  EXPECT_EQ(server.figures().accepted, 1u);
  const auto another = files.make(authority_request("another"));
  options.usual.ca = another.certificate_file;
  tls->use(OutgoingTls::read(options));
  EXPECT_EQ(failure_of(caller.call(get(https(server.port())))), Kind::insecure) << "the kept connection does not count any more";
  auto changed = listening().tls;
  const auto next = files.make(server_request(), &another);
  changed.certificate = next.certificate_file;
  changed.private_key = next.key_file;
  server.listener().reload_tls(changed);
  EXPECT_TRUE(caller.call(get(https(server.port()))));
}

TEST_F(WebTls, NamesEveryFileThatIsOfNoUse) {
  const auto other = files.make(server_request(), &authority);
  ::chmod(other.key_file.c_str(), 0644);
  OutgoingTls::Options options;
  options.usual = {.ca = files.write("empty.pem", ""), .certificate = "", .private_key = ""};
  options.special.push_back({"peer[0]", "https://a.example/m2m", {.certificate = files.folder() + "/none.pem", .private_key = own.key_file}});
  options.special.push_back({"peer[1]", "https://b.example/m2m", {.certificate = other.certificate_file, .private_key = other.key_file}});
  options.special.push_back({"peer[2]", "https://c.example/m2m", {.certificate = own.certificate_file, .private_key = authority.key_file}});
  options.special.push_back({"peer[3]", "https://C.example:443/m2m", {.certificate = own.certificate_file, .private_key = own.key_file}});
  options.special.push_back({"peer[4]", "http://d.example/m2m", {.certificate = own.certificate_file, .private_key = own.key_file}});
  options.special.push_back({"peer[5]", "https://e.example/m2m", {.psk_identity = "nobody"}});
  std::string text;
  try {
    OutgoingTls::read(options);
  } catch (const std::runtime_error& error) {
    text = error.what();
  }
  for (const std::string line : {"outgoing.ca: ", "peer[0].certificate: ", "peer[1].private_key: ", "peer[2].private_key: ", "peer[3].uri: ", "peer[4].uri: ", "peer[5]: "})
    EXPECT_NE(("\n" + text).find("\n" + line), std::string::npos) << line << " in\n" << text;
}

}  // namespace
}  // namespace nscl::net::test
