// SPDX-License-Identifier: Apache-2.0
// RETRIEVE of resources and collections.
#include <nscl/core/procedure.h>

#include <nscl/core/notify_lane.h>
#include <nscl/core/representation.h>

namespace nscl::core {

using model::Verb;
using security::Flag;

Result<Outcome> Procedure::retrieve(store::View& view) {
  auto located = locate(view);
  if (!located) return tl::unexpected(located.error());
  if (target_.kind == Target::Kind::instance) return retrieve_instance(view, *located);
  if (auto result = require_verb(view, *located, Verb::retrieve); !result) return tl::unexpected(result.error());
  if (located->type->name == "discovery") return discover(view);
  if (auto result = authorise(view, *located, Flag::read); !result) return tl::unexpected(result.error());
  if (located->type->name == "contentInstances") return retrieve_instances(view, *located);
  return retrieve_representation(view, *located);
}

Outcome Procedure::document(const model::ResourceType& type, model::Object representation, Time last_modified) const {
  Outcome outcome;
  outcome.type = &type;
  outcome.representation = std::move(representation);
  outcome.resource = target_.path;
  outcome.has_resource = true;
  outcome.last_modified = last_modified;
  return outcome;
}

Result<Outcome> Procedure::retrieve_representation(store::View& view, const Located& located) {
  const bool is_collection = target_.kind == Target::Kind::collection;
  const auto modified = !is_collection ? located.owner->last_modified_time
                        : located.row  ? located.row->last_modified_time
                                       : located.owner->creation_time;
  if (auto result = check_conditions(modified, true); !result) return tl::unexpected(result.error());
  const auto filter = parse_filter(request_.query);
  if (!filter) return tl::unexpected(filter.error());

  Representer representer(view, registry_, policy_, request_, now_);
  auto representation = is_collection ? representer.collection(*located.type, target_.path, *located.owner, located.row.get())
                                      : representer.resource(*located.owner);
  if (!target_.attribute.empty() || !filter->attribute_accessor.empty()) return retrieve_attribute(*located.type, representation, modified);
  auto outcome = document(*located.type, std::move(representation), modified);
  if (located.type->name == "subscription") outcome.fields = waiting_fields(view, *located.owner, *request_.from);
  if (!located.type->keeps_times && is_collection) outcome.last_modified.reset();   // no state of its own that a tag could name
  return outcome;
}

}  // namespace nscl::core
