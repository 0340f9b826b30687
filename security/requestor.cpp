// SPDX-License-Identifier: Apache-2.0
// The ids inside a requesting entity, and who a stored principal is.
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

RequestorPtr requestor_named(store::View& view, std::string_view principal, Time now) {
  if (const auto found = view.find_principal(principal))
    return std::make_shared<const Requestor>(Requestor{found->name, found->entity, found->is_operator});
  if (!view.is_proven_by_key(principal, now)) return nullptr;
  return std::make_shared<const Requestor>(Requestor{std::string(principal), std::string(principal), false});
}

}  // namespace nscl::security
