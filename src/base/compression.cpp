// SPDX-License-Identifier: Apache-2.0
#include <nscl/base/compression.h>

#define ZLIB_CONST
#include <zlib.h>

#include <algorithm>
#include <stdexcept>

namespace nscl {
namespace {

constexpr std::size_t most_ratio = 200, always_allowed = 64 * 1024, step = 64 * 1024;
constexpr int gzip_frame = 16 + MAX_WBITS, zlib_frame = MAX_WBITS, no_frame = -MAX_WBITS;

/// Ends a stream of zlib when it goes.
struct Stream {
  explicit Stream(int (*its_end)(z_streamp)) : end(its_end) {}
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { end(&state); }
  z_stream state{};
  int (*const end)(z_streamp);
};

void feed(z_stream& state, std::string_view octets) {
  state.next_in = reinterpret_cast<const Bytef*>(octets.data());
  state.avail_in = static_cast<uInt>(octets.size());
}

/// Room for `step` more octets behind what is there.
void grow(z_stream& state, std::string& out, std::size_t used) {
  out.resize(used + step);
  state.next_out = reinterpret_cast<Bytef*>(out.data() + used);
  state.avail_out = static_cast<uInt>(step);
}

bool has_zlib_frame(std::string_view octets) {
  if (octets.size() < 2) return false;
  const unsigned first = static_cast<unsigned char>(octets[0]), second = static_cast<unsigned char>(octets[1]);
  return (first & 0x0f) == Z_DEFLATED && (first * 256 + second) % 31 == 0;
}

}  // namespace

std::optional<Compression> compression_named(std::string_view coding) {
  std::string name(coding);
  std::ranges::transform(name, name.begin(), [](char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); });
  if (name == "gzip" || name == "x-gzip") return Compression::gzip;
  return name == "deflate" ? std::optional(Compression::deflate) : std::nullopt;
}

std::string_view name_of(Compression compression) { return compression == Compression::gzip ? "gzip" : "deflate"; }

std::string compress(Compression compression, std::string_view octets) {
  Stream stream(deflateEnd);
  const int frame = compression == Compression::gzip ? gzip_frame : zlib_frame;
  if (deflateInit2(&stream.state, Z_DEFAULT_COMPRESSION, Z_DEFLATED, frame, MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("zlib cannot compress");
  feed(stream.state, octets);
  std::string out;
  for (int result = Z_OK; result != Z_STREAM_END;) {
    grow(stream.state, out, stream.state.total_out);
    result = deflate(&stream.state, Z_FINISH);
    if (result != Z_OK && result != Z_STREAM_END) throw std::runtime_error("zlib cannot compress");
  }
  out.resize(stream.state.total_out);
  return out;
}

Result<std::string> decompress(Compression compression, std::string_view octets, std::size_t limit) {
  const auto broken = [&] { return bad_request("the body is not of the coding " + std::string(name_of(compression))); };
  const std::size_t most = std::min(limit, std::max(always_allowed, octets.size() * most_ratio));
  const int deflate_frame = has_zlib_frame(octets) ? zlib_frame : no_frame;
  Stream stream(inflateEnd);
  if (inflateInit2(&stream.state, compression == Compression::gzip ? gzip_frame : deflate_frame) != Z_OK)
    throw std::runtime_error("zlib cannot decompress");
  feed(stream.state, octets);
  std::string out;
  for (int result = Z_OK; result != Z_STREAM_END;) {
    grow(stream.state, out, stream.state.total_out);
    result = inflate(&stream.state, Z_NO_FLUSH);
    if (stream.state.total_out > most) return bad_request("the body is too large when it is decoded");
    if (result != Z_OK && result != Z_STREAM_END) return broken();
  }
  if (stream.state.avail_in != 0) return broken();
  out.resize(stream.state.total_out);
  return out;
}

}  // namespace nscl
