// SPDX-License-Identifier: Apache-2.0
#include <nscl/security/quarantine.h>

#include <algorithm>
#include <iterator>

#include <nscl/base/path.h>
#include <nscl/security/keystore.h>

namespace nscl::security {
namespace {

constexpr std::size_t scls_at_once = 1000;

}  // namespace

Result<void> quarantine(store::Transaction& transaction, std::string_view scl, std::string_view reason, Time now) {
  if (!transaction.quarantined(scl)) transaction.put_quarantined({std::string(scl), now, std::string(reason)});
  for (const auto& key : transaction.keys_of_entity(join("scls", scl))) {
    if (key.kind != store::KeyKind::connection) continue;
    if (auto done = Keystore::revoke(transaction, key.identity); !done) return done;
  }
  return {};
}

Result<void> lift_quarantine(store::Transaction& transaction, std::string_view scl) {
  if (transaction.erase_quarantined(scl)) return {};
  return failure(Status::not_found, "\"" + std::string(scl) + "\" is not quarantined");
}

Quarantine::Quarantine(store::Store& store) : store_(store), ids_(std::make_shared<const Ids>()) {
  poll();
}

Quarantine::Ids Quarantine::load(store::View& view) {
  Ids ids;
  for (std::string after;;) {
    const auto some = view.all_quarantined(after, scls_at_once);
    for (const auto& one : some) ids.insert(one.scl);
    if (some.size() < scls_at_once) return ids;
    after = some.back().scl;
  }
}

bool Quarantine::holds(std::string_view path) const {
  constexpr std::string_view collection = "scls/";
  const auto& ids = *ids_.get();
  if (ids.empty() || !path.starts_with(collection)) return false;
  path.remove_prefix(collection.size());
  return ids.contains(path.substr(0, path.find('/')));
}

void Quarantine::expect(std::string_view scl) {
  const std::lock_guard lock(mutex_);
  Ids ids = *ids_.get();
  ids.emplace(scl);
  ids_.set(std::make_shared<const Ids>(std::move(ids)));
  is_expecting_ = true;   // if the transaction fails, the next poll finds that out
}

std::vector<std::string> Quarantine::poll() {
  std::optional<Ids> ids;
  const std::lock_guard lock(mutex_);
  store_.read([&](store::View& view) {
    auto version = view.fact("quarantine_version");
    if (version == seen_version_ && !is_expecting_) return;
    ids = load(view);
    seen_version_ = std::move(version);
    is_expecting_ = false;
  });
  if (!ids) return {};
  std::vector<std::string> fresh;
  std::ranges::set_difference(*ids, seen_, std::back_inserter(fresh));
  seen_ = *ids;
  ids_.set(std::make_shared<const Ids>(*std::move(ids)));
  return fresh;
}

}  // namespace nscl::security
