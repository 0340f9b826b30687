// SPDX-License-Identifier: Apache-2.0
// See certificates.h.
#include "certificates.h"

#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>
#include <stdexcept>

#include <openssl/pem.h>

namespace nscl::net::test {
namespace {

using BigPtr = std::unique_ptr<BIO, ReleasedBy<BIO_free_all>>;
using CrlPtr = std::unique_ptr<X509_CRL, ReleasedBy<X509_CRL_free>>;
using TimePtr = std::unique_ptr<ASN1_TIME, ReleasedBy<ASN1_TIME_free>>;

std::string as_pem(const std::function<int(BIO*)>& write) {
  const BigPtr memory(BIO_new(BIO_s_mem()));
  if (write(memory.get()) != 1) throw std::runtime_error("cannot write PEM: " + take_openssl_error());
  char* octets = nullptr;
  const long size = BIO_ctrl(memory.get(), BIO_CTRL_INFO, 0, &octets);
  return {octets, static_cast<std::size_t>(size)};
}

void add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, ReleasedBy<X509_EXTENSION_free>> extension(X509V3_EXT_nconf_nid(nullptr, &context, id, value.c_str()));
  if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1) throw std::runtime_error("extension " + value + ": " + take_openssl_error());
}

void add_dns_octets(X509* certificate, const std::vector<std::string>& names) {
  const NamesPtr all(GENERAL_NAMES_new());
  for (const auto& name : names) {
    auto* const text = ASN1_IA5STRING_new();
    ASN1_STRING_set(text, name.data(), static_cast<int>(name.size()));
    auto* const general = GENERAL_NAME_new();
    GENERAL_NAME_set0_value(general, GEN_DNS, text);
    sk_GENERAL_NAME_push(all.get(), general);
  }
  X509_add1_ext_i2d(certificate, NID_subject_alt_name, all.get(), 0, X509V3_ADD_DEFAULT);
}

}  // namespace

std::string contents(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

Certificates::Certificates() {
  std::string pattern = (std::filesystem::temp_directory_path() / "nscl-certificates-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = pattern;
}

Certificates::~Certificates() { std::filesystem::remove_all(folder_); }

std::string Certificates::write(const std::string& name, const std::string& text) {
  const auto path = folder_ / (std::to_string(++files_) + "-" + name);
  std::ofstream(path) << text;
  std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  return path.string();
}

Certified Certificates::make(const CertificateRequest& request, const Certified* issuer, const std::string& chain) {
  Certified made;
  made.key.reset(request.rsa_bits != 0 ? EVP_RSA_gen(static_cast<unsigned>(request.rsa_bits)) : EVP_EC_gen("P-256"));
  made.certificate.reset(X509_new());
  auto* const certificate = made.certificate.get();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), request.serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), request.begins);
  X509_gmtime_adj(X509_getm_notAfter(certificate), request.ends);
  X509_set_pubkey(certificate, made.key.get());
  auto* const subject = X509_get_subject_name(certificate);
  const auto* const name = reinterpret_cast<const unsigned char*>(request.name.c_str());
  X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>("nscl"), -1, -1, 0);
  if (!request.name.empty()) X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, name, -1, -1, 0);
  auto* const signer = issuer != nullptr ? issuer->certificate.get() : certificate;
  X509_set_issuer_name(certificate, X509_get_subject_name(signer));
  add_extension(certificate, signer, NID_basic_constraints, request.is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  add_extension(certificate, signer, NID_subject_key_identifier, "hash");
  add_extension(certificate, signer, NID_authority_key_identifier, "keyid");
  add_extension(certificate, signer, NID_key_usage, request.is_authority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
  if (!request.usage.empty()) add_extension(certificate, signer, NID_ext_key_usage, request.usage);
  if (!request.alternative_names.empty()) add_extension(certificate, signer, NID_subject_alt_name, request.alternative_names);
  if (!request.dns_octets.empty()) add_dns_octets(certificate, request.dns_octets);
  if (X509_sign(certificate, issuer != nullptr ? issuer->key.get() : made.key.get(), EVP_get_digestbyname(request.digest)) == 0)
    throw std::runtime_error("cannot sign: " + take_openssl_error());
  made.certificate_file = write("certificate.pem", as_pem([&](BIO* out) { return PEM_write_bio_X509(out, certificate); }) + chain);
  made.key_file = write("key.pem", as_pem([&](BIO* out) { return PEM_write_bio_PrivateKey(out, made.key.get(), nullptr, nullptr, 0, nullptr, nullptr); }));
  return made;
}

std::string Certificates::revoke(const Certified& issuer, const std::vector<int>& serials, long ends) {
  const CrlPtr list(X509_CRL_new());
  X509_CRL_set_version(list.get(), X509_CRL_VERSION_2);
  X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(issuer.certificate.get()));
  const TimePtr then(X509_gmtime_adj(nullptr, -7200)), next(X509_gmtime_adj(nullptr, ends));
  X509_CRL_set1_lastUpdate(list.get(), then.get());
  X509_CRL_set1_nextUpdate(list.get(), next.get());
  for (const int serial : serials) {
    auto* const entry = X509_REVOKED_new();
    const std::unique_ptr<ASN1_INTEGER, ReleasedBy<ASN1_INTEGER_free>> number(ASN1_INTEGER_new());
    ASN1_INTEGER_set(number.get(), serial);
    X509_REVOKED_set_serialNumber(entry, number.get());
    X509_REVOKED_set_revocationDate(entry, then.get());
    X509_CRL_add0_revoked(list.get(), entry);
  }
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer.certificate.get(), nullptr, nullptr, list.get(), 0);
  for (const auto& [id, value] : {std::pair{NID_authority_key_identifier, "keyid"}, {NID_crl_number, "1"}}) {
    const std::unique_ptr<X509_EXTENSION, ReleasedBy<X509_EXTENSION_free>> extension(X509V3_EXT_nconf_nid(nullptr, &context, id, value));
    if (extension) X509_CRL_add_ext(list.get(), extension.get(), -1);
  }
  X509_CRL_sort(list.get());
  if (X509_CRL_sign(list.get(), issuer.key.get(), EVP_sha256()) == 0) throw std::runtime_error("cannot sign: " + take_openssl_error());
  return write("crl.pem", as_pem([&](BIO* out) { return PEM_write_bio_X509_CRL(out, list.get()); }));
}

}  // namespace nscl::net::test
