// SPDX-License-Identifier: Apache-2.0
#include "next_hop.h"

#include <algorithm>

#include <nscl/base/path.h>
#include <nscl/core/authorise.h>

#include "scl_index.h"

namespace nscl::delivery {
namespace {

constexpr std::size_t contacts_considered = 64;
constexpr std::chrono::seconds rest_of_unreachable{30};

std::string_view contact_uri_of(const model::Resource& poc) {
  const auto* info = poc.attributes.find("contactInfo");
  const auto* uri = info ? info->find("contactURI") : nullptr;
  return uri ? uri->text() : std::string_view{};
}

std::size_t end_of_authority(std::string_view uri) {
  const auto colon = uri.find("://");
  return colon == uri.npos ? 0 : std::min(uri.find_first_of("/?#", colon + 3), uri.size());
}

}  // namespace

NextHop next_hop(store::View& view, model::ResourcePtr scl, Time now) {
  NextHop hop;
  hop.is_om2m = core::text_of(*scl, "link").find("://") == std::string_view::npos;
  hop.status = core::text_of(*scl, "onlineStatus");
  const auto collection = join(scl->path, "m2mPocs");
  bool has_pocs = false;
  for (const auto& entry : view.children(collection, contacts_considered)) {
    const auto poc = view.find(join(collection, entry.name));
    if (!poc || poc->expiration_time <= now) continue;
    has_pocs = true;
    const auto uri = contact_uri_of(*poc);
    if (uri.empty()) continue;
    const auto status = core::text_of(*poc, "onlineStatus");
    // What failed is tried again after a while: its owner may not know that we could not reach it.
    const bool is_rested = status == "NOT_REACHABLE" && poc->last_modified_time + rest_of_unreachable <= now;
    if (is_rested && hop.status == "NOT_REACHABLE") hop.status = "ONLINE";
    Contact contact{std::string(uri), poc->path, std::string(status)};
    (status == "ONLINE" || is_rested ? hop.contacts : hop.sleeping_contacts).push_back(std::move(contact));
  }
  const auto* pocs = scl->attributes.find("pocs");
  const auto* references = pocs ? pocs->find("reference") : nullptr;
  if (!has_pocs && references) {
    for (const auto& reference : references->list()) hop.contacts.push_back({std::string(reference.text()), {}, {}});
  }
  if (const auto schedules = schedules_of(*scl); !schedules.empty()) {
    if (std::none_of(schedules.begin(), schedules.end(), [&](const auto& line) { return is_open(line, now); })) hop.status = "OFFLINE";
  }
  hop.scl = std::move(scl);
  return hop;
}

// A contact with a path is the SCL's own sclBase; one without is only a place, and the path is that of the link.
std::string uri_at(std::string_view contact, std::string_view target, std::string_view link) {
  while (contact.ends_with('/')) contact.remove_suffix(1);
  while (link.ends_with('/')) link.remove_suffix(1);
  const auto rest = target.size() >= link.size() ? target.substr(link.size()) : std::string_view{};
  const bool has_path = end_of_authority(contact) < contact.size();
  return std::string(contact).append(has_path ? rest : target.substr(end_of_authority(target)));
}

}  // namespace nscl::delivery
