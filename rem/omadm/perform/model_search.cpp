// SPDX-License-Identifier: Apache-2.0
#include "model_search.h"

#include <algorithm>

#include "uri.h"

namespace nscl::rem::omadm {
namespace {

constexpr std::size_t deepest_root = 3;
constexpr std::size_t most_below = 64;   // children of one node that are looked at

/// What an object is usually called, and has at its root: it may be the node of that name, or stand below it.
struct UsualName {
  std::string_view name, parent;             ///< parent "": the root, or ManagedObjects
  std::string_view has;                      ///< "": nothing that all have
  std::string_view urns[2];
};

constexpr UsualName usual_names[] = {
    {"DevInfo", "", "", {"urn:oma:mo:oma-dm-devinfo:1.0"}},
    {"DevDetail", "", "", {"urn:oma:mo:oma-dm-devdetail:1.0"}},
    {"FUMO", "", "State", {"urn:oma:mo:oma-fumo:1.0", "urn:oma:mo:omafumo:1.0"}},
    {"SCOMO", "", "Inventory", {"urn:oma:mo:oma-scomo:1.0"}},
    {"LAWMO", "", "Operations", {"urn:oma:mo:oma-lawmo:1.0"}},
    {"DCMO", "", "", {"urn:oma:mo:oma-dcmo:1.0"}},
    {"Memory", "DiagMon", "", {"urn:oma:mo:omadiag:memory:1.0", "urn:oma:mo:oma-diag:memory:1.0"}},
    {"Battery", "DiagMon", "", {"urn:oma:mo:omadiag:batteryinfo:1.0"}},
    {"Restart", "DiagMon", "", {"urn:oma:mo:oma-diag:restart:1.0"}},
};

bool is_listed(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::any_of(names, [&](const std::string& each) { return equal_in_any_case(each, name); });
}

const UsualName* usual_name(std::string_view uri) {
  const auto parent_uri = parent_of(uri);
  const auto parent = name_in(parent_uri);
  const bool is_high = parent_uri == "." || (depth_of(parent_uri) == 1 && equal_in_any_case(parent, "ManagedObjects"));
  const auto found = std::ranges::find_if(usual_names, [&](const UsualName& usual) {
    return equal_in_any_case(usual.name, name_in(uri)) && (usual.parent.empty() ? is_high : equal_in_any_case(usual.parent, parent));
  });
  return found == std::end(usual_names) ? nullptr : &*found;
}

/// A Type that is the name of a model; others stand for kinds of data.
bool is_model(std::string_view type) { return equal_in_any_case(type.substr(0, 4), "urn:"); }

}  // namespace

struct ModelSearch::Place {
  std::string uri;
  const UsualName* above = nullptr;   ///< that the node above it bears, and does not live up to
};

std::vector<ModelledObject> ModelSearch::look(DeviceNodes& nodes) const {
  std::vector<ModelledObject> found;
  if (!urns_.empty()) visit(nodes, {"."}, found);
  return found;
}

const std::string* ModelSearch::named(std::string_view type) const {
  const auto at = std::ranges::find_if(urns_, [&](const std::string& urn) { return equal_in_any_case(urn, type); });
  return at == urns_.end() ? nullptr : &*at;
}

const std::string* ModelSearch::usual(const Place& place, const std::vector<std::string>& children) const {
  const auto* usual = place.above ? place.above : usual_name(place.uri);
  if (!usual || (!usual->has.empty() && !is_listed(children, usual->has))) return nullptr;
  for (const auto urn : usual->urns) {
    if (const auto* known = urn.empty() ? nullptr : named(urn)) return known;
  }
  return nullptr;
}

void ModelSearch::visit(DeviceNodes& nodes, const Place& place, std::vector<ModelledObject>& found) const {
  const auto depth = place.uri == "." ? 0 : depth_of(place.uri);
  const auto* node = nodes.find(place.uri);
  if (!node || !nodes.is_interior(*node)) return;
  const auto children = nodes.children(*node);
  const UsualName* bears = nullptr;
  if (depth > 0) {
    const auto* type = nodes.type_of(place.uri);
    if (!type) return;
    const auto* urn = is_model(*type) ? named(*type) : usual(place, children);
    if (urn) return found.push_back({*urn, object_of(place.uri)});
    if (!is_model(*type)) bears = usual_name(place.uri);
  }
  if (depth == deepest_root) return;
  for (std::size_t i = 0; i < std::min(children.size(), most_below); ++i) visit(nodes, {child_of(place.uri, children[i]), bears}, found);
}

}  // namespace nscl::rem::omadm
