// SPDX-License-Identifier: Apache-2.0
// The ACS as CPEs see it: HTTP, authentication, cookies; with a scripted device management.
#include <nscl/base/compression.h>
#include <nscl/security/failures.h>

#include "acs_fixture.h"

namespace nscl::rem::tr069 {
namespace {

TEST_F(AcsTest, NetcwmpsWay) {   // row 1, 4.9 rows 1, 2, 16: nothing first, RFC 2069 with an empty uri, later messages without any
  work.wants(5, {"a"});
  const auto first = nonce();
  const auto begun = post_with(digest(first, "", false), inform_of("S2"));
  ASSERT_EQ(begun.status, 200u) << body_of(begun);
  EXPECT_EQ(begun.content_type, "text/xml; charset=\"utf-8\"");
  EXPECT_TRUE(body_of(begun).starts_with("<soap-env:Envelope")) << "an XML declaration ends such a session";
  EXPECT_EQ(field(begun, "Set-Cookie").size(), 8u + 32u);
  EXPECT_EQ(begun.idle_time, std::chrono::seconds{60});
  const auto asked = post("");
  EXPECT_EQ(envelope_of(body_of(asked)).rpc, "GetParameterValues");
  EXPECT_EQ(asked.idle_time, std::chrono::seconds{300});
  const auto over = post(values_of("1", "a", "x"));
  EXPECT_EQ(over.status, 204u);
  EXPECT_TRUE(over.close);
  EXPECT_EQ(work.finished.size(), 1u);
}

TEST_F(AcsTest, DigestCheckValue) {   // 4.9 row 16
  DigestCredential shown;
  shown.nonce = "0123456789abcdef";
  EXPECT_EQ(security::digest_response(shown, security::digest_ha1(DigestAlgorithm::md5, "cwmp", "nrem", "cwmp"), "POST"), "b8a8574b0629d72e304412dd9bce2871");
}

TEST_F(AcsTest, CwmpSimsWay) {   // 4.9 row 17: the same nonce and count with every message, no cookie
  const auto shown = digest(nonce(), "/", true);
  EXPECT_EQ(post_with(shown, inform_of("S2")).status, 200u);
  EXPECT_EQ(post_with(shown, "").status, 204u);
  EXPECT_EQ(post_with(shown, inform_of("S2")).status, 200u);
}

TEST_F(AcsTest, ThoseThatCloseAfterTheChallenge) {   // 4.9 row 32
  const auto challenged = nonce();
  wire = std::make_unique<AcsWire>();
  EXPECT_EQ(post_with(digest(challenged, "/acs", true), inform_of("S2")).status, 200u);
}

TEST_F(AcsTest, GenieacsSimsWay) {   // 4.9 rows 3, 4: Basic unasked and never refused, the cookie with attributes, and that of the last session
  options.basic_without_tls = true;
  restart();
  request.cookie = "session=0123456789abcdef0123456789abcdef; Path=/; HttpOnly";   // row 38
  const auto begun = post_with(basic("cwmp:cwmp"), inform_of("S2"));
  ASSERT_EQ(begun.status, 200u);
  const auto cookie = field(begun, "Set-Cookie") + "; Path=/; HttpOnly";
  request.cookie = cookie;
  EXPECT_EQ(post_with(basic("cwmp:cwmp"), "").status, 204u);
}

TEST_F(AcsTest, TheChallenge) {
  const auto challenge = field(post(""), "WWW-Authenticate");
  EXPECT_TRUE(challenge.starts_with("Digest realm=\"nrem\", qop=\"auth\", nonce=\"")) << challenge;
  EXPECT_NE(challenge.find(", algorithm=MD5, opaque=\""), challenge.npos);
  EXPECT_EQ(fields(post(""), "WWW-Authenticate").size(), 1u);
  options.offer_sha_256 = true;
  restart();
  request.tls = &tls;
  const auto all = fields(post(""), "WWW-Authenticate");
  ASSERT_EQ(all.size(), 3u);
  EXPECT_NE(all[0].find("algorithm=MD5"), all[0].npos);
  EXPECT_NE(all[1].find("algorithm=SHA-256"), all[1].npos);
  EXPECT_EQ(all[2], "Basic realm=\"nrem\"");
  EXPECT_EQ(post_with(digest(nonce(), "/acs", true, "cwmp", DigestAlgorithm::sha_256), inform_of("S2")).status, 200u);
}

TEST_F(AcsTest, WhoIsNotLetIn) {
  const auto good = nonce();
  EXPECT_EQ(post_with(digest(good, "", false, "wrong"), inform_of("S2")).status, 401u);
  EXPECT_EQ(post_with(digest(good, "", true, "cwmp", DigestAlgorithm::sha_256), inform_of("S2")).status, 401u);   // not offered
  const auto old = post_with(digest("0123456789abcdef", "", false), inform_of("S2"));
  EXPECT_EQ(old.status, 401u);
  EXPECT_NE(field(old, "WWW-Authenticate").find("stale=true"), std::string::npos);
  EXPECT_EQ(post_with(basic("cwmp:cwmp"), inform_of("S2")).status, 401u);   // in clear
  EXPECT_EQ(post_with("Digest nonsense", inform_of("S2")).status, 401u);
  EXPECT_TRUE(work.contacts.empty());
  EXPECT_EQ(refused, (std::vector<std::string>{"acs.login_failed cwmp", "acs.login_failed cwmp"}));
  request.tls = &tls;
  EXPECT_EQ(post_with(basic("cwmp:wrong"), inform_of("S2")).status, 401u);
  EXPECT_EQ(post_with(basic("nobody:cwmp"), inform_of("S2")).status, 401u);
  EXPECT_EQ(post_with(basic("cwmp:cwmp"), inform_of("S2")).status, 200u);
}

TEST_F(AcsTest, ADeviceIsWhoItsCredentialsSay) {
  request.tls = &tls;
  EXPECT_EQ(post_with(basic("own:p"), inform_of("S2")).status, 401u);
  EXPECT_EQ(refused.back(), "acs.identity_mismatch own");
  EXPECT_EQ(devices.back(), "00AABB-Box-S1");
  EXPECT_EQ(post_with(basic("cwmp:cwmp"), inform_of("S1")).status, 401u);   // which has credentials of its own
  EXPECT_EQ(refused.back(), "acs.identity_mismatch cwmp");
  EXPECT_EQ(devices.back(), "00AABB-Box-S1") << "whose own credentials these are not";
  auto foreign = inform_of("S2");
  foreign.replace(foreign.find("00AABB"), 6, "00CCDD");
  EXPECT_EQ(post_with(basic("cwmp:cwmp"), foreign).status, 401u);
  EXPECT_TRUE(work.contacts.empty());
  EXPECT_EQ(post_with(basic("own:p"), inform_of("S1")).status, 200u);
}

TEST_F(AcsTest, GuessingIsStoppedForTheGuesserAlone) {
  request.tls = &tls;
  for (unsigned i = 0; i <= security::Failures::free_attempts; ++i) EXPECT_EQ(post_with(basic("cwmp:guess" + std::to_string(i)), "").status, 401u);
  const auto stopped = post_with(basic("cwmp:cwmp"), inform_of("S2"));
  EXPECT_EQ(stopped.status, 503u);
  EXPECT_EQ(field(stopped, "Retry-After"), "60");
  AcsWire other;
  other.address = "192.0.2.8";
  EXPECT_EQ(post_with(basic("cwmp:cwmp"), inform_of("S2"), &other).status, 200u);
}

TEST_F(AcsTest, ACookieOnANewConnection) {   // row 38, 4.9 row 31
  work.wants(5, {"a"});
  request.tls = &tls;
  const auto cookie = field(post_with(basic("own:p"), inform_of()), "Set-Cookie");
  wire = std::make_unique<AcsWire>();
  request.cookie = cookie;
  EXPECT_EQ(post("").status, 401u);
  EXPECT_EQ(post_with(basic("cwmp:cwmp"), "").status, 204u);   // somebody else has no session
  EXPECT_EQ(envelope_of(body_of(post_with(basic("own:p"), ""))).rpc, "GetParameterValues");
  wire = std::make_unique<AcsWire>();
  EXPECT_EQ(post_with(basic("own:p"), values_of("1", "a", "x")).status, 204u);
  EXPECT_EQ(work.finished.size(), 1u);
}

TEST_F(AcsTest, WithoutAuthenticationTheAddressDecides) {
  options.authentication = AcsOptions::Authentication::off;
  restart();
  EXPECT_EQ(post("").status, 204u);
  const auto cookie = field(post(inform_of()), "Set-Cookie");
  ASSERT_FALSE(cookie.empty());
  request.cookie = cookie;
  AcsWire same, other;
  other.address = "192.0.2.8";
  EXPECT_EQ(post(enveloped("<cwmp:GetRPCMethods/>"), &other).status, 400u);
  EXPECT_EQ(post(enveloped("<cwmp:GetRPCMethods/>"), &same).status, 200u);
  work.begin_error = Error{Status::not_found, ""};
  EXPECT_EQ(post(inform_of("S3")).status, 403u);
}

TEST_F(AcsTest, TwoDevicesWithOneId) {   // row 37
  options.authentication = AcsOptions::Authentication::off;
  restart();
  EXPECT_EQ(post(inform_of()).status, 200u);
  AcsWire other;
  const auto second = post(inform_of(), &other);
  EXPECT_EQ(second.status, 503u);
  EXPECT_EQ(field(second, "Retry-After"), "5");
  EXPECT_EQ(post("").status, 204u);
}

TEST_F(AcsTest, WhatIsNoMessage) {
  options.authentication = AcsOptions::Authentication::off;
  restart();
  EXPECT_EQ(post(enveloped("<cwmp:TransferComplete/>")).status, 400u);   // nothing has begun
  EXPECT_EQ(post("hello").status, 400u);
  EXPECT_EQ(post("<!DOCTYPE a [<!ENTITY e \"x\">]>" + inform_of()).status, 400u);
  const auto cut = post(inform_of().substr(0, 300));   // 4.9 row 30: what follows on the connection is no request
  EXPECT_EQ(cut.status, 400u);
  EXPECT_TRUE(cut.close);
  EXPECT_EQ(post(" \r\n").status, 204u);
  request.content_type = {};   // 4.9 row 18
  EXPECT_EQ(post(inform_of()).status, 200u);
}

TEST_F(AcsTest, PathsAndMethods) {
  options.authentication = AcsOptions::Authentication::off;
  restart();
  request.target = "/other";
  EXPECT_EQ(post("").status, 404u);
  for (const auto* target : {"/acs?x=1", "http://host:7547/acs"}) {
    request.target = target;
    EXPECT_EQ(post("").status, 204u) << target;
  }
  request.method = net::Method::get;
  const auto got = post("");
  EXPECT_EQ(got.status, 405u);
  EXPECT_EQ(field(got, "Allow"), "POST");
  options.path.clear();
  restart();
  request.method = net::Method::post;
  request.target = "/anywhere";
  EXPECT_EQ(post("").status, 204u);
}

TEST_F(AcsTest, CompressionIsMirrored) {
  options.authentication = AcsOptions::Authentication::off;
  options.message_limit = 100'000;
  restart();
  for (const auto coding : {Compression::gzip, Compression::deflate}) {
    request.content_encoding = name_of(coding);
    const auto body = compress(coding, inform_of());
    const auto begun = post(body);
    ASSERT_EQ(begun.status, 200u);
    EXPECT_EQ(field(begun, "Content-Encoding"), name_of(coding));
    EXPECT_EQ(envelope_of(*decompress(coding, body_of(begun), 100'000)).rpc, "InformResponse");
  }
  const auto large = compress(Compression::deflate, inform_of() + std::string(100'000, ' '));
  EXPECT_EQ(post(large).status, 400u);
  EXPECT_EQ(post(inform_of()).status, 400u);
  request.content_encoding = "br";
  EXPECT_EQ(post(inform_of()).status, 415u);
}

TEST_F(AcsTest, AFullServerSaysSoBeforeItReads) {
  options.authentication = AcsOptions::Authentication::off;
  options.sessions.sessions = 1;
  restart();
  request.connection = wire.get();
  EXPECT_EQ(run(context, acs->admit(request)).status, 0u);
  post(inform_of());
  EXPECT_EQ(run(context, acs->admit(request)).status, 0u);   // its own session may go on
  AcsWire other;
  request.connection = &other;
  const auto full = run(context, acs->admit(request));
  EXPECT_EQ(full.status, 503u);
  EXPECT_EQ(field(full, "Retry-After"), "60");
}

TEST_F(AcsTest, AStoreThatCannotBeRead) {
  request.tls = &tls;
  logins.fails = true;
  EXPECT_EQ(post_with(basic("own:p"), inform_of()).status, 503u);
}

TEST_F(AcsTest, RejectedDevices) {
  request.tls = &tls;
  work.begin_error = Error{Status::not_found, ""};
  const auto unknown = post_with(basic("own:p"), inform_of());
  EXPECT_EQ(unknown.status, 401u);
  EXPECT_FALSE(field(unknown, "WWW-Authenticate").empty());
  work.begin_error = Error{Status::forbidden, ""};
  const auto rejected = post_with(basic("own:p"), inform_of());
  EXPECT_EQ(read<Fault>(body_of(rejected)).code, 8001u);
  EXPECT_TRUE(field(rejected, "Set-Cookie").empty());
}

TEST_F(AcsTest, TheEndAndTheCookieAsTheModelWantsThem) {
  options.authentication = AcsOptions::Authentication::off;
  model.end_with_200 = model.cookie_path = true;
  restart();
  const auto cookie = field(post(inform_of()), "Set-Cookie");
  EXPECT_EQ(cookie.substr(8 + 32), "; Path=/");
  request.content_encoding = "gzip";   // and no gzip of nothing
  const auto over = post("");
  EXPECT_EQ(over.status, 200u);
  EXPECT_EQ(body_of(over), "");
  EXPECT_TRUE(over.close);
  EXPECT_TRUE(field(over, "Content-Encoding").empty());
}

TEST_F(AcsTest, SessionsOfOneAddressHaveABound) {   // 5.6
  options.authentication = AcsOptions::Authentication::off;
  options.informs_per_address = 2;
  restart();
  EXPECT_EQ(post(inform_of("S1")).status, 200u);
  EXPECT_EQ(post(inform_of("S2")).status, 200u);
  const auto third = post(inform_of("S3"));   // on a connection whose sessions were let in
  EXPECT_EQ(third.status, 503u);
  EXPECT_EQ(field(third, "Retry-After"), "60");
  EXPECT_EQ(post("").status, 204u);           // whose session goes on
  AcsWire same, other;
  EXPECT_EQ(post("this is not even read", &same).status, 503u);
  request.connection = &same;
  EXPECT_EQ(run(context, acs->admit(request)).status, 503u);
  other.address = "192.0.2.8";
  EXPECT_EQ(post(inform_of("S3"), &other).status, 200u);
}

TEST_F(AcsTest, NoSecretInRefusals) {   // row 63
  request.tls = &tls;
  const auto response = post_with(basic("own:a-secret-password"), inform_of());
  EXPECT_EQ(body_of(response).find("a-secret"), std::string::npos);
  for (const auto& [name, value] : response.fields) EXPECT_EQ(value.find("a-secret"), std::string::npos);
}

}  // namespace
}  // namespace nscl::rem::tr069
