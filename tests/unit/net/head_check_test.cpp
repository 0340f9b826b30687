// SPDX-License-Identifier: Apache-2.0
// The rules on heads, without a socket.
#include <nscl/net/head_check.h>

#include <string>

#include <gtest/gtest.h>

namespace nscl::net {
namespace {

unsigned status_of(const std::string& head) { return check_head(head, HeadLimits{}).status; }
unsigned partial_status_of(const std::string& head) { return check_partial_head(head, HeadLimits{}).status; }

std::string get(const std::string& target) { return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"; }
std::string with_host(const std::string& host) { return "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n"; }

TEST(HeadCheck, TakesOrdinaryHeads) {
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 0u);
  EXPECT_EQ(status_of("GET / HTTP/1.0\r\n\r\n"), 0u);
  EXPECT_EQ(status_of("POST /m2m/x HTTP/1.1\r\nhost:a:8080\r\nContent-Length:  5 \r\nX-Empty:\r\n\r\n"), 0u);
  EXPECT_EQ(status_of("PUT /m2m HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"), 0u);
  EXPECT_EQ(status_of("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"), 0u);
  EXPECT_EQ(status_of("CONNECT /m2m HTTP/1.1\r\nHost: a\r\n\r\n"), 0u);
  EXPECT_EQ(status_of("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"), 0u);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a\r\nX-Text: caf\xc3\xa9\tx\r\n\r\n"), 0u);
}

TEST(HeadCheck, JudgesTargets) {
  EXPECT_EQ(status_of(get("/m2m/a%20b?x=y&z=%2F")), 0u);
  EXPECT_EQ(status_of(get("http://other:80/m2m")), 0u);
  for (const char* target : {"foo", "a://", "://x", "/a#b", "/<>", "/a\"b", "/a\\b", "/caf\xc3\xa9", "/a{b}", "", "/a b"})
    EXPECT_EQ(status_of(get(target)), 400u) << target;
  EXPECT_EQ(status_of("GET a:443 HTTP/1.1\r\nHost: a\r\n\r\n"), 400u);
  EXPECT_EQ(status_of("CONNECT u@a:443 HTTP/1.1\r\nHost: a\r\n\r\n"), 400u);
  EXPECT_EQ(status_of(get("/" + std::string(2047, 'a'))), 0u);
  EXPECT_EQ(status_of(get("/" + std::string(2048, 'a'))), 414u);
}

TEST(HeadCheck, JudgesHosts) {
  for (const char* host : {"a", "nscl.example.com:8080", "127.0.0.1", "[::1]:80", "[2001:db8::1]", "a_b", "a:0"})
    EXPECT_EQ(status_of(with_host(host)), 0u) << host;
  for (const char* host : {"", "u@a", "a/b", "a, b", "a b", "a:", "a:x", "a:65536", "a:123456", ":80", "[::1", "::1", "[]", "[x]", "a?b", "a#b"})
    EXPECT_EQ(status_of(with_host(host)), 400u) << host;
}

TEST(HeadCheck, JudgesVersions) {
  for (const char* version : {"HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "HTTP/9.9"})
    EXPECT_EQ(status_of(std::string("GET / ") + version + "\r\nHost: a\r\n\r\n"), 505u) << version;
  for (const char* version : {"HTTP/1", "HTTP/1.10", "http/1.1", "HTTP/1.1x", "HTTPS/1.1", "HTTP/ 1.1", "HTTP/1,1", ""})
    EXPECT_EQ(status_of(std::string("GET / ") + version + "\r\nHost: a\r\n\r\n"), 400u) << version;
}

TEST(HeadCheck, LimitsNumbers) {
  std::string hundred = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 1; i < 100; ++i) hundred += "A: b\r\n";
  EXPECT_EQ(status_of(hundred + "\r\n"), 0u);
  EXPECT_EQ(status_of(hundred + "A: b\r\n\r\n"), 431u);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(9000, 'x') + "\r\n\r\n"), 431u);
  HeadLimits wide;
  wide.head = 64 * 1024;
  EXPECT_EQ(check_head("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(9000, 'x') + "\r\n\r\n", wide).status, 431u);
}

TEST(HeadCheck, NeedsItsEnd) {
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a\r\n"), 400u);
  EXPECT_EQ(status_of("\r\n"), 400u);
  EXPECT_EQ(status_of(""), 400u);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a\r\n\r\nx"), 400u);
}

TEST(HeadCheck, EveryPrefixOfAGoodHeadMayGoOn) {
  const std::string head = "POST /m2m/x?a=b HTTP/1.1\r\nHost: a:8080\r\nAuthorization: Basic x\r\nContent-Length: 5\r\n\r\n";
  for (std::size_t size = 0; size < head.size(); ++size) EXPECT_EQ(partial_status_of(head.substr(0, size)), 0u) << size;
}

TEST(HeadCheck, RefusesEarlyWhatCannotBecomeGood) {
  EXPECT_EQ(partial_status_of("\x16\x03\x01"), 400u);
  EXPECT_EQ(partial_status_of(std::string(33, 'A')), 400u);
  EXPECT_EQ(partial_status_of("GET /" + std::string(2048, 'a')), 414u);
  EXPECT_EQ(partial_status_of("GET / HTTP/1.1\nHost: a\n\n"), 400u);
  EXPECT_EQ(partial_status_of("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(8300, 'x')), 431u);
  EXPECT_EQ(partial_status_of("GET / HTTP/1.1\r\nHo\rst: a"), 400u);
  EXPECT_EQ(partial_status_of("GET / HTTP/1.1\r\n X: folded\r\n"), 400u);
}

}  // namespace
}  // namespace nscl::net
