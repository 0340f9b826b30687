// SPDX-License-Identifier: Apache-2.0
// Value: the tree of data that a representation is, whatever its syntax. Its shape is that of the JSON rules
// (docs/json.md): an element with attributes or children is an object, a repeated element is a list,
// text beside attributes is the member "$t".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <nscl/base/bytes.h>
#include <nscl/base/time.h>

namespace nscl::model {

class Value;
struct Member;

using List = std::vector<Value>;

/// Members in the order of insertion. Names are string_views into the static descriptors: whoever builds an Object
/// takes them from a Field or a literal.
class Object {
 public:
  using iterator = std::vector<Member>::iterator;
  using const_iterator = std::vector<Member>::const_iterator;

  Object();
  Object(const Object& other);
  Object(Object&& other) noexcept;
  Object& operator=(const Object& other);
  Object& operator=(Object&& other) noexcept;
  ~Object();

  const Value* find(std::string_view name) const;
  Value* find(std::string_view name);
  void set(std::string_view name, Value value);   ///< replaces or appends
  Value& add(std::string_view name, Value value); ///< appends; the caller knows that there is no such member
  void reserve(std::size_t count);
  bool erase(std::string_view name);
  bool empty() const;
  std::size_t size() const;
  const_iterator begin() const;
  const_iterator end() const;
  iterator begin();
  iterator end();
  bool operator==(const Object& other) const;     ///< order has no meaning

 private:
  std::vector<Member> members_;
};

class Value {
 public:
  using Data = std::variant<std::monostate, bool, std::int64_t, Time, std::string, Bytes, List, Object>;

  Value() = default;
  Value(bool v) : data_(v) {}
  Value(int v) : data_(std::int64_t{v}) {}
  Value(std::int64_t v) : data_(v) {}
  Value(Time v) : data_(v) {}
  Value(std::string v) : data_(std::move(v)) {}
  Value(std::string_view v) : data_(std::string(v)) {}
  Value(const char* v) : data_(std::string(v)) {}
  Value(Bytes v) : data_(std::move(v)) {}
  Value(List v) : data_(std::move(v)) {}
  Value(Object v) : data_(std::move(v)) {}

  bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  template <class T> const T* get() const { return std::get_if<T>(&data_); }
  template <class T> T* get() { return std::get_if<T>(&data_); }
  const Data& data() const { return data_; }

  /// Shorthands that answer an empty thing when this is something else.
  std::string_view text() const;
  const List& list() const;
  const Object& object() const;
  /// Member of an object, null if this is no object or has none such.
  const Value* find(std::string_view name) const;

  bool operator==(const Value& other) const;

 private:
  Data data_;
};

struct Member {
  std::string_view name;
  Value value;
};

// Inline, but only here: a Member has to be complete.
inline Object::Object() = default;
inline Object::Object(const Object& other) = default;
inline Object::Object(Object&& other) noexcept = default;
inline Object& Object::operator=(const Object& other) = default;
inline Object& Object::operator=(Object&& other) noexcept = default;
inline Object::~Object() = default;
inline bool Object::empty() const { return members_.empty(); }
inline std::size_t Object::size() const { return members_.size(); }
inline Object::const_iterator Object::begin() const { return members_.begin(); }
inline Object::const_iterator Object::end() const { return members_.end(); }
inline Object::iterator Object::begin() { return members_.begin(); }
inline Object::iterator Object::end() { return members_.end(); }

}  // namespace nscl::model
