// SPDX-License-Identifier: Apache-2.0
// The ids inside a requesting entity.
#include <nscl/security/requestor.h>

namespace nscl::security {
namespace {

/// "collection/id" -> "id"; empty for everything else, deeper paths included.
std::string_view id_below(std::string_view entity, std::string_view collection) {
  if (!entity.starts_with(collection)) return {};
  const std::string_view id = entity.substr(collection.size());
  return id.find('/') == id.npos ? id : std::string_view{};
}

}  // namespace

std::string_view Requestor::application_id() const { return id_below(entity, "applications/"); }

std::string_view Requestor::scl_id() const { return id_below(entity, "scls/"); }

}  // namespace nscl::security
