// SPDX-License-Identifier: Apache-2.0
// Acs: what CPEs call, on a listener of its own: HTTP and authentication around the sessions. docs/management.md
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/net/web.h>
#include <nscl/rem/cpe_credentials.h>
#include <nscl/rem/refusal.h>
#include <nscl/rem/tr069/session.h>

namespace nscl::rem::tr069 {

struct AcsOptions {
  enum class Authentication : unsigned char { off, basic, digest };
  std::string path = "/acs";                 ///< that CPEs post to; empty: any
  Authentication authentication = Authentication::digest;   ///< that is asked for. digest: Basic is taken too, where it may be
  bool basic_without_tls = false;            ///< Basic may be used where everybody between can read it
  bool allow_md5 = true;                     ///< of Digest; most CPEs know nothing else
  bool offer_sha_256 = false;                ///< beside it, in a second challenge
  std::string realm = "nscl";
  /// Of verified client certificates: what they say is not looked at; who shows one is who it says; nobody is served without one.
  enum class ClientCertificates : unsigned char { ignore, accept, require };
  ClientCertificates client_certificates = ClientCertificates::ignore;
  std::vector<std::string> certificate_ouis;   ///< of the devices whose certificates name the serial number alone
  std::size_t message_limit = 32u << 20;     ///< octets of one message, decoded
  unsigned informs_per_address = 6000;       ///< sessions that begin from one address (IPv6: /64) in a minute; 0: any number
  SessionLimits sessions;
  Tracing* traces = nullptr;                 ///< outlives the ACS; null: nobody is told of sessions
};

class Acs final : public net::WebHandler {
 public:
  /// `work` and `credentials` outlive it.
  Acs(Work& work, Performing performing, CpeCredentials& credentials, AcsOptions options, Refused refused);
  ~Acs() override;

  net::Task<net::WebResponse> admit(const net::WebRequest& head) override;
  net::Task<net::WebResponse> handle(const net::WebRequest& request) override;
  net::WebResponse refuse(unsigned status, std::string_view reason) override;

  /// Ends sessions whose time is over. To be called every second or so, on any thread.
  void sweep();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nscl::rem::tr069
