// SPDX-License-Identifier: Apache-2.0
// Which type a document has: by its element, and among types of one element by xsi:type.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include <nscl/base/error.h>
#include <nscl/model/resource_type.h>

namespace nscl::codec {

/// `xsi_type`: local name, if the document gives one. Without it, or with the name of the type that others extend, the
/// document has the type of its element's own name.
Result<const model::ResourceType*> choose(std::span<const model::ResourceType* const> candidates, std::string_view element,
                                          std::optional<std::string_view> xsi_type);

}  // namespace nscl::codec
