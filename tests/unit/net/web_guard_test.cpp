// SPDX-License-Identifier: Apache-2.0
// Which addresses may be called, as a table and by calls.
#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

#include <nscl/net/address_guard.h>

#include "web_peer.h"

namespace nscl::net::test {
namespace {

using Kind = WebFailure::Kind;

bool admits(const AddressGuard& guard, const char* address) { return guard.admits(boost::asio::ip::make_address(address)); }

TEST(AddressGuard, ForbidsWhatOnlyLeadsInside) {
  const AddressGuard guard{{}, false};
  for (const char* address :
       {"0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254", "169.254.0.1",
        "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.1",
        "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "::2",
        "::127.0.0.1", "::10.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:10.0.0.1", "64:ff9b::7f00:1",
        "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::1", "2002:a00:1::1", "2002:c0a8:101::1", "2001::1", "2001:10::1", "2001:db8::1", "3fff::1",
        "fc00::1", "fd00:ec2::254", "fe80::1", "febf::1", "fec0::1", "ff02::1", "ff0e::1", "100::1", "4000::1", "8000::1"})
    EXPECT_FALSE(admits(guard, address)) << address;
}

TEST(AddressGuard, ListsWhatItWasGivenAlone) {
  const AddressGuard guard{{"10.1.0.0/16", "fd00::/8"}, false};
  for (const char* address : {"10.1.2.3", "fd12::1"}) EXPECT_TRUE(guard.lists(boost::asio::ip::make_address(address))) << address;
  for (const char* address : {"10.2.0.1", "8.8.8.8", "2600::1", "::ffff:10.1.2.3"}) EXPECT_FALSE(guard.lists(boost::asio::ip::make_address(address))) << address;
}

TEST(AddressGuard, AdmitsThePublicInternet) {
  const AddressGuard guard{{}, false};
  for (const char* address : {"1.1.1.1", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "126.255.255.255", "128.0.0.1", "169.253.0.1",
                              "172.15.255.255", "172.32.0.1", "192.0.1.1", "192.167.255.255", "192.169.0.1", "198.17.255.255", "198.20.0.1", "223.255.255.255",
                              "2606:4700::1111", "2a00:1450::1", "2001:200::1", "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::1"})
    EXPECT_TRUE(admits(guard, address)) << address;
}

TEST(AddressGuard, AdmitsWhatTheOperatorAllows) {
  const AddressGuard guard{{"10.1.0.0/16", "127.0.0.1/32", "fd00::/8", "::1/128"}, false};
  for (const char* address : {"10.1.0.1", "10.1.255.255", "127.0.0.1", "fd00::1", "::1", "::ffff:10.1.2.3", "64:ff9b::a01:203"})
    EXPECT_TRUE(admits(guard, address)) << address;
  for (const char* address : {"10.2.0.1", "10.0.255.255", "127.0.0.2", "fc00::1", "::2", "::ffff:10.2.0.1"}) EXPECT_FALSE(admits(guard, address)) << address;
  EXPECT_TRUE(admits(AddressGuard({}, true), "169.254.169.254"));
}

TEST(AddressGuard, WantsNetworks) {
  for (const char* text : {"", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0/8", "::1/129", "a/8", "10.0.0.0/8x", "/8"})
    EXPECT_THROW(AddressGuard({text}, false), std::invalid_argument) << text;
  boost::asio::io_context context;
  WebClientOptions options;
  options.allowed_networks = {"x"};
  EXPECT_THROW(WebClient(context, options), std::invalid_argument);
}

/// SSRF rows: whatever way the address is written, it is judged as what is connected to.
TEST(WebClientGuard, JudgesEveryWayToWriteAnAddress) {
  Peer peer{[](Peer& self) { EXPECT_FALSE(self.accept().is_open()) << "nothing connects"; }};
  Caller caller{WebClientOptions{}};
  const auto port = ":" + std::to_string(peer.port()) + "/";
  for (const char* host : {"127.0.0.1", "localhost", "127.1", "0x7f.0.0.1", "2130706433", "0", "[::1]", "[::ffff:127.0.0.1]", "[::127.0.0.1]", "[::]"})
    EXPECT_EQ(failure_of(caller.call(get("http://" + std::string(host) + port))), Kind::forbidden_address) << host;
  EXPECT_EQ(failure_of(caller.call(get("http://169.254.169.254/latest/meta-data/"))), Kind::forbidden_address);
}

TEST(WebClientGuard, SaysNothingAboutTheInside) {
  Caller caller{WebClientOptions{}};
  const auto result = caller.call(get("http://localhost:1/"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().detail.find("127"), std::string::npos) << result.error().detail;
}

TEST(WebClientGuard, CallsNamesWhoseAddressIsAllowed) {
  Peer peer{[](Peer& self) {
    auto conversation = self.accept();
    for (int i = 0; i < 2; ++i) {
      conversation.read();
      conversation.send(ok("here"));
    }
  }};
  Caller caller;
  for (const char* host : {"localhost", "LocalHost"}) {   // one destination, one connection
    const auto result = caller.call(get("http://" + std::string(host) + ":" + std::to_string(peer.port()) + "/"));
    ASSERT_TRUE(result) << result.error().detail;
    EXPECT_EQ(result->body, "here");
  }
}

TEST(WebClientGuard, TellsANameWithoutAddress) {
  Caller caller;
  EXPECT_EQ(failure_of(caller.call(get("http://" + std::string(64, 'a') + ".invalid/"))), Kind::unresolvable) << "no label is that long";
}

/// More names than are asked for at once, each twice: all are told, none is lost in the queue.
TEST(WebClientGuard, ResolvesManyNamesAtOnce) {
  Caller caller;
  std::vector<Ended> calls;
  for (int i = 0; i < 200; ++i) calls.push_back(caller.start(get("http://" + std::string(64, 'a') + std::to_string(i % 100) + ".invalid/")));
  for (const auto& call : calls) {
    ASSERT_TRUE(caller.run_until_ended(call));
    EXPECT_EQ(failure_of(**call), Kind::unresolvable);
  }
}

}  // namespace
}  // namespace nscl::net::test
