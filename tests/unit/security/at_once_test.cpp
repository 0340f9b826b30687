// SPDX-License-Identifier: Apache-2.0
// Digests and signatures judged by what is wrapped in a real store.
#include <nscl/base/bytes.h>
#include <nscl/security/credentials.h>
#include <nscl/security/request_signature.h>

#include "key_fixture.h"

namespace nscl::security {
namespace {

class AtOnce : public KeyTest {
 protected:
  void SetUp() override {
    KeyTest::SetUp();
    put("meter", "secret");
    start();
  }
  void TearDown() override {
    credentials.reset();
    KeyTest::TearDown();
  }
  void start() {
    credentials = std::make_unique<Credentials>(*store, Credentials::Options{},
                                                Credentials::Keys{keystore.get(), keystore->lookup({store::KeyKind::application}, context)});
  }
  void put(const std::string& name, const std::string& password) {
    change([&](store::Transaction& t) -> Result<void> {
      store::Principal principal{name, "applications/" + name, "verifier", false};
      auto done = keystore->put_digest(t, principal, digest_ha1(DigestAlgorithm::sha_256, name, "nscl", password));
      t.put_principal(principal);
      return done;
    });
  }
  void change(const store::WriteJob& job) { ASSERT_TRUE(store->write_and_wait(job)); }
  std::optional<store::Principal> principal(const std::string& name) {
    std::optional<store::Principal> found;
    store->read([&](store::View& view) { found = view.find_principal(name); });
    return found;
  }
  std::string digest_of(const std::string& name) {
    std::string octets;
    store->read([&](store::View& view) { octets = keystore->digest_of(view, view.find_principal(name), name).view(); });
    return octets;
  }
  /// "meter", or what it was refused for.
  std::string judge(const std::string& authorization, std::string_view method = "GET", std::string_view body = {}) {
    std::string result;
    const Credentials::Shown shown{authorization, "h", "192.0.2.1", method, "/m2m", body};
    credentials->verify(shown, context, [&](const Credentials::Verdict& found) {
      constexpr const char* refusals[] = {"missing", "wrong", "stale", "overloaded"};
      result = found ? (*found)->principal : refusals[static_cast<std::size_t>(found.error())];
    });
    context.restart();
    context.run();
    EXPECT_FALSE(credentials->remembered(shown)) << "none of these may be shown twice";
    return result;
  }
  std::string digest(const std::string& user, const std::string& password) {
    const auto challenge = credentials->digest_challenges(false).front();
    const auto begin = challenge.find("nonce=\"") + 7;
    DigestCredential credential{
        DigestAlgorithm::sha_256, user, "nscl", challenge.substr(begin, challenge.find('"', begin) - begin), "/m2m", "c", "00000001", 1, ""};
    credential.response = digest_response(credential, digest_ha1(DigestAlgorithm::sha_256, user, "nscl", password), "GET");
    return "Digest username=\"" + user + "\",realm=\"nscl\",uri=\"/m2m\",algorithm=SHA-256,qop=auth,nc=00000001,cnonce=\"c\",nonce=\"" +
           credential.nonce + "\",response=\"" + credential.response + "\"";
  }
  std::string signature(const std::string& id, const Secret& key, const SignedRequest& request, std::chrono::seconds ahead = {}) {
    SignatureCredential credential{id, 0, random_name(20), ""};
    credential.ts =
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(system_clock().now().time_since_epoch() + ahead).count());
    return "NSCL-HMAC id=" + id + ",ts=" + std::to_string(credential.ts) + ",nonce=" + credential.nonce +
           ",mac=" + signature_of(credential, request, key);
  }

  std::unique_ptr<Credentials> credentials;
};

TEST_F(AtOnce, DigestsAreWrappedAndBoundToTheirPrincipal) {
  const auto ha1 = digest_ha1(DigestAlgorithm::sha_256, "meter", "nscl", "secret");
  EXPECT_EQ(principal("meter")->digest.find(ha1.view()), std::string::npos);
  EXPECT_EQ(digest_of("meter").substr(0, 32), ha1.view());
  change([&](store::Transaction& t) -> Result<void> {
    auto thief = *t.find_principal("meter");
    thief.name = "thief";
    t.put_principal(thief);
    return {};
  });
  EXPECT_NE(digest_of("thief").substr(0, 32), ha1.view());
}

TEST_F(AtOnce, WhoHasNoDigestHasAlwaysTheSameThatNobodyKnows) {
  EXPECT_EQ(digest_of("nobody").size(), 48u);
  EXPECT_EQ(digest_of("nobody"), digest_of("nobody"));
  EXPECT_NE(digest_of("nobody"), digest_of("somebody"));
  EXPECT_NE(digest_of("meter").substr(32), std::string(16, '\0')) << "nor is there one for MD5";
}

TEST_F(AtOnce, AnotherDataKeyWrapsDigestsToo) {
  const auto before = *principal("meter");
  const auto done = keystore->change_data_key();
  ASSERT_TRUE(done);
  EXPECT_EQ(done->keys, 1u);
  EXPECT_NE(principal("meter")->digest_key, before.digest_key);
  EXPECT_EQ(judge(digest("meter", "secret")), "meter");
  change([&](store::Transaction& t) -> Result<void> {
    auto changed = *t.find_principal("meter");
    changed.digest.back() = static_cast<char>(changed.digest.back() ^ 1);
    t.put_principal(changed);
    return {};
  });
  EXPECT_EQ(keystore->change_data_key()->damaged, 1u);
}

TEST_F(AtOnce, DigestsAreJudged) {
  const auto field = digest("meter", "secret");
  EXPECT_EQ(judge(field, "PUT"), "wrong");
  EXPECT_EQ(judge(field), "meter");
  EXPECT_EQ(judge(field), "stale");
  EXPECT_EQ(judge(digest("meter", "Secret")), "wrong");
  EXPECT_EQ(judge(digest("nobody", "secret")), "wrong");
  EXPECT_EQ(judge("Digest x=y"), "missing");
  put("meter", "another");
  EXPECT_EQ(judge(digest("meter", "secret")), "wrong");
  EXPECT_EQ(judge(digest("meter", "another")), "meter");
}

TEST_F(AtOnce, SignaturesAreJudged) {
  const Secret key = random_secret(32);
  store::Key description;
  description.identity = "k";
  description.kind = store::KeyKind::application;
  description.entity = "applications/a";
  change([&](store::Transaction& t) { return keystore->add(t, description, key); });
  const SignedRequest request{"POST", "/m2m", "body"};
  const auto field = signature("k", key, request);
  EXPECT_EQ(judge(field, "POST", "Body"), "wrong");
  EXPECT_EQ(judge(field, "PUT", "body"), "wrong");
  EXPECT_EQ(judge(field, "POST", "body"), "applications/a");
  EXPECT_EQ(judge(field, "POST", "body"), "stale");
  EXPECT_EQ(judge(signature("k", key, request, std::chrono::seconds{-400}), "POST", "body"), "stale");
  EXPECT_EQ(judge(signature("l", key, request), "POST", "body"), "wrong");
  change([&](store::Transaction& t) { return keystore->revoke(t, "k"); });
  EXPECT_EQ(judge(signature("k", key, request), "POST", "body"), "wrong");
}

TEST_F(AtOnce, AnApplicationKeyIsForAnApplication) {
  store::Key description;
  description.kind = store::KeyKind::application;
  for (const auto& [identity, entity] : {std::pair{"k", "scls/gw1"}, {"k", ""}, {"v.k", "applications/a"}}) {
    description.identity = identity;
    description.entity = entity;
    EXPECT_FALSE(store->write_and_wait([&](store::Transaction& t) { return keystore->add(t, description, random_secret(32)); }))
        << identity << entity;
  }
}

TEST_F(AtOnce, WithoutKeysNobodyGetsIn) {
  credentials = std::make_unique<Credentials>(*store, Credentials::Options{});
  EXPECT_EQ(judge(digest("meter", "secret")), "wrong");
  EXPECT_EQ(judge(signature("k", random_secret(32), {"GET", "/m2m", ""})), "wrong");
}

}   // namespace
}   // namespace nscl::security
