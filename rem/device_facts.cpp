// SPDX-License-Identifier: Apache-2.0
// What is known of a device as JSON, in the form in which the store keeps it. It is read in each session, so no tree is made of it.
#include <nscl/rem/device_facts.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "stored_json.h"

namespace nscl::rem {
namespace {

using Json = nlohmann::json;

template <class Member>
struct Named {
  std::string_view name;
  Member DeviceFacts::*member;
};

using Text = Named<std::string>;
using Texts = Named<std::vector<std::string>>;
using Size = Named<std::uint64_t>;
constexpr std::array facts_by_name = {
    Text{"manufacturer", &DeviceFacts::manufacturer}, Text{"oui", &DeviceFacts::oui}, Text{"productClass", &DeviceFacts::product_class},
    Text{"serialNumber", &DeviceFacts::serial}, Text{"model", &DeviceFacts::model}, Text{"hardwareVersion", &DeviceFacts::hardware_version},
    Text{"softwareVersion", &DeviceFacts::software_version}, Text{"root", &DeviceFacts::root}, Text{"version", &DeviceFacts::version},
    Text{"parameterKey", &DeviceFacts::parameter_key}, Text{"connectionRequestURL", &DeviceFacts::connection_request_url},
    Text{"udpConnectionRequestAddress", &DeviceFacts::udp_connection_request_address}, Text{"address", &DeviceFacts::address}, Text{"externalACS", &DeviceFacts::external}};
constexpr std::array lists_by_name = {Texts{"methods", &DeviceFacts::methods}, Texts{"unsupported", &DeviceFacts::unsupported}};
constexpr std::array sizes_by_name = {Size{"messageSize", &DeviceFacts::message_size}, Size{"objectSize", &DeviceFacts::object_size}};
constexpr std::string_view discovered_name = "discovered", models_name = "models", large_objects_name = "hasLargeObjects";

/// Where the value of the member called `name` goes; null: not into one of `table`.
template <class Member, std::size_t count>
Member* member_of(DeviceFacts& facts, const std::array<Named<Member>, count>& table, std::string_view name) {
  const auto found = std::ranges::find(table, name, &Named<Member>::name);
  return found == table.end() ? nullptr : &(facts.*found->member);
}

/// Takes each value to its member. False, which ends the reading: it is of another type than to_json writes. What has no member is passed over.
class FactsReader final : public Json::json_sax_t {
 public:
  DeviceFacts facts;

  bool key(string_t& name) override {
    if (depth_ == 1) name_ = std::move(name);
    return true;
  }
  bool string(string_t& value) override;
  bool number_unsigned(number_unsigned_t value) override;
  bool number_integer(number_integer_t value) override { return at(discovered_name) ? take_time(value) : is_foreign(); }
  bool boolean(bool value) override {
    if (!at(large_objects_name)) return is_foreign();
    facts.has_large_objects = value;
    return true;
  }
  bool start_array(std::size_t) override;
  bool end_array() override {
    const bool is_cut = depth_ == 3 && name_ == models_name && parts_ < 2;
    return --depth_ > 0 && !is_cut;
  }
  bool start_object(std::size_t) override { return ++depth_ == 1 || is_foreign(); }
  bool end_object() override {
    --depth_;
    return true;
  }
  bool null() override { return is_foreign(); }
  bool number_float(number_float_t, const string_t&) override { return is_foreign(); }
  bool binary(binary_t&) override { return false; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

 private:
  /// The value is that of the member called `name`.
  bool at(std::string_view name) const { return depth_ == 1 && name_ == name; }
  /// The value belongs to a member that is not known here.
  bool is_foreign();
  bool take_time(std::int64_t value) {
    facts.discovered = Time{std::chrono::microseconds{value}};
    return true;
  }

  std::string name_;   // of the member that is read
  std::size_t depth_ = 0, parts_ = 0;   // parts: of the innermost pair
};

bool FactsReader::is_foreign() {
  const bool is_known = member_of(facts, facts_by_name, name_) != nullptr || member_of(facts, lists_by_name, name_) != nullptr ||
                        member_of(facts, sizes_by_name, name_) != nullptr || name_ == discovered_name || name_ == models_name || name_ == large_objects_name;
  return depth_ > 0 && !is_known;
}

bool FactsReader::string(string_t& value) {
  if (auto* const text = depth_ == 1 ? member_of(facts, facts_by_name, name_) : nullptr) {
    *text = std::move(value);
  } else if (auto* const list = depth_ == 2 ? member_of(facts, lists_by_name, name_) : nullptr) {
    list->push_back(std::move(value));
  } else if (depth_ == 3 && name_ == models_name) {
    if (parts_ == 0) facts.models.back().urn = std::move(value);
    if (parts_ == 1) facts.models.back().object = std::move(value);
    ++parts_;
  } else {
    return is_foreign();
  }
  return true;
}

bool FactsReader::number_unsigned(number_unsigned_t value) {
  auto* const size = depth_ == 1 ? member_of(facts, sizes_by_name, name_) : nullptr;
  if (size == nullptr) return number_integer(static_cast<number_integer_t>(value));
  *size = value;
  return true;
}

bool FactsReader::start_array(std::size_t) {
  ++depth_;
  if (depth_ == 2 && (name_ == models_name || member_of(facts, lists_by_name, name_) != nullptr)) return true;
  if (depth_ != 3 || name_ != models_name) return is_foreign();
  facts.models.emplace_back();
  parts_ = 0;
  return true;
}

}  // namespace

std::string to_json(const DeviceFacts& facts) {
  Json out = Json::object();
  for (const auto& fact : facts_by_name) put(out, fact.name.data(), facts.*fact.member);
  for (const auto& list : lists_by_name) if (!(facts.*list.member).empty()) out[list.name] = facts.*list.member;
  for (const auto& size : sizes_by_name) if (facts.*size.member != 0) out[size.name] = facts.*size.member;
  if (facts.discovered) out[discovered_name] = facts.discovered->time_since_epoch().count();
  for (const auto& model : facts.models) out[models_name].push_back({model.urn, model.object});
  if (facts.has_large_objects) out[large_objects_name] = true;
  return dump(out);
}

DeviceFacts facts_from_json(std::string_view text) {
  FactsReader reader;
  if (!Json::sax_parse(text, &reader)) return {};
  return std::move(reader.facts);
}

}  // namespace nscl::rem
