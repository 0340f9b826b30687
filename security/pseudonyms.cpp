// SPDX-License-Identifier: Apache-2.0
#include <nscl/security/pseudonyms.h>

#include <stdexcept>

#include <nscl/base/bytes.h>

namespace nscl::security {
namespace {

constexpr std::size_t name_size = 32;

}  // namespace

std::string pseudonym(const Secret& secret, std::string_view real, std::string_view peer, std::chrono::sys_days day) {
  const std::string text = length_prefixed({real, peer, std::to_string(day.time_since_epoch().count())});
  return keyed_digest(secret.view(), text).substr(0, name_size);
}

Pseudonyms::Pseudonyms(const Clock& clock, std::vector<std::string> principals, std::shared_ptr<const Secret> secret)
    : clock_(clock), principals_(principals.begin(), principals.end()), secret_(std::move(secret)) {
  if (!principals_.empty() && !secret_) throw std::logic_error("pseudonyms without a secret");
}

std::string Pseudonyms::entity_for(std::string_view peer, const Requestor& requestor) const {
  if (!hides(requestor)) return requestor.entity;
  return "pseudonyms/" + pseudonym(*secret_, requestor.entity, peer, std::chrono::floor<std::chrono::days>(clock_.now()));
}

std::optional<Unmasked> unmask(const Secret& secret, std::string_view name, const std::set<std::string>& entities, const std::set<std::string>& peers,
                               std::chrono::sys_days today, unsigned days) {
  if (name.size() != name_size) return std::nullopt;
  for (unsigned ago = 0; ago < days; ++ago) {
    const auto day = today - std::chrono::days(ago);
    for (const auto& real : entities) {
      for (const auto& peer : peers) {
        if (pseudonym(secret, real, peer, day) == name) return Unmasked{real, peer, day};
      }
    }
  }
  return std::nullopt;
}

}  // namespace nscl::security
