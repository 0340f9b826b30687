// SPDX-License-Identifier: Apache-2.0
// StampSigner: certificate and private key of a time stamping authority, judged before they are used.
#pragma once

#include <memory>
#include <new>
#include <string_view>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <nscl/base/secret.h>
#include <nscl/base/time.h>

namespace nscl::security {

/// unique_ptr of what a library frees by a function of its own.
template <auto function>
struct FreedBy {
  template <class T>
  void operator()(T* object) const {
    function(object);
  }
};
using CertificatePtr = std::unique_ptr<X509, FreedBy<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, FreedBy<EVP_PKEY_free>>;
inline void free_certificates(STACK_OF(X509) * certificates) { sk_X509_pop_free(certificates, X509_free); }
using CertificatesPtr = std::unique_ptr<STACK_OF(X509), FreedBy<free_certificates>>;
using BioPtr = std::unique_ptr<BIO, FreedBy<BIO_free_all>>;

constexpr int least_rsa_bits = 2048;   ///< of who signs for this SCL or its devices

/// Reads `text` where it is: it has to live longer. Throws std::bad_alloc.
inline BioPtr reader_of(std::string_view text) {
  BioPtr bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  if (!bio) throw std::bad_alloc();
  return bio;
}

struct StampSigner {
  CertificatePtr certificate;
  CertificatesPtr others;     ///< between it and its root
  KeyPtr key;
  Time not_before, not_after;

  bool is_valid_at(Time time) const { return not_before <= time && time <= not_after; }
};

/// From PEM; see TimeStamper. Throws std::runtime_error with a text for the operator.
StampSigner read_stamp_signer(std::string_view certificates, const Secret& key);

}  // namespace nscl::security
