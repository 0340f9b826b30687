// SPDX-License-Identifier: Apache-2.0
// Looking for names by GetParameterNames.
#include "naming.h"

#include <algorithm>
#include <string_view>

#include "listing.h"

namespace nscl::rem::tr069 {
namespace {

/// "Device.X.Name" -> "Device.X."
std::string object_of(std::string_view name) { return std::string(name.substr(0, name.rfind('.') + 1)); }

bool may_be_listed(const std::string& object, const ModelOptions& model) {
  const bool is_root = object.find('.') + 1 == object.size();
  return !model.no_gpn && !(is_root && model.skip_root_gpn);
}

}  // namespace

Naming::Naming(std::vector<std::string> names, const ModelOptions& model) {
  for (auto& name : names) {
    auto object = object_of(name);
    if (!may_be_listed(object, model) || std::ranges::find(names_, name) != names_.end()) continue;
    objects_.insert(std::move(object));
    names_.push_back(std::move(name));
  }
}

void Naming::answered(const std::vector<ParameterInfoStruct>& listed) {
  const auto children = children_of(object(), listed);
  std::erase_if(names_, [&](const std::string& name) {
    if (object_of(name) != object()) return false;
    const auto child = children.find(std::string_view(name).substr(object().size()));
    return child != children.end() && !child->second.object;
  });
  objects_.erase(objects_.begin());
}

}  // namespace nscl::rem::tr069
