// SPDX-License-Identifier: Apache-2.0
// filterCriteria as query parameters (procedures 3.4, resources.md 1.13). All criteria hold together.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nscl/base/error.h>
#include <nscl/base/time.h>
#include <nscl/model/resource.h>

namespace nscl::core {

struct Filter {
  std::optional<Time> if_modified_since, if_unmodified_since, created_after, created_before;
  std::vector<std::string> if_none_match, if_match;
  std::vector<std::string> search_strings;
  bool ignore_case = false;                       ///< of search strings (OM2M dialect)
  std::optional<std::int64_t> size_from, size_until;
  std::vector<std::string> content_types;
  bool meta_data_only = false;
  std::string attribute_accessor;
  std::optional<std::string> search_prefix;
  std::vector<std::string> members;               ///< discovery of groups: URIs that all are among their members
  std::optional<std::uint64_t> max_size;

  /// True if a criterion only a contentInstance can meet was given.
  bool asks_for_instances() const { return size_from || size_until || !content_types.empty(); }
  bool matches(const model::Instance& instance) const;
  /// `search_strings` of the resource, or null.
  bool matches(Time created, Time modified, const model::Value* search_strings) const;
};

/// Unknown keys are ignored; a value that does not fit its type is bad_request.
Result<Filter> parse_filter(const std::vector<std::pair<std::string, std::string>>& query);

}  // namespace nscl::core
