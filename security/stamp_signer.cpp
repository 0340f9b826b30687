// SPDX-License-Identifier: Apache-2.0
#include "stamp_signer.h"

#include <ctime>
#include <stdexcept>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace nscl::security {
namespace {

using UsagesPtr = std::unique_ptr<EXTENDED_KEY_USAGE, FreedBy<EXTENDED_KEY_USAGE_free>>;

constexpr int most_certificates = 10;

[[noreturn]] void refuse(const char* text) {
  ERR_clear_error();
  throw std::runtime_error(text);
}

/// Without it the library would ask at the terminal and wait.
int no_passphrase(char*, int, int, void*) { return -1; }

void read_certificates(std::string_view text, StampSigner& signer) {
  const auto bio = reader_of(text);
  signer.others.reset(sk_X509_new_null());
  if (!signer.others) throw std::bad_alloc();
  while (CertificatePtr next{PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr)}) {
    if (!signer.certificate) signer.certificate = std::move(next);
    else if (sk_X509_push(signer.others.get(), next.get()) > 0) (void)next.release();
    if (sk_X509_num(signer.others.get()) >= most_certificates) refuse("the certificate file holds too many certificates");
  }
  const bool is_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  if (!signer.certificate || !is_end) refuse("the certificate file is not a list of certificates in PEM");
  ERR_clear_error();
}

/// RFC 3161 2.3: verifiers refuse the tokens of an authority whose certificate is good for anything else.
void check_usage(X509& certificate) {
  int is_critical = 0;
  const UsagesPtr usages(static_cast<EXTENDED_KEY_USAGE*>(X509_get_ext_d2i(&certificate, NID_ext_key_usage, &is_critical, nullptr)));
  const bool is_single = usages && sk_ASN1_OBJECT_num(usages.get()) == 1;
  if (!is_single || is_critical != 1 || OBJ_obj2nid(sk_ASN1_OBJECT_value(usages.get(), 0)) != NID_time_stamp)
    refuse("the certificate is not one of a time stamping authority: it needs the extended key usage \"critical, timeStamping\" and no other");
  if (X509_check_purpose(&certificate, X509_PURPOSE_TIMESTAMP_SIGN, 0) != 1)
    refuse("the certificate's key usage must be digitalSignature or nonRepudiation and nothing else");
}

void check_key(const StampSigner& signer) {
  const int kind = EVP_PKEY_get_base_id(signer.key.get());
  const bool is_rsa = kind == EVP_PKEY_RSA && EVP_PKEY_get_bits(signer.key.get()) >= least_rsa_bits;
  if (!is_rsa && kind != EVP_PKEY_EC) refuse("the private key must be of an elliptic curve or RSA of 2048 bits or more");
  if (X509_check_private_key(signer.certificate.get(), signer.key.get()) != 1) refuse("the private key is not that of the certificate");
}

Time time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) refuse("the certificate's validity cannot be read");
  return Time(std::chrono::seconds(::timegm(&parts)));
}

}  // namespace

StampSigner read_stamp_signer(std::string_view certificates, const Secret& key) {
  StampSigner signer;
  ERR_clear_error();
  read_certificates(certificates, signer);
  check_usage(*signer.certificate);
  signer.key.reset(PEM_read_bio_PrivateKey(reader_of(key.view()).get(), nullptr, no_passphrase, nullptr));
  if (!signer.key) refuse("the file of the private key holds none in PEM without a passphrase");
  check_key(signer);
  signer.not_before = time_of(X509_get0_notBefore(signer.certificate.get()));
  signer.not_after = time_of(X509_get0_notAfter(signer.certificate.get()));
  return signer;
}

}  // namespace nscl::security
