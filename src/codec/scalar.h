// SPDX-License-Identifier: Apache-2.0
// Simple types: text -> Value, the same for both syntaxes, and the rules that hold for a complex Value once it is read.
#pragma once

#include <string>
#include <string_view>

#include <nscl/base/error.h>
#include <nscl/codec/simple_types.h>
#include <nscl/codec/xml_text.h>
#include <nscl/model/value.h>

#include "fields.h"

namespace nscl::codec {

/// The form of an anyType that has one, checked on the XML that it is.
Result<model::Value> check_fragment(const model::DataType& type, std::string fragment);

/// Bounds of an integer type.
Result<model::Value> check_integer(const model::DataType& type, std::int64_t number);

/// Completes the sentence of an error that lacks its subject: "must be ..." -> "element 'x' must be ...".
Error about(std::string_view what, std::string_view name, Error error);

/// Adds a value to the member of `field`: the member itself, or one more entry of its list.
/// False if it is there already and may occur only once.
bool put(model::Object& object, const model::Field& field, model::Value value);

/// Mandatory members and choices; numbers the schedule strings that came without an id.
Result<void> complete(model::Object& object, const FieldList& fields);

/// True if `name` (without prefix) may stand as xsi:type of an element of this type.
bool accepts_xsi_type(const model::DataType& type, std::string_view name);

/// The xsi:type that has to be written for `object`, empty if none.
std::string_view written_xsi_type(const FieldList& fields, const model::Object& object);

}  // namespace nscl::codec
