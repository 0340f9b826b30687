// SPDX-License-Identifier: Apache-2.0
// Walks a path through the grammar of the registry.
#include <nscl/core/router.h>

#include <algorithm>

#include <nscl/base/path.h>

namespace nscl::core {
namespace {

using Types = std::vector<const model::ResourceType*>;

constexpr std::string_view members_content = "membersContent";

std::string_view next_segment(std::string_view& rest) {
  const auto slash = rest.find('/');
  const auto segment = rest.substr(0, slash);
  rest = slash == rest.npos ? std::string_view{} : rest.substr(slash + 1);
  return segment;
}

class Walk {
 public:
  Walk(const model::Registry& registry, std::string_view path) : registry_(registry), rest_(path) {
    target_.types = target_.owner_types = {&registry.root()};
  }

  Walk(const model::Registry& registry, const Target& from, std::string_view rest) : registry_(registry), rest_(rest), target_(from) {
    target_.type = nullptr;
  }

  Result<Target> run() {
    while (!rest_.empty()) {
      const auto whole = rest_;
      const auto segment = next_segment(rest_);
      if (step_to_fixed_child(segment)) {
        if (segment == members_content) return finish_members();
        continue;
      }
      if (const auto missing = served_later(segment); !missing.empty()) {
        return failure(Status::not_implemented, "this release does not serve " + std::string(segment) + " below " + std::string(missing));
      }
      if (is_attribute(segment)) return finish_with_attribute(whole);
      if (step_to_individual(segment)) {
        if (target_.kind == Target::Kind::instance && !rest_.empty()) return finish_instance();
        continue;
      }
      return beyond(whole);
    }
    return finish();
  }

 private:
  bool step_to_fixed_child(std::string_view segment) {
    for (const auto* type : target_.types) {
      if (const auto* child = registry_.fixed_child(*type, segment)) {
        if (target_.kind == Target::Kind::individual) remember_owner();
        move_to(segment, {child});
        target_.kind = Target::Kind::collection;
        return true;
      }
    }
    return false;
  }

  std::string_view served_later(std::string_view segment) const {
    for (const auto* type : target_.types) {
      if (std::find(type->later.begin(), type->later.end(), segment) != type->later.end()) return type->name;
    }
    return {};
  }

  bool is_attribute(std::string_view segment) const {
    // latest and oldest are attributes of contentInstances by the schema, but name an instance in a URI
    if (segment == "latest" || segment == "oldest" || segment.starts_with('$')) return false;
    return std::any_of(target_.types.begin(), target_.types.end(), [&](const auto* type) { return type->find(segment); });
  }

  bool step_to_individual(std::string_view segment) {
    // A collection, or a mgmtObj or parameters, of whose types those that have children stand first.
    const auto found = registry_.individuals(*target_.types.front());
    if (found.empty()) return false;
    move_to(segment, Types(found.begin(), found.end()));
    if (found.front()->name == "contentInstance") {
      target_.kind = Target::Kind::instance;
      target_.instance = segment;
    } else {
      target_.kind = Target::Kind::individual;
      remember_owner();
    }
    return true;
  }

  void move_to(std::string_view segment, Types types) {
    target_.path = join(target_.path, segment);
    target_.types = std::move(types);
  }

  void remember_owner() {
    target_.owner = target_.path;
    target_.owner_types = target_.types;
  }

  Result<Target> finish() {
    if (target_.kind == Target::Kind::individual) remember_owner();
    if (target_.types.size() == 1) target_.type = target_.types.front();
    return std::move(target_);
  }

  Result<Target> finish_with_attribute(std::string_view rest) {
    while (!rest.empty()) target_.attribute.emplace_back(next_segment(rest));
    return finish();
  }

  Result<Target> finish_instance() {
    if (target_.types.front()->find(rest_.substr(0, rest_.find('/')))) return finish_with_attribute(rest_);
    return failure(Status::not_found, "a contentInstance has no such part");
  }

  Result<Target> finish_members() {
    target_.kind = Target::Kind::members;
    target_.rest = rest_;
    return finish();
  }

  Result<Target> beyond(std::string_view rest) {
    const bool application = target_.kind == Target::Kind::individual &&
                             std::any_of(target_.types.begin(), target_.types.end(), [](const auto* t) { return t->name == "application"; });
    if (!application) return failure(Status::not_found, "no resource type of the tree has this path");
    remember_owner();
    target_.kind = Target::Kind::beyond;
    target_.rest = rest;
    return std::move(target_);
  }

  const model::Registry& registry_;
  std::string_view rest_;
  Target target_;
};

}  // namespace

Result<Target> resolve(const model::Registry& registry, std::string_view path) { return Walk(registry, path).run(); }

Result<Target> resolve_member(const model::Registry& registry, const Target& collection, std::string_view segment) {
  return Walk(registry, collection, segment).run();
}

std::vector<const model::ResourceType*> creatable(const model::Registry& registry, const model::ResourceType& collection) {
  std::vector<const model::ResourceType*> result;
  for (const auto* type : registry.individuals(collection)) {
    if (model::allows(type->verbs, model::Verb::create)) result.push_back(type);
  }
  return result;
}

}  // namespace nscl::core
