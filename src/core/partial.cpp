// SPDX-License-Identifier: Apache-2.0
// Partial addressing (TS 102 921 10.39; procedures 3.3): reading, replacing, extending and removing parts of a resource.
#include <nscl/core/procedure.h>

#include <algorithm>

#include <nscl/base/path.h>
#include <nscl/core/representation.h>
#include <nscl/model/validate.h>

namespace nscl::core {

using model::DataType;
using model::Field;
using model::Kind;
using model::Origin;
using model::Value;
using security::Flag;

namespace {

tl::unexpected<Error> no_such_part() { return failure(Status::not_found, "the resource has no such attribute, or it has no value"); }

/// A list attribute's one repeated element: searchStrings/searchString, members/reference, permissions/permission.
const Field* repeated_element(const DataType& type) {
  if (type.kind != Kind::complex || type.fields.size() != 1 || !type.fields.front().repeats()) return nullptr;
  return &type.fields.front();
}

bool is_item(const Value& item, std::string_view name) {
  const auto* id = item.find("id");
  return id ? id->text() == name : item.text() == name;
}

struct Part {
  Field field;
  const Value* value;
};

// One segment deeper: a member, or the item of a list by its id or its text.
std::optional<Part> descend(const Part& part, std::string_view segment) {
  if (const auto* list = part.value->get<model::List>()) {
    const auto found = std::find_if(list->begin(), list->end(), [&](const Value& item) { return is_item(item, segment); });
    if (found == list->end()) return std::nullopt;
    auto field = part.field;
    field.max = 1;
    return Part{field, &*found};
  }
  if (const auto* member = part.value->find(segment)) {
    const auto* field = part.field.type->find(segment);
    return field ? std::optional(Part{*field, member}) : std::nullopt;
  }
  const auto* element = repeated_element(*part.field.type);
  const auto* list = element ? part.value->find(element->name) : nullptr;
  return list ? descend({*element, list}, segment) : std::nullopt;
}

std::vector<std::string> split(std::string_view accessor) {
  std::vector<std::string> segments;
  while (!accessor.empty()) {
    const auto slash = accessor.find('/');
    if (slash != 0) segments.emplace_back(accessor.substr(0, slash));
    accessor = slash == accessor.npos ? std::string_view{} : accessor.substr(slash + 1);
  }
  return segments;
}

}  // namespace

Result<Outcome> Procedure::retrieve_attribute(const model::ResourceType& type, const model::Object& representation, Time last_modified) const {
  auto path = target_.attribute;
  if (path.empty()) {
    const auto filter = parse_filter(request_.query);
    path = split(filter ? filter->attribute_accessor : std::string{});
  }
  const auto* attribute = path.empty() ? nullptr : type.find(path.front());
  const auto* value = attribute ? representation.find(attribute->name) : nullptr;
  if (!value) return no_such_part();
  Part part{attribute->field(), value};
  for (std::size_t i = 1; i < path.size(); ++i) {
    const auto deeper = descend(part, path[i]);
    const bool text_of_binary = !deeper && path[i] == "textContent" && part.value->find("binaryContent");
    if (text_of_binary) return failure(Status::not_acceptable, "the content is binary");
    if (!deeper) return no_such_part();
    part = *deeper;
  }
  if (part.field.repeats()) return no_such_part();   // a bare list is addressed through its wrapper
  Outcome outcome;
  outcome.field = part.field;
  outcome.field->form = Field::Form::element;
  outcome.value = *part.value;
  outcome.resource = target_.path;
  for (const auto& segment : path) outcome.resource += "/" + segment;
  outcome.has_resource = true;
  outcome.last_modified = last_modified;
  return outcome;
}

Result<Outcome> Procedure::update_attribute(store::Transaction& transaction, const Located& located) {
  if (target_.attribute.size() != 1) return failure(Status::not_implemented, "an UPDATE addresses a whole attribute, not an element inside it");
  const auto* attribute = located.type->find(target_.attribute.front());
  if (!attribute) return no_such_part();
  const bool writable = attribute->update == model::M || attribute->update == model::O;
  if (!writable) return bad_request(std::string(attribute->name) + " cannot be changed by an update");
  if (!request_.has_format) return failure(Status::unsupported_media_type, "send the attribute as application/xml or application/json");
  auto value = codec::decode_attribute(request_.format, request_.content, attribute->field());
  if (!value) return tl::unexpected(value.error());
  if (target_.kind == Target::Kind::collection) {
    codec::Document document{located.type, {}};
    document.attributes.set(attribute->name, std::move(*value));
    return update_collection(transaction, located, document);
  }
  auto changed = *located.owner;
  bool altered = false;
  if (attribute->origin == Origin::lifetime) {
    model::Object body;
    body.set(attribute->name, std::move(*value));
    const auto expires = lifetime(*located.type, body, altered);
    if (!expires) return tl::unexpected(expires.error());
    changed.expiration_time = *expires;
  } else {
    changed.attributes.set(attribute->name, std::move(*value));
  }
  auto outcome = store_changed(transaction, located, std::move(changed));
  if (!outcome || outcome->refusal || outcome->ticket || !(altered || outcome->representation)) return outcome;
  const auto stored = transaction.find(target_.owner);
  outcome->type = located.type;
  outcome->representation = Representer(transaction, registry_, policy_, request_, now_).resource(*stored);
  return outcome;
}

Result<Outcome> Procedure::add_to_attribute(store::Transaction& transaction, const Located& located) {
  if (auto result = authorise(transaction, located, Flag::write); !result) return tl::unexpected(result.error());
  const auto* attribute = target_.kind == Target::Kind::individual ? located.type->find(target_.attribute.front()) : nullptr;
  const auto* element = attribute && attribute->origin == Origin::stored ? repeated_element(*attribute->type) : nullptr;
  const bool writable = attribute && (attribute->update == model::M || attribute->update == model::O);
  if (!element || !writable || target_.attribute.size() != 1) return failure(Status::method_not_allowed, "only an element of a list attribute can be added");
  if (!request_.has_format) return failure(Status::unsupported_media_type, "send the element as application/xml or application/json");
  auto single = *element;
  single.max = 1;
  auto item = codec::decode_attribute(request_.format, request_.content, single);
  if (!item) return tl::unexpected(item.error());

  auto changed = *located.owner;
  model::List list;
  if (const auto* present = changed.attributes.find(attribute->name)) {
    if (const auto* items = present->find(element->name)) list = items->list();
  }
  std::string name(item->text());
  if (auto* object = item->get<model::Object>(); object && element->type->find("id")) {
    if (!object->find("id")) object->set("id", random_name(10));
    name = object->find("id")->text();
  }
  const bool taken = std::any_of(list.begin(), list.end(), [&](const Value& present) { return is_item(present, name); });
  if (taken) return failure(Status::conflict, "the list has this element already");
  list.push_back(std::move(*item));
  model::Object wrapper;
  wrapper.set(element->name, std::move(list));
  changed.attributes.set(attribute->name, std::move(wrapper));
  auto outcome = store_changed(transaction, located, std::move(changed));
  if (!outcome || outcome->refusal || outcome->ticket) return outcome;
  outcome->representation.reset();
  outcome->status = Status::created;
  outcome->resource = join(join(target_.path, attribute->name), name);
  return outcome;
}

Result<Outcome> Procedure::remove_attribute(store::Transaction& transaction, const Located& located) {
  if (auto result = authorise(transaction, located, Flag::write); !result) return tl::unexpected(result.error());
  const auto* attribute = target_.kind == Target::Kind::individual ? located.type->find(target_.attribute.front()) : nullptr;
  if (!attribute) return no_such_part();
  auto changed = *located.owner;
  auto* value = changed.attributes.find(attribute->name);
  if (attribute->origin != Origin::stored || attribute->update == model::NP || (target_.attribute.size() == 1 && attribute->update == model::M)) {
    return failure(Status::method_not_allowed, std::string(attribute->name) + " cannot be removed");
  }
  if (!value) return no_such_part();
  if (auto result = check_conditions(located.owner->last_modified_time, false); !result) return tl::unexpected(result.error());
  if (target_.attribute.size() == 1) {
    changed.attributes.erase(attribute->name);
  } else {
    const auto* element = repeated_element(*attribute->type);
    const bool named_twice = element && target_.attribute[1] == element->name && target_.attribute.size() == 3;
    if (!element || (target_.attribute.size() != 2 && !named_twice)) return failure(Status::method_not_allowed, "only a whole attribute or an element of a list can be removed");
    auto list = value->find(element->name) ? value->find(element->name)->list() : model::List{};
    if (std::erase_if(list, [&](const Value& item) { return is_item(item, target_.attribute.back()); }) == 0) return no_such_part();
    model::Object wrapper;
    wrapper.set(element->name, std::move(list));
    changed.attributes.set(attribute->name, std::move(wrapper));
  }
  auto outcome = store_changed(transaction, located, std::move(changed));
  if (outcome && !outcome->ticket) outcome->representation.reset(), outcome->has_resource = false;
  return outcome;
}

}  // namespace nscl::core
