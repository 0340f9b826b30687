// SPDX-License-Identifier: Apache-2.0
// Gate: who a CPE proves to be (rem.md 4.3).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/net/web.h>
#include <nscl/rem/cpe_credentials.h>
#include <nscl/rem/tr069/acs.h>
#include <nscl/rem/tr069/device_id.h>
#include <nscl/security/digest_authentication.h>
#include <nscl/security/failures.h>

namespace nscl::rem::tr069 {

/// Any thread.
class Gate {
 public:
  Gate(CpeCredentials& credentials, const AcsOptions& options, Refused refused);

  /// Whose password was shown, and for which devices it is good. All empty where nobody is asked.
  struct Pass {
    std::string user, device, oui;
    std::vector<std::string> names = {};   ///< of its certificate, which then is its only proof
  };
  enum class Refusal : unsigned char {
    missing,     ///< no credential, or of a scheme that is not admitted here
    stale,       ///< right, but the nonce is over
    wrong,
    wrong_late,  ///< and so were many before, so that the answer is to be late
    no_certificate,   ///< which is needed
    too_often,   ///< so many were wrong from this address for this user that none is judged
  };
  /// Throws store::StoreError.
  tl::expected<Pass, Refusal> judge(const net::WebRequest& request);

  /// False: another device than the user's. That is told, and counts as a failure.
  bool admits(const Pass& pass, const DeviceIdStruct& device, std::string_view peer);

  /// Values of WWW-Authenticate for this request.
  std::vector<std::string> challenges(const net::WebRequest& request, bool is_stale);

 private:
  struct Shown {
    std::string user;
    std::optional<security::DigestCredential> digest;
    Secret password;   ///< of Basic
  };
  std::optional<Shown> shown_by(const net::WebRequest& request) const;
  bool is_name_of(std::string_view name, const DeviceIdStruct& device) const;
  bool is_of(const Pass& pass, const DeviceIdStruct& device, const std::string& id);
  bool admits_basic(const net::WebRequest& request) const;
  Refusal fail(std::string_view user, std::string_view peer, std::string_view device);

  CpeCredentials& credentials_;
  const AcsOptions& options_;
  const Refused refused_;
  security::DigestAuthentication digest_;
  security::Failures of_user_, of_peer_, of_both_;
};

}  // namespace nscl::rem::tr069
