// SPDX-License-Identifier: Apache-2.0
// UPDATE: replacement in the standard dialect, merge in OM2M's (resources.md 1.8).
#include <nscl/core/procedure.h>

#include <nscl/core/announced.h>
#include <nscl/core/representation.h>
#include <nscl/model/validate.h>

namespace nscl::core {

using model::Origin;
using model::Verb;
using security::Flag;

namespace {

bool is_writable(const model::Attribute& attribute) {
  return attribute.origin == Origin::stored && (attribute.update == model::M || attribute.update == model::O);
}

}  // namespace

Result<Outcome> Procedure::update(store::Transaction& transaction, Body& body) {
  auto located = locate(transaction);
  if (!located) return tl::unexpected(located.error());
  if (target_.kind == Target::Kind::instance) {
    if (auto result = authorise(transaction, *located, Flag::discover); !result) return tl::unexpected(result.error());
    return failure(Status::method_not_allowed, "a contentInstance never changes");
  }
  if (auto result = require_verb(transaction, *located, Verb::update); !result) return tl::unexpected(result.error());
  if (auto result = authorise(transaction, *located, Flag::write); !result) return tl::unexpected(result.error());
  const bool is_collection = target_.kind == Target::Kind::collection;
  const auto modified = !is_collection ? located->owner->last_modified_time
                        : located->row ? located->row->last_modified_time
                                       : located->owner->creation_time;
  if (auto result = check_conditions(modified, false); !result) return tl::unexpected(result.error());
  if (!target_.attribute.empty()) return update_attribute(transaction, *located);
  if (!body.document) return tl::unexpected(body.document.error());
  if (body.document->type != located->type) return bad_request("the document element must be " + std::string(located->type->name));
  return is_collection ? update_collection(transaction, *located, *body.document) : update_resource(transaction, *located, *body.document);
}

Result<void> Procedure::apply(model::Resource& resource, model::Object& body, bool& altered) const {
  const bool merge = is_om2m();
  if (resource.type->expires && (!merge || body.find("expirationTime"))) {
    const auto expires = lifetime(*resource.type, body, altered);
    if (!expires) return tl::unexpected(expires.error());
    resource.expiration_time = *expires;
  }
  for (const auto& attribute : resource.type->attributes) {
    if (!is_writable(attribute)) continue;
    if (auto* value = body.find(attribute.name)) resource.attributes.set(attribute.name, std::move(*value));
    else if (!merge) resource.attributes.erase(attribute.name);
  }
  if (!request_.host.empty() && resource.attributes.find(security::authority_attribute)) remember_authority(resource);
  return {};
}

Result<Outcome> Procedure::update_resource(store::Transaction& transaction, const Located& located, codec::Document& document) {
  const auto current = Representer(transaction, registry_, policy_, request_, now_).resource(*located.owner);
  const auto& type = *located.type;
  if (auto result = model::check_update(type, document.attributes, current, is_om2m(), is_om2m()); !result) return tl::unexpected(result.error());

  auto changed = *located.owner;
  bool altered = false;
  if (auto result = apply(changed, document.attributes, altered); !result) return tl::unexpected(result.error());
  auto outcome = store_changed(transaction, located, std::move(changed));
  if (!outcome || outcome->refusal || outcome->ticket) return outcome;
  if (altered || outcome->representation || is_om2m()) {
    const auto stored = transaction.find(target_.path);
    outcome->type = &type;
    outcome->representation = Representer(transaction, registry_, policy_, request_, now_).resource(*stored);
  }
  return outcome;
}

// Runs the hooks and writes; a representation in the outcome says that the SCL gave other values than asked for.
Result<Outcome> Procedure::store_changed(store::Transaction& transaction, const Located& located, model::Resource changed) {
  const auto& hooks = changed.type->hooks;
  security::AccessControl access(transaction, *request_.from, policy_, now_);
  auto hook_context = context(transaction, &transaction, access, changed);
  hook_context.before = located.owner.get();
  if (!changed.type->announced_as.empty()) {
    if (auto result = settle_announce_to(hook_context); !result) return tl::unexpected(result.error());
  }
  if (hooks.before_update) {
    if (auto result = hooks.before_update(hook_context); !result) return tl::unexpected(result.error());
  }
  if (hook_context.refusal) return refused(*std::move(hook_context.refusal));
  if (hook_context.abandoned) {
    if (auto result = erase_resource(transaction, *located.owner); !result) return tl::unexpected(result.error());
    return refused({Status::not_found, "the " + std::string(located.type->name) + " was deleted, as its consistencyStrategy demands"});
  }
  const auto old_right = text_of(*located.owner, "accessRightID");
  if (!changed.type->children.empty() && old_right != text_of(changed, "accessRightID") &&
      !changed.attributes.find(security::inherited_right_attribute)) {
    changed.attributes.set(security::inherited_right_attribute, old_right);   // what the collections below were created with
  }
  auto handed = hand_over(transaction, {Change::Kind::updated, changed, located.owner.get()});
  if (!handed) return tl::unexpected(handed.error());
  if (*handed) return **std::move(handed);
  const auto stored = put_changed(transaction, std::move(changed), *located.owner);
  if (!stored) return tl::unexpected(stored.error());
  Outcome outcome;
  outcome.last_modified = (*stored)->last_modified_time;
  outcome.resource = (*stored)->path;
  outcome.has_resource = true;
  if (hook_context.altered) outcome.representation.emplace();
  return outcome;
}

Result<model::ResourcePtr> Procedure::put_changed(store::Transaction& transaction, model::Resource changed, const model::Resource& before) {
  changed.last_modified_time = transaction.stamp();
  auto stored = transaction.put(std::move(changed));
  if (stored->type->hooks.after_update) {
    security::AccessControl access(transaction, *request_.from, policy_, now_);
    auto copy = *stored;
    auto after = context(transaction, &transaction, access, copy);
    after.before = &before;
    if (auto result = stored->type->hooks.after_update(after); !result) return tl::unexpected(result.error());
    stored = transaction.find(before.path);
  }
  tell(transaction, {Change::Kind::updated, *stored, &before});
  return stored;
}

Result<Outcome> Procedure::update_collection(store::Transaction& transaction, const Located& located, codec::Document& document) {
  Representer representer(transaction, registry_, policy_, request_, now_);
  const auto current = representer.collection(*located.type, target_.path, *located.owner, located.row.get());
  if (auto result = model::check_update(*located.type, document.attributes, current, is_om2m(), is_om2m()); !result) return tl::unexpected(result.error());
  model::Resource row;
  if (located.row) {
    row = *located.row;
  } else {
    row.path = target_.path;
    row.type = located.type;
    row.creation_time = located.owner->creation_time;
    if (const auto right = collection_right(*located.owner, nullptr); !right.empty()) row.attributes.set("accessRightID", right);
  }
  bool altered = false;
  if (auto result = apply(row, document.attributes, altered); !result) return tl::unexpected(result.error());
  if (text_of(row, "accessRightID").find("://") != std::string_view::npos) remember_authority(row);
  row.last_modified_time = transaction.stamp();
  const auto stored = transaction.put(std::move(row));
  tell(transaction, {Change::Kind::updated, *stored, located.row.get()});

  Outcome outcome;
  outcome.last_modified = stored->last_modified_time;
  outcome.resource = target_.path;
  outcome.has_resource = true;
  if (is_om2m()) {
    outcome.type = located.type;
    outcome.representation = representer.collection(*located.type, target_.path, *located.owner, stored.get());
  }
  return outcome;
}

}  // namespace nscl::core
