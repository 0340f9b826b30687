// SPDX-License-Identifier: Apache-2.0
// ImageSigners: who may sign what devices are given to run, and whether they did.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

#include <nscl/base/error.h>

namespace nscl::security {

/// Free for all threads.
class ImageSigners {
 public:
  static constexpr std::size_t largest_signature = 64 * 1024;   ///< octets

  /// PEM files, each with certificates or public keys (EC, or RSA of 2048 bits or more). These are trusted themselves: neither who signed a
  /// certificate nor its dates are judged. Throws std::runtime_error naming the file and what is wrong with it.
  explicit ImageSigners(const std::vector<std::filesystem::path>& files);
  ~ImageSigners();
  ImageSigners(const ImageSigners&) = delete;
  ImageSigners& operator=(const ImageSigners&) = delete;

  bool empty() const;

  /// Whether `signature` is one of theirs over the octets of the file: CMS, detached, in DER or PEM (`openssl cms -sign -binary`), all signers of
  /// which have to be known; or the bare signature over SHA-256 (`openssl dgst -sha256 -sign`). forbidden if not. Reads the whole file.
  Result<void> verify(const std::filesystem::path& image, std::string_view signature) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nscl::security
