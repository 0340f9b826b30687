// SPDX-License-Identifier: Apache-2.0
// Signatures by OpenSSL's CMS and EVP. Signers are pinned: OpenSSL is given their certificates and told to look at no others.
#include <nscl/security/image_signers.h>

#include <stdexcept>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>   // before cms.h, which declares its own PEM functions only then

#include <openssl/cms.h>

#include <nscl/base/guarded_file.h>

#include "evp.h"
#include "stamp_signer.h"

namespace nscl::security {
namespace {

using CmsPtr = std::unique_ptr<CMS_ContentInfo, FreedBy<CMS_ContentInfo_free>>;

constexpr std::size_t largest_signer_file = 64 * 1024, octets_at_once = 64 * 1024;
constexpr int least_digest = 32;

BioPtr file_reader(const std::filesystem::path& file) {
  BioPtr bio(BIO_new_file(file.c_str(), "rb"));
  ERR_clear_error();
  return bio;
}

bool is_strong(const EVP_PKEY* key) {
  if (key == nullptr) return false;
  const int kind = EVP_PKEY_get_base_id(key);
  return kind == EVP_PKEY_EC || (kind == EVP_PKEY_RSA && EVP_PKEY_get_bits(key) >= least_rsa_bits);
}

CmsPtr cms_in(std::string_view signature) {
  CmsPtr cms(d2i_CMS_bio(reader_of(signature).get(), nullptr));
  if (!cms) cms.reset(PEM_read_bio_CMS(reader_of(signature).get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  return cms;
}

/// No digest that somebody could find a second image for.
bool has_strong_digests(CMS_ContentInfo& cms) {
  auto* const signers = CMS_get0_SignerInfos(&cms);
  for (int i = 0; i < sk_CMS_SignerInfo_num(signers); ++i) {
    X509_ALGOR* digest = nullptr;
    CMS_SignerInfo_get0_algs(sk_CMS_SignerInfo_value(signers, i), nullptr, nullptr, &digest, nullptr);
    const EVP_MD* const function = digest != nullptr ? EVP_get_digestbyobj(digest->algorithm) : nullptr;
    if (function == nullptr || EVP_MD_get_size(function) < least_digest) return false;
  }
  return sk_CMS_SignerInfo_num(signers) > 0;
}

}  // namespace

struct ImageSigners::State {
  void read(const std::filesystem::path& file);
  bool has(const EVP_PKEY* key) const;
  CertificatesPtr certificates_for(CMS_ContentInfo& cms) const;
  bool verify(CMS_ContentInfo& cms, const std::filesystem::path& image) const;
  bool verify(EVP_PKEY* key, const std::filesystem::path& image, std::string_view signature) const;

  std::vector<CertificatePtr> certificates;
  std::vector<KeyPtr> keys;   ///< of certificates as well
};

void ImageSigners::State::read(const std::filesystem::path& file) {
  const Secret content = read_guarded_file(file, Guard::change, largest_signer_file);
  const auto before = keys.size();
  const auto certificates_in = reader_of(content.view());
  while (CertificatePtr next{PEM_read_bio_X509(certificates_in.get(), nullptr, nullptr, nullptr)}) {
    keys.emplace_back(X509_get_pubkey(next.get()));
    certificates.push_back(std::move(next));
  }
  const auto keys_in = reader_of(content.view());
  while (KeyPtr next{PEM_read_bio_PUBKEY(keys_in.get(), nullptr, nullptr, nullptr)}) keys.push_back(std::move(next));
  ERR_clear_error();
  if (keys.size() == before) throw std::runtime_error(file.string() + ": holds neither a certificate nor a public key in PEM");
  for (auto i = before; i < keys.size(); ++i) {
    if (!is_strong(keys[i].get())) throw std::runtime_error(file.string() + ": a signer's key has to be of an elliptic curve, or RSA of 2048 bits or more");
  }
}

bool ImageSigners::State::has(const EVP_PKEY* key) const {
  for (const auto& own : keys) {
    if (key != nullptr && EVP_PKEY_eq(own.get(), key) == 1) return true;
  }
  return false;
}

/// The known certificates, and of those in the message the ones whose key is known.
CertificatesPtr ImageSigners::State::certificates_for(CMS_ContentInfo& cms) const {
  CertificatesPtr out(sk_X509_new_null());
  if (!out) throw std::bad_alloc();
  const auto add = [&](X509* certificate) {
    if (X509_up_ref(certificate) != 1) return;
    if (sk_X509_push(out.get(), certificate) <= 0) X509_free(certificate);
  };
  for (const auto& own : certificates) add(own.get());
  const CertificatesPtr sent(CMS_get1_certs(&cms));
  for (int i = 0; i < sk_X509_num(sent.get()); ++i) {
    auto* const certificate = sk_X509_value(sent.get(), i);
    if (has(X509_get0_pubkey(certificate))) add(certificate);
  }
  return out;
}

bool ImageSigners::State::verify(CMS_ContentInfo& cms, const std::filesystem::path& image) const {
  const bool is_signed_data = OBJ_obj2nid(CMS_get0_type(&cms)) == NID_pkcs7_signed;
  if (!is_signed_data || CMS_is_detached(&cms) != 1 || OBJ_obj2nid(CMS_get0_eContentType(&cms)) != NID_pkcs7_data || !has_strong_digests(cms)) return false;
  const auto content = file_reader(image);
  const auto known = certificates_for(cms);
  constexpr unsigned flags = CMS_BINARY | CMS_DETACHED | CMS_NOINTERN | CMS_NO_SIGNER_CERT_VERIFY;
  return content && CMS_verify(&cms, known.get(), nullptr, content.get(), nullptr, flags) == 1;
}

bool ImageSigners::State::verify(EVP_PKEY* key, const std::filesystem::path& image, std::string_view signature) const {
  const auto content = file_reader(image);
  const Evp<EVP_MD_CTX> context(EVP_MD_CTX_new());
  if (!content || !context || EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1) return false;
  std::vector<char> octets(octets_at_once);
  for (;;) {
    const int size = BIO_read(content.get(), octets.data(), static_cast<int>(octets.size()));
    if (size < 0) return false;
    if (size == 0) break;
    if (EVP_DigestVerifyUpdate(context.get(), octets.data(), static_cast<std::size_t>(size)) != 1) return false;
  }
  return EVP_DigestVerifyFinal(context.get(), octets_of(signature), signature.size()) == 1;
}

ImageSigners::ImageSigners(const std::vector<std::filesystem::path>& files) : state_(std::make_unique<State>()) {
  for (const auto& file : files) state_->read(file);
}
ImageSigners::~ImageSigners() = default;

bool ImageSigners::empty() const { return state_->keys.empty(); }

Result<void> ImageSigners::verify(const std::filesystem::path& image, std::string_view signature) const {
  bool is_good = false;
  if (!signature.empty() && signature.size() <= largest_signature) {
    if (const auto cms = cms_in(signature)) {
      is_good = state_->verify(*cms, image);
    } else {
      for (const auto& key : state_->keys) is_good = is_good || state_->verify(key.get(), image, signature);
    }
  }
  ERR_clear_error();
  if (is_good) return {};
  return failure(Status::forbidden, "the signature is not one of a known signer over this file");
}

}  // namespace nscl::security
