// SPDX-License-Identifier: Apache-2.0
// FleetMembers: what the references of a group mean to a fleet work.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nscl/core/policy.h>
#include <nscl/model/resource.h>
#include <nscl/security/access_control.h>
#include <nscl/store/fleet.h>
#include <nscl/store/view.h>

namespace nscl::rem {

/// The members of a group; null: it has none.
const model::List* references_of(const model::Resource& group);

class FleetMembers {
 public:
  /// `suffix`: what follows the membersContent of the group.
  FleetMembers(store::View& view, const security::Requestor& from, const core::Policy& policy, const model::Resource& group, std::string_view suffix, Time now);

  /// waiting, group, or refused if it is not of this SCL.
  store::FleetMember member(std::string_view reference);

 private:
  bool is_group(std::string_view path);

  store::View& view_;
  security::AccessControl access_;
  std::string_view authority_, suffix_;
};

}  // namespace nscl::rem
