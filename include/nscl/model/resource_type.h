// SPDX-License-Identifier: Apache-2.0
// ResourceType: everything the server knows about one type of resource. One file under resources/ declares one.
#pragma once

#include <string_view>
#include <vector>

#include <nscl/base/error.h>
#include <nscl/model/data_type.h>

namespace nscl::core {
struct HookContext;   // include <nscl/core/hooks.h> to implement a hook
}

namespace nscl::model {

/// M mandatory, O optional, NP not permitted, NA there is no such request, MA ("M*") in a CREATE or UPDATE response
/// only if the SCL assigned or changed the value, always in a RETRIEVE response.
enum class Presence : unsigned char { M, O, NP, NA, MA };
using enum Presence;

/// Where the value of an attribute comes from.
enum class Origin : unsigned char {
  stored,       ///< kept in Resource::attributes, written by the client or by a hook
  lifetime,     ///< Resource::expiration_time, creation_time, last_modified_time
  reference,    ///< URI of the fixed child called `child`
  collection,   ///< namedReference of each individual child of the type called `child`
  computed,     ///< filled by the on_retrieve hook
  name,         ///< the id: last segment of the path
};

struct Attribute {
  std::string_view name;
  const DataType* type;
  Presence create = NP;
  Presence update = NP;
  Presence response = M;
  Origin origin = Origin::stored;
  std::string_view child = {};          ///< of Origin::reference and Origin::collection
  bool local_uri = false;               ///< stored URI that may point into this tree: rendered per dialect
  bool release_2 = false;               ///< v1.1.1 does not know it, or not in this form: not shown to OM2M
  Field::Form form = Field::Form::element;
  bool qualified = true;
  bool entity_only = false;             ///< only the managed entity writes it: over mIa it is read-only (resources.md 4.1)
  bool trigger = false;                 ///< EXECUTE on it starts an action
  int min = 0;                          ///< of message documents; resources have presence rules instead
  int max = 1;

  Field field() const { return {name, type, min, max, qualified, form, {}}; }
};

/// Rows that occur in nearly every table of TS 102 921 clause 10.
namespace attributes {
Attribute expiration_time(Presence response = MA);
Attribute creation_time();
Attribute last_modified_time();
Attribute access_right_id(Presence create = O);     ///< NA for collections
Attribute search_strings(Presence create = O);
Attribute announce_to();
Attribute announce_to_in_release_2();                 ///< of types that could not be announced onwards before
Attribute link();                                     ///< of an ...Annc
Attribute reference(std::string_view name, std::string_view child);
Attribute reference_in_release_2(std::string_view name, std::string_view child);
Attribute collection(std::string_view name, std::string_view child_type);
Attribute id();                                       ///< m2m:id, qualified
Attribute plain_id(std::string_view name = "id", Presence create = O, Presence response = MA);   ///< unqualified: id, appId, sclId
}  // namespace attributes

enum class Verb : unsigned { none = 0, create = 1, retrieve = 2, update = 4, remove = 8, execute = 16, notify = 32 };
constexpr Verb operator|(Verb a, Verb b) { return Verb(unsigned(a) | unsigned(b)); }
constexpr bool allows(Verb set, Verb verb) { return (unsigned(set) & unsigned(verb)) != 0; }

/// Called inside the procedure, on the writer thread (on_retrieve: wherever the read runs). A hook may read, write and
/// refuse; it never waits.
using Hook = Result<void> (*)(core::HookContext&);
struct Hooks {
  Hook before_create = nullptr;   ///< body is valid, id is free; may change context.resource, may refuse
  Hook after_create = nullptr;    ///< resource is written; may change others
  Hook before_update = nullptr;   ///< context.resource holds the new state, context.before the old one
  Hook after_update = nullptr;
  Hook before_delete = nullptr;
  Hook after_delete = nullptr;
  Hook on_retrieve = nullptr;     ///< fills the computed attributes in context.representation
};

/// Whose right governs the resource (resources.md 1.12).
enum class Governance : unsigned char {
  own,          ///< its accessRightID
  parent,       ///< the right of the resource above it
  self,         ///< accessRight: selfPermissions
  owner_only,   ///< default access rights only
  subscription, ///< its creator (procedures 5.7.4)
  none,         ///< no check on the resource itself (discovery)
};

/// What the originator of a CREATE needs.
enum class Admission : unsigned char {
  right,          ///< the CREATE flag on the collection
  registration,   ///< no flag: authentication and policy, which before_create applies (procedures 5.2.1, 5.3)
  subscription,   ///< READ on the resource that is subscribed to
};

struct ResourceType {
  std::string_view name;                      ///< e.g. "container"; the document element too, unless `element` is given
  std::vector<std::string_view> parents = {}; ///< collections it may be created in; empty for fixed children
  Verb verbs = Verb::retrieve;                ///< of the resource itself; `create`: it can be created in its parents
  std::vector<Attribute> attributes = {};     ///< schema order; XML attributes last
  std::vector<std::string_view> children = {};///< fixed children, created with the resource (type name = segment)
  std::vector<std::string_view> later = {};   ///< fixed children that this release does not serve: 501
  bool is_collection = false;                 ///< fixed segment; individual children below it
  std::string_view id_attribute = {};         ///< "id", "appId", "sclId"; empty for fixed children
  std::string_view id_prefix = {};            ///< of generated ids, e.g. "CONT_"
  std::string_view fixed_id = {};             ///< id of the first one in its place that comes without
  std::string_view member_type = {};          ///< the group memberType it satisfies, e.g. "CONTAINER"
  std::string_view announced_as = {};         ///< type of its announcement, e.g. "containerAnnc"
  Governance governance = Governance::own;
  Admission admission = Admission::right;
  bool searchable = false;                    ///< appears in discovery
  bool keeps_times = true;                    ///< creationTime and lastModifiedTime exist
  bool expires = false;                       ///< expirationTime exists
  bool audited = false;                       ///< who creates, changes or deletes one is recorded in the audit trail
  bool unknown_to_om2m = false;               ///< OM2M has no such type: not shown in its dialect
  Hooks hooks = {};
  std::string_view element = {};              ///< document element of a type that extends another: "mgmtObj", "parameters" ...
  std::string_view xsi_type = {};             ///< ... and the schema type that tells which one it is

  std::string_view document_element() const { return element.empty() ? name : element; }
  /// "$any" if elements of other namespaces may stand in it, else null.
  const Attribute* wildcard() const { return find("$any"); }
  const Attribute* find(std::string_view attribute) const;
};

}  // namespace nscl::model
