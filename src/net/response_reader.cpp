// SPDX-License-Identifier: Apache-2.0
// An answer line by line, then its body. What two readers could frame differently is garbage.
#include "response_reader.h"

#include <algorithm>
#include <charconv>

#include "head_grammar.h"

namespace nscl::net {
namespace {

using namespace grammar;
using Kind = WebFailure::Kind;

constexpr std::size_t most_fields = 200;
constexpr std::size_t most_interim = 8;
constexpr std::size_t most_connection_tokens = 16;
constexpr std::string_view blanks = " \t";
constexpr std::string_view protocol = "HTTP/1.";

/// Fields that speak of the connection, not of the answer (RFC 9110 7.6.1).
constexpr std::string_view connection_fields[] = {"connection", "keep-alive", "proxy-connection", "proxy-authenticate",
                                                  "te", "trailer", "transfer-encoding", "upgrade"};

std::string to_lower(std::string_view text) {
  std::string out{text};
  for (char& c : out) c = lower(c);
  return out;
}

}  // namespace

const std::string* WebAnswer::find(std::string_view name) const {
  for (const auto& [own, value] : fields)
    if (equals_ignoring_case(own, name)) return &value;
  return nullptr;
}

std::vector<std::string> WebAnswer::find_all(std::string_view name) const {
  std::vector<std::string> out;
  for (const auto& [own, value] : fields)
    if (equals_ignoring_case(own, name)) out.push_back(value);
  return out;
}

ResponseReader::ResponseReader(Method asked, std::size_t head_limit, std::size_t body_limit)
    : asked_(asked), head_limit_(head_limit), body_limit_(body_limit) {}

std::size_t ResponseReader::take(std::string_view input) {
  if (!input.empty()) has_begun_ = true;
  std::size_t used = 0;
  while (state_ != State::done && !failure_) {
    const bool is_in_head = state_ == State::status_line || state_ == State::fields;
    const std::size_t step = is_in_head ? take_head(input.substr(used)) : take_body(input.substr(used));
    if (step == 0) break;
    used += step;
  }
  return used;
}

void ResponseReader::end_of_stream() {
  if (state_ == State::endless_body) {
    state_ = State::done;
  } else if (state_ != State::done) {
    fail(Kind::reset, has_begun_ ? "the peer ended the connection within its answer" : "the peer ended the connection without an answer");
  }
}

std::size_t ResponseReader::take_head(std::string_view input) {
  const bool is_first = state_ == State::status_line;
  if (is_first && input.substr(0, protocol.size()) != protocol.substr(0, input.size())) {
    fail(Kind::garbage, "the answer does not begin as HTTP/1.1 does");
    return 0;
  }
  std::string_view rest = input, line;
  const Line found = take_line(rest, line);
  const std::size_t octets = found == Line::whole ? input.size() - rest.size() : std::min(input.find('\n'), input.size());
  if (octets > longest_field + 2 || head_octets_ + octets > head_limit_) {
    fail(Kind::too_large, "the head of the answer is too long");
    return 0;
  }
  if (found == Line::malformed) fail(Kind::garbage, "a line of the answer's head does not end with CR LF");
  if (found != Line::whole) return 0;
  head_octets_ += octets;
  if (is_first) {
    status_line(line);
  } else if (line.empty()) {
    end_head();
  } else {
    field_line(line);
  }
  return octets;
}

void ResponseReader::status_line(std::string_view line) {
  if (!judge(check_version(line.substr(0, protocol.size() + 1), is_http_1_0_))) return;
  const auto rest = line.substr(protocol.size() + 1);
  const auto code = rest.substr(0, 4);
  if (code.size() != 4 || code[0] != ' ' || !is_all(digit_chars, code.substr(1)) || code[1] < '1' || code[1] > '5')
    return fail(Kind::garbage, "the status of the answer is no number from 100 to 599");
  if ((rest.size() > 4 && rest[4] != ' ') || !is_all(value_chars, rest)) return fail(Kind::garbage, "the status line is malformed");
  answer_.status = 0;
  for (const char digit : code.substr(1)) answer_.status = answer_.status * 10 + static_cast<unsigned>(digit - '0');
  state_ = State::fields;
}

void ResponseReader::field_line(std::string_view line) {
  if (answer_.fields.size() >= most_fields) return fail(Kind::too_large, "the answer has too many header fields");
  Field field;
  if (!judge(split_field(line, field))) return;
  framing_field(field.name, field.value);
  answer_.fields.emplace_back(field.name, without_blanks(field.value, blanks));
}

void ResponseReader::framing_field(std::string_view name, std::string_view value) {
  const bool is_length_field = equals_ignoring_case(name, "content-length");
  const bool is_coding = equals_ignoring_case(name, "transfer-encoding");
  const bool is_type = equals_ignoring_case(name, "content-type");
  if ((is_length_field && length_) || (is_coding && is_chunked_) || (is_type && has_type_))
    return fail(Kind::garbage, "a header field that may stand once is repeated");
  const auto bare = without_blanks(value, blanks);
  if (is_length_field && judge(check_length_field(bare)))
    std::from_chars(bare.data(), bare.data() + bare.size(), length_.emplace(0));
  if (is_coding) is_chunked_ = judge(check_coding_field(bare));
  if (is_type) {
    has_type_ = true;
    answer_.content_type = bare;
  }
  if (equals_ignoring_case(name, "connection")) connection_field(bare);
}

void ResponseReader::connection_field(std::string_view value) {
  while (!value.empty()) {
    const auto comma = std::min(value.find(','), value.size());
    const auto token = without_blanks(value.substr(0, comma), blanks);
    value.remove_prefix(std::min(comma + 1, value.size()));
    if (token.empty()) continue;
    if (connection_tokens_.size() == most_connection_tokens) return fail(Kind::garbage, "Connection names too many fields");
    connection_tokens_.push_back(to_lower(token));
  }
}

void ResponseReader::end_head() {
  if (!judge(check_framing(is_chunked_, length_.has_value(), is_http_1_0_))) return;
  if (answer_.status >= 200) return begin_body();
  if (answer_.status == 101) return fail(Kind::garbage, "the peer changes to a protocol that nobody asked for");
  if (++interim_ > most_interim) return fail(Kind::garbage, "there are too many interim answers");
  answer_ = {};
  head_octets_ = 0;
  length_.reset();
  is_chunked_ = has_type_ = false;
  connection_tokens_.clear();
  state_ = State::status_line;
}

bool ResponseReader::has_no_body() const { return asked_ == Method::head || answer_.status == 204 || answer_.status == 304; }

void ResponseReader::begin_body() {
  const auto has_token = [this](std::string_view token) {
    return std::find(connection_tokens_.begin(), connection_tokens_.end(), token) != connection_tokens_.end();
  };
  keep_alive_ = !has_token("close") && (!is_http_1_0_ || has_token("keep-alive"));
  drop_connection_fields();
  if (has_no_body()) {
    if (answer_.status == 204 && (is_chunked_ || length_.value_or(0) != 0)) keep_alive_ = false;   // a body may follow
    state_ = State::done;
  } else if (is_chunked_) {
    chunks_.emplace(body_limit_);
    state_ = State::chunked_body;
  } else if (!length_) {
    keep_alive_ = false;
    state_ = State::endless_body;
  } else if (*length_ > body_limit_) {
    fail(Kind::too_large, "the body of the answer is too large");
  } else {
    remaining_ = *length_;
    state_ = remaining_ == 0 ? State::done : State::sized_body;
  }
}

void ResponseReader::drop_connection_fields() {
  const auto is_of_connection = [this](const auto& field) {
    const auto name = to_lower(field.first);
    return std::find(std::begin(connection_fields), std::end(connection_fields), name) != std::end(connection_fields) ||
           std::find(connection_tokens_.begin(), connection_tokens_.end(), name) != connection_tokens_.end();
  };
  std::erase_if(answer_.fields, is_of_connection);
}

std::size_t ResponseReader::take_body(std::string_view input) {
  if (state_ == State::chunked_body) {
    const std::size_t used = chunks_->decode(input, answer_.body);
    if (judge(chunks_->verdict()) && chunks_->is_done()) state_ = State::done;
    return used;
  }
  if (state_ == State::endless_body) {
    if (input.size() > body_limit_ - answer_.body.size()) {
      fail(Kind::too_large, "the body of the answer is too large");
      return 0;
    }
    answer_.body += input;
    return input.size();
  }
  const auto part = input.substr(0, remaining_);
  answer_.body += part;
  remaining_ -= part.size();
  if (remaining_ == 0) state_ = State::done;
  return part.size();
}

void ResponseReader::fail(WebFailure::Kind kind, std::string_view detail) {
  if (!failure_) failure_ = WebFailure{kind, std::string(detail)};
}

bool ResponseReader::judge(const HeadVerdict& verdict) {
  if (verdict.status == 0) return true;
  const bool is_size = verdict.status == 413 || verdict.status == 431;
  fail(is_size ? Kind::too_large : Kind::garbage, "the answer is not taken: " + std::string(verdict.reason));
  return false;
}

}  // namespace nscl::net
