// SPDX-License-Identifier: Apache-2.0
// The checks every procedure begins with (procedures 1.5), DELETE and EXECUTE.
#include <nscl/core/procedure.h>

#include <algorithm>

#include <nscl/base/path.h>

namespace nscl::core {

using model::Verb;
using security::Decision;
using security::Flag;

namespace {

// The same words whether the resource is missing or hidden.
tl::unexpected<Error> nothing_there() { return failure(Status::not_found, "there is no such resource, or none that you may know of"); }

std::string_view word_of(Flag flag) {
  switch (flag) {
    case Flag::read: return "READ";
    case Flag::write: return "WRITE";
    case Flag::create: return "CREATE";
    case Flag::remove: return "DELETE";
    case Flag::discover: break;
  }
  return "DISCOVER";
}

// Path of the resource that `path` stands in: above its collection, or right above it.
std::string_view resource_above(std::string_view path, const model::Resource* resource) {
  const auto above = parent_path(path);
  return resource && resource->type->document_element() == "parameters" ? above : parent_path(above);
}

// Whether nothing above has expired that the sweeper has not removed yet: a child never outlives its parent.
bool is_alive(store::View& view, const model::Resource& resource, Time now) {
  if (resource.expiration_time <= now) return false;
  for (auto above = resource_above(resource.path, &resource); !above.empty();) {
    const auto ancestor = view.find(above);
    if (ancestor && ancestor->expiration_time <= now) return false;
    above = resource_above(above, ancestor.get());
  }
  return true;
}

// Collections that follow their owner in everything are never stored.
bool may_have_row(const model::ResourceType& type) { return type.keeps_times && type.governance != model::Governance::parent; }

bool is_listed(const std::vector<std::string>& tags, const std::string& tag) {
  return std::any_of(tags.begin(), tags.end(), [&](const std::string& t) { return t == "*" || t == tag; });
}

}  // namespace

Verb allowed_verbs(const model::Registry& registry, const model::ResourceType& type) {
  // CREATE is asked of what stands above; a fixed child that has it passes it on to others
  const auto own = type.parents.empty() ? type.verbs : Verb(unsigned(type.verbs) & ~unsigned(Verb::create));
  return creatable(registry, type).empty() ? own : own | Verb::create;
}

Procedure::Procedure(const model::Registry& registry, const Policy& policy, const RequestIndication& request, const Target& target, Time now,
                     const Partners& partners)
    : registry_(registry), policy_(policy), request_(request), target_(target), now_(now), partners_(partners) {}

Result<Procedure::Located> Procedure::locate(store::View& view) const {
  Located located;
  located.owner = view.find(target_.owner);
  if (!located.owner || !is_alive(view, *located.owner, now_)) return nothing_there();
  const auto& possible = target_.owner_types;
  if (std::find(possible.begin(), possible.end(), located.owner->type) == possible.end()) return nothing_there();
  located.type = located.owner->type;
  if (located.type->unknown_to_om2m && is_om2m()) return nothing_there();
  if (target_.kind == Target::Kind::individual || target_.kind == Target::Kind::beyond) return located;
  auto below = std::string_view(target_.path).substr(target_.owner.empty() ? 0 : target_.owner.size() + 1);
  const auto first = below.substr(0, below.find('/'));
  if (!registry_.fixed_child(*located.owner->type, first)) return nothing_there();
  located.type = target_.type;
  if (target_.kind == Target::Kind::collection && may_have_row(*located.type)) located.row = view.find(target_.path);
  return located;
}

bool Procedure::is_own_access_right(std::string_view path) const {
  const auto id = request_.from->scl_id();
  return !id.empty() && path == "accessRights/" + std::string(id);
}

Decision Procedure::decide(Authoriser& authoriser, const Located& located, Flag flag) const {
  switch (target_.kind) {
    case Target::Kind::collection: return authoriser.collection(*located.type, target_.path, *located.owner, located.row.get(), flag);
    case Target::Kind::individual:
      if (is_own_access_right(target_.path)) return Decision::allowed;   // procedures 5.8
      break;
    default: break;
  }
  return authoriser.resource(*located.owner, flag);
}

Result<void> Procedure::authorise(store::View& view, const Located& located, Flag flag) const {
  Authoriser authoriser(view, registry_, policy_, *request_.from, now_);
  switch (decide(authoriser, located, flag)) {
    case Decision::allowed: return {};
    case Decision::denied: return failure(Status::permission_denied, "your permissions on this resource lack the flag " + std::string(word_of(flag)));
    case Decision::hidden: break;
  }
  return nothing_there();
}

Result<void> Procedure::require_verb(store::View& view, const Located& located, Verb verb) const {
  if (allows(allowed_verbs(registry_, *located.type), verb)) return {};
  if (auto known = authorise(view, located, Flag::discover); !known) return known;
  return failure(Status::method_not_allowed, "a " + std::string(located.type->name) + " has no such method");
}

Result<void> Procedure::check_conditions(Time last_modified, bool is_read) {
  seen_ = last_modified;
  const auto& conditions = request_.conditions;
  if (conditions.empty()) return {};
  const auto tag = format_date_time(last_modified);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(last_modified);
  const auto unmet = [&] { return failure(Status::precondition_failed, "the resource is not in the state the request names; its entity tag is " + tag); };
  if (!conditions.if_match.empty() && !is_listed(conditions.if_match, tag)) return unmet();
  if (conditions.if_match.empty() && conditions.if_unmodified_since && seconds > *conditions.if_unmodified_since) return unmet();
  if (!conditions.if_none_match.empty()) {
    if (!is_listed(conditions.if_none_match, tag)) return {};
    return is_read ? Result<void>(failure(Status::not_modified, {})) : Result<void>(unmet());
  }
  if (is_read && conditions.if_modified_since && seconds <= *conditions.if_modified_since) return failure(Status::not_modified, {});
  return {};
}

// A mgmtCmd, or an attribute that is a switch and is there: one that is absent the entity cannot do (resources.md 4.1).
bool Procedure::starts_action(const Located& located) const {
  if (target_.kind != Target::Kind::individual) return false;
  if (target_.attribute.empty()) return allows(located.type->verbs, Verb::execute);
  const auto* attribute = target_.attribute.size() == 1 ? located.type->find(target_.attribute.front()) : nullptr;
  if (!attribute || !attribute->trigger) return false;
  const bool is_entitys = attribute->origin == model::Origin::stored && attribute->entity_only;
  return !is_entitys || located.owner->attributes.find(attribute->name);
}

Result<Outcome> Procedure::execute(store::View& view) {
  auto located = locate(view);
  if (!located) return tl::unexpected(located.error());
  if (starts_action(*located)) {
    if (auto result = authorise(view, *located, Flag::write); !result) return tl::unexpected(result.error());
    if (!partners_.delegate) return failure(Status::not_implemented, "this SCL does not act on devices: its configuration has no device management");
    Outcome outcome;
    outcome.starts_action = true;
    return outcome;
  }
  const auto verbs = allowed_verbs(registry_, *located->type);
  if (auto result = authorise(view, *located, Flag::discover); !result) return tl::unexpected(result.error());
  if (allows(verbs, Verb::create)) return bad_request("a CREATE in " + std::string(located->type->name) + " needs a body");
  return failure(Status::method_not_allowed, "a " + std::string(located->type->name) + " cannot be executed");
}

Result<Outcome> Procedure::start(store::Transaction& transaction) {
  auto checked = execute(transaction);   // again, on the state that the action begins in
  if (!checked) return checked;
  const auto owner = transaction.find(target_.owner);
  const auto started = partners_.delegate->start(transaction, *owner, target_.attribute.empty() ? std::string_view() : target_.attribute.front(), request_);
  if (!started) return tl::unexpected(started.error());
  Outcome outcome;
  outcome.status = started->ticket ? Status::accepted : Status::ok;
  outcome.ticket = started->ticket;
  outcome.resource = started->resource;
  outcome.has_resource = true;
  return outcome;
}

Result<std::optional<Outcome>> Procedure::hand_over(store::Transaction& transaction, const Change& wanted) const {
  if (!partners_.delegate) return std::nullopt;
  const auto taken = partners_.delegate->take(transaction, wanted, request_);
  if (!taken) return tl::unexpected(taken.error());
  if (!*taken) return std::nullopt;
  Outcome outcome;
  outcome.status = Status::accepted;
  outcome.ticket = *taken;
  outcome.resource = wanted.resource.path;
  outcome.has_resource = wanted.kind != Change::Kind::deleted;
  return outcome;
}

Result<Outcome> Procedure::remove(store::Transaction& transaction) {
  auto located = locate(transaction);
  if (!located) return tl::unexpected(located.error());
  if (target_.kind == Target::Kind::instance) {
    if (!target_.attribute.empty()) return failure(Status::method_not_allowed, "the attributes of a contentInstance cannot be removed");
    if (auto result = authorise(transaction, *located, Flag::remove); !result) return tl::unexpected(result.error());
    const auto instance = target_.instance == "latest"   ? transaction.latest_instance(located->owner->key)
                          : target_.instance == "oldest" ? transaction.oldest_instance(located->owner->key)
                                                         : transaction.find_instance(located->owner->key, target_.instance);
    if (!instance) return nothing_there();
    if (auto result = check_conditions(instance->creation_time, false); !result) return tl::unexpected(result.error());
    transaction.erase_instance(located->owner->key, instance->id);
    return Outcome{};
  }
  if (!target_.attribute.empty()) return remove_attribute(transaction, *located);
  if (auto result = require_verb(transaction, *located, Verb::remove); !result) return tl::unexpected(result.error());
  if (auto result = authorise(transaction, *located, Flag::remove); !result) return tl::unexpected(result.error());
  if (auto result = check_conditions(located->owner->last_modified_time, false); !result) return tl::unexpected(result.error());

  auto handed = hand_over(transaction, {Change::Kind::deleted, *located->owner});
  if (!handed) return tl::unexpected(handed.error());
  if (*handed) return **std::move(handed);
  if (auto result = erase_resource(transaction, *located->owner); !result) return tl::unexpected(result.error());
  return Outcome{};
}

Result<void> Procedure::erase_resource(store::Transaction& transaction, model::Resource resource) {
  security::AccessControl access(transaction, *request_.from, policy_, now_);
  auto hook_context = context(transaction, &transaction, access, resource);
  const auto& hooks = resource.type->hooks;
  if (hooks.before_delete) {
    if (auto result = hooks.before_delete(hook_context); !result) return result;
  }
  tell(transaction, {Change::Kind::deleted, resource});
  transaction.erase(resource.path);
  touch_collection(transaction, parent_path(resource.path), transaction.stamp());
  return hooks.after_delete ? hooks.after_delete(hook_context) : Result<void>{};
}

// resources.md 1.5: in the past is refused, beyond the bounds is clamped, absent gets the SCL's default.
Result<Time> Procedure::lifetime(const model::ResourceType& type, const model::Object& body, bool& altered) const {
  constexpr std::chrono::seconds om2m_default{999'999'999};   // what OM2M's own NSCL gives (procedures 5.1.1)
  const auto* asked = body.find("expirationTime");
  const auto* time = asked ? asked->get<Time>() : nullptr;
  if (!time) {
    const auto normal = type.name == "scl" ? policy_.default_scl_lifetime : policy_.default_lifetime;
    const auto given = is_om2m() && normal.count() ? om2m_default : normal;
    if (given.count() == 0) return never;
    altered = true;
    return std::chrono::floor<std::chrono::milliseconds>(now_) + given;
  }
  if (*time <= now_) return bad_request("expirationTime is in the past");
  auto result = std::max(*time, now_ + policy_.minimum_lifetime);
  if (policy_.maximum_lifetime.count()) result = std::min<Time>(result, now_ + policy_.maximum_lifetime);
  altered = altered || result != *time;
  return result;
}

HookContext Procedure::context(store::View& view, store::Transaction* transaction, security::AccessControl& access, model::Resource& resource) const {
  return {view, transaction, registry_, policy_, request_, access, resource, nullptr, nullptr, now_, partners_.outbound, partners_.integrity};
}

// An absolute URI with the authority of this request is ours, now and when it is read later by another way in.
void Procedure::remember_authority(model::Resource& resource) const {
  if (!request_.host.empty()) resource.attributes.set(security::authority_attribute, request_.host);
}

}  // namespace nscl::core
