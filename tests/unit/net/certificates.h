// SPDX-License-Identifier: Apache-2.0
// Certificates made for a test, in a folder that goes with them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "openssl.h"

namespace nscl::net::test {

struct CertificateRequest {
  std::string name;                        ///< common name; empty: none
  std::string alternative_names;           ///< as OpenSSL writes them: "URI:urn:a,DNS:b"
  std::vector<std::string> dns_octets;     ///< alternative names with any octets
  bool is_authority = false;
  std::string usage;                       ///< "clientAuth"; empty: any
  long begins = -3600, ends = 3600;        ///< seconds from now
  int rsa_bits = 0;                        ///< 0: P-256
  const char* digest = "SHA256";
  int serial = 1;
};

struct Certified {
  CertificatePtr certificate;
  KeyPtr key;
  std::string certificate_file, key_file;  ///< the certificate, then those that signed it but the first
};

class Certificates {
 public:
  Certificates();
  ~Certificates();
  Certificates(const Certificates&) = delete;
  Certificates& operator=(const Certificates&) = delete;

  /// Signed by `issuer`, by itself if null.
  Certified make(const CertificateRequest& request, const Certified* issuer = nullptr, const std::string& chain = {});
  /// A list of the issuer's, with these serial numbers; its file.
  std::string revoke(const Certified& issuer, const std::vector<int>& serials, long ends = 3600);
  std::string write(const std::string& name, const std::string& text);
  std::string folder() const { return folder_.string(); }

 private:
  std::filesystem::path folder_;
  int files_ = 0;
};

std::string contents(const std::string& file);

}  // namespace nscl::net::test
