// SPDX-License-Identifier: Apache-2.0
// Builds representations out of stored resources.
#include <nscl/core/representation.h>

#include <algorithm>

#include <nscl/base/path.h>
#include <nscl/core/authorise.h>
#include <nscl/core/hooks.h>
#include <nscl/core/outbound.h>

namespace nscl::core {

using model::Origin;
using model::Presence;
using model::Value;

std::string reference_to(std::string_view path, const Policy& policy, Dialect dialect) {
  std::string result = dialect == Dialect::om2m ? policy.scl_id : policy.base_path;
  if (!path.empty()) result.append("/").append(encode_path(path));
  return result;
}

std::string absolute_uri(std::string_view path, const Policy& policy, std::string_view host) {
  std::string result = policy.base_uri.empty() ? "http://" + std::string(host) : policy.base_uri;
  return result + reference_to(path, policy, Dialect::standard);
}

codec::Style style_of(Dialect dialect) {
  return dialect == Dialect::om2m ? codec::Style{.prefix = "om2m", .qualify_all = true} : codec::Style{};
}

namespace {

// The media types whose content is shown as text (resources.md 3.19).
bool is_textual(std::string_view type) {
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  const bool structured = type.starts_with("application/vnd.") && (type.ends_with("+xml") || type.ends_with("+json"));
  return structured || type == "text/plain" || type == "application/xml" || type == "application/json";
}

// v1.1.1: maxInstanceAge is a number of seconds.
Value in_seconds(const Value& duration) {
  const auto parsed = parse_duration(duration.text());
  if (!parsed) return duration;
  const auto length = add(Time{}, *parsed) - Time{};
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(length).count());
}

Value default_of(const model::Attribute& attribute) {
  if (attribute.type == &model::types::search_strings) {
    model::Object list;
    list.set("searchString", model::List{});
    return list;
  }
  if (attribute.type == &model::types::uri_list) {
    model::Object list;
    list.set("reference", model::List{});
    return list;
  }
  if (attribute.type == &model::types::permission_list) {
    model::Object list;
    list.set("permission", model::List{});
    return list;
  }
  if (attribute.type == &model::types::announce_to) {
    model::Object scls, announce;
    scls.set("reference", model::List{});
    announce.set("activated", false);
    announce.set("sclList", std::move(scls));
    return announce;
  }
  return {};
}

}  // namespace

Value content_value(const model::Instance& instance, Dialect dialect) {
  model::Object content;
  content.reserve(2);
  content.add("contentType", instance.content_type);
  if (dialect == Dialect::om2m) {
    content.add("$t", Bytes{instance.content});
  } else if (is_textual(instance.content_type) && is_xml_text(instance.content)) {
    content.add("textContent", instance.content);
  } else {
    content.add("binaryContent", Bytes{instance.content});
  }
  return content;
}

model::Object represent(const model::Instance& instance, std::string_view path, const Policy& policy, Dialect dialect, bool meta_data_only) {
  model::Object out;
  out.reserve(9);
  out.add("creationTime", instance.creation_time);
  out.add("lastModifiedTime", instance.creation_time);
  if (instance.delay_tolerance) out.add("delayTolerance", *instance.delay_tolerance);
  if (!instance.search_strings.is_null() && dialect == Dialect::standard) out.add("searchStrings", instance.search_strings);
  model::Object types;
  types.add("contentType", model::List{Value(instance.content_type)});
  out.add("contentTypes", std::move(types));
  out.add("contentSize", std::int64_t(instance.content.size()));
  if (!meta_data_only) out.add("content", content_value(instance, dialect));
  out.add("id", instance.id);
  out.add("href", reference_to(path, policy, dialect));
  return out;
}

std::string HookContext::local_path(std::string_view reference) const {
  return access.local_path(reference, text_of(resource, security::authority_attribute));
}

void HookContext::change(model::Resource changed, const model::Resource& old) {
  changed.last_modified_time = transaction->stamp();
  const auto stored = transaction->put(std::move(changed));
  if (outbound) outbound->changed(*transaction, {Change::Kind::updated, *stored, &old});
}

Result<void> HookContext::abandon(std::string reason) {
  if (!before) return bad_request(std::move(reason));
  abandoned = true;
  return {};
}

Representer::Representer(store::View& view, const model::Registry& registry, const Policy& policy, const RequestIndication& request, Time now)
    : view_(view), registry_(registry), policy_(policy), request_(request),
      access_(view, *request.from, policy, now), now_(now) {}

model::Object Representer::resource(const model::Resource& stored) {
  model::Object out;
  for (const auto& attribute : stored.type->attributes) {
    if (attribute.response == Presence::NP || (attribute.release_2 && request_.dialect == Dialect::om2m)) continue;
    switch (attribute.origin) {
      case Origin::name:
        if (!stored.path.empty()) out.set(attribute.name, last_segment(stored.path));
        break;
      case Origin::lifetime:
        if (attribute.name == "creationTime") out.set(attribute.name, stored.creation_time);
        else if (attribute.name == "lastModifiedTime") out.set(attribute.name, stored.last_modified_time);
        else if (stored.expiration_time != never) out.set(attribute.name, stored.expiration_time);
        break;
      case Origin::reference: out.set(attribute.name, reference_to(join(stored.path, attribute.child), policy_, request_.dialect)); break;
      case Origin::collection: out.set(attribute.name, children(stored.path, attribute.child)); break;
      case Origin::computed: break;
      case Origin::stored: add_stored(out, attribute, stored); break;
    }
  }
  if (stored.type->hooks.on_retrieve) {
    auto copy = stored;
    HookContext context{view_, nullptr, registry_, policy_, request_, access_, copy, nullptr, &out, now_};
    static_cast<void>(stored.type->hooks.on_retrieve(context));
  }
  return out;
}

void Representer::add_stored(model::Object& out, const model::Attribute& attribute, const model::Resource& stored) {
  if (const auto* value = stored.attributes.find(attribute.name)) {
    out.set(attribute.name, in_dialect(attribute, *value, stored));
  } else if (attribute.response == Presence::M || attribute.response == Presence::MA) {
    if (auto usual = default_of(attribute); !usual.is_null()) out.set(attribute.name, std::move(usual));
  }
}

Value Representer::in_dialect(const model::Attribute& attribute, const Value& value, const model::Resource& stored) {
  if (request_.dialect == Dialect::om2m && attribute.type == &model::types::mgmt_protocol_type) {
    return value.text() == "OMA_DM" ? Value("OMA DM") : Value("BBF TR 069");
  }
  if (request_.dialect == Dialect::om2m && value.text() == "SCL_BASE") return "SERVER_CAPABILITY_LAYER";
  if (request_.dialect == Dialect::om2m && attribute.name == "maxInstanceAge") return in_seconds(value);
  if (!attribute.local_uri) return value;
  if (const auto* list = value.find("reference")) {
    model::List references;
    for (const auto& reference : list->list()) references.push_back(in_dialect(attribute, reference, stored));
    model::Object out;
    out.set("reference", std::move(references));
    return out;
  }
  const auto text = value.text();
  const bool om2m_form = !text.starts_with('/') && text.find("://") == text.npos;
  if (request_.dialect == Dialect::standard && !om2m_form) return value;
  const auto path = access_.local_path(text, text_of(stored, security::authority_attribute));
  return path == "\n" ? value : Value(reference_to(path, policy_, request_.dialect));
}

model::Object Representer::collection(const model::ResourceType& type, std::string_view path, const model::Resource& owner, const model::Resource* stored) {
  model::Resource effective;
  effective.path = path;
  effective.type = &type;
  effective.creation_time = owner.creation_time;
  effective.last_modified_time = stored ? stored->last_modified_time : owner.creation_time;
  if (stored) effective.attributes = stored->attributes;
  if (const auto right = collection_right(owner, stored); !right.empty() && type.find("accessRightID")) effective.attributes.set("accessRightID", right);
  return resource(effective);
}

bool Representer::may_discover(const model::Resource& child) {
  Authoriser authoriser(view_, registry_, policy_, *request_.from, now_);
  return authoriser.resource(child, security::Flag::discover) == security::Decision::allowed;
}

Value Representer::children(std::string_view path, std::string_view child_type) {
  model::List references;
  for (const auto& entry : view_.children(path, policy_.children_per_answer)) {
    if (entry.type->document_element() != child_type) continue;
    if (entry.type->unknown_to_om2m && request_.dialect == Dialect::om2m) continue;
    const auto child_path = join(path, entry.name);
    const auto child = view_.find(child_path);
    if (!child || child->expiration_time <= now_ || !may_discover(*child)) continue;
    model::Object reference;
    reference.set("id", entry.name);
    reference.set("$t", reference_to(child_path, policy_, request_.dialect));
    references.emplace_back(std::move(reference));
  }
  model::Object out;
  out.set("namedReference", std::move(references));
  return out;
}

}  // namespace nscl::core
