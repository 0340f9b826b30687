// SPDX-License-Identifier: Apache-2.0
// CREATE of resources.
#include <nscl/core/procedure.h>

#include <algorithm>

#include <nscl/base/path.h>
#include <nscl/core/announced.h>
#include <nscl/core/representation.h>
#include <nscl/model/validate.h>
#include <nscl/store/owner.h>

namespace nscl::core {

using model::Verb;
using security::Decision;
using security::Flag;

namespace {

constexpr std::size_t generated_id_length = 10;

// Absolute URIs are stored with the authority that made them local; anything else needs no note.
bool holds_absolute_uri(const model::Value& value) {
  if (const auto* text = value.get<std::string>()) return text->find("://") != text->npos;
  if (const auto* list = value.get<model::List>()) {
    for (const auto& item : *list) if (holds_absolute_uri(item)) return true;
  }
  if (const auto* object = value.get<model::Object>()) {
    for (const auto& member : *object) if (holds_absolute_uri(member.value)) return true;
  }
  return false;
}

// OM2M's two search strings for whatever was created without any (procedures 6.3).
model::Value om2m_search_strings(const model::ResourceType& type, std::string_view id) {
  std::string name(type.name);
  name.front() = char(name.front() - 'a' + 'A');
  model::List strings;
  strings.emplace_back("ResourceType/" + name);
  strings.emplace_back("ResourceID/" + std::string(id));
  model::Object out;
  out.set("searchString", std::move(strings));
  return out;
}

// What stands below stays, with the right that its collections had.
void take_the_place_of(const model::Resource& old, model::Resource& resource) {
  resource.key = old.key;
  resource.creation_time = old.creation_time;
  const auto* inherited = old.attributes.find(security::inherited_right_attribute);
  const auto right = text_of(old, "accessRightID");
  if (inherited) resource.attributes.set(security::inherited_right_attribute, *inherited);
  else if (!old.type->children.empty() && right != text_of(resource, "accessRightID")) resource.attributes.set(security::inherited_right_attribute, right);
}

}  // namespace

Result<Outcome> Procedure::create(store::Transaction& transaction, Body& body) {
  auto located = locate(transaction);
  if (!located) return tl::unexpected(located.error());
  if (target_.kind == Target::Kind::instance && target_.attribute.empty()) {
    if (auto result = authorise(transaction, *located, Flag::discover); !result) return tl::unexpected(result.error());
    return failure(Status::method_not_allowed, "a contentInstance has no children");
  }
  if (!target_.attribute.empty()) return add_to_attribute(transaction, *located);
  if (auto result = require_verb(transaction, *located, Verb::create); !result) return tl::unexpected(result.error());
  if (auto result = admit(transaction, *located, body); !result) return tl::unexpected(result.error());
  if (located->type->name == "contentInstances") return create_instance(transaction, *located, body);
  if (!body.document) return tl::unexpected(body.document.error());
  return create_resource(transaction, *located, *body.document);
}

Result<void> Procedure::admit(store::Transaction& transaction, const Located& located, const Body& body) const {
  const auto candidates = creatable(registry_, *located.type);
  const auto& type = body.document && body.document->type ? *body.document->type : *candidates.front();
  if (type.admission == model::Admission::subscription) {
    Authoriser authoriser(transaction, registry_, policy_, *request_.from, now_);
    switch (authoriser.at(parent_path(target_.path), Flag::read)) {
      case Decision::allowed: return {};
      case Decision::denied: return failure(Status::permission_denied, "a subscription needs READ on the resource that is subscribed to");
      case Decision::hidden: return authorise(transaction, located, Flag::create);
    }
  }
  if (type.admission == model::Admission::registration && located.owner->path.empty()) return {};
  if (type.name == "accessRight" && body.document) {
    const auto* id = body.document->attributes.find("id");
    if (id && is_own_access_right(join(target_.path, id->text()))) return {};
  }
  return authorise(transaction, located, Flag::create);
}

Result<std::string> Procedure::choose_id(store::Transaction& transaction, const model::ResourceType& type, model::Object& body) {
  const auto* proposed = body.find(type.id_attribute);
  if (!proposed) {
    if (!type.fixed_id.empty() && !transaction.find(join(target_.path, type.fixed_id))) return std::string(type.fixed_id);
    for (;;) {
      auto id = std::string(type.id_prefix) + random_name(generated_id_length);
      if (!transaction.find(join(target_.path, id))) return id;
    }
  }
  std::string id(proposed->text());
  const auto name = std::string(type.id_attribute);
  if (!is_valid_id(id)) return bad_request(name + " must be a name of letters, digits and . - _ : (at most 255 octets)");
  // What any type that may stand here calls its own could not be told from the new resource.
  const bool is_taken = std::any_of(target_.types.begin(), target_.types.end(), [&](const auto* above) { return above->find(id) || registry_.fixed_child(*above, id); });
  if (is_reserved_name(id) || is_taken) return bad_request(name + " is a name that the tree itself uses");
  body.erase(type.id_attribute);
  if (const auto taken = transaction.find(join(target_.path, id))) {
    if (taken->expiration_time > now_) return failure(Status::conflict, name + " " + id + " is taken in this collection");
    if (auto result = erase_resource(transaction, *taken); !result) return tl::unexpected(result.error());   // expired, and not yet swept
  }
  return id;
}

// A gateway that was started anew announces again what stands here already: no error for it (procedures 5.11). Whoever
// may not write it meets a name that is taken.
model::ResourcePtr Procedure::announced_before(store::View& view, const model::ResourceType& type, const model::Object& body) const {
  const auto* id = body.find(type.id_attribute);
  const auto* link = body.find("link");
  if (!id || !link || !type.name.ends_with("Annc")) return nullptr;
  auto found = view.find(join(target_.path, id->text()));
  if (!found || found->type != &type || found->expiration_time <= now_ || text_of(*found, "link") != link->text()) return nullptr;
  Authoriser authoriser(view, registry_, policy_, *request_.from, now_);
  return authoriser.resource(*found, Flag::write) == Decision::allowed ? found : nullptr;
}

void Procedure::add_om2m_defaults(const model::ResourceType& type, std::string_view id, const model::Resource& owner, model::Object& body) const {
  if (type.find("searchStrings") && !body.find("searchStrings")) body.set("searchStrings", om2m_search_strings(type, id));
  if (!type.find("accessRightID") || body.find("accessRightID")) return;
  const auto inherited = owner.path.empty() ? std::string_view{} : text_of(owner, "accessRightID");
  if (!inherited.empty()) body.set("accessRightID", inherited);
  else if (request_.from->is_operator) body.set("accessRightID", reference_to("accessRights/" + policy_.om2m_default_access_right, policy_, Dialect::standard));
}

Result<void> Procedure::check_quota(store::Transaction& transaction) const {
  const auto owner = store::owner_of(target_.path);
  if (owner.empty() || policy_.resources_per_owner == 0 || transaction.resources_of(owner) < policy_.resources_per_owner) return {};
  return failure(Status::forbidden, std::string(owner) + " holds as many resources as it may (" + std::to_string(policy_.resources_per_owner) + "): delete some first");
}

Result<Outcome> Procedure::create_resource(store::Transaction& transaction, const Located& located, codec::Document& document) {
  const auto& type = *document.type;
  if (type.unknown_to_om2m && is_om2m()) return bad_request("the document element " + std::string(type.name) + " does not belong here");
  auto& body = document.attributes;
  const bool had_id = body.find(type.id_attribute) != nullptr;
  if (auto result = model::check_create(type, body, is_om2m()); !result) return tl::unexpected(result.error());
  const auto again = announced_before(transaction, type, body);
  if (again) body.erase(type.id_attribute);
  if (auto result = again ? Result<void>{} : check_quota(transaction); !result) return tl::unexpected(result.error());
  auto id = again ? Result<std::string>(last_segment(again->path)) : choose_id(transaction, type, body);
  if (!id) return tl::unexpected(id.error());

  bool altered = !had_id;
  model::Resource resource;
  resource.path = join(target_.path, *id);
  resource.type = &type;
  if (type.expires) {
    const auto expires = lifetime(type, body, altered);
    if (!expires) return tl::unexpected(expires.error());
    resource.expiration_time = *expires;
  }
  body.erase("expirationTime");
  if (is_om2m()) add_om2m_defaults(type, *id, *located.owner, body);
  resource.attributes = std::move(body);
  if (holds_absolute_uri(model::Value(resource.attributes))) remember_authority(resource);

  security::AccessControl access(transaction, *request_.from, policy_, now_);
  auto hook_context = context(transaction, &transaction, access, resource);
  if (!type.announced_as.empty()) {
    if (auto result = settle_announce_to(hook_context); !result) return tl::unexpected(result.error());
  }
  if (type.hooks.before_create) {
    if (auto result = type.hooks.before_create(hook_context); !result) return tl::unexpected(result.error());
  }
  if (hook_context.refusal) return refused(*std::move(hook_context.refusal));
  if (!again) {
    auto handed = hand_over(transaction, {Change::Kind::created, resource});
    if (!handed) return tl::unexpected(handed.error());
    if (*handed) return **std::move(handed);
  }
  if (again) take_the_place_of(*again, resource);
  const auto put = put_new(transaction, std::move(resource), again.get());
  if (!put) return tl::unexpected(put.error());
  const auto& stored = *put;
  Outcome outcome;
  outcome.status = Status::created;
  outcome.resource = stored->path;
  outcome.has_resource = true;
  outcome.last_modified = stored->last_modified_time;
  if (altered || hook_context.altered || is_om2m()) {
    outcome.type = &type;
    outcome.representation = Representer(transaction, registry_, policy_, request_, now_).resource(*stored);
    // An id taken as proposed is left out: a deployed gateway misreads the answer otherwise (procedures 5.1.2).
    if (had_id && !is_om2m() && type.find(type.id_attribute)->response == model::MA) outcome.representation->erase(type.id_attribute);
  }
  return outcome;
}

Result<model::ResourcePtr> Procedure::put_new(store::Transaction& transaction, model::Resource resource, const model::Resource* again) {
  const auto& type = *resource.type;
  resource.last_modified_time = transaction.stamp();
  if (!again) resource.creation_time = resource.last_modified_time;
  auto stored = transaction.put(std::move(resource));
  touch_collection(transaction, std::string(parent_path(stored->path)), stored->last_modified_time);
  if (type.hooks.after_create) {
    security::AccessControl access(transaction, *request_.from, policy_, now_);
    auto copy = *stored;
    auto after = context(transaction, &transaction, access, copy);
    if (auto result = type.hooks.after_create(after); !result) return tl::unexpected(result.error());
    stored = transaction.find(stored->path);
  }
  tell(transaction, {again ? Change::Kind::updated : Change::Kind::created, *stored, again});
  return stored;
}

// The lastModifiedTime of what lists its children moves when one comes or goes; from then on a collection has a row of its own.
void Procedure::touch_collection(store::Transaction& transaction, std::string_view path, Time stamp) const {
  const auto target = resolve(registry_, path);
  if (!target) return;
  model::Resource row;
  if (target->kind == Target::Kind::individual) {   // it lists its parameters itself
    if (const auto stored = transaction.find(path)) {
      row = *stored;
      row.last_modified_time = stamp;
      transaction.put(std::move(row));
    }
    return;
  }
  if (target->kind != Target::Kind::collection || !target->type->keeps_times || target->type->governance == model::Governance::parent) return;
  if (const auto stored = transaction.find(path)) {
    row = *stored;
  } else {
    const auto owner = transaction.find(target->owner);
    row.path = path;
    row.type = target->type;
    row.creation_time = owner->creation_time;
    if (const auto right = collection_right(*owner, nullptr); !right.empty() && target->type->find("accessRightID")) row.attributes.set("accessRightID", right);
    if (const auto authority = text_of(*owner, security::authority_attribute); !authority.empty()) row.attributes.set(security::authority_attribute, authority);
  }
  row.last_modified_time = stamp;
  transaction.put(std::move(row));
}

}  // namespace nscl::core
