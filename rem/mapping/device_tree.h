// SPDX-License-Identifier: Apache-2.0
// Paths of a device's data model, and what a report tells of it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/rem/node_path.h>
#include <nscl/rem/task.h>
#include <nscl/store/management.h>

namespace nscl::rem {

/// Whose devices have paths with this root.
store::ManagementProtocol protocol_of(std::string_view root);

inline constexpr std::string_view root_mark = "{root}";
/// "{root}X." -> "Device.X.".
std::string with_root(std::string_view text, std::string_view root);

/// What a pattern of a table is on this device: "{urn:...}" in its beginning stands for each of its objects of that model, however the
/// letters of the name are written.
std::vector<std::string> patterns_of(std::string_view pattern, std::string_view root, const std::vector<ModelledObject>& models);

/// `leaf` of the object `path`, unless it begins with "{root}".
std::string leaf_path(std::string_view path, std::string_view leaf, std::string_view root);

/// True if `path` fits `pattern`, in which "{i}" stands for any number or [alias]; of OMA-DM for any name.
bool matches_path(std::string_view pattern, std::string_view path);

/// Last number or alias of a path; "" if its last segment is a name. Of OMA-DM, whose nodes have names only, the last one.
std::string_view last_number(std::string_view path);

/// Text with '*' for any text.
bool matches_text(std::string_view pattern, std::string_view text);

/// Items of a list, with commas or on lines of their own, blanks around them cut and %2C undone; and back, with commas.
std::vector<std::string> list_items(std::string_view text);
std::string joined(const std::vector<std::string>& items);

/// Objects and leaves; what it is made of outlives it.
class DeviceTree {
 public:
  explicit DeviceTree(const std::vector<Leaf>& leaves);
  explicit DeviceTree(const Report& report);

  const Leaf* leaf(std::string_view path) const;
  bool has_object(std::string_view path) const { return objects_.contains(path); }
  /// The objects that fit `pattern` and are `within` or below it, by their numbers.
  std::vector<std::string> instances(std::string_view pattern, std::string_view within = {}) const;
  /// True if something below `path` was told.
  bool tells_of(std::string_view path) const;

 private:
  void add_object(std::string_view path);

  std::map<std::string_view, const Leaf*> leaves_;
  std::set<std::string, std::less<>> objects_;
};

}  // namespace nscl::rem
