// SPDX-License-Identifier: Apache-2.0
// Bootstrap documents (rem.md 3.7): against the recorded one, and read back.
#include <gtest/gtest.h>

#include <nscl/base/bytes.h>
#include <nscl/rem/omadm/bootstrap.h>
#include <nscl/rem/omadm/syncml.h>
#include <nscl/security/hmac.h>

#include "../codec/shared_files.h"
#include "wbxml.h"

namespace nscl::rem::omadm {
namespace {

BootstrapAccount example_account() {
  BootstrapAccount account;
  account.server_id = "nrem.example";
  account.name = "NREM";
  account.url = "https://nscl.example/dm";
  account.device = "urn:imei:1";
  account.user = "dev1";
  account.password = Secret("s3cret");
  account.server_password = Secret("srv");
  account.nonce = account.server_nonce = "nonce";
  return account;
}

std::string written(const BootstrapAccount& account, BootstrapProfile profile, bool is_xml = false) {
  const auto document = write_bootstrap(account, profile, BootstrapProof::none, {}, is_xml);
  return document ? std::string(document->octets.view()) : document.error().detail;
}

TEST(DmBootstrap, provisioningIsThatOfTheRecording) {
  auto recorded = test::content_of(test::shared() / "spec/vectors/rem/dm-own-bootstrap-w7.xml");
  if (recorded.empty()) GTEST_SKIP() << "no vectors";
  std::erase(recorded, '\n');
  EXPECT_EQ(written(example_account(), BootstrapProfile::w7, true), recorded);
  EXPECT_EQ(written(example_account(), BootstrapProfile::w7), test::content_of(test::shared() / "spec/vectors/rem/dm-own-bootstrap-w7.wbxml"));
}

TEST(DmBootstrap, whatIsMarkupInATextStaysText) {
  auto account = example_account();
  account.name = "a\"b<c>&amp;";
  const auto decoded = decoded_document(written(account, BootstrapProfile::w7));
  ASSERT_TRUE(decoded) << decoded.error().detail;
  EXPECT_NE(decoded->find("\"a&quot;b&lt;c&gt;&amp;amp;\""), std::string::npos) << *decoded;
}

// 3.7: NAPDEF and PXLOGICAL, in both forms
TEST(DmBootstrap, provisioningTellsHowTheNetworkIsReached) {
  auto account = example_account();
  account.connectivity.access_point = "m2m.example";
  for (const bool is_xml : {true, false}) {
    const auto shown = [&] {
      const auto octets = written(account, BootstrapProfile::w7, is_xml);
      return is_xml ? octets : decoded_document(octets).value_or("not decoded");
    };
    const auto has = [&](std::string_view part) { EXPECT_NE(shown().find(part), std::string::npos) << part << " in " << shown(); };
    account.connectivity = {.access_point = "m2m.example"};
    has(R"(<characteristic type="NAPDEF"><parm name="NAPID" value="NAP1"/><parm name="NAME" value="m2m.example"/><parm name="BEARER" value="GSM-GPRS"/>)"
        R"(<parm name="NAP-ADDRESS" value="m2m.example"/><parm name="NAP-ADDRTYPE" value="APN"/></characteristic><characteristic type="APPLICATION">)");
    has(R"(<parm name="TO-NAPID" value="NAP1"/><characteristic type="APPAUTH">)");
    account.connectivity.user = "sim";
    account.connectivity.password = Secret(std::string_view("hush"));
    has(R"(<characteristic type="NAPAUTHINFO"><parm name="AUTHTYPE" value="CHAP"/><parm name="AUTHNAME" value="sim"/><parm name="AUTHSECRET" value="hush"/></characteristic></characteristic>)");
    account.connectivity.is_pap = true;
    has(R"(<parm name="AUTHTYPE" value="PAP"/>)");
    account.connectivity.proxy = "192.0.2.1";
    account.connectivity.proxy_port = 3128;
    has(R"(<characteristic type="PXLOGICAL"><parm name="PROXY-ID" value="PROXY1"/><parm name="NAME" value="192.0.2.1"/><characteristic type="PXPHYSICAL">)"
        R"(<parm name="PHYSICAL-PROXY-ID" value="PROXY1"/><parm name="PXADDR" value="192.0.2.1"/><parm name="PXADDRTYPE" value="IPV4"/><parm name="TO-NAPID" value="NAP1"/>)"
        R"(<characteristic type="PORT"><parm name="PORTNBR" value="3128"/></characteristic></characteristic></characteristic><characteristic type="NAPDEF">)");
    has(R"(<parm name="TO-PROXY" value="PROXY1"/><characteristic type="APPAUTH">)");
  }
  EXPECT_EQ(written(account, BootstrapProfile::dm), "only client provisioning (w7) tells a client how it reaches the network");
  account.connectivity.access_point.clear();
  EXPECT_EQ(written(account, BootstrapProfile::w7), "a proxy, or a user of an access point, needs the name of the access point");
}

TEST(DmBootstrap, aMessageAddsTheAccountToTheInbox) {
  const auto octets = written(example_account(), BootstrapProfile::dm);
  const auto message = read_message(octets, Encoding::wbxml);
  ASSERT_TRUE(message) << message.error().detail;
  EXPECT_TRUE(message->is_final);
  EXPECT_EQ(message->header.target, "urn:imei:1");
  EXPECT_EQ(message->header.source, "nrem.example");
  ASSERT_EQ(message->body.size(), 1u);
  const auto* add = std::get_if<CommandElement>(&message->body.front());
  ASSERT_TRUE(add && add->kind == CommandElement::Kind::add && add->items.size() == 1);
  const auto& item = add->items.front();
  EXPECT_TRUE(item.target.starts_with("./Inbox/")) << item.target;
  EXPECT_EQ(item.meta.type, "application/vnd.syncml.dmtnds+xml");
  ASSERT_TRUE(item.data);
  for (const char* part : {"<DDFName>urn:oma:mo:oma-dm-dmacc:1.0</DDFName>", "<NodeName>ServerID</NodeName>", "<Value>https://nscl.example/dm</Value>", "<Value>CLCRED</Value>",
                           "<Value>SRVCRED</Value>", "<Value>dev1</Value>", "<Value>s3cret</Value>", "<Value>srv</Value>", "<Value>bm9uY2U=</Value>"})
    EXPECT_NE(item.data->find(part), item.data->npos) << part << " in " << *item.data;
}

TEST(DmBootstrap, theProofIsOfTheOctetsThatAreSent) {
  const Secret pin("1234");
  const std::pair<BootstrapProfile, const char*> profiles[] = {{BootstrapProfile::w7, "application/vnd.wap.connectivity-wbxml; SEC=1; MAC="},
                                                                {BootstrapProfile::dm, "application/vnd.syncml.dm+wbxml; SEC=USERPIN; MAC="}};
  for (const auto& [profile, head] : profiles) {
    const auto document = write_bootstrap(example_account(), profile, BootstrapProof::user, pin, false);
    ASSERT_TRUE(document);
    ASSERT_TRUE(document->content_type.starts_with(head)) << document->content_type;
    const auto mac = document->content_type.substr(std::string(head).size());
    EXPECT_EQ(mac.find_first_not_of("0123456789ABCDEF"), mac.npos) << "upper case";
    EXPECT_EQ(hex_decode(mac), security::hmac_sha1(pin, document->octets.view()));
  }
  const auto network = write_bootstrap(example_account(), BootstrapProfile::w7, BootstrapProof::network, pin, false);
  ASSERT_TRUE(network);
  EXPECT_NE(network->content_type.find("SEC=0;"), std::string::npos);
}

/// What stands in the push in hexadecimal digits, "MAC" in place of those of the proof.
std::string headers(BootstrapProfile profile, BootstrapProof proof) {
  const auto document = write_bootstrap(example_account(), profile, proof, Secret(std::string_view("1234")), false);
  if (!document) return document.error().detail;
  const auto mac = hex_encode(document->content_type.substr(document->content_type.size() - 40));
  auto out = hex_encode(document->push_headers);
  const auto at = out.find(mac);
  return at == out.npos ? out : out.replace(at, mac.size(), "MAC");
}

TEST(DmBootstrap, inAPushTypeAndProofAreOctets) {
  // 31: the length follows; 45 octets; the type 0x36; SEC is 0 or 1; MAC, a text with its zero.
  EXPECT_EQ(headers(BootstrapProfile::w7, BootstrapProof::user), "1f2d" "b6" "9181" "92" "MAC" "00");
  EXPECT_EQ(headers(BootstrapProfile::w7, BootstrapProof::network), "1f2d" "b6" "9180" "92" "MAC" "00");
  const auto type = hex_encode("application/vnd.syncml.dm+wbxml") + "00", sec = hex_encode("SEC") + "00", mac_name = hex_encode("MAC") + "00";
  EXPECT_EQ(headers(BootstrapProfile::dm, BootstrapProof::user), "1f59" + type + sec + hex_encode("USERPIN") + "00" + mac_name + "MAC" "00" "af87");
  EXPECT_EQ(headers(BootstrapProfile::dm, BootstrapProof::network), "1f5b" + type + sec + hex_encode("NETWORKID") + "00" + mac_name + "MAC" "00" "af87");
  const auto bare = write_bootstrap(example_account(), BootstrapProfile::w7, BootstrapProof::none, {}, false);
  EXPECT_TRUE(bare && bare->push_headers.empty() && bare->content_type == "application/vnd.wap.connectivity-wbxml");
}

TEST(DmBootstrap, whatCannotBeWrittenIsRefused) {
  auto control = example_account(), nobody = example_account();
  control.name = "a\x01";
  nobody.user.clear();
  for (const auto* account : {&control, &nobody}) {
    EXPECT_FALSE(write_bootstrap(*account, BootstrapProfile::w7, BootstrapProof::none, {}, false));
    EXPECT_FALSE(write_bootstrap(*account, BootstrapProfile::dm, BootstrapProof::none, {}, false));
  }
}

}  // namespace
}  // namespace nscl::rem::omadm
