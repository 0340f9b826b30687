// SPDX-License-Identifier: Apache-2.0
// The declarations of the schema types fit together.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include <nscl/model/data_type.h>

namespace nscl::model {
namespace {

using namespace types;   // NOLINT: test code

const DataType* const roots[] = {&search_strings, &uri_list, &named_reference, &named_references, &announce_to, &schedule, &integrity_val_results, &apoc_paths, &permission,
                                 &permission_list, &content, &content_types, &content_instance, &content_instance_collection, &filter_criteria,
                                 &content_instances_filter_criteria, &contact_info};

void collect(const DataType& type, std::set<const DataType*>& found) {
  if (!found.insert(&type).second) return;
  for (const auto& field : type.fields) collect(*field.type, found);
}

std::set<const DataType*> all() {
  std::set<const DataType*> found{&online_status, &mgmt_protocol_type, &scl_type, &apoc_handling, &reference_point, &member_type, &consistency_strategy, &subscription_type, &status_code};
  for (const auto* root : roots) collect(*root, found);
  return found;
}

TEST(Types, EachHasWhatItsKindNeeds) {
  for (const auto* type : all()) {
    SCOPED_TRACE(type->name);
    EXPECT_FALSE(type->name.empty());
    EXPECT_EQ(type->kind == Kind::enumeration, !type->values.empty());
    EXPECT_EQ(type->kind == Kind::complex, !type->fields.empty());
    EXPECT_LE(type->minimum, type->maximum);
  }
}

TEST(Types, FieldsAreDistinctAndTyped) {
  for (const auto* type : all()) {
    std::set<std::string_view> names;
    for (const auto& field : type->fields) {
      SCOPED_TRACE(std::string(type->name) + "/" + std::string(field.name));
      EXPECT_TRUE(names.insert(field.name).second);
      EXPECT_TRUE(field.type);
      EXPECT_TRUE(field.max == 1 || field.max == unbounded);
      EXPECT_EQ(field.form == Field::Form::text, field.name == "$t");
      EXPECT_FALSE(field.form != Field::Form::element && field.type->kind == Kind::complex);
    }
    EXPECT_EQ(type->find("no such field"), nullptr);
  }
}

TEST(Types, AliasesMeanSomethingKnown) {
  for (const auto* type : all()) {
    for (const auto& alias : type->aliases) {
      const bool value = std::find(type->values.begin(), type->values.end(), alias.means) != type->values.end();
      EXPECT_TRUE(value || type->find(alias.means)) << type->name << " " << alias.received;
      EXPECT_FALSE(type->find(alias.received));
    }
  }
}

TEST(Types, LocalElements) {
  for (const auto* name : {"ifModifiedSince", "attributeAccessor", "searchString", "createdAfter", "sizeFrom", "contentType", "metaDataOnly"}) EXPECT_FALSE(content_instances_filter_criteria.find(name)->qualified) << name;
  EXPECT_FALSE(uri_list.find("reference")->qualified);
  EXPECT_FALSE(integrity_val_results.find("ivalResults")->qualified);
  EXPECT_TRUE(search_strings.find("searchString")->qualified);
  EXPECT_TRUE(permission.find("id")->qualified);
  EXPECT_FALSE(named_reference.find("id")->qualified);
  EXPECT_FALSE(content_instance.find("href")->qualified);
  EXPECT_EQ(content.find("contentType")->xml_namespace, "http://www.w3.org/2005/05/xmlmime");
}

TEST(Types, ExtensionBeginsWithItsBase) {
  const auto& base = filter_criteria.fields;
  const auto& extension = content_instances_filter_criteria.fields;
  ASSERT_GT(extension.size(), base.size());
  for (std::size_t i = 0; i < base.size(); ++i) EXPECT_EQ(extension[i].name, base[i].name);
}

}  // namespace
}  // namespace nscl::model
