// SPDX-License-Identifier: Apache-2.0
// Router: the grammar of the tree, derived from the registry. It says what a path can mean; whether the resource is
// there, the store says.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/base/error.h>
#include <nscl/model/registry.h>

namespace nscl::core {

struct Target {
  enum class Kind : unsigned char {
    individual,    ///< a stored resource, or the sclBase
    collection,    ///< a fixed child: exists as soon as its owner does
    instance,      ///< a contentInstance, latest or oldest
    beyond,        ///< below an application, but no resource of this SCL (retargeting, 10.3.2.23)
    members,       ///< membersContent of a group and what follows it (10.23)
  };
  Kind kind = Kind::individual;
  std::string path;                       ///< of the resource, without the attribute part
  std::string owner;                      ///< path of the nearest stored resource at or above it ("" = sclBase)
  std::vector<const model::ResourceType*> owner_types;   ///< what the owner can be
  const model::ResourceType* type = nullptr;             ///< null for an individual of several possible types
  std::vector<const model::ResourceType*> types;         ///< what the target itself can be
  std::string instance;                   ///< Kind::instance: its id, "latest" or "oldest"
  std::string rest;                       ///< Kind::beyond: below the application; Kind::members: behind membersContent
  std::vector<std::string> attribute;     ///< partial addressing (10.39): attribute, then elements inside it
};

/// Fails with not_found (the path means nothing here) or not_implemented (a part of the tree this release does not serve).
Result<Target> resolve(const model::Registry& registry, std::string_view path);

/// As resolve, for a path with one segment more than that of `collection`, which is a Kind::collection.
Result<Target> resolve_member(const model::Registry& registry, const Target& collection, std::string_view segment);

/// The types that may be created in the collection.
std::vector<const model::ResourceType*> creatable(const model::Registry& registry, const model::ResourceType& collection);

}  // namespace nscl::core
