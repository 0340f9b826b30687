// SPDX-License-Identifier: Apache-2.0
// DataType and Field: the schema types of TS 102 921, declared once, from which both codecs and the validation
// follow.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace nscl::model {

enum class Kind {
  string,       ///< Value: string
  uri,          ///< Value: string; anyURI, checked for characters only
  id,           ///< Value: string; m2m:id, NMTOKEN
  boolean,      ///< Value: bool; XML true/false/1/0
  integer,      ///< Value: int64; xs:long with the bounds of the type
  date_time,    ///< Value: Time; string where the type `keeps_text`
  duration,     ///< Value: string, checked by parse_duration (a bare integer from v1.1.1 peers means seconds: "PTnS")
  enumeration,  ///< Value: string out of `values`
  base64,       ///< Value: Bytes (decoded)
  any,          ///< Value: string; xs:anyType kept as the XML fragment (or plain text) that was received
  empty,        ///< Value: empty Object; an element without content, such as permissionHolders/all
  complex,      ///< Value: Object with the members of `fields`
};

struct DataType;

inline constexpr int unbounded = -1;

/// An element or XML attribute of a complex type.
struct Field {
  std::string_view name;
  const DataType* type;
  int min = 0;                    ///< how often it must occur
  int max = 1;                    ///< 1, or more, or `unbounded`: then the Value is a List
  bool qualified = true;          ///< in the namespace http://uri.etsi.org/m2m, or (elements of local declarations) in none
  /// text: the character content, member "$t"; wildcard: the elements of other namespaces, member "$any", each kept as
  /// the XML that stands alone.
  enum class Form { element, attribute, text, wildcard } form = Form::element;
  std::string_view xml_namespace = {};  ///< of an attribute in a namespace of its own (xmime:contentType), else empty
  /// always: written as an empty element even where the Value lacks it (the schema demands it, peers leave it out);
  /// never: received from older peers and stored, but unknown to the schema that we write.
  enum class Output : unsigned char { present, always, never } output = Output::present;

  bool repeats() const { return max != 1; }
};

/// An older spelling that peers send: of an enumeration value (v1.1.1: "OMA DM" for OMA_DM) or of the name of a child
/// element (v1.1.1: createdSince for createdAfter).
struct Alias {
  std::string_view received;
  std::string_view means;
};

struct DataType {
  std::string_view name;                       ///< schema name; written as xsi:type where `needs_xsi_type`
  Kind kind = Kind::string;
  std::vector<std::string_view> values = {};   ///< enumeration
  std::vector<Alias> aliases = {};             ///< enumeration: of values; complex: of field names
  std::size_t max_length = SIZE_MAX;           ///< string: characters
  bool (*matches)(std::string_view) = nullptr; ///< string: its lexical form, where that is bound ...
  std::string_view form = {};                  ///< ... and what a value must be, for the error
  bool keeps_text = false;                     ///< date_time: as it was sent, since something is signed over it
  std::int64_t minimum = INT64_MIN;            ///< integer
  std::int64_t maximum = INT64_MAX;
  std::vector<Field> fields = {};              ///< complex, in schema order
  bool choice = false;                         ///< at most one of the element and text fields may be present
  bool always_local = false;                   ///< unqualified children stay so even under Style::qualify_all
  bool needs_xsi_type = false;                 ///< writers add xsi:type (types that extend another) ...
  const DataType* base = nullptr;              ///< ... unless all members belong to this type, which is then meant
  std::vector<std::string_view> xsi_aliases = {};   ///< other xsi:type names accepted when received

  const Field* find(std::string_view field) const;
};

/// The types of TS 102 921 clause 11 / the schemas' common.xsd. A name here is the schema's in snake_case.
namespace types {
extern const DataType string, uri, id, boolean, integer, positive, non_negative, date_time, duration, base64, any, empty;
extern const DataType search_strings, uri_list, named_reference, named_references, announce_to, schedule;
extern const DataType online_status, mgmt_protocol_type, scl_type, apoc_handling, integrity_val_results;
extern const DataType reference_point, apoc_paths;
extern const DataType permission, permission_list;
extern const DataType content, content_types, content_instance, content_instance_collection;
extern const DataType member_type, consistency_strategy;
extern const DataType filter_criteria, content_instances_filter_criteria, subscription_type;
extern const DataType contact_info;
extern const DataType status_code;
extern const DataType time_of_day, hex_binary, rcat, trpdt;
extern const DataType channel_type, channel_data, location_container_type;
extern const DataType mime_body;               ///< xmime:base64Binary: octets beside their media type
}  // namespace types

}  // namespace nscl::model
