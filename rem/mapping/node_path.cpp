// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/node_path.h>

namespace nscl::rem {

bool is_node_uri(std::string_view path) { return path == "." || path.starts_with("./"); }

char joint_of(std::string_view path) { return is_node_uri(path) ? '/' : '.'; }

bool is_object_path(std::string_view path) { return !path.empty() && path.back() == joint_of(path); }

std::string_view without_end(std::string_view path) {
  if (is_object_path(path)) path.remove_suffix(1);
  return path;
}

std::string with_end(std::string_view path) {
  std::string out(path);
  if (!is_object_path(path)) out += joint_of(path);
  return out;
}

std::string_view object_above(std::string_view path) { return path.substr(0, without_end(path).rfind(joint_of(path)) + 1); }   // npos + 1 is 0

std::string_view last_name(std::string_view path) { return without_end(path).substr(object_above(path).size()); }

std::string_view root_of_path(std::string_view path) { return path.substr(0, path.find(joint_of(path)) + 1); }

std::string object_of_mo(std::string_view original_mo) { return is_node_uri(original_mo) ? with_end(original_mo) : std::string(original_mo); }

std::string mo_of_object(std::string_view object) { return std::string(is_node_uri(object) ? without_end(object) : object); }

}  // namespace nscl::rem
