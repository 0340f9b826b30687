// SPDX-License-Identifier: Apache-2.0
#include "tls_certificate.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <openssl/pem.h>

#include <nscl/base/log.h>

namespace nscl::net {
namespace {

constexpr const char* suites_with_certificate =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384";
constexpr int longest_chain = 3;
constexpr const char* system_authorities = "/etc/ssl/certs/ca-certificates.crt";
constexpr std::size_t most_names = 100;

/// `option`: the name of the option that the file stands in.
[[noreturn]] void refuse(const char* option, const std::string& what, const std::string& file, const std::string& why) {
  throw TlsFileError(option, what + " " + file + ": " + why);
}
[[noreturn]] void refuse_key(const std::string& file, const std::string& why) { refuse("private_key", "private key", file, why); }

/// The file of a key, opened; refused unless it is a plain file that not everybody may read or change.
BioPtr open_key_file(const std::string& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0) refuse_key(file, std::generic_category().message(errno));
  BioPtr opened(BIO_new_fd(descriptor, BIO_CLOSE));
  if (!opened) {
    ::close(descriptor);
    throw std::bad_alloc();
  }
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) refuse_key(file, "is no plain file");
  if ((status.st_mode & (S_IROTH | S_IWOTH)) != 0) refuse_key(file, "everybody may read or change it; chmod o-rwx it");
  return opened;
}

int no_pass_phrase(char*, int, int, void*) { return -1; }

void load_key(SSL_CTX* context, const std::string& file) {
  const auto opened = open_key_file(file);
  const KeyPtr key(PEM_read_bio_PrivateKey(opened.get(), nullptr, no_pass_phrase, nullptr));
  if (!key) refuse_key(file, "holds no PEM key without a pass phrase (" + take_openssl_error() + ")");
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1) refuse_key(file, "does not belong to the certificate (" + take_openssl_error() + ")");
}

void load_revocations(SSL_CTX* context, const std::string& file) {
  auto* const lookup = X509_STORE_add_lookup(SSL_CTX_get_cert_store(context), X509_LOOKUP_file());
  if (lookup == nullptr || X509_load_crl_file(lookup, file.c_str(), X509_FILETYPE_PEM) < 1)
    refuse("client_crl", "list of revoked certificates", file, take_openssl_error());
}

/// What the other side's certificate is judged by. `flags`: beyond strictness.
void set_rules(SSL_CTX* context, unsigned long flags, int purpose) {
  auto* const parameters = SSL_CTX_get0_param(context);
  const bool is_set = X509_VERIFY_PARAM_set_flags(parameters, flags | X509_V_FLAG_X509_STRICT) == 1 && X509_VERIFY_PARAM_set_purpose(parameters, purpose) == 1;
  if (!is_set) throw std::runtime_error("OpenSSL refuses the rules for certificates: " + take_openssl_error());
  SSL_CTX_set_verify_depth(context, longest_chain);
}

void ask_for_certificates(SSL_CTX* context, const TlsOptions& options) {
  const auto& file = options.client_ca;
  if (SSL_CTX_load_verify_file(context, file.c_str()) != 1) refuse("client_ca", "authority for client certificates", file, take_openssl_error());
  auto* const names = SSL_load_client_CA_file(file.c_str());
  if (names == nullptr) refuse("client_ca", "authority for client certificates", file, take_openssl_error());
  SSL_CTX_set_client_CA_list(context, names);
  unsigned long flags = 0;
  if (!options.client_crl.empty()) {
    load_revocations(context, options.client_crl);
    flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
  }
  set_rules(context, flags, X509_PURPOSE_SSL_CLIENT);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (options.require_client_certificate ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
}

/// A name as it may be compared; empty if it has anything but visible ASCII in it.
std::string visible(const ASN1_STRING* text) {
  const std::string_view octets(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)), static_cast<std::size_t>(ASN1_STRING_length(text)));
  const bool is_visible = std::all_of(octets.begin(), octets.end(), [](char octet) { return octet > ' ' && octet < 0x7f; });
  return is_visible ? std::string(octets) : std::string();
}

std::optional<std::vector<std::string>> common_name_of(const X509* certificate) {
  std::vector<std::string> names;
  const auto* const subject = X509_get_subject_name(certificate);
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return names;
  auto name = visible(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
  const bool is_alone = X509_NAME_get_index_by_NID(subject, NID_commonName, at) < 0;
  if (name.empty() || !is_alone) return std::nullopt;
  names.push_back("CN:" + name);
  return names;
}

}  // namespace

void show_certificate(SSL_CTX* context, const std::string& certificate, const std::string& private_key) {
  if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1)
    refuse("certificate", "certificate", certificate, take_openssl_error());
  load_key(context, private_key);
}

void set_certificate_suites(SSL_CTX* context) {
  if (SSL_CTX_set_cipher_list(context, suites_with_certificate) != 1)
    throw std::runtime_error("OpenSSL lacks the suites for certificates: " + take_openssl_error());
}

void enable_certificates(SSL_CTX* context, const TlsOptions& options) {
  set_certificate_suites(context);
  show_certificate(context, options.certificate, options.private_key);
  if (!options.client_ca.empty()) ask_for_certificates(context, options);
}

StorePtr read_authorities(const std::string& ca) {
  StorePtr store(X509_STORE_new());
  if (!store) throw std::bad_alloc();
  if (!ca.empty() && X509_STORE_load_file(store.get(), ca.c_str()) != 1) refuse("ca", "authority", ca, take_openssl_error());
  // A bundle, since OpenSSL would look into a folder within the handshake.
  if (ca.empty() && X509_STORE_load_file(store.get(), system_authorities) != 1)
    log::warning("no authorities of the system, so no server is trusted", {{"file", system_authorities}, {"reason", take_openssl_error()}});
  return store;
}

void judge_servers(SSL_CTX* context, X509_STORE& authorities) {
  set_rules(context, 0, X509_PURPOSE_SSL_SERVER);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set1_cert_store(context, &authorities);
}

std::optional<std::vector<std::string>> names_of(const X509* certificate) {
  int critical = 0;
  const NamesPtr alternatives(static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, &critical, nullptr)));
  constexpr int absent = -1;
  if (!alternatives) return critical == absent ? common_name_of(certificate) : std::nullopt;
  std::vector<std::string> names;
  for (int i = 0; i < sk_GENERAL_NAME_num(alternatives.get()); ++i) {
    int type = 0;
    const void* const value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(alternatives.get(), i), &type);
    if (type != GEN_URI && type != GEN_DNS) continue;
    const auto name = visible(static_cast<const ASN1_STRING*>(value));
    if (name.empty() || names.size() == most_names) return std::nullopt;
    names.push_back((type == GEN_URI ? "URI:" : "DNS:") + name);
  }
  return names;
}

}  // namespace nscl::net
