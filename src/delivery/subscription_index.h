// SPDX-License-Identifier: Apache-2.0
// SubscriptionIndex: which resources may have subscriptions, so that a change of one that has none costs nothing.
// On the writer's thread, once it is loaded. It may say yes where there is none any more, never no where there is one.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/base/path.h>
#include <nscl/store/view.h>

namespace nscl::delivery {

class SubscriptionIndex {
 public:
  void load(store::View& view) {
    constexpr std::size_t per_look = 1000;
    for (std::uint64_t after = 0;;) {
      const auto found = view.of_type("subscription", after, per_look);
      for (const auto& subscription : found) add(*subscription);
      if (found.size() < per_look) return;
      after = found.back()->key;
    }
  }
  void add(const model::Resource& subscription) { paths_.emplace(parent_path(parent_path(subscription.path))); }
  bool may_have(std::string_view path) const { return paths_.contains(path); }
  /// Those at `path` and below it.
  std::vector<std::string> within(std::string_view path) const {
    std::vector<std::string> found;
    for (auto place = paths_.lower_bound(path); place != paths_.end() && place->starts_with(path); ++place) {
      if (is_within(*place, path)) found.push_back(*place);
    }
    return found;
  }

 private:
  std::set<std::string, std::less<>> paths_;
};

}  // namespace nscl::delivery
