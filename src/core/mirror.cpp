// SPDX-License-Identifier: Apache-2.0
#include "mirror.h"

#include <array>

#include <nscl/base/path.h>
#include <nscl/core/procedure.h>
#include <nscl/model/messages.h>

namespace nscl::core {
namespace {

using model::Instance;
using model::Object;

/// Ids that this store keeps for its own stand here under another name.
constexpr std::string_view foreign_prefix = "peer_";

Result<void> add(const model::Registry& registry, const Object& body, std::vector<Instance>& found) {
  auto instance = read_document(body);
  if (!instance) return tl::unexpected(instance.error());
  if (instance->id.empty()) return bad_request("a contentInstance in a notify needs its id");
  if (auto result = check_instance(registry, *instance); !result) return result;
  found.push_back(*std::move(instance));
  return {};
}

/// Nothing that could hold contentInstances: nullopt.
std::optional<codec::Document> representation_of(const model::Registry& registry, const Object& notify) {
  const auto* representation = notify.find("representation");
  const auto* octets = representation ? representation->find("$t") : nullptr;
  const auto* bytes = octets ? octets->get<Bytes>() : nullptr;
  const auto* type = representation ? representation->find("contentType") : nullptr;
  const auto format = type ? codec::format_of(type->text()) : std::nullopt;
  if (!bytes || !format) return std::nullopt;
  const std::array candidates{registry.find("contentInstance"), registry.find("contentInstances")};
  auto document = codec::decode(*format, bytes->data, candidates);
  return document ? std::optional(*std::move(document)) : std::nullopt;
}

/// False: it brings none.
Result<bool> add_notified(const model::Registry& registry, const Object& notify, std::vector<Instance>& found) {
  const auto document = representation_of(registry, notify);
  if (!document) return false;
  const auto& body = document->attributes;
  if (document->type->name == "contentInstance") {
    if (auto result = add(registry, body, found); !result) return tl::unexpected(result.error());
    return true;
  }
  const auto* collection = body.find("contentInstanceCollection");
  const auto* list = collection ? collection->find("contentInstance") : nullptr;
  if (!list) return true;   // of an empty container
  for (const auto& instance : list->list()) {
    if (auto result = add(registry, instance.object(), found); !result) return tl::unexpected(result.error());
  }
  return true;
}

bool is_same(const Instance& stored, const Instance& wanted) { return stored.content_type == wanted.content_type && stored.content == wanted.content; }

}  // namespace

bool is_notification(const codec::Document& document) {
  return document.type == &model::messages::notify() || document.type == &model::messages::notify_collection();
}

Result<std::vector<Instance>> unpack(const model::Registry& registry, const codec::Document& document) {
  std::vector<Instance> found;
  const auto& body = document.attributes;
  bool is_usable = false;
  const auto take = [&](const Object& notify) -> Result<void> {
    const auto used = add_notified(registry, notify, found);
    if (!used) return tl::unexpected(used.error());
    is_usable = is_usable || *used;
    return {};
  };
  if (document.type == &model::messages::notify()) {
    if (auto result = take(body); !result) return tl::unexpected(result.error());
  } else if (const auto* list = body.find("notify")) {
    for (const auto& notify : list->list()) {
      if (auto result = take(notify.object()); !result) return tl::unexpected(result.error());
    }
  }
  if (!is_usable) return bad_request("a notify for a container needs a contentInstance or contentInstances as representation, in XML or JSON");
  return found;
}

// A notification may come twice: what is here already is passed over.
Result<void> Procedure::mirror_instance(store::Transaction& transaction, const model::Resource& container, Instance instance) {
  const auto other_id = std::string(foreign_prefix) + instance.id;
  const auto known = transaction.find_instance(container.key, instance.id);
  const auto other = transaction.find_instance(container.key, other_id);
  if ((known && is_same(*known, instance)) || (other && is_same(*other, instance))) return {};
  instance.creation_time = transaction.stamp();
  auto stored = transaction.append_instance(container.key, instance);
  if (!stored && !known && is_valid_id(other_id)) {   // the id is one that this SCL will give itself
    instance.id = other_id;
    stored = transaction.append_instance(container.key, std::move(instance));
  }
  if (!stored) return failure(stored.error().status, "the container has another contentInstance with an id of the notify");
  if (partners_.outbound) partners_.outbound->appended(transaction, container, **stored);
  return {};
}

Result<Outcome> Procedure::mirror_instances(store::Transaction& transaction, const model::Resource& container, std::vector<Instance>& instances) {
  const auto limits = instance_limits(container, policy_, now_);
  for (auto& instance : instances) {
    if (instance.content.size() > limits.bytes) return bad_request("a content alone is larger than the container's maxByteSize");
    if (auto result = mirror_instance(transaction, container, std::move(instance)); !result) return tl::unexpected(result.error());
  }
  enforce_limits(transaction, container, policy_, now_);
  return Outcome{};
}

}  // namespace nscl::core
