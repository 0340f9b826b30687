// SPDX-License-Identifier: Apache-2.0
#include "new_object.h"

#include <algorithm>

#include <nscl/base/path.h>
#include <nscl/core/authorise.h>
#include <nscl/rem/node_path.h>

namespace nscl::rem {
namespace {

constexpr std::size_t instances_of_an_object = 10'000;

/// Objects that the tree knows already, so that one the device made without our hearing of it can be told from them (rem.md 5.4).
std::vector<std::string> instances_below(store::Transaction& transaction, std::string_view parent) {
  std::vector<std::string> out;
  for (const auto& child : transaction.children(parent, instances_of_an_object)) {
    const auto found = transaction.find(join(parent, child.name));
    if (const auto mo = found ? core::text_of(*found, "originalMO") : std::string_view(); !mo.empty()) out.emplace_back(mo);
  }
  return out;
}

bool is_found(const Task& task, const Report& report) {
  if (const auto* object = std::get_if<Discover>(&task)) {
    const auto& path = object->objects.front();
    const bool is_leaf = is_node_uri(path) && std::ranges::find(report.leaves, without_end(path), &Leaf::path) != report.leaves.end();
    return is_leaf || std::ranges::find(report.objects, path) != report.objects.end();
  }
  const auto* parameter = std::get_if<GetLeaves>(&task);
  return !parameter || !report.leaves.empty();
}

const std::string& node_name_in(const Task& task) {
  const auto* object = std::get_if<Discover>(&task);
  return object ? object->objects.front() : std::get<GetLeaves>(task).paths.front();
}

}  // namespace

Result<Task> task_for_new(store::Transaction& transaction, const DeviceMapping& mapping, const model::Resource& resource) {
  const auto mo = std::string(core::text_of(resource, "originalMO"));
  const bool is_made = mo.empty() || mapping.is_new_instance(*resource.type, resource.attributes);
  if (is_made) {
    const auto place = parent_path(resource.path);
    const auto parent = transaction.find(place);
    auto addition = mapping.addition(*resource.type, parent ? core::text_of(*parent, "originalMO") : std::string_view(), resource.attributes,
                                     last_segment(resource.path));
    if (!addition) return tl::unexpected(addition.error());
    if (mo.empty()) addition->known = instances_below(transaction, place);   // else the tree has not all that the table has
    return *std::move(addition);
  }
  auto place = mapping.place_of(resource.attributes);
  if (!place) return tl::unexpected(place.error());
  return is_object_path(*place) ? Task(Discover{{*place}}) : Task(GetLeaves{{*place}});
}

std::optional<Task> made_instead(const store::Operation& operation) {
  const auto effect = effect_from_json(operation.change);
  const auto task = task_from_json(operation.body);
  const auto* sought = task ? std::get_if<Discover>(&*task) : nullptr;
  const bool is_free = effect && (effect->type == "mgmtObj" || effect->type == "parameters") && sought && is_node_uri(sought->objects.front());
  if (!is_free || object_above(sought->objects.front()).empty()) return std::nullopt;
  const auto& path = sought->objects.front();
  return AddInstance{.object = std::string(object_above(path)), .leaves = {}, .name = std::string(last_name(path))};
}

std::optional<Report> not_there(const store::Operation& operation, const Report& report) {
  const auto effect = effect_from_json(operation.change);
  if (report.end != Report::End::done || !effect || effect->kind != Effect::Kind::create) return std::nullopt;
  const auto task = task_from_json(operation.body);
  if (!task || is_found(*task, report)) return std::nullopt;
  return Report{.end = Report::End::failed, .status = Status::not_found, .code = is_node_uri(node_name_in(*task)) ? "404" : "9005", .text = "the device has no " + node_name_in(*task)};
}

}  // namespace nscl::rem
