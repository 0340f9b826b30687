// SPDX-License-Identifier: Apache-2.0
#include "node_tree.h"

namespace nscl::rem::omadm {
namespace {

using Kind = CommandElement::Kind;

std::string name_in_test(Kind kind) {
  switch (kind) {
    case Kind::get: return "Get";
    case Kind::add: return "Add";
    case Kind::replace: return "Replace";
    case Kind::remove: return "Delete";
    case Kind::exec: return "Exec";
    default: return "Atomic";
  }
}

std::string above(const std::string& uri) {
  const auto slash = uri.rfind('/');
  return slash == uri.npos ? std::string() : uri.substr(0, slash);
}

constexpr std::string_view type_query = "?prop=Type";

}  // namespace

std::string text_of(const CommandElement& command) {
  auto out = name_in_test(command.kind);
  if (command.kind == Kind::atomic) {
    out += "(";
    for (const auto& each : command.commands) out += (&each == &command.commands.front() ? "" : ", ") + text_of(each);
    return out + ")";
  }
  for (const auto& item : command.items) {
    out += " " + item.target;
    if (command.kind == Kind::replace || command.kind == Kind::add) out += " " + item.meta.format + " " + item.data.value_or("(none)");
    if (command.kind == Kind::exec) out += " " + command.correlator + (item.data ? " " + *item.data : "");
  }
  return out;
}

NodeTree::NodeTree(const Nodes& given) {
  nodes["."] = {"node", {}};
  for (const auto& [uri, node] : given) put(uri, node);
}

NodeTree& NodeTree::is(const std::string& uri, std::string type) {
  nodes.at(uri).type = std::move(type);
  return *this;
}

void NodeTree::put(const std::string& uri, TreeNode node) {
  for (auto up = above(uri); !up.empty(); up = above(up)) nodes.try_emplace(up, TreeNode{"node", {}});
  nodes[uri] = std::move(node);
}

std::vector<CommandAnswer> NodeTree::take(const std::vector<CommandElement>& commands) {
  std::vector<CommandAnswer> out;
  for (const auto& command : commands) {
    if (command.kind == Kind::atomic) {
      out.push_back(do_atomic(command));
      continue;
    }
    CommandAnswer answer;
    for (const auto& item : command.items) answer.items.push_back(do_one(command, item));
    if (answer.items.size() == 1) answer.status = answer.items.front().status;
    out.push_back(std::move(answer));
  }
  return out;
}

CommandAnswer NodeTree::do_atomic(const CommandElement& atomic) {
  const auto before = nodes;
  CommandAnswer out;
  if (refuses.contains("Atomic")) out.status = refuses.at("Atomic");
  bool failed = false;
  for (const auto& command : atomic.commands) {
    auto answer = failed && rolls_back ? ItemAnswer{command.items.front().target, 215} : do_one(command, command.items.front());
    failed = failed || answer.status >= 300;
    out.items.push_back(std::move(answer));
  }
  if (!failed || !rolls_back) return out;
  nodes = before;
  out.status = 507;
  return out;
}

ItemAnswer NodeTree::get(const std::string& uri) const {
  const auto question = uri.find('?');
  const auto found = nodes.find(uri.substr(0, question));
  if (found == nodes.end()) return {uri, 404};
  Item result{{}, uri};
  if (question != uri.npos) {
    if (uri.substr(question) != type_query || found->second.type.empty()) return {uri, 406};
    result.meta.format = "chr";
    result.data = found->second.type;
    return {uri, 200, {result}};
  }
  result.meta.format = found->second.format;
  result.data = found->second.value;
  if (found->second.format == "node") {
    std::string names;
    const auto begin = uri + "/";
    for (auto at = nodes.lower_bound(begin); at != nodes.end() && at->first.starts_with(begin); ++at) {
      if (above(at->first) == uri) names += (names.empty() ? "" : "/") + at->first.substr(begin.size());
    }
    result.data = names;
  }
  return {uri, 200, {result}};
}

int NodeTree::add(const Item& item) {
  if (nodes.contains(item.target)) return 418;
  if (!nodes.contains(above(item.target))) return 404;
  nodes[item.target] = {item.meta.format, item.data.value_or("")};
  return 200;
}

ItemAnswer NodeTree::do_one(const CommandElement& command, const Item& item) {
  const auto& uri = item.target;
  const auto refused = refuses.find(name_in_test(command.kind) + " " + uri);
  if (refused != refuses.end()) return {uri, refused->second};
  switch (command.kind) {
    case Kind::get: return get(uri);
    case Kind::add: return {uri, add(item)};
    case Kind::exec: return {uri, of_exec.contains(uri) ? of_exec.at(uri) : 405};
    default: break;
  }
  if (!nodes.contains(uri)) return {uri, 404};
  if (command.kind == Kind::replace) nodes[uri].value = item.data.value_or("");
  else std::erase_if(nodes, [&](const auto& each) { return each.first == uri || each.first.starts_with(uri + "/"); });
  return {uri, 200};
}

const Report& Play::with(NodeTree& tree) {
  const auto performance = perform(assignment, situation);
  auto step = performance->begin();
  for (int i = 0; i < 100; ++i) {
    if (const auto* end = std::get_if<Report>(&step)) return report = *end;
    const auto commands = std::get<std::vector<CommandElement>>(step);
    EXPECT_FALSE(commands.empty());
    std::string text;
    bool dies = false;
    for (const auto& command : commands) {
      const auto one = text_of(command);
      text += (text.empty() ? "" : " | ") + one;
      dies = dies || (!deadly_.empty() && one.starts_with(deadly_));
    }
    asked.push_back(text);
    step = dies ? performance->unanswered() : performance->answered(tree.take(commands));
  }
  ADD_FAILURE() << "it has no end";
  return report;
}

void expect_failure(const Report& report, Status status, std::string_view code, std::string_view part) {
  EXPECT_EQ(report.end, Report::End::failed) << to_json(report);
  EXPECT_EQ(name_of(report.status), name_of(status)) << report.text;
  EXPECT_EQ(report.code, code);
  EXPECT_NE(report.text.find(part), std::string::npos) << report.text;
}

}  // namespace nscl::rem::omadm
