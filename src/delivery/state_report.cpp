// SPDX-License-Identifier: Apache-2.0
#include "state_report.h"

#include <algorithm>

#include <nscl/base/path.h>
#include <nscl/core/authorise.h>
#include <nscl/core/procedure.h>
#include <nscl/core/representation.h>
#include <nscl/core/router.h>

namespace nscl::delivery {

using core::Dialect;

namespace {

/// The criteria of a subscription as if they had come in a query.
std::vector<std::pair<std::string, std::string>> query_of(const model::Resource& subscription) {
  std::vector<std::pair<std::string, std::string>> query;
  const auto* criteria = subscription.attributes.find("filterCriteria");
  if (!criteria) return query;
  const auto add = [&](std::string_view name, const model::Value& value) {
    if (const auto* time = value.get<Time>()) query.emplace_back(name, format_date_time(*time));
    else if (const auto* number = value.get<std::int64_t>()) query.emplace_back(name, std::to_string(*number));
    else if (const auto* flag = value.get<bool>()) query.emplace_back(name, *flag ? "true" : "false");
    else if (!value.text().empty()) query.emplace_back(name, value.text());
  };
  for (const auto& member : criteria->object()) {
    if (const auto* list = member.value.get<model::List>()) {
      for (const auto& item : *list) add(member.name, item);
    } else {
      add(member.name, member.value);
    }
  }
  return query;
}

core::RequestIndication request_of(const model::Resource& subscription, std::string to, security::RequestorPtr from) {
  core::RequestIndication request;
  request.to = std::move(to);
  request.from = std::move(from);
  request.host = core::text_of(subscription, security::authority_attribute);
  return request;
}

bool wants_representation(const model::Resource& subscription) {
  const auto* value = subscription.attributes.find("noRepresentation");
  const auto* is_unwanted = value ? value->get<bool>() : nullptr;
  return !is_unwanted || !*is_unwanted;
}

void set_representation(Notification& notification, std::string document) {
  notification.content_type = codec::media_type(notification.format);
  notification.representation = std::move(document);
}

struct Subject {
  core::Target target;
  model::ResourcePtr owner;   ///< nearest stored resource
  model::ResourcePtr row;     ///< of a collection that differs from what its owner implies
  Time modified() const { return row ? row->last_modified_time : target.kind == core::Target::Kind::collection ? owner->creation_time : owner->last_modified_time; }
  const model::Resource& resource() const { return row ? *row : *owner; }
};

std::optional<Subject> subject_of(store::View& view, const model::Registry& registry, const model::Resource& subscription) {
  const auto path = std::string(parent_path(parent_path(subscription.path)));
  auto target = core::resolve(registry, path);
  if (!target) return std::nullopt;
  Subject subject{.target = *std::move(target), .owner = nullptr, .row = nullptr};
  subject.owner = view.find(subject.target.owner);
  if (!subject.owner) return std::nullopt;
  if (subject.target.kind == core::Target::Kind::collection) subject.row = view.find(path);
  return subject;
}

bool is_instances(const Subject& subject) { return subject.target.kind == core::Target::Kind::collection && subject.target.type->name == "contentInstances"; }

class Reporter {
 public:
  Reporter(store::View& view, const model::Registry& registry, const core::Policy& policy, const model::Resource& subscription, Time now)
      : view_(view), registry_(registry), policy_(policy), subscription_(subscription), now_(now) {}

  StateReport run(const Progress& progress) && {
    report_.progress = progress;
    report();
    return std::move(report_);
  }

 private:
  void report() {
    const auto subject = subject_of(view_, registry_, subscription_);
    const auto requestor = security::requestor_named(view_, core::text_of(subscription_, core::subscriber_attribute), now_);
    if (!subject || !requestor) return end({Status::permission_denied, "you may not read the resource any more"});
    auto request = request_of(subscription_, subject->target.path, requestor);
    core::Authoriser authoriser(view_, registry_, policy_, *requestor, now_);
    if (authoriser.at(subject->target.path, security::Flag::read) != security::Decision::allowed) {
      return end({Status::permission_denied, "you may not read the resource any more"});
    }
    request.query = query_of(subscription_);
    const auto filter = core::parse_filter(request.query);
    if (!filter) return end(filter.error());
    is_instances(*subject) ? report_instances(*subject, *filter) : report_resource(*subject, *filter, request);
  }

  void end(const Error& error) {
    auto last = head_of(subscription_);
    set_error(last, error);
    report_.notification = std::move(last);
    report_.ends_subscription = true;
  }

  void report_resource(const Subject& subject, const core::Filter& filter, core::RequestIndication& request) {
    const auto modified = subject.modified();
    report_.progress.reported = modified;
    const auto tag = format_date_time(modified);
    const auto is_named = [&](const auto& tags) { return std::find(tags.begin(), tags.end(), tag) != tags.end(); };
    if (!filter.matches(subject.resource().creation_time, modified, subject.resource().attributes.find("searchStrings"))) return;
    if ((!filter.if_match.empty() && !is_named(filter.if_match)) || is_named(filter.if_none_match)) return;
    request.query.clear();   // the conditions have been met; what is left says which part
    if (!filter.attribute_accessor.empty()) request.query.emplace_back("attributeAccessor", filter.attribute_accessor);
    core::Procedure procedure(registry_, policy_, request, subject.target, now_);
    auto outcome = procedure.retrieve(view_);
    if (!outcome) {
      end(outcome.error().status == Status::not_found && filter.attribute_accessor.empty() ? Error{Status::permission_denied, outcome.error().detail} : outcome.error());
      return;
    }
    auto notification = head_of(subscription_);
    if (wants_representation(subscription_)) {
      const auto format = notification.format;
      set_representation(notification, outcome->field ? codec::encode_attribute(format, *outcome->field, outcome->value)
                                                      : codec::encode(format, *outcome->type, *outcome->representation));
    }
    report_.notification = std::move(notification);
  }

  // Only those that came since the last time; `latest` stands for the newest of them.
  void report_instances(const Subject& subject, const core::Filter& filter) {
    const auto container = subject.owner->key;
    const auto path = subject.target.path;
    model::List found;
    model::InstancePtr newest;
    std::size_t bytes = 0;
    view_.scan_instances_after(container, report_.progress.sequence, [&](const model::InstancePtr& instance) {
      if (found.size() >= policy_.instances_per_answer || bytes >= policy_.answer_bytes) {
        report_.has_more = true;
        return false;
      }
      report_.progress.sequence = instance->sequence;
      if (!filter.matches(*instance)) return true;
      newest = instance;
      bytes += filter.meta_data_only ? 0 : instance->content.size();
      found.push_back(core::represent(*instance, join(path, instance->id), policy_, Dialect::standard, filter.meta_data_only));
      return true;
    });
    report_.progress.reported = view_.instance_stats(container).last_modified_time;
    if (found.empty()) return;
    auto notification = head_of(subscription_);
    if (wants_representation(subscription_)) {
      const bool is_latest = filter.attribute_accessor.starts_with("latest");
      const auto& type = *registry_.find(is_latest ? "contentInstance" : "contentInstances");
      const auto document = is_latest ? core::represent(*newest, join(path, newest->id), policy_, Dialect::standard, filter.meta_data_only)
                                      : core::represent_instances(view_, *subject.owner, std::move(found), policy_, Dialect::standard);
      set_representation(notification, part_of(filter, type, document, notification.format));
    }
    report_.notification = std::move(notification);
  }

  static std::string part_of(const core::Filter& filter, const model::ResourceType& type, const model::Object& document, codec::Format format) {
    const auto* attribute = filter.attribute_accessor == "contentInstanceCollection" ? type.find(filter.attribute_accessor) : nullptr;
    const auto* value = attribute ? document.find(attribute->name) : nullptr;
    return value ? codec::encode_attribute(format, attribute->field(), *value) : codec::encode(format, type, document);
  }

  store::View& view_;
  const model::Registry& registry_;
  const core::Policy& policy_;
  const model::Resource& subscription_;
  Time now_;
  StateReport report_;
};

}  // namespace

StateReport report_state(store::View& view, const model::Registry& registry, const core::Policy& policy, const model::Resource& subscription,
                         const Progress& progress, Time now) {
  return Reporter(view, registry, policy, subscription, now).run(progress);
}

bool is_behind(store::View& view, const model::Registry& registry, const model::Resource& subscription, const Progress& progress) {
  if (core::text_of(subscription, core::subscription_dialect_attribute) == "om2m") return false;
  const auto subject = subject_of(view, registry, subscription);
  if (!subject) return false;
  if (is_instances(*subject)) return view.latest_sequence(subject->owner->key) > progress.sequence;
  return subject->modified() > progress.reported;
}

}  // namespace nscl::delivery
