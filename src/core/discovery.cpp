// SPDX-License-Identifier: Apache-2.0
// RETRIEVE of discovery (TS 102 921 10.36; procedures 5.6).
#include <nscl/core/procedure.h>

#include <algorithm>

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
    if (!resource.type->searchable || resource.expiration_time <= now_) return true;
    if (!filter_.matches(resource.creation_time, resource.last_modified_time, resource.attributes.find("searchStrings"))) return true;
    if (authoriser_.resource(resource, security::Flag::discover) == security::Decision::allowed) add(resource);
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
