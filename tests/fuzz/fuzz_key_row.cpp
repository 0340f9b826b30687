// SPDX-License-Identifier: Apache-2.0
// Key files: the first line of the input names the columns, the others are rows. What is taken has the form it must have, and is
// written again as it was.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <nscl/security/key_identity.h>
#include <nscl/security/key_import.h>

namespace {

using namespace nscl::security;

void require(bool condition) {
  if (!condition) std::abort();
}

std::string_view take_line(std::string_view& text) {
  const auto line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(line.size() + 1, text.size()));
  return line;
}

void check_row(std::string_view line, const KeyColumns& columns) {
  const auto row = parse_key_row(line, columns);
  if (!row) return require(!row.error().detail.empty());
  require(line.find(row->key.identity.substr(0, row->key.identity.find('"'))) != line.npos);
  require(parse_kind(name_of(row->key.kind)) == row->key.kind);
  if (row->octets.empty()) return require(!check_quality(row->octets, true));
  const auto again = parse_key_text(key_text(row->octets));
  require(again && again->view() == row->octets.view());
  if (check_identity(row->key.identity, row->key.kind)) require(is_psk_identity(row->key.identity));
  if (const auto parts = parse_root_identity(row->key.identity)) require(root_identity(parts->id, parts->index) == row->key.identity);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto columns = KeyColumns::parse(take_line(text));
  if (!columns) return 0;
  while (!text.empty()) check_row(take_line(text), *columns);
  return 0;
}
