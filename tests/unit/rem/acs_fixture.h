// SPDX-License-Identifier: Apache-2.0
// AcsTest: an ACS without sockets, and a scripted device management behind it.
#pragma once

#include <algorithm>

#include <nscl/net/connection.h>
#include <nscl/net/tls.h>
#include <nscl/rem/tr069/acs.h>
#include <nscl/security/digest_authentication.h>

#include "fake_work.h"

namespace nscl::rem::tr069 {

using net::WebResponse;
using security::DigestAlgorithm;
using security::DigestCredential;

/// A connection that nothing comes on; what is kept with it goes with it.
class AcsWire final : public net::Connection {
 public:
  net::Task<ReadResult> read_some(boost::asio::mutable_buffer) override { co_return ReadResult(); }
  std::size_t write_now(boost::asio::const_buffer) override { return 0; }
  net::Task<boost::system::error_code> write(boost::asio::const_buffer) override { co_return boost::system::error_code(); }
  void shutdown() override {}
  void cancel() override {}
  void close() override {}
  bool is_quiet() override { return true; }
  const std::string& peer() const override { return address; }
  bool has_ended() override { return false; }
  std::string address = "192.0.2.7";
};

class AcsLogins final : public CpeCredentials {
 public:
  std::optional<CpeLogin> find(std::string_view user) override {
    if (fails) throw store::StoreError("disk");
    if (user == "cwmp") return CpeLogin{"", "00AABB", Secret(std::string_view("cwmp"))};
    if (user == "own") return CpeLogin{"00AABB-Box-S1", "", Secret(std::string_view("p"))};
    return std::nullopt;
  }
  bool has_own(std::string_view device) override { return device == "00AABB-Box-S1"; }
  bool fails = false;
};

inline std::string basic(std::string_view user_and_password) { return "Basic " + base64_encode(user_and_password); }

class AcsTest : public testing::Test {
 protected:
  void SetUp() override {
    options.realm = "nrem";
    restart();
  }
  void restart() {
    auto performing = one_by_one();
    performing.model = [this](const DeviceFacts&) { return model; };
    acs = std::make_unique<Acs>(work, std::move(performing), logins, options,
                                [this](const Refusal& refusal) {
                                  refused.push_back(std::string(refusal.event) + " " + std::string(refusal.who));
                                  devices.emplace_back(refusal.device);
                                });
  }

  /// A POST on `wire` with what `request` holds beside.
  WebResponse post(std::string_view body, AcsWire* on = nullptr) {
    AcsWire& used = on ? *on : *wire;
    request.body = body;
    request.connection = &used;
    request.peer = used.address;
    return run(context, acs->handle(request));
  }
  WebResponse post_with(std::string_view authorization, std::string_view body, AcsWire* on = nullptr) {
    request.authorization = authorization;
    auto response = post(body, on);
    request.authorization = {};
    return response;
  }
  static std::vector<std::string> fields(const WebResponse& response, std::string_view name) {
    std::vector<std::string> out;
    for (const auto& [key, value] : response.fields) {
      if (key == name) out.push_back(value);
    }
    return out;
  }
  static std::string field(const WebResponse& response, std::string_view name) {
    const auto all = fields(response, name);
    return all.empty() ? std::string() : all.front();
  }
  static std::string body_of(const WebResponse& response) { return response.body ? *response.body : std::string(); }

  std::string nonce() {
    const auto challenge = field(post(""), "WWW-Authenticate");
    const auto at = challenge.find("nonce=\"") + 7;
    return challenge.substr(at, challenge.find('"', at) - at);
  }
  static std::string digest(const std::string& nonce, const std::string& uri, bool has_qop, std::string_view password = "cwmp",
                            DigestAlgorithm algorithm = DigestAlgorithm::md5) {
    DigestCredential shown;
    shown.algorithm = algorithm;
    shown.nonce = nonce;
    shown.uri = uri;
    if (has_qop) shown.nc = "00000001";
    shown.cnonce = "c";
    const auto response = security::digest_response(shown, security::digest_ha1(algorithm, "cwmp", "nrem", password), "POST");
    return "Digest username=\"cwmp\", realm=\"nrem\", nonce=\"" + nonce + "\", uri=\"" + uri + "\", response=\"" + response + "\"" +
           (has_qop ? ", qop=auth, nc=00000001, cnonce=\"c\", opaque=\"ff\"" : "") + ", algorithm=" + (algorithm == DigestAlgorithm::md5 ? "MD5" : "SHA-256");
  }

  static net::WebRequest cwmp_request() {
    net::WebRequest request;
    request.method = net::Method::post;
    request.target = "/acs";
    request.content_type = "text/xml; charset=utf-8";
    return request;
  }

  boost::asio::io_context context{1};
  FakeWork work;
  AcsLogins logins;
  AcsOptions options;
  ModelOptions model;
  std::vector<std::string> refused, devices;   ///< and whose credentials these were
  net::TlsPeer tls;
  net::WebRequest request = cwmp_request();
  std::unique_ptr<Acs> acs;
  std::unique_ptr<AcsWire> wire = std::make_unique<AcsWire>();
};

}  // namespace nscl::rem::tr069
