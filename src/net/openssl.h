// SPDX-License-Identifier: Apache-2.0
// What OpenSSL gives, owned; why it failed; and callbacks that let no exception through it.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace nscl::net {

template <auto release>
struct ReleasedBy {
  template <class T>
  void operator()(T* object) const { release(object); }
};

using SslPtr = std::unique_ptr<SSL, ReleasedBy<SSL_free>>;
using SslContextPtr = std::unique_ptr<SSL_CTX, ReleasedBy<SSL_CTX_free>>;
using SslSessionPtr = std::unique_ptr<SSL_SESSION, ReleasedBy<SSL_SESSION_free>>;
using StorePtr = std::unique_ptr<X509_STORE, ReleasedBy<X509_STORE_free>>;
using BioPtr = std::unique_ptr<BIO, ReleasedBy<BIO_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, ReleasedBy<EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, ReleasedBy<X509_free>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, ReleasedBy<GENERAL_NAMES_free>>;

/// Empties this thread's queue of errors and tells the reason that stood first in it.
std::string take_openssl_error();

/// `work()`, or `failed` if it threw: there are frames of C above.
template <class Value, class Work>
Value guarded(Value failed, Work&& work) noexcept {
  try {
    return std::forward<Work>(work)();
  } catch (...) {
    return failed;
  }
}

}  // namespace nscl::net
