// SPDX-License-Identifier: Apache-2.0
#include "candidates.h"

#include <algorithm>
#include <string>

#include "names.h"

namespace nscl::codec {

Result<const model::ResourceType*> choose(std::span<const model::ResourceType* const> candidates, std::string_view element,
                                          std::optional<std::string_view> xsi_type) {
  const auto find = [&](auto test) {
    const auto found = std::find_if(candidates.begin(), candidates.end(), [&](const auto* type) { return test(*type); });
    return found == candidates.end() ? nullptr : *found;
  };
  if (xsi_type) {
    const auto* extended = find([&](const auto& type) { return type.document_element() == element && type.xsi_type == *xsi_type; });
    if (extended) return extended;
  }
  // By name: the type that others extend, and safPolicySet and m2mSpPolicy, which have elements of their own in the schema.
  const auto* plain = find([&](const auto& type) { return type.name == element; });
  if (!plain) return bad_request("the document element " + in_quotes(element) + " does not belong here");
  return plain;
}

}  // namespace nscl::codec
