// SPDX-License-Identifier: Apache-2.0
// Authoriser: which right governs a resource of the tree (resources.md 1.12), asked of AccessControl.
#pragma once

#include <string_view>

#include <nscl/core/policy.h>
#include <nscl/core/primitive.h>
#include <nscl/model/registry.h>
#include <nscl/security/access_control.h>
#include <nscl/store/view.h>

namespace nscl::core {

class Authoriser {
 public:
  Authoriser(store::View& view, const model::Registry& registry, const Policy& policy, const security::Requestor& requestor, Time now);

  security::Decision resource(const model::Resource& resource, security::Flag flag);
  /// A collection at `path`; `stored` is its own row, null while it is what `owner` implies.
  security::Decision collection(const model::ResourceType& type, std::string_view path, const model::Resource& owner,
                                const model::Resource* stored, security::Flag flag);
  /// Whatever stands at `path`; hidden if nothing does.
  security::Decision at(std::string_view path, security::Flag flag);

  security::AccessControl& access() { return access_; }

 private:
  security::Decision subscription(const model::Resource& resource, security::Flag flag);

  store::View& view_;
  const model::Registry& registry_;
  const security::Requestor& requestor_;
  security::AccessControl access_;
  Time now_;
};

/// The accessRightID of a collection: its own row's, else what it got from its owner when that was created.
std::string_view collection_right(const model::Resource& owner, const model::Resource* stored);

/// Text of a stored attribute, empty if absent.
std::string_view text_of(const model::Resource& resource, std::string_view attribute);

/// Hidden attribute: principal that made a subscription.
inline constexpr std::string_view subscriber_attribute = ".subscriber";

/// Hidden attributes: the form in which a subscription's notifications are written ("om2m", "json"; absent: standard, XML).
inline constexpr std::string_view subscription_dialect_attribute = ".dialect";
inline constexpr std::string_view subscription_format_attribute = ".format";

}  // namespace nscl::core
