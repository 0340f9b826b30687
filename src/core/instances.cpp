// SPDX-License-Identifier: Apache-2.0
// contentInstances: creation, limits and retrieval (TS 102 921 10.18, 10.19).
#include <nscl/core/procedure.h>

#include <algorithm>

#include <nscl/base/path.h>
#include <nscl/core/representation.h>
#include <nscl/model/validate.h>

#include "mirror.h"

namespace nscl::core {

using security::Flag;

namespace {

std::uint64_t positive(const model::Resource& container, std::string_view name) {
  const auto* value = container.attributes.find(name);
  const auto* number = value ? value->get<std::int64_t>() : nullptr;
  return number && *number > 0 ? std::uint64_t(*number) : 0;
}

std::uint64_t limit(std::uint64_t own, std::uint64_t normal, std::uint64_t bound) {
  const auto wanted = own ? own : normal ? normal : UINT64_MAX;
  return bound ? std::min(wanted, bound) : wanted;
}

Result<void> check_content_types(const model::Object& body, std::string_view content_type) {
  const auto* types = body.find("contentTypes");
  const auto* list = types ? types->find("contentType") : nullptr;
  if (!list) return {};
  const bool named = std::any_of(list->list().begin(), list->list().end(), [&](const model::Value& t) { return t.text() == content_type; });
  return named || list->list().empty() ? Result<void>{} : bad_request("contentTypes contradicts the contentType of content");
}

bool is_media_type(std::string_view text) {
  const auto slash = text.find('/');
  const bool visible = std::all_of(text.begin(), text.end(), [](unsigned char c) { return c >= 0x20 && c != 0x7f; });
  return visible && slash != text.npos && slash > 0 && slash + 1 < text.size() && text.size() <= 255;
}

}  // namespace

Result<model::Instance> read_document(const model::Object& body) {
  model::Instance instance;
  const auto* content = body.find("content");
  if (!content) return bad_request("content is mandatory when a contentInstance is created");
  const auto* type = content->find("contentType");
  if (const auto* text = content->find("textContent")) {
    instance.content = text->text();
  } else {
    const auto* binary = content->find("binaryContent");
    if (!binary) binary = content->find("$t");
    const auto* bytes = binary ? binary->get<Bytes>() : nullptr;
    if (bytes) instance.content = bytes->data;
  }
  if (type) instance.content_type = type->text();
  if (const auto* strings = body.find("searchStrings")) instance.search_strings = *strings;
  if (const auto* tolerance = body.find("delayTolerance"); tolerance && tolerance->get<Time>()) instance.delay_tolerance = *tolerance->get<Time>();
  if (const auto* id = body.find("id")) instance.id = id->text();
  return instance;
}

Result<void> check_instance(const model::Registry& registry, const model::Instance& instance) {
  const auto& collection = *registry.find("contentInstances");
  if (!instance.id.empty() && (!is_valid_id(instance.id) || is_reserved_name(instance.id) || collection.find(instance.id))) {
    return bad_request("id must be a name of letters, digits and . - _ : that the tree itself does not use");
  }
  if (instance.content.empty()) return bad_request("content is empty");
  if (!is_media_type(instance.content_type)) return bad_request("content needs its media type in contentType");
  return {};
}

InstanceLimits instance_limits(const model::Resource& container, const Policy& policy, Time now) {
  InstanceLimits limits;
  limits.count = limit(positive(container, "maxNrOfInstances"), policy.default_nr_of_instances, policy.maximum_nr_of_instances);
  limits.bytes = limit(positive(container, "maxByteSize"), policy.default_byte_size, policy.maximum_byte_size);
  const auto* age = container.attributes.find("maxInstanceAge");
  if (const auto duration = age ? parse_duration(age->text()) : std::nullopt; duration && !duration->negative) {
    limits.created_before = subtract(now, *duration);
  } else if (policy.default_instance_age.count()) {
    limits.created_before = now - policy.default_instance_age;
  }
  return limits;
}

void enforce_limits(store::Transaction& transaction, const model::Resource& container, const Policy& policy, Time now) {
  const auto limits = instance_limits(container, policy, now);
  if (limits.count == UINT64_MAX && limits.bytes == UINT64_MAX && limits.created_before == Time::min()) return;
  transaction.evict_instances(container.key, limits.count, limits.bytes, limits.created_before);
}

Result<model::Instance> Procedure::read_instance(Body& body) const {
  model::Instance instance;
  if (body.raw) {
    if (request_.content_type.empty()) return bad_request("content that is not a contentInstance needs a Content-Type");
    instance.content = request_.content;
    instance.content_type = request_.content_type;
  } else {
    if (!body.document) return tl::unexpected(body.document.error());
    auto& attributes = body.document->attributes;
    if (auto result = model::check_create(*body.document->type, attributes, is_om2m()); !result) return tl::unexpected(result.error());
    auto read = read_document(attributes);
    if (!read) return read;
    instance = std::move(*read);
    // OM2M's own clients leave the type out; what they store is XML.
    if (instance.content_type.empty() && is_om2m()) instance.content_type = "application/xml";
    if (auto result = check_content_types(attributes, instance.content_type); !result) return tl::unexpected(result.error());
  }
  if (auto result = check_instance(registry_, instance); !result) return tl::unexpected(result.error());
  return instance;
}

Result<Outcome> Procedure::create_instance(store::Transaction& transaction, const Located& located, Body& body) {
  const auto& container = *located.owner;
  const bool is_served = text_of(container, "locationContainerType") == "LOCATION_SERVER_BASED";
  if (is_served) return failure(Status::forbidden, "the network's location server fills this locationContainer");
  if (body.notified && !*body.notified) return tl::unexpected(body.notified->error());
  if (body.notified) return mirror_instances(transaction, container, **body.notified);
  auto instance = read_instance(body);
  if (!instance) return tl::unexpected(instance.error());
  const auto limits = instance_limits(container, policy_, now_);
  if (instance->content.size() > limits.bytes) return bad_request("content alone is larger than the container's maxByteSize");
  const bool had_id = !instance->id.empty();
  instance->creation_time = transaction.stamp();
  auto stored = transaction.append_instance(container.key, std::move(*instance));
  if (!stored) return tl::unexpected(stored.error());
  enforce_limits(transaction, container, policy_, now_);
  if (partners_.outbound) partners_.outbound->appended(transaction, container, **stored);

  Outcome outcome;
  outcome.status = Status::created;
  outcome.resource = join(target_.path, (*stored)->id);
  outcome.has_resource = true;
  outcome.last_modified = (*stored)->creation_time;
  if (!had_id || is_om2m()) outcome.instance = *stored;
  return outcome;
}

Result<Outcome> Procedure::retrieve_instance(store::View& view, const Located& located) {
  if (auto result = authorise(view, located, Flag::read); !result) return tl::unexpected(result.error());
  const auto container = located.owner->key;
  const auto instance = target_.instance == "latest"   ? view.latest_instance(container)
                        : target_.instance == "oldest" ? view.oldest_instance(container)
                                                       : view.find_instance(container, target_.instance);
  if (!instance) return failure(Status::not_found, "the container has no such contentInstance");
  if (auto result = check_conditions(instance->creation_time, true); !result) return tl::unexpected(result.error());

  Outcome outcome;
  outcome.instance = instance;
  outcome.resource = join(parent_path(target_.path), instance->id);
  outcome.has_resource = true;
  outcome.last_modified = instance->creation_time;
  if (target_.attribute.empty()) return outcome;
  if (target_.attribute.size() == 1 && target_.attribute.front() == "content") {
    outcome.raw_content = true;
    outcome.resource += "/content";
    return outcome;
  }
  const auto representation = represent(*instance, outcome.resource, policy_, request_.dialect, false);
  return retrieve_attribute(*target_.type, representation, instance->creation_time);
}

model::Object represent_instances(store::View& view, const model::Resource& container, model::List found, const Policy& policy, Dialect dialect) {
  const auto path = join(container.path, "contentInstances");
  const auto stats = view.instance_stats(container.key);
  const auto named = [&](const std::string& id) {
    model::Object reference;
    reference.set("id", id);
    reference.set("$t", reference_to(join(path, id), policy, dialect));
    return reference;
  };
  model::Object collection, out;
  collection.set("contentInstance", std::move(found));
  out.set("creationTime", container.creation_time);
  out.set("lastModifiedTime", std::max(stats.last_modified_time, container.creation_time));
  out.set("currentNrOfInstances", std::int64_t(stats.count));
  out.set("currentByteSize", std::int64_t(stats.bytes));
  out.set("contentInstanceCollection", std::move(collection));
  if (const auto instance = view.latest_instance(container.key)) out.set("latest", named(instance->id));
  if (const auto instance = view.oldest_instance(container.key)) out.set("oldest", named(instance->id));
  out.set("subscriptionsReference", reference_to(join(path, "subscriptions"), policy, dialect));
  return out;
}

Result<Outcome> Procedure::retrieve_instances(store::View& view, const Located& located) {
  auto filter = parse_filter(request_.query);
  if (!filter) return tl::unexpected(filter.error());
  filter->ignore_case = is_om2m();
  const auto stats = view.instance_stats(located.owner->key);
  const auto modified = std::max(stats.last_modified_time, located.owner->creation_time);
  if (auto result = check_conditions(modified, true); !result) return tl::unexpected(result.error());

  model::List found;
  std::size_t bytes = 0;
  const auto& accessor = filter->attribute_accessor.empty() && !target_.attribute.empty() ? target_.attribute.front() : filter->attribute_accessor;
  const bool wants_instances = accessor.empty() || accessor == "contentInstanceCollection";
  const auto visit = [&](const model::InstancePtr& instance) {
    if (!filter->matches(*instance)) return true;
    bytes += filter->meta_data_only ? 0 : instance->content.size();
    found.emplace_back(represent(*instance, join(target_.path, instance->id), policy_, request_.dialect, filter->meta_data_only));
    return found.size() < policy_.instances_per_answer && bytes < policy_.answer_bytes;
  };
  if (wants_instances) view.scan_instances(located.owner->key, visit);
  std::reverse(found.begin(), found.end());   // the newest are kept, the oldest stand first
  auto out = represent_instances(view, *located.owner, std::move(found), policy_, request_.dialect);
  if (!accessor.empty()) return retrieve_attribute(*located.type, out, modified);
  return document(*located.type, std::move(out), modified);
}

}  // namespace nscl::core
