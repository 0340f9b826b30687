// SPDX-License-Identifier: Apache-2.0
// CPEs that prove who they are by a TLS client certificate.
#include "acs_fixture.h"

namespace nscl::rem::tr069 {
namespace {

class AcsCertificates : public AcsTest {   // 4.1, TLS; 4.3
 protected:
  void SetUp() override {
    options.client_certificates = AcsOptions::ClientCertificates::accept;
    options.certificate_ouis = {"00AABB"};
    AcsTest::SetUp();
    request.tls = &tls;
  }
  unsigned begun_as(std::vector<std::string> names, std::string_view serial = "S2") {
    tls.names = std::move(names);
    wire = std::make_unique<AcsWire>();
    work.contacts.clear();
    const auto response = post(inform_of(serial));
    EXPECT_EQ(work.contacts.size(), response.status == 200 ? 1u : 0u);
    return response.status;
  }
};

TEST_F(AcsCertificates, AreTheDevicesThatTheyName) {
  EXPECT_EQ(begun_as({"CN:00AABB-Box-S2"}), 200u);
  EXPECT_EQ(begun_as({"DNS:elsewhere.example", "DNS:00AABB-Box-S3"}, "S3"), 200u);
  EXPECT_EQ(begun_as({"CN:S4"}, "S4"), 200u);
  EXPECT_TRUE(refused.empty());
  for (const auto* name : {"CN:00AABB-Box-S3", "CN:S3", "CN:00AABB-S2", "URI:00AABB-Box-S2", "CN:"}) {
    EXPECT_EQ(begun_as({name}), 401u) << name;
    EXPECT_EQ(refused.back(), std::string("acs.identity_mismatch ") + name);
  }
}

TEST_F(AcsCertificates, ASerialNumberAloneIsOfTheOuisThatWereGiven) {
  options.certificate_ouis = {"00CCDD"};
  restart();
  EXPECT_EQ(begun_as({"CN:S2"}), 401u);
  EXPECT_EQ(begun_as({"CN:00AABB-Box-S2"}), 200u);
}

TEST_F(AcsCertificates, ThoseWithoutOneShowAPassword) {
  EXPECT_EQ(begun_as({}), 401u);
  EXPECT_EQ(post_with(basic("cwmp:cwmp"), inform_of("S2")).status, 200u);
  tls.names = {"CN:00AABB-Box-S3"};   // whoever has one is judged by it alone
  wire = std::make_unique<AcsWire>();
  EXPECT_EQ(post_with(basic("cwmp:cwmp"), inform_of("S2")).status, 401u);
}

TEST_F(AcsCertificates, NobodyIsServedWithoutWhereTheyAreRequired) {
  options.client_certificates = AcsOptions::ClientCertificates::require;
  restart();
  EXPECT_EQ(post_with(basic("cwmp:cwmp"), inform_of("S2")).status, 403u);
  request.tls = nullptr;
  EXPECT_EQ(post_with(basic("cwmp:cwmp"), inform_of("S2")).status, 403u);
  request.tls = &tls;
  EXPECT_EQ(begun_as({"CN:00AABB-Box-S2"}), 200u);
}

TEST_F(AcsCertificates, BindADeviceWhereNobodyIsAsked) {
  options.authentication = AcsOptions::Authentication::off;
  restart();
  EXPECT_EQ(begun_as({}, "S9"), 200u);
  EXPECT_EQ(begun_as({"CN:00AABB-Box-S3"}), 403u);
}

TEST_F(AcsCertificates, AreLookedAtOnlyIfThatIsWanted) {
  options.client_certificates = AcsOptions::ClientCertificates::ignore;
  restart();
  EXPECT_EQ(begun_as({"CN:00AABB-Box-S2"}), 401u);
  EXPECT_TRUE(refused.empty());
}

TEST_F(AcsCertificates, ASessionGoesOnForTheSameOne) {
  work.wants(5, {"a"});
  tls.names = {"CN:00AABB-Box-S2"};
  request.cookie = "";
  const auto cookie = field(post(inform_of("S2")), "Set-Cookie");
  request.cookie = cookie;
  wire = std::make_unique<AcsWire>();
  tls.names = {"CN:00AABB-Box-S3"};
  EXPECT_EQ(post("").status, 204u);   // not theirs
  tls.names = {"CN:00AABB-Box-S2"};
  EXPECT_EQ(envelope_of(body_of(post(""))).rpc, "GetParameterValues");
}

}  // namespace
}  // namespace nscl::rem::tr069
