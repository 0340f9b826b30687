// SPDX-License-Identifier: Apache-2.0
// Names and paths of the resource tree. A path is canonical: segments decoded, joined by '/', relative to the
// sclBase, whose own path is the empty string.  TS 102 921 clause 10.3; docs/http.md
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nscl {

/// %XX -> octet. nullopt on a broken escape, on %00 and on a result that is not XML text. '+' stays '+'.
std::optional<std::string> percent_decode(std::string_view text);

/// As percent_decode, but '+' is a blank (query strings).
std::optional<std::string> query_decode(std::string_view text);

/// Escapes what may not stand in a path segment (RFC 3986 pchar).
std::string percent_encode(std::string_view segment);

/// Escapes everything but ASCII letters, digits and what is in `kept`.
std::string percent_encode(std::string_view text, std::string_view kept);
/// What RFC 3986 calls unreserved, beside letters and digits: kept in values of queries, which nothing in a text may end.
inline constexpr std::string_view unreserved = "-._~";

/// Canonical path -> path as it stands in a URI (each segment escaped, '/' kept).
std::string encode_path(std::string_view path);
void append_encoded_path(std::string& out, std::string_view path);   ///< the same, behind what `out` holds

/// Last segment, and everything before it (without the '/').
std::string_view last_segment(std::string_view path);
std::string_view parent_path(std::string_view path);

/// "a/b" + "c" -> "a/b/c"; "" + "c" -> "c".
std::string join(std::string_view path, std::string_view segment);

/// True if `path` is `ancestor` or lies below it, on a segment boundary ("scls/a" is not above "scls/ab").
bool is_within(std::string_view path, std::string_view ancestor);

/// True if `id` may name a resource: NMTOKEN (ASCII and the non-ASCII name characters of XML 1.0), at most
/// 255 octets, neither "." nor "..".
bool is_valid_id(std::string_view id);

/// True for names that mean something in the tree (procedures 1.5: reserved names), and so cannot be ids.
bool is_reserved_name(std::string_view id);

}  // namespace nscl
