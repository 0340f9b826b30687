// SPDX-License-Identifier: Apache-2.0
// Calls over TLS with a pre-shared key: to whom it is shown, and that a session is made with it or not at all (security 3.4 row 15).
#include <gtest/gtest.h>

#include "tls_client.h"
#include "web_tls_peer.h"

namespace nscl::net::test {
namespace {

using Kind = WebFailure::Kind;

class WebPsk : public testing::Test {
 protected:
  static OutgoingTls::Options knowing(std::uint16_t port, const std::string& key = Keys::key, const std::string& identity = "dev1") {
    OutgoingTls::Options options;
    OutgoingTlsOptions tls;
    tls.psk_identity = identity;
    tls.psk = std::make_shared<const Secret>(std::string_view(key));
    options.special.push_back({"peer[0]", https(port, "/m2m"), std::move(tls)});
    return options;
  }
  /// The answer of a server that does what it likes, to a client with the key for it.
  WebResult answer_of(const TlsPeerOptions& options) {
    Peer peer{[&](Peer& self) {
      TlsConversation conversation{self.accept(), options};
      if (!conversation.read().empty()) conversation.send(ok("served"));
    }};
    Caller caller{speaking(knowing(peer.port()))};
    return caller.call(get(https(peer.port())));
  }

  std::shared_ptr<Keys> keys = std::make_shared<Keys>();
  Certificates files;
};

TEST_F(WebPsk, ProvesBothSides) {
  Server server{psk_options(), keys};
  Caller caller{speaking(knowing(server.port()))};
  for (int i = 0; i < 2; ++i) {
    const auto answer = caller.call(get(https(server.port(), "/tls")));
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_TRUE(answer->body.starts_with("dev1 scls/dev1 TLSv1.3")) << answer->body;
  }
  EXPECT_EQ(server.figures().accepted, 1u);
  const auto old = answer_of({.highest = TLS1_2_VERSION, .key = Keys::key});
  ASSERT_TRUE(old) << old.error().detail;
}

TEST_F(WebPsk, T1_AWrongKeyOrIdentityIsRefused) {
  Server server{psk_options(), keys};
  Caller wrong{speaking(knowing(server.port(), "another key of 16"))}, unknown{speaking(knowing(server.port(), Keys::key, "dev2"))};
  EXPECT_EQ(failure_of(wrong.call(get(https(server.port())))), Kind::insecure);
  EXPECT_EQ(failure_of(unknown.call(get(https(server.port())))), Kind::insecure);
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION})
    EXPECT_EQ(failure_of(answer_of({.highest = version, .key = "another key of 16"})), Kind::insecure) << version;
}

TEST_F(WebPsk, ACertificateIsNoAnswer) {
  const auto authority = files.make(authority_request("authority"));
  const auto own = files.make(server_request(), &authority);
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    EXPECT_EQ(failure_of(answer_of({.own = &own, .highest = version})), Kind::insecure) << version;
    EXPECT_EQ(failure_of(answer_of({.highest = version})), Kind::insecure) << version;
  }
}

TEST_F(WebPsk, IsShownToItsPeerOnly) {
  Server server{psk_options(), keys}, other{psk_options(), keys};
  Caller caller{speaking(knowing(server.port()))};
  EXPECT_EQ(failure_of(caller.call(get(https(other.port())))), Kind::insecure);
  EXPECT_EQ(failure_of(caller.call(get(https(server.port(), "/", "localhost")))), Kind::insecure) << "by another name";
  EXPECT_TRUE(keys->asked().empty());
}

TEST_F(WebPsk, ARevokedKeyEndsWhatWasKept) {
  Server server{psk_options(), keys};
  Caller caller{speaking(knowing(server.port()))};
  EXPECT_TRUE(caller.call(get(https(server.port()))));
  keys->revoke("dev1");
  const auto changes = std::make_shared<Listener::KeyChanges>();
  (*changes)["dev1"] = std::nullopt;
  server.listener().close_sessions(changes);
  while (server.figures().open != 0) std::this_thread::yield();
  EXPECT_EQ(failure_of(caller.call(get(https(server.port())))), Kind::insecure);
}

TEST_F(WebPsk, IsReplacedByReadingAnew) {
  Server server{psk_options(), keys};
  const auto tls = std::make_shared<OutgoingTls>(OutgoingTls::read(knowing(server.port(), "another key of 16")));
  auto ways = loopback_options();
  ways.tls = tls;
  Caller caller{ways};
  EXPECT_EQ(failure_of(caller.call(get(https(server.port())))), Kind::insecure);
  tls->use(OutgoingTls::read(knowing(server.port())));
  EXPECT_TRUE(caller.call(get(https(server.port()))));
}

}  // namespace
}  // namespace nscl::net::test
