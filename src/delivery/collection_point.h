// SPDX-License-Identifier: Apache-2.0
// CollectionPoint: where the members of a group send the notifications of one group subscription, so that this SCL, as
// the group's host, hands them on together (procedures 5.9.6). All of it stands in its URI, under a mark that only this
// SCL can make: nothing has to be kept for it, and nobody can make one that leads elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nscl/base/error.h>
#include <nscl/codec/codec.h>
#include <nscl/core/policy.h>
#include <nscl/store/transaction.h>

namespace nscl::delivery {

struct CollectionPoint {
  std::uint64_t group = 0;         ///< row key; the point ends with its group
  std::string to;                  ///< where collections go, as the subscriber wrote it
  std::string authority;           ///< by which the subscription was made: tells which URIs are ours
  std::string principal;           ///< who subscribed: inside this tree its rights decide
  std::chrono::milliseconds window{1000};   ///< from the first notification to the collection
  codec::Format format = codec::Format::xml;

  std::string parameters() const;  ///< all but the group
};
Result<CollectionPoint> decode_point(std::uint64_t group, std::string_view parameters);

/// The key of the marks, made when it is first wanted.
std::string collection_secret(store::Transaction& transaction);

std::string uri_of(const CollectionPoint& point, std::string_view secret, const core::Policy& policy, std::string_view host);
/// The point that a URI or its path names; nullopt if it is none of this SCL.
std::optional<CollectionPoint> find_point(store::View& view, std::string_view uri);

/// "collect/<group>-<mark>"
std::string lane_of(const CollectionPoint& point, std::string_view secret);

}  // namespace nscl::delivery
