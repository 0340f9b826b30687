// SPDX-License-Identifier: Apache-2.0
// FieldList: the fields of a resource type or of a complex type, seen alike by readers and writers.
#pragma once

#include <optional>
#include <span>

#include <nscl/model/data_type.h>
#include <nscl/model/resource_type.h>

namespace nscl::codec {

class FieldList {
 public:
  explicit FieldList(const model::DataType& type) : type_(&type), name_(type.name), fields_(type.fields) {}
  explicit FieldList(const model::ResourceType& type) : name_(type.document_element()), xsi_type_(type.xsi_type), attributes_(type.attributes) {}

  std::string_view name() const { return name_; }
  const model::DataType* type() const { return type_; }       ///< null for a resource type
  std::string_view xsi_type() const { return xsi_type_; }     ///< of a resource type that extends another
  bool has_text() const { return type_ && type_->find("$t"); }   ///< text beside XML attributes
  bool choice() const { return type_ && type_->choice; }
  std::size_t size() const { return type_ ? fields_.size() : attributes_.size(); }
  model::Field operator[](std::size_t i) const { return type_ ? fields_[i] : attributes_[i].field(); }

  std::string_view name(std::size_t i) const { return type_ ? fields_[i].name : attributes_[i].name; }
  model::Field::Form form(std::size_t i) const { return type_ ? fields_[i].form : attributes_[i].form; }

  /// Index of the field of that name, older spellings included.
  std::optional<std::size_t> find(std::string_view name) const {
    if (const auto index = index_of(name)) return index;
    if (!type_) return std::nullopt;
    for (const auto& alias : type_->aliases) {
      if (alias.received == name) return index_of(alias.means);
    }
    return std::nullopt;
  }

 private:
  std::optional<std::size_t> index_of(std::string_view name) const {
    for (std::size_t i = 0; i < size(); ++i) {
      if (this->name(i) == name) return i;
    }
    return std::nullopt;
  }

  const model::DataType* type_ = nullptr;
  std::string_view name_;
  std::string_view xsi_type_;
  std::span<const model::Field> fields_;
  std::span<const model::Attribute> attributes_;
};

}  // namespace nscl::codec
