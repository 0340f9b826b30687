// SPDX-License-Identifier: Apache-2.0
#include "saf_policy.h"

#include <algorithm>
#include <charconv>

#include <nscl/base/path.h>
#include <nscl/core/authorise.h>

#include "next_hop.h"

namespace nscl::delivery {
namespace {

constexpr std::string_view place = "scls/mgmtObjs";
constexpr std::size_t most_sets = 1000, most_children = 64;

std::optional<unsigned> rcat_of(std::string_view text) {
  if (text.size() != 6 || !text.starts_with("RCAT_") || text[5] < '0' || text[5] > '7') return std::nullopt;
  return unsigned(text[5] - '0');
}

std::string_view text_in(const model::Value* value, std::string_view name) {
  const auto* found = value ? value->find(name) : nullptr;
  return found ? found->text() : std::string_view{};
}

const model::List& list_in(const model::Value* value, std::string_view name) {
  static const model::List none;
  const auto* found = value ? value->find(name) : nullptr;
  return found ? found->list() : none;
}

/// True if the policyScope names `entity`: by its path, its URI or its id. "default" is its own case.
bool is_in_scope(const model::Resource& set, std::string_view entity) {
  for (const auto& reference : list_in(set.attributes.find("policyScope"), "reference")) {
    const auto text = reference.text();
    if (text == entity || (!entity.empty() && (text == last_segment(entity) || text.ends_with("/" + std::string(entity))))) return true;
  }
  return false;
}

model::ResourcePtr set_for(store::View& view, std::string_view entity) {
  model::ResourcePtr usual;
  for (const auto& set : view.of_type("safPolicySet", 0, most_sets)) {
    if (!is_within(set->path, place)) continue;
    if (is_in_scope(*set, entity)) return set;
    if (!usual && is_in_scope(*set, "default")) usual = set;
  }
  return usual;
}

std::vector<model::ResourcePtr> children(store::View& view, const model::Resource& parent, std::string_view type) {
  std::vector<model::ResourcePtr> found;
  for (const auto& entry : view.children(parent.path, most_children)) {
    if (entry.type->name != type) continue;
    if (auto child = view.find(join(parent.path, entry.name))) found.push_back(std::move(child));
  }
  return found;
}

/// "64K" -> 65536.
std::optional<std::uint64_t> memory_size(std::string_view text) {
  constexpr std::string_view units = "BKMGT";
  const auto unit = text.empty() ? units.npos : units.find(text.back());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (unit == units.npos || error != std::errc{} || end + 1 != text.data() + text.size()) return std::nullopt;
  return number > (UINT64_MAX >> (10 * unit)) ? UINT64_MAX : number << (10 * unit);
}

/// What the TrpdtType tolerates from `now` on: a delay (negative: for ever), or until a time of day.
Time tolerance(const model::Value* trpdt, Time now) {
  if (const auto text = text_in(trpdt, "tolerableDelay"); !text.empty()) {
    const auto duration = parse_duration(text);
    return !duration ? Time::min() : duration->negative ? never : add(now, *duration);
  }
  const auto text = text_in(trpdt, "tolerableTime");
  if (text.empty()) return Time::min();
  const auto today = format_date_time(std::chrono::floor<std::chrono::days>(now));
  auto time = parse_date_time(today.substr(0, today.find('T') + 1).append(text));
  if (time && *time < now) *time += std::chrono::days{1};
  return time.value_or(Time::min());
}

void apply(SafPolicy& policy, store::View& view, const model::Resource& set, const model::Resource& list, bool has_own_deadline, Time now) {
  if (!has_own_deadline) policy.deadline = tolerance(list.attributes.find("defaultTrpdtValue"), now);
  if (const auto* most = list.attributes.find("maxPendReqs"); most && most->get<std::int64_t>()) policy.most_requests = *most->get<std::int64_t>();
  policy.most_bytes = memory_size(core::text_of(list, "maxPendData"));
  const auto networks = children(view, set, "anpPolicy");
  for (const auto& name : list_in(list.attributes.find("rankedAnList"), "accessNetwork")) {
    const auto found = std::find_if(networks.begin(), networks.end(), [&](const auto& network) { return core::text_of(*network, "anName") == name.text(); });
    if (found != networks.end()) policy.networks.push_back(*found);
  }
}

struct Span {
  Time start = Time::min(), end = never;
};

std::vector<Span> spans_of(const model::Value& item) {
  std::vector<Span> spans;
  for (const auto& span : list_in(&item, "absTimeSpan")) {
    const auto* start = span.find("startTime");
    const auto* end = span.find("endTime");
    spans.push_back({start && start->get<Time>() ? *start->get<Time>() : Time::min(), end && end->get<Time>() ? *end->get<Time>() : never});
  }
  if (spans.empty()) spans.emplace_back();
  return spans;
}

std::vector<std::string> lines_of(const model::Value& item) {
  std::vector<std::string> lines;
  for (const auto& schedule : list_in(&item, "schedule")) {
    for (const auto& entry : list_in(&schedule, "scheduleString")) lines.emplace_back(entry.find("$t") ? entry.find("$t")->text() : entry.text());
  }
  return lines;
}

// The spans bound the recurrence; without one, a span is open as a whole.
Time next_open(const model::Value& item, Time from) {
  const auto lines = lines_of(item);
  auto best = never;
  for (const auto& span : spans_of(item)) {
    const auto start = std::max(from, span.start);
    const bool is_open_now = std::any_of(lines.begin(), lines.end(), [&](const auto& line) { return is_open(line, start); });
    const auto time = lines.empty() || is_open_now ? start : next_opening(lines, start);
    if (time < span.end) best = std::min(best, time);
  }
  return best;
}

Time next_admission(const model::Resource& network, unsigned rcat, Time from) {
  auto best = never;
  for (const auto& schedule : list_in(network.attributes.find("rcatSchedList"), "rcatSchedule")) {
    if (rcat_of(text_in(&schedule, "rcatValue")) != rcat) continue;
    for (const auto& item : list_in(&schedule, "schedItem")) best = std::min(best, next_open(item, from));
  }
  return best;
}

}  // namespace

SafPolicy saf_policy_of(store::View& view, const core::RequestIndication& request, Time now) {
  SafPolicy policy;
  if (request.delivery.deadline) policy.deadline = *request.delivery.deadline;
  policy.rcat = request.delivery.rcat.value_or(0);
  policy.rank = int(policy.rcat);
  const auto set = set_for(view, request.from->entity);
  if (!set) return policy;
  for (const auto& provider : children(view, *set, "m2mSpPolicy")) {
    if (!request.delivery.rcat) policy.rcat = rcat_of(core::text_of(*provider, "defaultRcatValue")).value_or(0);
    policy.rank = int(most_children);
    int rank = 0;
    for (const auto& list : children(view, *provider, "rcatParamList")) {
      if (rcat_of(core::text_of(*list, "rcatValue")) == policy.rcat) {
        policy.rank = rank;
        apply(policy, view, *set, *list, request.delivery.deadline.has_value(), now);
        break;
      }
      ++rank;
    }
    break;
  }
  return policy;
}

Time next_admission(const SafPolicy& policy, Time from) {
  if (policy.networks.empty()) return from;
  auto best = never;
  for (const auto& network : policy.networks) best = std::min(best, next_admission(*network, policy.rcat, from));
  return best;
}

void choose_paths(NextHop& hop, const SafPolicy& policy, Time now) {
  const auto rank = [&](const Contact& contact) {
    const auto is_its = [&](const auto& network) { return core::text_of(*network, "anName") == last_segment(contact.poc); };
    return std::find_if(policy.networks.begin(), policy.networks.end(), is_its) - policy.networks.begin();
  };
  const auto is_open_now = [&](const Contact& contact) {
    const auto network = std::size_t(rank(contact));
    return network == policy.networks.size() || next_admission(*policy.networks[network], policy.rcat, now) <= now;
  };
  const auto closed = std::stable_partition(hop.contacts.begin(), hop.contacts.end(), is_open_now);
  hop.sleeping_contacts.insert(hop.sleeping_contacts.end(), closed, hop.contacts.end());
  hop.contacts.erase(closed, hop.contacts.end());
  for (auto* contacts : {&hop.contacts, &hop.sleeping_contacts}) {
    std::stable_sort(contacts->begin(), contacts->end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  }
}

std::optional<std::chrono::microseconds> block_time(const SafPolicy& policy, unsigned failures, Time now) {
  if (policy.networks.empty()) return std::nullopt;
  std::int64_t reached = 0;
  std::optional<std::chrono::microseconds> found;
  for (const auto& item : list_in(policy.networks.front()->attributes.find("blockPeriods"), "blockItem")) {
    const auto* attempts = item.find("failedAttempts");
    const auto* number = attempts ? attempts->get<std::int64_t>() : nullptr;
    const auto duration = parse_duration(text_in(&item, "blockDuration"));
    if (!number || !duration || duration->negative || *number > std::int64_t{failures} || *number < reached) continue;
    reached = *number;
    found = add(now, *duration) - now;
  }
  return found;
}

}  // namespace nscl::delivery
