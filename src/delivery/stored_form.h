// SPDX-License-Identifier: Apache-2.0
// Reading members of what the outbox keeps, and of documents: absent ones are empty.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <nscl/model/value.h>

namespace nscl::delivery {

inline std::string text_member(const model::Object& object, std::string_view name) {
  const auto* value = object.find(name);
  return value ? std::string(value->text()) : std::string{};
}
inline std::int64_t number_member(const model::Object& object, std::string_view name) {
  const auto* value = object.find(name);
  const auto* found = value ? value->get<std::int64_t>() : nullptr;
  return found ? *found : 0;
}
inline bool flag_member(const model::Object& object, std::string_view name) {
  const auto* value = object.find(name);
  const auto* found = value ? value->get<bool>() : nullptr;
  return found && *found;
}
inline Time time_member(const model::Object& object, std::string_view name) {
  const auto* value = object.find(name);
  const auto* found = value ? value->get<Time>() : nullptr;
  return found ? *found : Time{};
}
inline std::string octets_member(const model::Object& object, std::string_view name) {
  const auto* value = object.find(name);
  const auto* found = value ? value->get<Bytes>() : nullptr;
  return found ? found->data : std::string{};
}

}  // namespace nscl::delivery
