// SPDX-License-Identifier: Apache-2.0
// Content codings of HTTP that are compressions, by zlib.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <nscl/base/error.h>

namespace nscl {

enum class Compression : unsigned char { gzip, deflate };

/// The coding that a Content-Encoding field names, in any case ("x-gzip" is gzip); nullopt for every other, and for lists.
std::optional<Compression> compression_named(std::string_view coding);
std::string_view name_of(Compression compression);

std::string compress(Compression compression, std::string_view octets);

/// bad_request if the octets are not of this coding, are cut off, or go on behind its end, and if the result would be larger than `limit`, or
/// than 200 times what came and 64 KiB. deflate may lack the frame of zlib, as it does with some senders.
Result<std::string> decompress(Compression compression, std::string_view octets, std::size_t limit);

}  // namespace nscl
