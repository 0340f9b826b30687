// SPDX-License-Identifier: Apache-2.0
// Value and Object: look-up, change and comparison.
#include <nscl/model/value.h>

#include <algorithm>

namespace nscl::model {

const Value* Object::find(std::string_view name) const {
  for (const auto& member : members_) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

Value* Object::find(std::string_view name) {
  for (auto& member : members_) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

void Object::set(std::string_view name, Value value) {
  if (auto* existing = find(name)) {
    *existing = std::move(value);
  } else {
    add(name, std::move(value));
  }
}

Value& Object::add(std::string_view name, Value value) {
  return members_.emplace_back(Member{name, std::move(value)}).value;
}

void Object::reserve(std::size_t count) { members_.reserve(count); }

bool Object::erase(std::string_view name) {
  const auto found = std::find_if(members_.begin(), members_.end(), [&](const Member& m) { return m.name == name; });
  if (found == members_.end()) return false;
  members_.erase(found);
  return true;
}

bool Object::operator==(const Object& other) const {
  if (size() != other.size()) return false;
  return std::all_of(begin(), end(), [&](const Member& member) {
    const auto* theirs = other.find(member.name);
    return theirs && *theirs == member.value;
  });
}

std::string_view Value::text() const {
  const auto* text = get<std::string>();
  return text ? std::string_view(*text) : std::string_view();
}

const List& Value::list() const {
  static const List none;
  const auto* list = get<List>();
  return list ? *list : none;
}

const Object& Value::object() const {
  static const Object none;
  const auto* object = get<Object>();
  return object ? *object : none;
}

const Value* Value::find(std::string_view name) const {
  const auto* object = get<Object>();
  return object ? object->find(name) : nullptr;
}

bool Value::operator==(const Value& other) const { return data_ == other.data_; }

}  // namespace nscl::model
