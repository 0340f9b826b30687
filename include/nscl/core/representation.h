// SPDX-License-Identifier: Apache-2.0
// Representation: stored resource -> what a requestor sees in its dialect; and the reading of references.
#pragma once

#include <string>
#include <string_view>

#include <nscl/codec/codec.h>
#include <nscl/core/policy.h>
#include <nscl/core/primitive.h>
#include <nscl/core/router.h>
#include <nscl/model/resource.h>
#include <nscl/security/access_control.h>
#include <nscl/store/view.h>

namespace nscl::core {

/// A path as it stands in a representation: "/m2m/applications/x", in the OM2M dialect "nscl/applications/x".
std::string reference_to(std::string_view path, const Policy& policy, Dialect dialect);

/// The absolute URI of a path: base_uri, or the authority by which the request came, before the standard form.
std::string absolute_uri(std::string_view path, const Policy& policy, std::string_view host);

/// The way XML is written in a dialect.
codec::Style style_of(Dialect dialect);

/// A contentInstance's document, with its href. `meta_data_only` leaves the content out.
model::Object represent(const model::Instance& instance, std::string_view path, const Policy& policy, Dialect dialect, bool meta_data_only);

/// The document of a container's contentInstances that shows `found` of them, with the totals of all.
model::Object represent_instances(store::View& view, const model::Resource& container, model::List found, const Policy& policy, Dialect dialect);

/// The value of content in the dialect: textContent or binaryContent; base64 text with its type for OM2M (v1.1.1).
model::Value content_value(const model::Instance& instance, Dialect dialect);

/// A resource or collection as the request's originator may see it: children it may not discover are left out.
class Representer {
 public:
  Representer(store::View& view, const model::Registry& registry, const Policy& policy, const RequestIndication& request, Time now);

  /// `type` is the type of `path`; `stored` the resource, or for a collection the row that differs from the default (may be null), `owner` the resource above it.
  model::Object resource(const model::Resource& stored);
  model::Object collection(const model::ResourceType& type, std::string_view path, const model::Resource& owner, const model::Resource* stored);

 private:
  model::Value children(std::string_view path, std::string_view child_type);
  bool may_discover(const model::Resource& child);
  void add_stored(model::Object& out, const model::Attribute& attribute, const model::Resource& stored);
  model::Value in_dialect(const model::Attribute& attribute, const model::Value& value, const model::Resource& stored);

  store::View& view_;
  const model::Registry& registry_;
  const Policy& policy_;
  const RequestIndication& request_;
  security::AccessControl access_;
  Time now_;
};

}  // namespace nscl::core
