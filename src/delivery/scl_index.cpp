// SPDX-License-Identifier: Apache-2.0
#include "scl_index.h"

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

#include <nscl/core/authorise.h>

namespace nscl::delivery {
namespace {

constexpr std::size_t scls_per_look = 1000;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace

std::string normal_uri(std::string_view uri) {
  const auto colon = uri.find("://");
  if (colon == uri.npos) return std::string(uri);
  const auto end = std::min(uri.find_first_of("/?#", colon + 3), uri.size());
  auto out = lower(uri.substr(0, end));
  const std::string_view usual = out.starts_with("https:") ? ":443" : ":80";
  if (out.ends_with(usual)) out.resize(out.size() - usual.size());
  auto path = uri.substr(end, uri.find_first_of("?#", end) - end);
  while (path.ends_with('/')) path.remove_suffix(1);
  return out.append(path);
}

void SclIndex::load(store::View& view) {
  for (std::uint64_t after = 0;;) {
    const auto scls = view.of_type("scl", after, scls_per_look);
    for (const auto& scl : scls) note(*scl);
    if (scls.size() < scls_per_look) return;
    after = scls.back()->key;
  }
}

void SclIndex::note(const model::Resource& scl) {
  const auto link = core::text_of(scl, "link");
  if (link.find("://") == link.npos) return;   // found by its id
  const std::unique_lock lock(mutex_);
  paths_[normal_uri(link)] = scl.path;
}

model::ResourcePtr SclIndex::find(store::View& view, std::string_view uri) const {
  for (auto wanted = normal_uri(uri); wanted.find("://") != wanted.npos;) {
    std::string path;
    {
      const std::shared_lock lock(mutex_);
      if (const auto found = paths_.find(wanted); found != paths_.end()) path = found->second;
    }
    if (!path.empty() && has_link(view, path, wanted)) return view.find(path);
    const auto slash = wanted.rfind('/');
    if (slash == wanted.npos || slash < wanted.find("://") + 3) return nullptr;
    wanted.resize(slash);
  }
  return nullptr;
}

bool SclIndex::overlaps(store::View& view, std::string_view link) const {
  if (find(view, link)) return true;
  const auto above = normal_uri(link) + "/";
  std::vector<std::pair<std::string, std::string>> below;
  {
    const std::shared_lock lock(mutex_);
    for (auto entry = paths_.lower_bound(above); entry != paths_.end() && entry->first.starts_with(above); ++entry) below.push_back(*entry);
  }
  return std::any_of(below.begin(), below.end(), [&](const auto& entry) { return has_link(view, entry.second, entry.first); });
}

// The index remembers SCLs that have gone.
bool SclIndex::has_link(store::View& view, const std::string& scl, std::string_view link) {
  const auto found = view.find(scl);
  return found && normal_uri(core::text_of(*found, "link")) == link;
}

}  // namespace nscl::delivery
