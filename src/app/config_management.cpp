// SPDX-License-Identifier: Apache-2.0
// The part of the table that is about device management.
#include "config_entry.h"

namespace nscl::app {
namespace {

Problem check_file(const std::string& text) { return !text.empty() && text.size() <= 4096 ? std::nullopt : Problem(quote(text) + " is no path of a file"); }

}  // namespace

void add_management(std::vector<Key>& out) {
  const auto entry = [](std::string_view name, std::string_view comment) { return Entry("management", name, comment); };
  out.push_back(entry("mappings", "Files that say where management objects live in the data models of devices, over what the program knows (docs/mappings.md).")
                    .list("paths of files", check_file, [](Place at) -> auto& { return at.config.mappings; }));
}

}  // namespace nscl::app
