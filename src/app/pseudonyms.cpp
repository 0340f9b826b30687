// SPDX-License-Identifier: Apache-2.0
// `nscl pseudonym`: whom a pseudonym meant. Works beside a running daemon; whoever may read its store may ask.
#include <iostream>

#include <nscl/app/commands.h>
#include <nscl/base/time.h>
#include <nscl/core/authorise.h>
#include <nscl/security/pseudonyms.h>

#include "key_access.h"

namespace nscl::app {
namespace {

/// Who may have been meant, and who may have been told.
struct Candidates {
  std::set<std::string> entities, peers;
};

void add_resources(store::View& view, std::string_view type, Candidates& out) {
  for (std::uint64_t after = 0;;) {
    const auto found = view.of_type(type, after, page);
    for (const auto& resource : found) {
      out.entities.insert(resource->path);
      out.peers.insert(resource->path);
      if (const auto link = core::text_of(*resource, "link"); !link.empty()) out.entities.emplace(link);   // who is behind it
    }
    if (found.size() < page) return;
    after = found.back()->key;
  }
}

/// Also those that are registered no more, as far as they can still authenticate.
void add_entity(const std::string& entity, Candidates& out) {
  if (entity.empty()) return;
  out.entities.insert(entity);
  out.peers.insert(entity);
}

Candidates candidates_in(store::View& view) {
  Candidates out;
  for (const auto& principal : view.principals()) add_entity(principal.entity, out);
  for (std::string after;;) {
    const auto keys = view.keys(after, page);
    for (const auto& key : keys) add_entity(key.entity, out);
    if (keys.size() < page) break;
    after = keys.back().identity;
  }
  for (const std::string_view type : {"application", "scl", "applicationAnnc"}) add_resources(view, type, out);
  return out;
}

/// What stands behind the last '/': the whole URI may be given.
std::string_view name_in(std::string_view text) { return text.substr(text.rfind('/') + 1); }

std::optional<security::Unmasked> look(store::View& view, const security::Keystore& keystore, const ResolvePseudonymCommand& command) {
  const auto found = keystore.find_secret(view, security::pseudonym_secret_name);
  if (!found) throw std::runtime_error(found.error().detail);
  const auto& secret = *found;
  if (!secret) throw UsageError("no pseudonym was ever given by this store");
  auto candidates = candidates_in(view);
  if (!command.peer.empty()) candidates.peers = {command.peer};
  const auto today = std::chrono::floor<std::chrono::days>(system_clock().now());
  return security::unmask(*secret, name_in(command.pseudonym), candidates.entities, candidates.peers, today, command.days);
}

}  // namespace

int resolve_pseudonym(const ResolvePseudonymCommand& command, char** environment) {
  return guarded("nscl pseudonym", [&] {
    KeyAccess access(command.source, false, environment);
    std::optional<security::Unmasked> found;
    access.store().read([&](store::View& view) { found = look(view, access.keystore(), command); });
    // Recorded before it is told.
    write_or_throw(access.store(), [&](store::Transaction& transaction) -> Result<void> {
      record(transaction, "pseudonym.resolved", found ? found->real : "", command.pseudonym);
      return {};
    });
    if (!found) {
      std::cerr << "nscl pseudonym: it stands for nobody who is known, on none of the last " << command.days << " days\n";
      return int{exit_failure};
    }
    std::cout << found->real << '\t' << found->peer << '\t' << format_date_time(Time(found->day)).substr(0, 10) << '\n';
    return int{exit_ok};
  });
}

}  // namespace nscl::app
