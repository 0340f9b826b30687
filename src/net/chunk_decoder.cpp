// SPDX-License-Identifier: Apache-2.0
// The states of the chunked coding: size line, data, the line end behind them, and the last line.
#include "chunk_decoder.h"

#include <algorithm>

namespace nscl::net {
namespace {

constexpr std::size_t most_digits = 16;
constexpr std::size_t longest_extension = 256;
constexpr std::size_t most_chunks = 10'000, least_chunk = 1024;   ///< the second: on average, of large bodies
constexpr std::uint64_t largest_size = std::uint64_t{1} << 56;   ///< beyond it a size is meant to overflow something
constexpr std::size_t framing_allowance = 64 * 1024;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_extension(std::string_view text) {
  if (text.empty()) return true;
  const auto is_plain = [](char c) { return c == '\t' || (c >= 0x20 && c < 0x7f); };
  return text.front() == ';' && text.size() <= longest_extension && std::all_of(text.begin(), text.end(), is_plain);
}

}  // namespace

std::size_t ChunkDecoder::decode(std::string_view input, std::string& body) {
  std::size_t used = 0;
  for (;;) {
    const auto rest = input.substr(used);
    const State before = state_;
    std::size_t step = 0;
    switch (state_) {
      case State::size_line: step = size_line(rest); break;
      case State::data: step = data(rest, body); break;
      case State::data_end: step = line_end(rest, State::size_line); break;
      case State::last_line: step = line_end(rest, State::done); break;
      case State::done: return used;
    }
    used += step;
    if (verdict_.status != 0 || (step == 0 && state_ == before)) return used;
  }
}

std::size_t ChunkDecoder::size_line(std::string_view input) {
  std::uint64_t size = 0;
  std::size_t digits = 0;
  for (; digits < input.size() && hex_digit(input[digits]) >= 0; ++digits) {
    if (digits == most_digits) return fail(400, "a chunk size has too many digits");
    size = size << 4 | static_cast<std::uint64_t>(hex_digit(input[digits]));
  }
  const auto newline = input.substr(0, digits + longest_extension + 2).find('\n');
  if (newline == std::string_view::npos) {
    if (input.size() >= digits + longest_extension + 2) return fail(400, "a chunk extension is too long");
    if (digits == 0 && !input.empty()) return fail(400, "a chunk has no size");
    return 0;
  }
  if (digits == 0) return fail(400, "a chunk has no size");
  if (newline <= digits || input[newline - 1] != '\r' || !is_extension(input.substr(digits, newline - 1 - digits)))
    return fail(400, "the size line of a chunk is malformed");
  if (size > largest_size) return fail(400, "a chunk size is absurd");
  framing_ += newline + 1;
  begin_chunk(size);
  return newline + 1;
}

void ChunkDecoder::begin_chunk(std::uint64_t size) {
  if (size == 0) {
    state_ = State::last_line;
  } else if (size > body_limit_ || total_ + size > body_limit_) {
    fail(413, "the body is too large");
  } else if (++chunks_ > std::max(most_chunks, body_limit_ / least_chunk)) {
    fail(413, "the body has too many chunks");
  } else if (framing_ > total_ + size + framing_allowance) {
    fail(400, "the body is mostly framing");
  } else {
    remaining_ = size;
    state_ = State::data;
  }
}

std::size_t ChunkDecoder::data(std::string_view input, std::string& body) {
  const auto part = input.substr(0, remaining_);
  body.append(part);
  total_ += part.size();
  remaining_ -= part.size();
  if (remaining_ == 0) state_ = State::data_end;
  return part.size();
}

std::size_t ChunkDecoder::line_end(std::string_view input, State next) {
  if (!std::string_view{"\r\n"}.starts_with(input.substr(0, 2)))
    return fail(400, state_ == State::last_line ? "trailer fields are not taken" : "a chunk is longer than its size");
  if (input.size() < 2) return 0;
  framing_ += 2;
  state_ = next;
  return 2;
}

std::size_t ChunkDecoder::fail(unsigned status, std::string_view reason) {
  verdict_ = {status, reason};
  return 0;
}

}  // namespace nscl::net
