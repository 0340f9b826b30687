// SPDX-License-Identifier: Apache-2.0
// Representations on the wire: XML and JSON <-> Value, both driven by the same descriptors. Pure functions: no I/O,
// no shared state, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nscl/base/error.h>
#include <nscl/model/registry.h>
#include <nscl/model/resource_type.h>
#include <nscl/model/value.h>

namespace nscl::codec {

enum class Format { xml, json };

/// "application/xml", "application/json".
std::string_view media_type(Format format);

/// Bounds on what a peer may send (security.md 5.3). A document beyond them is STATUS_BAD_REQUEST.
struct Limits {
  std::size_t depth = 32;
  std::size_t elements = 10'000;
  std::size_t attributes_per_element = 1'000;
  std::size_t attributes = 1'000'000;   ///< in the whole document
  std::size_t name_length = 256;
};

/// How a representation is written: the prefix of the M2M namespace and whether elements of local declarations
/// are put into it too, as OM2M does in notify and membersContentResponses.
struct Style {
  std::string_view prefix = "m2m";
  bool qualify_all = false;
};

/// A decoded document: its document element by local name, and its content.
struct Document {
  const model::ResourceType* type = nullptr;
  model::Object attributes;
};

/// Decodes a representation of one of `candidates`, chosen by the document element.
/// Fails with bad_request (not well-formed, another document element, unknown or repeated element, wrong type or
/// cardinality, beyond `limits`) or unsupported_media_type (declared encoding other than UTF-8); the detail names the
/// element and what is wrong with it.
/// Elements are matched by local name; their namespace must be the M2M one or none (procedures 0.4); order is free.
Result<Document> decode(Format format, std::string_view text, std::span<const model::ResourceType* const> candidates,
                        const Limits& limits = {});

/// True if `text` is an XML or JSON document whose document element (or only member) has this local name; cheap, and
/// false for whatever does not parse. Decides whether a POST to contentInstances is a contentInstance or raw content.
bool has_document_element(Format format, std::string_view text, std::string_view name, const Limits& limits = {});

/// Decodes the value of one attribute (partial addressing): XML root element or only JSON member = `field.name`.
Result<model::Value> decode_attribute(Format format, std::string_view text, const model::Field& field,
                                      const Limits& limits = {});

/// Encodes a representation: document element `type.name`, members in schema order; members that the type does not
/// have (hidden ones) are left out.
std::string encode(Format format, const model::ResourceType& type, const model::Object& representation, const Style& style = {});

/// Encodes one attribute alone (partial addressing).
std::string encode_attribute(Format format, const model::Field& field, const model::Value& value, const Style& style = {});

/// errorInfo with statusCode and additionalInfo (characters that XML does not allow are replaced).
std::string encode_error(Format format, const Error& error, const Style& style = {});

/// Storage form: compact JSON of `object`, hidden members included; and back, guided by the type. decode_stored fails
/// with internal_server_error only (the store was written by us).
std::string encode_stored(const model::ResourceType& type, const model::Object& object);
Result<model::Object> decode_stored(const model::ResourceType& type, std::string_view text);
std::string encode_stored(const model::DataType& type, const model::Value& value);
Result<model::Value> decode_stored(const model::DataType& type, std::string_view text);

/// Content negotiation. `accept` is the field value (empty = anything); nullopt if neither format is acceptable.
/// q-values and wildcards are honoured, XML wins a tie. At most 32 ranges are looked at.
std::optional<Format> negotiate(std::string_view accept);

/// Content-Type -> Format: application/xml, text/xml, application/json, each with an optional charset of UTF-8
/// (also spelled UTF8); +xml and +json suffixes are not taken. nullopt: another type or charset.
std::optional<Format> format_of(std::string_view content_type);

}  // namespace nscl::codec
