// SPDX-License-Identifier: Apache-2.0
// Signed images (R7.10): who signed, over what, and in which form.
#include <nscl/security/image_signers.h>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <openssl/cms.h>

#include "key_fixture.h"
#include "stamp_signer.h"

namespace nscl::security {
namespace {

using BioPtr = std::unique_ptr<BIO, FreedBy<BIO_free_all>>;
using CmsPtr = std::unique_ptr<CMS_ContentInfo, FreedBy<CMS_ContentInfo_free>>;

std::string content_of(BIO* bio) {
  char* octets = nullptr;
  const auto size = BIO_get_mem_data(bio, &octets);
  return {octets, static_cast<std::size_t>(size)};
}

struct Signer {
  explicit Signer(int rsa_bits = 0) : key(rsa_bits != 0 ? EVP_RSA_gen(static_cast<unsigned>(rsa_bits)) : EVP_EC_gen("P-256")), certificate(X509_new()) {
    auto* const x = certificate.get();
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), ++last_serial);
    X509_gmtime_adj(X509_getm_notBefore(x), -2000);
    X509_gmtime_adj(X509_getm_notAfter(x), -1000);   // over: the signer is known by the certificate, not by its dates
    X509_set_pubkey(x, key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("signer"), -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(x));
    X509_sign(x, key.get(), EVP_sha256());
  }
  std::string certificate_pem() const {
    const BioPtr bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(bio.get(), certificate.get());
    return content_of(bio.get());
  }
  std::string public_pem() const {
    const BioPtr bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_PUBKEY(bio.get(), key.get());
    return content_of(bio.get());
  }
  CmsPtr sign(std::string_view image, unsigned flags = CMS_BINARY | CMS_DETACHED, const EVP_MD* digest = EVP_sha256()) const {
    const BioPtr content(BIO_new_mem_buf(image.data(), static_cast<int>(image.size())));
    CmsPtr cms(CMS_sign(nullptr, nullptr, nullptr, content.get(), flags | CMS_PARTIAL));
    CMS_add1_signer(cms.get(), certificate.get(), key.get(), digest, flags);
    CMS_final(cms.get(), content.get(), nullptr, flags);
    return cms;
  }
  std::string cms(std::string_view image, unsigned flags = CMS_BINARY | CMS_DETACHED, const EVP_MD* digest = EVP_sha256()) const {
    const BioPtr bio(BIO_new(BIO_s_mem()));
    i2d_CMS_bio(bio.get(), sign(image, flags, digest).get());
    return content_of(bio.get());
  }
  std::string cms_pem(std::string_view image) const {
    const BioPtr bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_CMS(bio.get(), sign(image).get());
    return content_of(bio.get());
  }
  std::string bare(std::string_view image, const EVP_MD* digest = EVP_sha256()) const {
    EVP_MD_CTX* const context = EVP_MD_CTX_new();
    std::size_t size = 1024;
    std::string out(size, '\0');
    EVP_DigestSignInit(context, nullptr, digest, nullptr, key.get());
    EVP_DigestSign(context, reinterpret_cast<unsigned char*>(out.data()), &size, reinterpret_cast<const unsigned char*>(image.data()), image.size());
    EVP_MD_CTX_free(context);
    out.resize(size);
    return out;
  }
  static inline long last_serial = 0;
  KeyPtr key;
  CertificatePtr certificate;
};

class ImageSignersTest : public testing::Test {
 protected:
  bool verify(const std::vector<std::string>& signers, std::string_view signature) const {
    std::vector<std::filesystem::path> files;
    for (std::size_t i = 0; i < signers.size(); ++i) files.push_back(folder_.write("signer" + std::to_string(i), signers[i]));
    const auto verdict = ImageSigners(files).verify(folder_.write("image", image_), signature);
    EXPECT_TRUE(verdict || verdict.error().status == Status::forbidden);
    return verdict.has_value();
  }
  TemporaryFolder folder_;
  std::string image_ = std::string(200'000, 'i');
  Signer known_, stranger_;
};

TEST_F(ImageSignersTest, EveryFormIsTaken) {
  for (const auto& signer : {known_.certificate_pem(), known_.public_pem(), stranger_.public_pem() + known_.certificate_pem()}) {
    EXPECT_TRUE(verify({signer}, known_.cms(image_)));
    EXPECT_TRUE(verify({signer}, known_.cms_pem(image_)));
    EXPECT_TRUE(verify({signer}, known_.bare(image_)));
  }
  EXPECT_TRUE(verify({known_.certificate_pem()}, known_.cms(image_, CMS_BINARY | CMS_DETACHED | CMS_NOCERTS)));
  EXPECT_TRUE(verify({known_.certificate_pem()}, known_.cms(image_, CMS_BINARY | CMS_DETACHED | CMS_NOATTR)));
  const Signer rsa(2048);
  EXPECT_TRUE(verify({rsa.certificate_pem()}, rsa.cms(image_)));
  EXPECT_TRUE(verify({known_.certificate_pem(), rsa.public_pem()}, rsa.bare(image_)));
}

TEST_F(ImageSignersTest, StrangersAreNot) {
  for (const auto& signature : {stranger_.cms(image_), stranger_.cms_pem(image_), stranger_.bare(image_), std::string("no signature"), std::string()}) {
    EXPECT_FALSE(verify({known_.certificate_pem()}, signature));
    EXPECT_FALSE(verify({known_.public_pem()}, signature));
    EXPECT_FALSE(verify({}, signature));
  }
}

TEST_F(ImageSignersTest, AnotherImageIsNotSigned) {
  auto other = image_;
  other.back() = 'j';
  EXPECT_FALSE(verify({known_.certificate_pem()}, known_.cms(other)));
  EXPECT_FALSE(verify({known_.certificate_pem()}, known_.bare(other)));
  EXPECT_FALSE(verify({known_.certificate_pem()}, known_.cms(other, CMS_BINARY))) << "its content in it: what it is over is not this file";
  EXPECT_FALSE(verify({known_.certificate_pem()}, known_.cms(image_, CMS_BINARY))) << "not detached";
}

TEST_F(ImageSignersTest, WeakOnesAreNot) {
  EXPECT_FALSE(verify({known_.certificate_pem()}, known_.cms(image_, CMS_BINARY | CMS_DETACHED, EVP_sha1())));
  EXPECT_FALSE(verify({known_.certificate_pem()}, known_.bare(image_, EVP_sha1())));
  EXPECT_THROW(verify({Signer(1024).public_pem()}, "x"), std::runtime_error);
  EXPECT_THROW(verify({"no key"}, "x"), std::runtime_error);
  EXPECT_FALSE(verify({known_.public_pem()}, std::string(ImageSigners::largest_signature + 1, 'x')));
}

TEST_F(ImageSignersTest, EverySignerHasToBeKnown) {
  const BioPtr content(BIO_new_mem_buf(image_.data(), static_cast<int>(image_.size())));
  constexpr unsigned flags = CMS_BINARY | CMS_DETACHED;
  const CmsPtr cms(CMS_sign(nullptr, nullptr, nullptr, content.get(), flags | CMS_PARTIAL));
  for (const auto* each : {&known_, &stranger_}) CMS_add1_signer(cms.get(), each->certificate.get(), each->key.get(), EVP_sha256(), flags);
  CMS_final(cms.get(), content.get(), nullptr, flags);
  const BioPtr bio(BIO_new(BIO_s_mem()));
  i2d_CMS_bio(bio.get(), cms.get());
  EXPECT_FALSE(verify({known_.certificate_pem()}, content_of(bio.get())));
  EXPECT_TRUE(verify({known_.certificate_pem(), stranger_.certificate_pem()}, content_of(bio.get())));
}

}  // namespace
}  // namespace nscl::security
