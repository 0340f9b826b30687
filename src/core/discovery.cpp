// SPDX-License-Identifier: Apache-2.0
// RETRIEVE of discovery (TS 102 921 10.36; procedures 5.6).
#include <nscl/core/procedure.h>

#include <algorithm>
#include <set>

#include <nscl/base/path.h>
#include <nscl/core/representation.h>

namespace nscl::core {
namespace {

bool holds_instances(const model::ResourceType& type) {
  return std::find(type.children.begin(), type.children.end(), "contentInstances") != type.children.end();
}

/// Gathers matches while it counts what it looked at.
class Search {
 public:
  Search(store::View& view, const model::Registry& registry, const Policy& policy, const RequestIndication& request, const Filter& filter, Time now)
      : view_(view), policy_(policy), request_(request), filter_(filter), now_(now),
        authoriser_(view, registry, policy, *request.from, now),
        most_(std::min<std::uint64_t>(filter.max_size.value_or(policy.discovery_records), policy.discovery_records)) {}

  void run(const std::string& prefix) {
    if (!filter_.members.empty()) return look_at_groups(prefix);
    if (const auto below = prefix.rfind("/contentInstances"); below != prefix.npos) {
      if (const auto container = view_.find(prefix.substr(0, below))) look_at_instances(*container);
      return;
    }
    const auto visit = [&](const model::ResourcePtr& resource) { return look_at(*resource); };
    if (filter_.search_strings.empty() || filter_.ignore_case || filter_.asks_for_instances()) view_.scan(prefix, {}, visit);
    else view_.scan_search_string(filter_.search_strings.front(), prefix, visit);
  }

  model::Object answer() {
    model::Object list, out;
    list.set("reference", std::move(references_));
    out.set("matchSize", std::int64_t(matches_));
    out.set("truncated", cut_short_ || matches_ > most_);
    out.set("discoveryURI", std::move(list));
    return out;
  }

 private:
  bool look_at(const model::Resource& resource) {
    if (++looked_at_ > policy_.discovery_candidates) {
      cut_short_ = true;
      return false;
    }
    if (filter_.asks_for_instances()) {
      if (holds_instances(*resource.type)) look_at_instances(resource);
      return !cut_short_;
    }
    if (resource.type->unknown_to_om2m && request_.dialect == Dialect::om2m) return true;
    if (!resource.type->searchable || resource.expiration_time <= now_ || !matches(resource)) return true;
    if (authoriser_.resource(resource, security::Flag::discover) == security::Decision::allowed) add(resource);
    return true;
  }

  bool matches(const model::Resource& resource) const {
    return filter_.matches(resource.creation_time, resource.last_modified_time, resource.attributes.find("searchStrings"));
  }

  // All groups of an entity. Who is in a group is for those to know who may read it.
  void look_at_groups(const std::string& prefix) {
    constexpr std::size_t page = 100;
    if (filter_.asks_for_instances()) return;
    std::vector<std::string> wanted;
    for (const auto& member : filter_.members) wanted.push_back(security::canonical_entity(member, request_.host, policy_));
    std::uint64_t after = 0;
    for (auto groups = view_.of_type("group", after, page); !groups.empty() && !cut_short_; groups = view_.of_type("group", after, page)) {
      for (const auto& group : groups) {
        if (!look_at_group(*group, prefix, wanted)) break;
      }
      after = groups.back()->key;
    }
  }

  bool look_at_group(const model::Resource& group, std::string_view prefix, const std::vector<std::string>& wanted) {
    const auto* members = group.attributes.find("members");
    const auto* list = members ? members->find("reference") : nullptr;
    looked_at_ += 1 + (list ? list->list().size() : 0);
    if (looked_at_ > policy_.discovery_candidates) {
      cut_short_ = true;
      return false;
    }
    if (!list || !(prefix.empty() || is_within(group.path, prefix)) || group.expiration_time <= now_ || !matches(group)) return true;
    const auto authority = text_of(group, security::authority_attribute);
    std::set<std::string> present;
    for (const auto& member : list->list()) present.insert(security::canonical_entity(member.text(), authority, policy_));
    const auto is_member = [&](const std::string& entity) { return present.contains(entity); };
    if (!std::all_of(wanted.begin(), wanted.end(), is_member)) return true;
    if (authoriser_.resource(group, security::Flag::read) == security::Decision::allowed) add(group);
    return true;
  }

  void look_at_instances(const model::Resource& container) {
    if (container.expiration_time <= now_ || authoriser_.resource(container, security::Flag::discover) != security::Decision::allowed) return;
    view_.scan_instances(container.key, [&](const model::InstancePtr& instance) {
      if (++looked_at_ > policy_.discovery_candidates) cut_short_ = true;
      else if (filter_.matches(*instance)) add_path(container.path + "/contentInstances/" + instance->id);
      return !cut_short_;
    });
  }

  // An announced resource is there to be found in place of its original, so the original's URI is the answer.
  void add(const model::Resource& resource) {
    const auto link = text_of(resource, "link");
    const bool announced = resource.type->name.ends_with("Annc") && request_.dialect == Dialect::standard;
    if (!announced) return add_path(resource.path);
    if (++matches_ <= most_) references_.emplace_back(link);
  }

  void add_path(std::string_view path) {
    if (++matches_ > most_) return;
    references_.emplace_back(request_.dialect == Dialect::om2m ? reference_to(path, policy_, Dialect::om2m) : absolute_uri(path, policy_, request_.host));
  }

  store::View& view_;
  const Policy& policy_;
  const RequestIndication& request_;
  const Filter& filter_;
  Time now_;
  Authoriser authoriser_;
  std::uint64_t most_;
  std::uint64_t matches_ = 0, looked_at_ = 0;
  bool cut_short_ = false;
  model::List references_;
};

}  // namespace

Result<Outcome> Procedure::discover(store::View& view) {
  auto filter = parse_filter(request_.query);
  if (!filter) return tl::unexpected(filter.error());
  filter->ignore_case = is_om2m();
  Search search(view, registry_, policy_, request_, *filter, now_);
  security::AccessControl access(view, *request_.from, policy_, now_);
  const auto prefix = filter->search_prefix ? access.local_path(*filter->search_prefix, request_.host) : std::string{};
  if (prefix != "\n") search.run(prefix);
  Outcome outcome;
  outcome.type = target_.type;
  outcome.representation = search.answer();
  outcome.resource = target_.path;
  outcome.has_resource = true;
  return outcome;
}

}  // namespace nscl::core
