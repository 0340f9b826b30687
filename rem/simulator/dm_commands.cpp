// SPDX-License-Identifier: Apache-2.0
#include "dm_commands.h"

#include <algorithm>
#include <vector>

namespace nscl::rem::simulator {
namespace {

using omadm::CommandElement;
using omadm::Item;
using Kind = CommandElement::Kind;

constexpr int atomic_failed = 507, not_executed = 215, rolled_back = 216;

bool is_good(int status) { return status >= 200 && status <= 299; }

bool is_write(const CommandElement& command) { return command.kind == Kind::add || command.kind == Kind::replace; }

std::string uri_of(const Item& item) {
  auto out = item.target;
  if (out.size() > 1 && out.ends_with('/')) out.pop_back();
  return out;
}

Item result_of(const std::string& target, DmTree::Reading reading) {
  Item out;
  out.source = target;
  out.meta.format = std::move(reading.format);
  out.meta.type = std::move(reading.type);
  out.data = std::move(reading.value);
  return out;
}

omadm::ResultsElement results_to(const CommandElement& command, const std::string& message) {
  omadm::ResultsElement out;
  out.msg_ref = message;
  out.cmd_ref = command.id;
  return out;
}

/// To alerts that ask the user something: the simulated one agrees to everything, and types nothing.
int status_of_alert(const CommandElement& command) { return command.data == "1100" || command.data == "1101" ? 200 : 406; }

}  // namespace

void DmCommands::perform(const CommandElement& command, const std::string& message, Time now) {
  drop_partial_unless(command);
  switch (command.kind) {
    case Kind::get: return get(command, message);
    case Kind::add:
    case Kind::replace:
    case Kind::remove:
    case Kind::exec: return change(command, message, now);
    case Kind::atomic: return run_atomic(command, message, now);
    case Kind::sequence: return run_sequence(command, message, now);
    case Kind::alert: return say_status(command, message, status_of_alert(command));
    case Kind::copy: return say_status(command, message, 501, command.items.empty() ? "" : command.items.front().target);
    case Kind::other: return say_status(command, message, 406);
  }
}

omadm::StatusElement status_to(const CommandElement& command, const std::string& message, std::string status) {
  omadm::StatusElement out;
  out.msg_ref = message;
  out.cmd_ref = command.id;
  out.cmd = omadm::name_of(command);
  out.data = std::move(status);
  return out;
}

void DmCommands::refuse(const CommandElement& command, const std::string& message, const std::string& status) {
  say_(status_to(command, message, status));
}

void DmCommands::say_status(const CommandElement& command, const std::string& message, int status, const std::string& target) {
  auto out = status_to(command, message, std::to_string(status));
  if (!target.empty()) out.target_refs.push_back(target);
  say_(std::move(out));
}

void DmCommands::get(const CommandElement& command, const std::string& message) {
  auto all = results_to(command, message);
  for (const auto& item : command.items) {
    auto reading = device_.tree().read(item.target);
    say_status(command, message, reading.status, item.target);
    if (!is_good(reading.status)) continue;
    all.items.push_back(result_of(item.target, std::move(reading)));
    if (!is_plain_) continue;   // that client has one Results for all
    say_(std::exchange(all, results_to(command, message)));
  }
  if (!all.items.empty()) say_(std::move(all));
}

void DmCommands::change(const CommandElement& command, const std::string& message, Time now) {
  if (command.items.empty()) return say_status(command, message, 412);
  for (auto item : command.items) {
    const auto early = is_plain_ && is_write(command) ? collect(item) : std::nullopt;
    const auto status = early ? *early : write(command, item, now);
    if (!is_plain_) say_alerts_();   // it tells of the end before it tells of the beginning
    say_status(command, message, status, item.target);
    say_alerts_();
  }
}

/// Status of one item, without the alerts that it leads to.
int DmCommands::write(const CommandElement& command, const Item& item, Time now) {
  const auto uri = uri_of(item);
  auto& tree = device_.tree();
  auto data = item.data.value_or("");
  if (data.size() > device_.options().object_size) return 413;
  const auto& format = item.meta.format.empty() ? command.meta.format : item.meta.format;
  const auto& type = item.meta.type.empty() ? command.meta.type : item.meta.type;
  int out = 405;
  switch (command.kind) {
    case Kind::add: out = tree.add(uri, format, type, std::move(data)); break;
    case Kind::replace: out = tree.replace(uri, std::move(data)); break;
    case Kind::remove: out = tree.remove(uri); break;
    case Kind::exec: return device_.execute(uri, command.correlator, now);
    default: break;
  }
  if (is_good(out)) device_.changed(uri);
  return out;
}

/// Status of a chunk that is not the last, or that does not fit; nullopt: `item` is whole.
std::optional<int> DmCommands::collect(Item& item) {
  if (!item.more_data && !partial_) return std::nullopt;
  const auto uri = uri_of(item);
  if (!partial_) partial_ = Partial{uri, {}, item.meta.size};
  partial_->data += item.data.value_or("");
  if (partial_->data.size() > device_.options().object_size) {
    partial_.reset();
    return 413;
  }
  if (item.more_data) {
    wants_more_ = true;
    return 213;
  }
  const bool fits = !partial_->size || *partial_->size == partial_->data.size();
  item.data = std::move(partial_->data);
  partial_.reset();
  return fits ? std::nullopt : std::optional(424);
}

/// Something else came before the end of a large object.
void DmCommands::drop_partial_unless(const CommandElement& command) {
  const bool goes_on = partial_ && is_write(command) && !command.items.empty() && uri_of(command.items.front()) == partial_->uri;
  if (!partial_ || goes_on) return;
  CommandElement alert;
  alert.kind = Kind::alert;
  alert.data = "1225";
  Item item;
  item.source = partial_->uri;
  alert.items.push_back(std::move(item));
  partial_.reset();
  say_(std::move(alert));
}

void DmCommands::run_atomic(const CommandElement& command, const std::string& message, Time now) {
  if (!is_plain_) {   // neither atomic nor told of
    for (const auto& inner : command.commands) perform(inner, message, now);
    return;
  }
  const auto before = device_.tree();
  std::vector<std::vector<int>> statuses;
  bool has_failed = false;
  for (const auto& inner : command.commands) {
    auto& its = statuses.emplace_back();
    for (const auto& item : inner.items) {
      const bool may = is_write(inner) || inner.kind == Kind::remove;
      its.push_back(has_failed ? not_executed : may ? write(inner, item, now) : 405);
      has_failed = has_failed || !is_good(its.back());
    }
  }
  if (has_failed) device_.tree() = before;
  say_status(command, message, has_failed ? atomic_failed : 200);
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    for (std::size_t j = 0; j < statuses[i].size(); ++j) {
      const bool is_undone = has_failed && is_good(statuses[i][j]) && statuses[i][j] != not_executed;
      say_status(command.commands[i], message, is_undone ? rolled_back : statuses[i][j], command.commands[i].items[j].target);
    }
  }
}

void DmCommands::run_sequence(const CommandElement& command, const std::string& message, Time now) {
  if (!is_plain_) {
    has_crashed_ = true;
    return;
  }
  say_status(command, message, 200);
  for (const auto& inner : command.commands) perform(inner, message, now);
}

}  // namespace nscl::rem::simulator
