// SPDX-License-Identifier: Apache-2.0
// OwnNames: the URIs that mean this SCL, and the canonical form of a requesting entity.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nscl::security {

struct OwnNames {
  std::string scl_id = "nscl";              ///< own SCL id; first path segment in the OM2M dialect
  std::string base_path = "/m2m";           ///< URI path of the sclBase, standard dialect
  std::string om2m_path = "/om2m";          ///< prefix of the OM2M dialect; empty: not served
  std::string base_uri;                     ///< "http://nscl.example.com:8080" for absolute URIs; empty: from the Host field
  std::vector<std::string> aliases;         ///< further authorities ("host:port") that mean this SCL
};

/// A reference or requesting entity URI -> canonical entity. Ours become a path below the sclBase ("scls/gw1"; "" is
/// the sclBase): a path under base_path, `<om2m_path>/<scl_id>/...`, `<scl_id>/...` (the OM2M form), a canonical path
/// whose first segment is a child of the sclBase, and an absolute http(s) URI with one of these paths whose authority is
/// `authority`, an alias or that of base_uri. Others stay what they are: absolute URIs with scheme and host in lower case,
/// without default port and trailing slash. A text that is neither, or has an escaped '/' or a '.' or '..' segment, is
/// returned behind '//' or with its scheme, so that it equals nothing local.
std::string canonical_entity(std::string_view uri, std::string_view authority, const OwnNames& own);

/// True for "applications/ID" and "scls/ID".
bool is_own_entity(std::string_view entity);
/// False for an absolute URI with a dot segment, an escaped '/' or a broken escape: what it lies below is anybody's guess.
bool is_settled_entity(std::string_view entity);

}  // namespace nscl::security
