// SPDX-License-Identifier: Apache-2.0
#include "shipment.h"

#include <algorithm>
#include <utility>

#include "status_codes.h"

namespace nscl::rem::omadm {
namespace {

constexpr std::size_t least_chunk = 64;   ///< octets; a device with less room gets no chunks

/// The URI that a command's item is about.
const std::string& place_of(const Item& item) { return item.target.empty() ? item.source : item.target; }

std::vector<ItemAnswer> unanswered(const CommandElement& command) {
  std::vector<ItemAnswer> out;
  for (const auto& item : command.items) out.push_back({place_of(item)});
  for (const auto& inner : command.commands) {
    for (auto& each : unanswered(inner)) out.push_back(std::move(each));
  }
  return out;
}

bool is_too_large(const CommandElement& command, std::uint64_t most) {
  return std::ranges::any_of(command.items, [&](const Item& item) { return item.data && octets_of(item).size() > most; }) ||
         std::ranges::any_of(command.commands, [&](const CommandElement& inner) { return is_too_large(inner, most); });
}

/// Not more than `length` octets of `text` from `offset`, and no half of a character; of base64, no half of what four of them stand for.
std::size_t whole_characters(std::string_view text, bool is_base64, std::size_t offset, std::size_t length) {
  std::size_t end = std::min(offset + length, text.size());
  if (end == text.size()) return end - offset;
  if (is_base64) return (end - offset) / 4 * 4;
  while (end > offset && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return end - offset;
}

/// The URI without what is asked of it: "./A?list=Struct".
std::string_view node_of(std::string_view uri) { return uri.substr(0, uri.find('?')); }

bool is_at_or_below(std::string_view uri, std::string_view node) {
  return uri.starts_with(node) && (uri.size() == node.size() || node.ends_with('/') || uri[node.size()] == '/' || uri[node.size()] == '?');
}

}  // namespace

Shipment::Shipment(std::vector<CommandElement> commands, bool takes_chunks, std::uint64_t object_size)
    : commands_(std::move(commands)), takes_chunks_(takes_chunks) {
  for (std::size_t i = 0; i < commands_.size(); ++i) {
    CommandAnswer blank;
    blank.items = unanswered(commands_[i]);
    answers_.push_back(std::move(blank));
    const Part whole{i, 0, commands_[i].items.size()};
    if (object_size != 0 && is_too_large(commands_[i], object_size)) answer(whole, too_large);
    else queue_.push_back(whole);
  }
}

// ---- to the device

CommandElement Shipment::element_of(const Part& part) const {
  const auto& command = commands_[part.command];
  if (part.count == command.items.size() && !part.is_chunk) return command;
  auto out = command;
  out.items.assign(command.items.begin() + static_cast<std::ptrdiff_t>(part.first), command.items.begin() + static_cast<std::ptrdiff_t>(part.first + part.count));
  if (!part.is_chunk) return out;
  auto& item = out.items.front();
  if (part.offset == 0) item.meta.size = octets_of(item).size();
  item.data = item.data->substr(part.offset, part.length);
  item.more_data = !part.is_last;
  return out;
}

Shipment::Load Shipment::next(std::size_t room, const Measure& measure) {
  Load load;
  loaded_.clear();
  while (!queue_.empty()) {
    const auto part = queue_.front();
    if (part.offset > 0) {   // others of this object have gone: nothing else comes between
      if (!load.commands.empty()) break;
      if (cut(part, room, measure, load)) return load;
      queue_.pop_front();
      answer(part, too_large);
      continue;
    }
    load.commands.push_back(element_of(part));
    const auto size = measure(load);
    if (size && *size <= room) {
      queue_.pop_front();
      loaded_.push_back(part);
      continue;
    }
    load.commands.pop_back();
    if (!load.commands.empty()) break;   // in a message of its own
    if (split(part)) continue;
    if (size && cut(part, room, measure, load)) return load;
    queue_.pop_front();
    answer(part, size ? too_large : malformed);
  }
  return load;
}

/// Puts the next chunk of the part's data into `load`, which is empty; false: it cannot be sent so.
bool Shipment::cut(const Part& part, std::size_t room, const Measure& measure, Load& load) {
  const auto& command = commands_[part.command];
  const bool is_object = part.count == 1 && (command.kind == Kind::add || command.kind == Kind::replace) && command.items[part.first].data;
  if (!is_object || !takes_chunks_) return false;
  const auto& item = command.items[part.first];
  const std::string_view data = *item.data;
  Part chunk = part;
  chunk.is_chunk = true;
  for (std::size_t length = std::min(room, data.size() - part.offset); length >= std::min(least_chunk, data.size() - part.offset); length = length * 3 / 4) {
    chunk.length = whole_characters(data, item.is_base64, part.offset, length);
    chunk.is_last = part.offset + chunk.length == data.size();
    load.commands.assign(1, element_of(chunk));
    load.is_chunk = !chunk.is_last;
    const auto size = measure(load);
    if (chunk.length > 0 && size && *size <= room) {
      queue_.pop_front();
      loaded_.push_back(chunk);
      return true;
    }
  }
  load = {};
  return false;
}

/// A command with several items becomes several.
bool Shipment::split(const Part& part) {
  if (part.count < 2 || !commands_[part.command].commands.empty()) return false;
  queue_.pop_front();
  for (std::size_t i = part.count; i > 0; --i) queue_.push_front({part.command, part.first + i - 1, 1});
  return true;
}

void Shipment::sent(std::string msg_id, const std::vector<CommandElement>& commands) {
  msg_id_ = std::move(msg_id);
  under_way_.clear();
  is_chunk_ = false;
  for (std::size_t i = 0; i < loaded_.size() && i < commands.size(); ++i) {
    const auto& part = loaded_[i];
    const auto& command = commands[i];
    UnderWay all{part, command.id, {}};
    if (command.commands.empty()) all.sent.push_back({command.id, command.kind, part.first, part.count});
    std::size_t first = command.items.size();
    for (const auto& inner : command.commands) {
      all.sent.push_back({inner.id, inner.kind, first, inner.items.size()});
      first += inner.items.size();
    }
    is_chunk_ = is_chunk_ || (part.is_chunk && !part.is_last);
    under_way_.push_back(std::move(all));
  }
}

// ---- from the device

Shipment::Sent* Shipment::find(std::string_view msg_ref, std::string_view cmd_ref) {
  if (!msg_ref.empty() && msg_ref != msg_id_) return nullptr;
  for (auto& all : under_way_) {
    for (auto& sent : all.sent) {
      if (sent.id == cmd_ref) return &sent;
    }
  }
  return nullptr;
}

bool Shipment::take(const StatusElement& status) {
  if (auto* const sent = find(status.msg_ref, status.cmd_ref)) return sent->statuses.push_back(status), true;
  if (!status.msg_ref.empty() && status.msg_ref != msg_id_) return false;
  const auto atomic = std::ranges::find_if(under_way_, [&](const UnderWay& all) { return all.id == status.cmd_ref; });
  if (atomic == under_way_.end()) return false;
  atomic->statuses.push_back(status);
  return true;
}

bool Shipment::take(const ResultsElement& results) {
  auto* const sent = find(results.msg_ref, results.cmd_ref);
  if (sent == nullptr) return false;
  sent->results.push_back(results);
  return true;
}

void Shipment::spoil(const ResultsElement& results, int status) {
  if (auto* const sent = find(results.msg_ref, results.cmd_ref)) sent->spoilt = status;
}

bool Shipment::is_answered() const {
  const auto has_status = [](const Sent& sent) { return !sent.statuses.empty(); };
  return queue_.empty() && !under_way_.empty() && std::ranges::all_of(under_way_, [&](const UnderWay& all) { return std::ranges::all_of(all.sent, has_status); });
}

void Shipment::conclude() {
  for (const auto& all : std::exchange(under_way_, {})) settle(all);
  is_chunk_ = false;
}

void Shipment::send_again() {
  for (std::size_t i = under_way_.size(); i > 0; --i) {
    auto part = under_way_[i - 1].part;
    part.is_chunk = false;
    queue_.push_front(part);
  }
  under_way_.clear();
  is_chunk_ = false;
}

void Shipment::fail(int status) {
  for (const auto& all : std::exchange(under_way_, {})) answer(all.part, status);
  for (const auto& part : std::exchange(queue_, {})) answer(part, status);
  is_chunk_ = false;
}

/// All of the part has this status.
void Shipment::answer(const Part& part, int status) {
  auto& answer = answers_[part.command];
  const bool is_whole = part.count == commands_[part.command].items.size();
  if (is_whole) answer.status = status;
  const auto count = is_whole ? answer.items.size() : part.count;   // of an Atomic, those of all in it
  for (std::size_t i = 0; i < count; ++i) answer.items[part.first + i].status = status;
}

void Shipment::settle(const UnderWay& all) {
  auto& answer = answers_[all.part.command];
  int whole = 0;
  for (const auto& sent : all.sent) {
    whole = settle(sent, answer);
    add_results(sent, answer);
  }
  if (all.sent.size() != 1 || all.sent.front().id != all.id) whole = all.statuses.empty() ? 0 : all.statuses.back().code();
  if (whole != 0) answer.status = whole;
  if (!all.part.is_chunk || all.part.is_last || whole == 0) return;
  if (whole == chunk_taken) {
    auto rest = all.part;
    rest.offset += rest.length;
    answer.status = answer.items[rest.first].status = 0;
    queue_.push_front(rest);
  } else if (whole / 100 == 2) {   // it took a part for all
    answer.status = answer.items[all.part.first].status = size_mismatch;
  }
}

/// Statuses by TargetRef; one without is about all that is left, several are so in their order. The status of the whole; 0: none.
int Shipment::settle(const Sent& sent, CommandAnswer& answer) {
  const auto begin = answer.items.begin() + static_cast<std::ptrdiff_t>(sent.first), end = begin + static_cast<std::ptrdiff_t>(sent.count);
  std::vector<int> general;
  for (const auto& status : sent.statuses) {
    bool is_found = false;
    for (const auto& ref : status.target_refs) {
      const auto item = std::find_if(begin, end, [&](const ItemAnswer& each) { return each.status == 0 && each.uri == ref; });
      if (item == end) continue;
      item->status = status.code();
      is_found = true;
    }
    if (!is_found) general.push_back(status.code());
  }
  if (general.size() == 1) {
    for (auto item = begin; item != end; ++item) item->status = item->status == 0 ? general.front() : item->status;
  } else {
    auto item = begin;
    for (const int code : general) {
      item = std::find_if(item, end, [](const ItemAnswer& each) { return each.status == 0; });
      if (item != end) (item++)->status = code;
    }
  }
  if (sent.spoilt) {
    for (auto item = begin; item != end; ++item) item->status = item->status / 100 == 2 ? *sent.spoilt : item->status;
  }
  if (sent.count == 1) return begin->status;
  return general.size() == 1 ? general.front() : 0;
}

void Shipment::add_results(const Sent& sent, CommandAnswer& answer) {
  const auto begin = answer.items.begin() + static_cast<std::ptrdiff_t>(sent.first), end = begin + static_cast<std::ptrdiff_t>(sent.count);
  for (const auto& results : sent.results) {
    for (auto item : results.items) {
      if (item.source.empty()) item.source = !results.source_ref.empty() ? results.source_ref : results.target_ref.empty() ? item.target : results.target_ref;
      if (item.meta.format.empty()) item.meta.format = results.meta.format;
      if (item.meta.type.empty()) item.meta.type = results.meta.type;
      auto asked = std::find_if(begin, end, [&](const ItemAnswer& each) { return each.uri == item.source; });
      if (asked == end) asked = std::find_if(begin, end, [&](const ItemAnswer& each) { return is_at_or_below(item.source, node_of(each.uri)); });
      if (asked == end) asked = std::find_if(begin, end, [](const ItemAnswer& each) { return each.results.empty() && each.status / 100 == 2; });
      if (asked != end) asked->results.push_back(std::move(item));
    }
  }
  if (sent.kind != Kind::get) return;
  for (auto item = begin; item != end; ++item) {   // what is empty may be left out
    if (item->status == ok && item->results.empty()) item->results.push_back({"", std::string(node_of(item->uri))});
    for (auto& result : item->results) {
      if (!result.data) result.data = "";
    }
  }
}

}  // namespace nscl::rem::omadm
