// SPDX-License-Identifier: Apache-2.0
// Presence rules of CREATE and UPDATE.
#include <nscl/model/validate.h>

#include <string>
#include <vector>

namespace nscl::model {
namespace {

Result<void> demand_mandatory(const ResourceType& type, const Object& body, Presence Attribute::*request) {
  for (const auto& attribute : type.attributes) {
    if (attribute.*request == M && !body.find(attribute.name)) {
      return bad_request(std::string(attribute.name) + " is mandatory in this request for a " + std::string(type.name));
    }
  }
  return {};
}

bool is_permitted(const ResourceType& type, std::string_view name, Presence Attribute::*request) {
  const auto* attribute = type.find(name);
  return attribute && (attribute->*request == M || attribute->*request == O);
}

}  // namespace

Result<void> check_create(const ResourceType& type, Object& body, bool tolerant) {
  std::vector<std::string_view> surplus;
  for (const auto& member : body) {
    if (is_permitted(type, member.name, &Attribute::create)) continue;
    if (!tolerant) {
      return bad_request(std::string(member.name) + " is set by the SCL and not permitted when a " + std::string(type.name) + " is created");
    }
    surplus.push_back(member.name);
  }
  for (const auto name : surplus) body.erase(name);
  return demand_mandatory(type, body, &Attribute::create);
}

Result<void> check_update(const ResourceType& type, Object& body, const Object& current, bool merge, bool tolerant) {
  std::vector<std::string_view> surplus;
  for (const auto& member : body) {
    if (is_permitted(type, member.name, &Attribute::update)) continue;
    const auto* present = current.find(member.name);
    if (!tolerant && !(present && *present == member.value)) {
      return bad_request(std::string(member.name) + " cannot be changed by an update of a " + std::string(type.name));
    }
    surplus.push_back(member.name);
  }
  for (const auto name : surplus) body.erase(name);
  return merge ? Result<void>{} : demand_mandatory(type, body, &Attribute::update);
}

}  // namespace nscl::model
