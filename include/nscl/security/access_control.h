// SPDX-License-Identifier: Apache-2.0
// Access control: permissions x holders, default access rights, hidden existence (TS 102 921 10.3.2.5 to 10.3.2.7; procedures 5.7).
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/model/resource.h>
#include <nscl/security/flag.h>
#include <nscl/security/own_names.h>
#include <nscl/security/requestor.h>
#include <nscl/store/view.h>

namespace nscl::security {

/// denied: a holder without the flag (STATUS_PERMISSION_DENIED); hidden: no holder at all (STATUS_NOT_FOUND).
enum class Decision : unsigned char { allowed, denied, hidden };

/// Hidden attribute: the principal that registered an application or scl, its owner under default rights.
inline constexpr std::string_view registrant_attribute = ".registrant";
/// Hidden attribute: an authority ("host:port") that meant this SCL when the resource was written; absolute URIs
/// with it inside that resource are local.
inline constexpr std::string_view authority_attribute = ".authority";
/// Hidden attribute: the accessRightID that the collections below got when the resource was created, once it differs
/// from the present one.
inline constexpr std::string_view inherited_right_attribute = ".inheritedAccessRightID";

/// One evaluation on one snapshot for one requestor. Cheap to make.
class AccessControl {
 public:
  AccessControl(store::View& view, const Requestor& requestor, const OwnNames& own, Time now)
      : view_(view), requestor_(requestor), own_(own), now_(now) {}

  /// Decision under the accessRight that `access_right_id` names (as written in a resource at `path` whose authority
  /// attribute is `authority`); none, or a dangling one: default rights of `path`.
  Decision check(std::string_view path, std::string_view access_right_id, std::string_view authority, Flag flag);

  /// Decision under the selfPermissions of an accessRight resource.
  Decision check_self(const model::Resource& access_right, Flag flag);

  /// Default access rights: who owns the part of the tree that `path` lies in.
  Decision check_default(std::string_view path);

  /// The canonical path that a reference means, or "\n" (which is no path) if it is not local.
  std::string local_path(std::string_view reference, std::string_view authority) const;

 private:
  Decision evaluate(const model::Value* permissions, std::string_view authority, Flag flag);
  /// Groups among the holders: those not yet searched, and the paths of all that were met.
  struct Groups {
    std::vector<model::ResourcePtr> found;
    std::set<std::string> seen;
  };

  bool is_holder(const model::Object& holders, std::string_view authority, std::size_t& members_left);
  bool matches_references(const model::List& holders, std::string_view authority, std::size_t& members_left);
  /// Whether `reference` means the requestor; a group that it means, and that was not met before, is added to `groups`.
  bool names_requestor(std::string_view reference, std::string_view authority, Groups& groups);
  bool matches_domain(std::string_view domain) const;
  bool owns(const model::Resource& owner) const;

  store::View& view_;
  const Requestor& requestor_;
  const OwnNames& own_;
  Time now_;
};

}  // namespace nscl::security
