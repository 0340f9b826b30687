// SPDX-License-Identifier: Apache-2.0
// Certificates: the server's, those of clients (T18), their files, and reading them again.
#include <gtest/gtest.h>

#include <sys/stat.h>

#include "certificates.h"
#include "tls_client.h"

namespace nscl::net::test {
namespace {

CertificateRequest client_request(std::string names = "URI:urn:dev:1") {
  CertificateRequest request;
  request.name = "device";
  request.alternative_names = std::move(names);
  request.usage = "clientAuth";
  return request;
}

CertificateRequest authority_request(std::string name) {
  CertificateRequest request;
  request.name = std::move(name);
  request.is_authority = true;
  return request;
}

CertificateRequest server_request() {
  CertificateRequest request;
  request.name = "server";
  request.alternative_names = "DNS:localhost";
  request.usage = "serverAuth";
  return request;
}

/// TLS 1.2 and 1.3.
class TlsCertificates : public testing::TestWithParam<int> {
 protected:
  ListenerOptions options(bool asks = true) const {
    ListenerOptions made;
    made.tls.mode = TlsOptions::Mode::certificate;
    made.tls.certificate = own.certificate_file;
    made.tls.private_key = own.key_file;
    if (!asks) return made;
    made.tls.client_ca = authority.certificate_file;
    made.tls.require_client_certificate = true;
    return made;
  }
  TlsClientOptions client_options(const Certified* certified = nullptr) const {
    TlsClientOptions made;
    made.version = GetParam();
    made.offers_key = false;
    made.ca = authority.certificate_file;
    if (certified != nullptr) {
      made.certificate = certified->certificate_file;
      made.private_key = certified->key_file;
    }
    return made;
  }
  /// What the server says of the client; empty if there was no session.
  std::string said_to(const Server& server, const Certified* certified) {
    TlsClient client{server, client_options(certified)};
    return client.is_open() ? client.ask(request("GET", "/tls")).body : "";
  }
  bool is_served(const Server& server, const Certified& certified) { return !said_to(server, &certified).empty(); }

  Certificates files;
  Certified authority = files.make(authority_request("authority"));
  Certified own = files.make(server_request(), &authority);
};
INSTANTIATE_TEST_SUITE_P(Versions, TlsCertificates, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& version) { return version.param == TLS1_3_VERSION ? "1_3" : "1_2"; });

TEST_P(TlsCertificates, ProveTheServer) {
  Server server{options(false)};
  const auto said = said_to(server, nullptr);
  EXPECT_TRUE(said.starts_with("TLSv1.")) << said;
  TlsClientOptions other = client_options();
  other.ca = files.make(authority_request("another")).certificate_file;
  EXPECT_FALSE((TlsClient{server, other}.is_open())) << "who does not know the authority goes";
}

TEST_P(TlsCertificates, AnRsaServerIsFineToo) {
  auto asked = server_request();
  asked.rsa_bits = 2048;
  own = files.make(asked, &authority);
  Server server{options(false)};
  EXPECT_FALSE(said_to(server, nullptr).empty());
}

TEST_P(TlsCertificates, OffersNoKeysBesides) {
  Server server{options(false), std::make_shared<Keys>()};
  auto with_key = client_options();
  with_key.offers_key = true;
  if (GetParam() == TLS1_2_VERSION) {
    with_key.suites = "ECDHE-PSK-CHACHA20-POLY1305";
    EXPECT_FALSE((TlsClient{server, with_key}.is_open()));
  } else {
    TlsClient client{server, with_key};
    EXPECT_TRUE(client.ask(request("GET", "/tls")).body.starts_with("TLSv1.3")) << "no identity";
  }
}

TEST_P(TlsCertificates, OfClientsGiveTheirNames) {
  Server server{options()};
  const auto both = files.make(client_request("URI:urn:dev:1,DNS:gw1.example,email:a@b.example,IP:127.0.0.1"), &authority);
  EXPECT_TRUE(said_to(server, &both).starts_with("URI:urn:dev:1 DNS:gw1.example TLSv1.")) << "no common name beside them";
  const auto common = files.make(client_request(""), &authority);
  EXPECT_TRUE(said_to(server, &common).starts_with("CN:device TLSv1."));
  EXPECT_EQ(said_to(server, nullptr), "") << "one is required";
}

TEST_P(TlsCertificates, OfClientsMayBeLeftOut) {
  auto lax = options();
  lax.tls.require_client_certificate = false;
  Server server{lax};
  const auto good = files.make(client_request(), &authority);
  EXPECT_TRUE(said_to(server, &good).starts_with("URI:urn:dev:1 "));
  EXPECT_TRUE(said_to(server, nullptr).starts_with("TLSv1."));
  const auto foreign = files.make(client_request());
  EXPECT_FALSE(is_served(server, foreign)) << "but a bad one is none";
}

TEST_P(TlsCertificates, OfTheServerAreSparedByTickets) {
  Server server{options(false)};
  TlsClient first{server, client_options()};
  EXPECT_EQ(first.ask(request("GET", "/a")).status, 200u);
  const auto ticket = first.ticket();
  ASSERT_TRUE(ticket);
  auto resuming = client_options();
  resuming.session = ticket.get();
  TlsClient client{server, resuming};
  EXPECT_TRUE(client.ask(request("GET", "/tls")).body.ends_with(" resumed"));
}

TEST_P(TlsCertificates, OfClientsGiveNoTickets) {
  Server server{options()};
  const auto good = files.make(client_request(), &authority);
  TlsClient client{server, client_options(&good)};
  EXPECT_EQ(client.ask(request("GET", "/a")).status, 200u);
  EXPECT_FALSE(client.ticket());
}

TEST_P(TlsCertificates, T18_BadOnesAreRefused) {
  Server server{options()};
  const auto stranger = files.make(authority_request("authority"));
  const auto refused = [&](const char* why, const CertificateRequest& asked, const Certified* issuer) {
    const auto certified = files.make(asked, issuer);
    EXPECT_FALSE(is_served(server, certified)) << why;
  };
  EXPECT_TRUE(is_served(server, files.make(client_request(), &authority)));
  refused("self-signed", client_request(), nullptr);
  refused("of another authority of that name", client_request(), &stranger);
  auto asked = client_request();
  asked.ends = -60;
  refused("expired", asked, &authority);
  asked = client_request();
  asked.begins = 1800;
  refused("not yet valid", asked, &authority);
  asked = client_request();
  asked.usage = "serverAuth";
  refused("for servers", asked, &authority);
  asked = client_request();
  asked.digest = "SHA1";
  refused("signed with SHA-1", asked, &authority);
  asked = client_request();
  asked.rsa_bits = 1024;
  refused("of 1024 bits", asked, &authority);
  asked = client_request("");
  asked.dns_octets = {std::string("gw1.example\0.evil", 17)};
  refused("with NUL in a name", asked, &authority);
  EXPECT_EQ(server.figures().requests, 1u);
}

TEST_P(TlsCertificates, T18_ChainsAreShort) {
  Server server{options()};
  const Certified* issuer = &authority;
  std::vector<std::unique_ptr<Certified>> chain;
  std::string chain_text;
  for (int i = 1; i <= 5; ++i) {
    chain.push_back(std::make_unique<Certified>(files.make(authority_request("intermediate " + std::to_string(i)), issuer)));
    issuer = chain.back().get();
    chain_text = contents(issuer->certificate_file) + chain_text;
    const auto certified = files.make(client_request(), issuer, chain_text);
    EXPECT_EQ(is_served(server, certified), i <= 3) << i << " between the authority and the client";
  }
}

TEST_P(TlsCertificates, T18_RevokedOnesAreRefused) {
  auto strict = options();
  strict.tls.client_crl = files.revoke(authority, {7});
  Server server{strict};
  auto asked = client_request();
  asked.serial = 6;
  const auto good = files.make(asked, &authority);
  EXPECT_TRUE(is_served(server, good));
  asked.serial = 7;
  EXPECT_FALSE(is_served(server, files.make(asked, &authority)));
  strict.tls.client_crl = files.revoke(authority, {7}, -60);
  Server stale{strict};
  EXPECT_FALSE(is_served(stale, good)) << "an old list tells nothing";
}

TEST_P(TlsCertificates, AreReadAgain) {
  Server server{options(false)};
  TlsClient before{server, client_options()};
  EXPECT_EQ(before.ask(request("GET", "/a")).status, 200u);
  const auto next_authority = files.make(authority_request("next"));
  const auto next = files.make(server_request(), &next_authority);
  auto changed = options(false).tls;
  changed.certificate = next.certificate_file;
  EXPECT_THROW(server.listener().reload_tls(changed), std::runtime_error) << "the key is another's";
  EXPECT_FALSE(said_to(server, nullptr).empty()) << "then all is as it was";
  changed.private_key = next.key_file;
  server.listener().reload_tls(changed);
  EXPECT_EQ(said_to(server, nullptr), "") << "another certificate is shown";
  auto trusting = client_options();
  trusting.ca = next_authority.certificate_file;
  TlsClient after{server, trusting};
  EXPECT_EQ(after.ask(request("GET", "/a")).status, 200u);
  EXPECT_EQ(before.ask(request("GET", "/b")).status, 200u) << "open connections go on";
  changed.mode = TlsOptions::Mode::psk;
  EXPECT_THROW(server.listener().reload_tls(changed), std::runtime_error);
}

class TlsFiles : public testing::Test {
 protected:
  /// What the listener says of its files.
  std::string problem(const TlsOptions& tls) {
    Handler handler;
    boost::asio::io_context context{1};
    ListenerOptions all;
    all.port = 0;
    all.tls = tls;
    all.tls.mode = TlsOptions::Mode::certificate;
    try {
      Listener listener{{&context}, all, handler};
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  }
  bool names(const TlsOptions& tls, const std::string& file) {
    const auto text = problem(tls);
    const bool is_named = text.find(file) != std::string::npos;
    if (!is_named) ADD_FAILURE() << "problem: " << text;
    return is_named;
  }

  Certificates files;
  Certified own = files.make(server_request());
  TlsOptions good = [this] {
    TlsOptions tls;
    tls.certificate = own.certificate_file;
    tls.private_key = own.key_file;
    tls.client_ca = own.certificate_file;
    return tls;
  }();
};

TEST_F(TlsFiles, ProblemsNameTheFile) {
  EXPECT_EQ(problem(good), "");
  const auto nonsense = files.write("nonsense", "nonsense");
  for (const auto& bad : {files.folder() + "/missing", nonsense, files.folder()}) {
    for (auto member : {&TlsOptions::certificate, &TlsOptions::private_key, &TlsOptions::client_ca, &TlsOptions::client_crl}) {
      auto tls = good;
      tls.*member = bad;
      EXPECT_TRUE(names(tls, bad));
    }
  }
  auto tls = good;
  tls.private_key = files.make(server_request()).key_file;
  EXPECT_TRUE(names(tls, tls.private_key)) << "another's key";
}

TEST_F(TlsFiles, CertificatesOfClientsNeedAnAuthority) {
  auto tls = good;
  tls.client_ca.clear();
  EXPECT_EQ(problem(tls), "");
  tls.require_client_certificate = true;
  EXPECT_NE(problem(tls), "");
  tls.require_client_certificate = false;
  tls.client_crl = files.revoke(own, {1});
  EXPECT_NE(problem(tls), "");
}

TEST_F(TlsFiles, AKeyThatEverybodyMayReadIsRefused) {
  ::chmod(good.private_key.c_str(), 0640);
  EXPECT_EQ(problem(good), "");
  for (const unsigned mode : {0644u, 0602u}) {
    ::chmod(good.private_key.c_str(), mode);
    EXPECT_NE(problem(good).find("chmod"), std::string::npos) << mode;
  }
}

TEST_F(TlsFiles, F3_AKeyThatIsNoPlainFileIsRefused) {
  const auto pipe = files.folder() + "/pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  auto tls = good;
  tls.private_key = pipe;
  EXPECT_TRUE(names(tls, pipe)) << "and nobody waits for its other end";
}

}  // namespace
}  // namespace nscl::net::test
