// SPDX-License-Identifier: Apache-2.0
// Attribute rows shared by nearly all resource types.
#include <algorithm>

#include <nscl/model/resource_type.h>

namespace nscl::model {

const Attribute* ResourceType::find(std::string_view attribute) const {
  const auto found = std::find_if(attributes.begin(), attributes.end(), [&](const Attribute& a) { return a.name == attribute; });
  return found == attributes.end() ? nullptr : &*found;
}

namespace attributes {

Attribute expiration_time(Presence response) {
  return {.name = "expirationTime", .type = &types::date_time, .create = O, .update = O, .response = response, .origin = Origin::lifetime};
}
Attribute creation_time() {
  return {.name = "creationTime", .type = &types::date_time, .origin = Origin::lifetime};
}
Attribute last_modified_time() {
  return {.name = "lastModifiedTime", .type = &types::date_time, .origin = Origin::lifetime};
}
Attribute access_right_id(Presence create) {
  return {.name = "accessRightID", .type = &types::uri, .create = create, .update = O, .response = O, .local_uri = true};
}
Attribute search_strings(Presence create) {
  return {.name = "searchStrings", .type = &types::search_strings, .create = create, .update = create, .response = M};
}
Attribute announce_to() {
  return {.name = "announceTo", .type = &types::announce_to, .create = O, .update = O, .response = MA};
}
Attribute announce_to_in_release_2() {
  auto attribute = announce_to();
  attribute.release_2 = true;
  return attribute;
}
Attribute reference_in_release_2(std::string_view name, std::string_view child) {
  auto attribute = reference(name, child);
  attribute.release_2 = true;
  return attribute;
}
Attribute link() {
  return {.name = "link", .type = &types::uri, .create = M, .update = NP, .response = M};
}
Attribute reference(std::string_view name, std::string_view child) {
  return {.name = name, .type = &types::uri, .origin = Origin::reference, .child = child};
}
Attribute collection(std::string_view name, std::string_view child_type) {
  return {.name = name, .type = &types::named_references, .origin = Origin::collection, .child = child_type};
}
Attribute id() {
  return {.name = "id", .type = &types::id, .create = O, .update = NP, .response = MA, .origin = Origin::name, .form = Field::Form::attribute};
}
Attribute plain_id(std::string_view name, Presence create, Presence response) {
  return {.name = name, .type = &types::id, .create = create, .update = NP, .response = response, .origin = Origin::name,
          .form = Field::Form::attribute, .qualified = false};
}

}  // namespace attributes
}  // namespace nscl::model
