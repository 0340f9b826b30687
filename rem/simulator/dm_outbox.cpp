// SPDX-License-Identifier: Apache-2.0
#include "dm_outbox.h"

#include <algorithm>

namespace nscl::rem::simulator {
namespace {

using omadm::BodyElement;
using omadm::CommandElement;
using omadm::Item;
using omadm::ResultsElement;
using omadm::StatusElement;

constexpr std::size_t of_element = 300, of_item = 200, smallest_chunk = 64;   // octets of XML around the text, at most

/// At most, in either encoding.
std::size_t octets_of(std::string_view text) {
  constexpr std::size_t of_escape = 5;
  return text.size() + of_escape * static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return c == '<' || c == '>' || c == '&'; }));
}

std::size_t octets_of(const std::vector<Item>& items) {
  std::size_t out = 0;
  for (const auto& item : items) out += of_item + octets_of(item.target) + octets_of(item.source) + (item.data ? octets_of(*item.data) : 0);
  return out;
}

std::size_t octets_of(const BodyElement& element) {
  if (const auto* const status = std::get_if<StatusElement>(&element)) {
    std::size_t out = of_element + octets_of(status->items);
    for (const auto& ref : status->target_refs) out += of_item + octets_of(ref);
    return out;
  }
  if (const auto* const results = std::get_if<ResultsElement>(&element)) return of_element + octets_of(results->items);
  return of_element + octets_of(std::get<CommandElement>(element).items);
}

}  // namespace

std::vector<DmOutbox::Entry> DmOutbox::take(std::size_t room, bool may_cut) {
  std::vector<Entry> out;
  std::size_t used = 0;
  while (!waiting_.empty()) {
    auto& first = waiting_.front();
    const auto needed = octets_of(first.element);
    if (may_cut && needed > room) {
      if (auto piece = cut(first, room - std::min(room, used))) {
        out.push_back(*std::move(piece));
        return out;
      }
    }
    if (used + needed > room && !out.empty()) return out;
    used += needed;
    out.push_back(std::move(first));
    waiting_.pop_front();
    if (std::exchange(is_cut_, false)) return out;   // chunks stand alone
  }
  return out;
}

/// A first piece of a result that would not even fit in a message of its own.
std::optional<DmOutbox::Entry> DmOutbox::cut(Entry& entry, std::size_t room) {
  auto* const results = std::get_if<ResultsElement>(&entry.element);
  if (!results || results->items.size() != 1 || !results->items[0].data) return std::nullopt;
  const auto around = of_element + of_item + octets_of(results->items[0].source);
  if (room < around + smallest_chunk) return std::nullopt;
  auto& whole = results->items[0];
  auto piece = entry;
  auto& item = std::get<ResultsElement>(piece.element).items[0];
  auto length = room - around;
  while (length > smallest_chunk && octets_of(std::string_view(*whole.data).substr(0, length)) > room - around) length /= 2;
  while (length > 0 && length < whole.data->size() && ((*whole.data)[length] & 0xC0) == 0x80) --length;   // not within a character
  if (length == 0 || length >= whole.data->size()) return std::nullopt;
  item.data = whole.data->substr(0, length);
  item.more_data = true;
  if (!is_cut_) item.meta.size = whole.data->size();
  whole.data->erase(0, length);
  is_cut_ = true;
  return piece;
}

}  // namespace nscl::rem::simulator
