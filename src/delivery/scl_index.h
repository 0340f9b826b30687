// SPDX-License-Identifier: Apache-2.0
// SclIndex: which registered SCL a URI leads to. A hint in memory: the store is asked whether the SCL is still there.
#pragma once

#include <map>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>

#include <nscl/store/view.h>

namespace nscl::delivery {

class SclIndex {
 public:
  /// All registered SCLs; at start-up.
  void load(store::View& view);
  /// Writer's thread: an scl was created or changed. What a failed job leaves behind is harmless.
  void note(const model::Resource& scl);

  /// The scl whose link is `uri` or lies above it, the longest; null if there is none. Any thread.
  model::ResourcePtr find(store::View& view, std::string_view uri) const;
  /// Whether some scl has this link, or one above or below it.
  bool overlaps(store::View& view, std::string_view link) const;

 private:
  static bool has_link(store::View& view, const std::string& scl, std::string_view link);

  mutable std::shared_mutex mutex_;
  std::map<std::string, std::string> paths_;   // normalised link -> path of the scl
};

/// "HTTP://Host:80/m2m/" -> "http://host/m2m"; a text that is no absolute URI stays as it is.
std::string normal_uri(std::string_view uri);

}  // namespace nscl::delivery
