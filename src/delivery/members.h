// SPDX-License-Identifier: Apache-2.0
// Members: whom a request to a group goes to, read from one snapshot.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nscl/base/error.h>
#include <nscl/core/policy.h>
#include <nscl/core/primitive.h>
#include <nscl/core/router.h>
#include <nscl/model/registry.h>
#include <nscl/model/resource.h>
#include <nscl/store/view.h>

namespace nscl::delivery {

/// What a member is asked at.
struct Member {
  std::string id;                        ///< the member as the answer names it
  std::string uri;                       ///< what is addressed there, in the form of `id`
  std::string to;                        ///< canonical path, if it is of this SCL
  std::optional<core::Route> route;      ///< if it is of another
  std::uint64_t nested = 0;              ///< key of the group whose members are meant, 0: none
  std::optional<Error> flaw;             ///< the reference is no URI that could be asked
};

/// A group as a request meets it: found, and open to the request.
struct Group {
  std::uint64_t key = 0;
  std::vector<Member> members;
};

/// Fails as Procedure::group() does, and with bad_request if nothing below a member of the group's type can have the
/// path that follows membersContent.
Result<Group> find_group(store::View& view, const model::Registry& registry, const core::Policy& policy,
                         const core::RequestIndication& request, const core::Target& target, Time now);

/// How the members are asked: query parameters of membersContent (docs/delivery.md).
struct Manner {
  bool anycast = false;                                 ///< the first that answers with success
  bool in_turn = false;                                 ///< spread=roundRobin
  std::optional<std::chrono::milliseconds> window;      ///< spread=PT10S
  bool is_single() const { return anycast || in_turn; }
};

/// Reads them, and takes them out of the request: members do not get them.
Result<Manner> take_manner(core::RequestIndication& request, std::chrono::milliseconds longest_window);

}  // namespace nscl::delivery
