// SPDX-License-Identifier: Apache-2.0
#include "superseding.h"

#include <algorithm>

#include <nscl/base/path.h>
#include <nscl/codec/codec.h>

#include "secrets.h"
#include "state.h"

namespace nscl::rem {
namespace {

using store::Operation;
using store::OperationState;

bool is_same(const model::Value* one, const model::Value* other) { return one && other ? *one == *other : one == other; }

/// `name` outlives `to`, as those of descriptors do.
void copy(model::Object& to, const model::Object& from, std::string_view name) {
  if (const auto* value = from.find(name)) to.set(name, *value);
  else to.erase(name);
}

/// Whether `from` would be another with the attribute as `to` has it.
bool differs(const model::Resource& from, const model::Resource& to, std::string_view name) {
  const auto value = attribute_after(*from.type, from.attributes, name, to.attributes.find(name));
  return !is_same(value ? &*value : nullptr, from.attributes.find(name));
}

/// Whether the request decides what becomes of the attribute. OM2M's UPDATE merges: what it does not change it need not have named.
bool decides(const core::RequestIndication& request, const model::Resource& before, const model::Resource& after, std::string_view name) {
  if (!is_same(before.attributes.find(name), after.attributes.find(name))) return true;
  if (request.to == after.path) return request.dialect == core::Dialect::standard;
  const auto rest = std::string_view(request.to).substr(std::min(request.to.size(), after.path.size() + 1));
  return rest.substr(0, rest.find('/')) == name;
}

/// Attributes that an UPDATE changes or takes away.
Result<std::vector<std::string>> names_in(const Effect& effect, const model::ResourceType& type) {
  const auto changed = codec::decode_stored(type, effect.attributes);
  if (!changed) return tl::unexpected(changed.error());
  auto names = effect.erased;
  for (const auto& member : *changed) names.emplace_back(member.name);
  return names;
}

bool contains(const std::vector<std::string>& names, std::string_view name) { return std::ranges::find(names, name) != names.end(); }

/// Takes these attributes out of what an UPDATE is going to change.
Result<void> leave_out(Effect& effect, const model::ResourceType& type, const std::vector<std::string>& names) {
  auto changed = codec::decode_stored(type, effect.attributes);
  if (!changed) return tl::unexpected(changed.error());
  for (const auto& name : names) changed->erase(name);
  std::erase_if(effect.erased, [&](const std::string& name) { return contains(names, name); });
  effect.attributes = codec::encode_stored(type, *changed);
  return {};
}

/// What is left of an older UPDATE becomes a part of the newer one, with whoever waits for it.
Result<void> take_over(Effect& newer, Effect& older, const model::ResourceType& type) {
  auto all = codec::decode_stored(type, newer.attributes);
  const auto more = codec::decode_stored(type, older.attributes);
  if (!all || !more) return tl::unexpected(all ? more.error() : all.error());
  for (const auto& member : *more) all->set(member.name, member.value);
  newer.attributes = codec::encode_stored(type, *all);
  newer.erased.insert(newer.erased.end(), older.erased.begin(), older.erased.end());
  std::move(older.addressees.begin(), older.addressees.end(), std::back_inserter(newer.addressees));
  older.addressees.clear();
  return {};
}

/// Takes out of `task` what `newer` sets too. How much there was.
std::size_t take_out(SetLeaves& task, const SetLeaves& newer) {
  return std::erase_if(task.leaves, [&](const Leaf& leaf) { return std::ranges::find(newer.leaves, leaf.path, &Leaf::path) != newer.leaves.end(); });
}

/// What was asked for between two UPDATEs, such as an action of the object, is to find what the first one has made.
std::uint64_t last_other(store::ManagementReads& management, std::string_view resource, std::size_t limit) {
  std::uint64_t last = 0;
  for (const auto& operation : management.pending_about(resource, limit)) {
    const auto effect = effect_from_json(operation.change);
    if (!effect || (effect->kind != Effect::Kind::update && effect->kind != Effect::Kind::refresh)) last = operation.id;
  }
  return last;
}

void end_with(Operation& operation, Effect& effect, std::uint64_t newer, Time now) {
  effect.operation = newer;
  operation.state = OperationState::cancelled;
  operation.ended = now;
  operation.body = without_secrets(operation.body);
  operation.outcome = to_json(Report{.end = Report::End::failed, .status = Status::conflict, .code = "SUPERSEDED",
                                     .text = "a newer request changes the same, and this one ends with it: operation " + std::to_string(newer)});
}

}  // namespace

model::Resource expected_from(const std::vector<Operation>& older, const model::Resource& before, const model::Resource& after,
                              const core::RequestIndication& request) {
  auto expected = before;
  for (const auto& operation : older) {
    const auto effect = effect_from_json(operation.change);
    const auto changed = effect ? codec::decode_stored(*before.type, effect->attributes) : tl::unexpected(effect.error());
    if (!changed) continue;   // it ends when a session comes to it
    for (const auto& member : *changed) {
      if (decides(request, before, after, member.name)) change_attribute(*before.type, expected.attributes, member.name, &member.value);
    }
    for (const auto& name : effect->erased) {
      if (decides(request, before, after, name)) change_attribute(*before.type, expected.attributes, name, nullptr);
    }
    expected.expiration_time = effect->expiration;
  }
  return expected;
}

Result<std::vector<Leaf>> leaves_to_set(const DeviceMapping& mapping, const model::Resource& before, const model::Resource& expected,
                                        const model::Resource& after) {
  auto leaves = mapping.changes(*after.type, before.attributes, after.attributes);
  if (!leaves) return leaves;
  auto more = mapping.changes(*after.type, expected.attributes, after.attributes);
  if (!more) return more;
  for (auto& leaf : *more) {
    if (std::ranges::find(*leaves, leaf.path, &Leaf::path) == leaves->end()) leaves->push_back(std::move(leaf));
  }
  return leaves;
}

model::Resource base_of_difference(const model::Resource& before, const model::Resource& expected, const model::Resource& after) {
  auto base = before;
  std::vector<std::string_view> names;
  for (const auto* each : {&before, &expected}) {
    for (const auto& member : each->attributes) names.push_back(member.name);
  }
  for (const auto name : names) {
    if (!differs(before, after, name) && !differs(expected, after, name)) copy(base.attributes, after.attributes, name);
    else if (is_same(before.attributes.find(name), after.attributes.find(name))) copy(base.attributes, expected.attributes, name);
  }
  return base;
}

bool is_whole(const model::Resource& before, const model::Resource& after) {
  return std::ranges::all_of(before.attributes, [&](const model::Member& member) {
    const auto* wanted = after.attributes.find(member.name);
    const auto value = attribute_after(*before.type, before.attributes, member.name, wanted);
    return is_same(value ? &*value : nullptr, wanted);
  });
}

Result<void> let_go_of(store::Transaction& transaction, std::vector<Operation> older, const Effect& newer) {
  for (auto& operation : older) {
    auto effect = effect_from_json(operation.change);
    const auto resource = transaction.find(operation.resource);
    if (!effect || !resource) continue;
    const auto names = names_in(newer, *resource->type);
    if (!names) return tl::unexpected(names.error());
    if (auto done = leave_out(*effect, *resource->type, *names); !done) return done;
    effect->expiration = newer.expiration;
    operation.change = to_json(*effect);
    transaction.manage().put_operation(operation);
  }
  return {};
}

std::vector<Operation> Nrem::State::updates_of(store::Transaction& transaction, std::string_view resource) const {
  std::vector<Operation> out;
  for (auto& operation : transaction.management().pending_about(resource, options.queue)) {
    const auto effect = effect_from_json(operation.change);
    if (effect && effect->kind == Effect::Kind::update) out.push_back(std::move(operation));
  }
  return out;
}

Result<void> Nrem::State::supersede(store::Transaction& transaction, std::uint64_t id, std::vector<Operation> older) {
  auto& management = transaction.manage();
  auto newer = *management.operation(id);
  auto effect = effect_from_json(newer.change);
  const auto task = task_from_json(newer.body);
  const auto resource = transaction.find(newer.resource);
  const auto names = names_in(*effect, *resource->type);
  if (!names) return tl::unexpected(names.error());
  const auto before_that = last_other(management, newer.resource, options.queue);
  for (auto& operation : older) {
    auto their_effect = effect_from_json(operation.change);
    auto their_task = task_from_json(operation.body);
    auto* leaves = their_task ? std::get_if<SetLeaves>(&*their_task) : nullptr;
    // A fleet counts its own, and what a session has had is known after it.
    if (!leaves || operation.id < before_that || operation.state != OperationState::queued || operation.fleet != 0 || take_out(*leaves, std::get<SetLeaves>(*task)) == 0) continue;
    if (auto done = leave_out(*their_effect, *resource->type, *names); !done) return done;
    operation.body = to_json(*their_task);
    if (leaves->leaves.empty()) {
      if (auto done = take_over(*effect, *their_effect, *resource->type); !done) return done;
      if (effect->addressees.size() > options.queue) return failure(Status::service_unavailable, "as many requests wait for the device as may");
      end_with(operation, *their_effect, id, clock.now());
      waiters.follow(operation.id, id);
    }
    operation.change = to_json(*their_effect);
    management.put_operation(operation);
  }
  newer.change = to_json(*effect);
  management.put_operation(newer);
  return {};
}

}  // namespace nscl::rem
