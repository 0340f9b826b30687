// SPDX-License-Identifier: Apache-2.0
#include "codec_property.h"

#include <cstdio>
#include <cstdlib>

#include "../unit/codec/sample_types.h"

namespace nscl::test {

using codec::Format;

namespace {

void demand(bool holds, const char* what, std::string_view text) {
  if (holds) return;
  std::fprintf(stderr, "%s\n%.*s\n", what, static_cast<int>(text.size()), text.data());
  std::abort();
}

void check_format(Format format, const model::ResourceType& type, const model::Object& value) {
  for (const codec::Style& style : {codec::Style{}, codec::Style{"om2m", true}}) {
    const auto text = codec::encode(format, type, value, style);
    const auto again = codec::decode(format, text, sample_types());
    demand(again.has_value(), again ? "" : again.error().detail.c_str(), text);
    demand(again->type == &type && again->attributes == value, "decode(encode(v)) != v", text);
    demand(codec::encode(format, type, again->attributes, style) == text, "encoding is not stable", text);
    demand(codec::has_document_element(format, text, type.name), "document element lost", text);
  }
}

void check_value(const model::ResourceType& type, const model::Object& value) {
  const auto stored = codec::encode_stored(type, value);
  const auto restored = codec::decode_stored(type, stored);
  demand(restored && *restored == value, "storage form is not lossless", stored);
  // Members that are never sent are lost, and those always sent are gained, on the first way through.
  const auto sent = codec::decode(Format::xml, codec::encode(Format::xml, type, value), sample_types());
  demand(sent.has_value(), "what was encoded does not decode", stored);
  check_format(Format::xml, type, sent->attributes);
  check_format(Format::json, type, sent->attributes);
}

}  // namespace

void check_codec(Format format, std::string_view text) {
  for (const auto* name : {"contentInstance", "container"}) static_cast<void>(codec::has_document_element(format, text, name));
  const auto document = codec::decode(format, text, sample_types());
  if (document) {
    check_value(*document->type, document->attributes);
  } else {
    demand(!document.error().detail.empty(), "an error without detail", text);
    const auto answer = codec::encode_error(Format::xml, document.error());
    demand(codec::decode(Format::xml, answer, sample_types()).has_value(), "the error cannot be sent", answer);
  }
}

}  // namespace nscl::test
