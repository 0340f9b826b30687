// SPDX-License-Identifier: Apache-2.0
// SAX events -> tree.
#include "json_tree.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include <nscl/base/bytes.h>

#include "names.h"

namespace nscl::codec {

namespace {

class TreeBuilder : public nlohmann::json_sax<nlohmann::json> {
 public:
  TreeBuilder(const Limits& limits, bool hostile) : limits_(limits), hostile_(hostile) {}

  bool null() override { return put({}); }
  bool boolean(bool value) override { return put({.kind = JsonNode::Kind::boolean, .flag = value}); }
  bool number_integer(std::int64_t value) override { return put({.kind = JsonNode::Kind::integer, .number = value}); }
  bool number_unsigned(std::uint64_t value) override {
    if (value > INT64_MAX) return refuse("a number does not fit into 64 bits");
    return number_integer(static_cast<std::int64_t>(value));
  }
  bool number_float(double, const std::string&) override { return refuse("a number is not a whole number of 64 bits"); }
  bool string(std::string& value) override {
    if (hostile_ && !is_xml_text(value)) return refuse("a string has characters that XML does not allow");
    return put({.kind = JsonNode::Kind::string, .text = std::move(value)});
  }
  bool binary(nlohmann::json::binary_t&) override { return refuse("binary data"); }
  bool start_object(std::size_t) override { return open(JsonNode::Kind::object); }
  bool start_array(std::size_t) override { return open(JsonNode::Kind::array); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(std::string& name) override;
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    return refuse("the document is not well-formed JSON at octet " + std::to_string(position));
  }

  JsonNode take() { return std::move(root_); }
  const std::string& problem() const { return problem_; }

 private:
  bool refuse(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
    return false;
  }
  bool put(JsonNode node);
  bool open(JsonNode::Kind kind);
  bool close() {
    open_.pop_back();
    return true;
  }

  const Limits& limits_;
  const bool hostile_;
  JsonNode root_;
  std::vector<JsonNode*> open_;   ///< an open node's parent gets no further items, so that the pointers stay valid
  std::size_t values_ = 0;
  std::string problem_;
};

bool TreeBuilder::put(JsonNode node) {
  if (++values_ > limits_.elements) return refuse("the document has more than " + std::to_string(limits_.elements) + " values");
  if (open_.empty()) {
    root_ = std::move(node);
  } else {
    open_.back()->items.push_back(std::move(node));
  }
  return true;
}

bool TreeBuilder::open(JsonNode::Kind kind) {
  if (open_.size() >= limits_.depth) return refuse("the document is nested deeper than " + std::to_string(limits_.depth) + " levels");
  JsonNode node;
  node.kind = kind;
  if (!put(std::move(node))) return false;
  open_.push_back(open_.empty() ? &root_ : &open_.back()->items.back());
  return true;
}

bool TreeBuilder::key(std::string& name) {
  auto& names = open_.back()->names;
  if (name.size() > limits_.name_length) return refuse("a name is longer than " + std::to_string(limits_.name_length) + " octets");
  if (names.size() >= limits_.attributes_per_element) return refuse("an object has too many members");
  if (std::find(names.begin(), names.end(), name) != names.end()) return refuse("the name " + in_quotes(name) + " occurs twice");
  names.push_back(std::move(name));
  return true;
}

/// "-0" is an integer to the parser, and something else to others.
bool has_negative_zero(std::string_view text) {
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (in_string && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      in_string = !in_string;
    } else if (!in_string && text[i] == '-' && text.substr(i + 1).starts_with('0')) {
      return true;
    }
  }
  return false;
}

}  // namespace

Result<JsonNode> parse_json(std::string_view text, const Limits& limits) {
  for (const std::string_view mark : {"\xFE\xFF", "\xFF\xFE"}) {
    if (text.starts_with(mark)) return failure(Status::unsupported_media_type, "only the encoding UTF-8 is read here");
  }
  if (text.starts_with("\xEF\xBB\xBF")) return bad_request("JSON must not begin with a byte order mark");
  TreeBuilder builder(limits, true);
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) return bad_request(builder.problem());
  if (has_negative_zero(text)) return bad_request("the number -0 is not accepted; write 0");
  return builder.take();
}

Result<JsonNode> parse_own_json(std::string_view text) {
  static constexpr Limits none{64, SIZE_MAX, SIZE_MAX, SIZE_MAX};
  TreeBuilder builder(none, false);
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) return failure(Status::internal_server_error, builder.problem());
  return builder.take();
}

}  // namespace nscl::codec
