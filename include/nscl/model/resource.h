// SPDX-License-Identifier: Apache-2.0
// The stored form of a resource, and of a contentInstance.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <nscl/base/time.h>
#include <nscl/model/resource_type.h>
#include <nscl/model/value.h>

namespace nscl::model {

/// An individual resource, the sclBase (path ""), or a collection that differs from what its parent implies.
struct Resource {
  std::uint64_t key = 0;             ///< row id, 0 until it is stored; never used again for another resource
  std::string path;                  ///< canonical, <nscl/base/path.h>
  const ResourceType* type = nullptr;
  Object attributes;                 ///< those of Origin::stored, and hidden ones, whose names begin with '.'
  Time creation_time{};
  Time last_modified_time{};         ///< unique in the whole store, strictly increasing: also the entity tag
  Time expiration_time = never;
};
using ResourcePtr = std::shared_ptr<const Resource>;

/// One contentInstance. Immutable once stored (TS 102 921 10.19).
struct Instance {
  std::uint64_t sequence = 0;        ///< position in the order of creation over all containers; 0 until stored
  std::string id;                    ///< empty in an append without an id: the store gives one made of `sequence`
  Time creation_time{};
  std::string content_type;          ///< media type
  std::string content;               ///< decoded octets
  Value search_strings;              ///< Object of type SearchStrings, or null
  std::optional<Time> delay_tolerance;
};
using InstancePtr = std::shared_ptr<const Instance>;

}  // namespace nscl::model
