// SPDX-License-Identifier: Apache-2.0
// ResourceQueries: the statements on resources and facts, for readers and the writer alike.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/model/registry.h>
#include <nscl/store/view.h>

#include "connection.h"

namespace nscl::store::sqlite {

/// The open interval of the paths below a resource: '0' is the character after '/'.
struct Below {
  explicit Below(std::string_view path);
  std::string lower, upper;
};

/// The search strings of a resource, without repetition.
std::vector<std::string_view> search_strings_of(const model::Resource& resource);

class ResourceQueries {
 public:
  ResourceQueries(Connection& connection, const model::Registry& registry) : connection_(connection), registry_(registry) {}

  model::ResourcePtr resource(std::string_view path);
  std::optional<std::string> path_of(std::uint64_t key);
  std::vector<ChildEntry> children(std::string_view path, std::size_t limit);
  /// Paths in `range` after `after`, in order.
  std::vector<std::string> paths(const Below& range, std::string_view after, std::size_t limit);
  std::vector<std::string> paths_with(std::string_view search, const Below& range, std::string_view after, std::size_t limit);
  bool has_search_string(std::string_view path, std::string_view search);
  std::vector<std::string> paths_of_type(std::string_view type, std::uint64_t after, std::size_t limit);
  std::vector<std::string> expired(Time now, std::size_t limit);
  std::vector<std::uint64_t> with_age_limit();

  std::uint64_t held(std::string_view owner);
  void count_held(std::string_view owner, std::int64_t more);
  void forget_held(std::string_view owner);
  void insert(const model::Resource& resource);
  bool update(const model::Resource& resource);   ///< false if there is no such key at this path
  struct Erased {
    std::uint64_t key;
    std::string path;
    bool may_have_search_strings;
  };
  /// The resource at `path` and those below it.
  std::vector<Erased> subtree(std::string_view path);
  void erase_subtree(std::string_view path);
  void insert_search_string(std::string_view value, std::string_view path);
  void erase_search_string(std::string_view value, std::string_view path);

  std::optional<std::string> fact(std::string_view name);
  void put_fact(std::string_view name, std::string_view value);

 private:
  const model::ResourceType& type_named(std::string_view name) const;

  Connection& connection_;
  const model::Registry& registry_;
};

}  // namespace nscl::store::sqlite
