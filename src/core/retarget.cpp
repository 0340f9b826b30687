// SPDX-License-Identifier: Apache-2.0
// Targets that lie behind this tree: below an application's point of contact, or behind a group (TS 102 921 10.3.2.23, 10.23).
#include <nscl/core/procedure.h>

#include <algorithm>

#include <nscl/base/path.h>
#include <nscl/core/representation.h>

namespace nscl::core {

using model::Verb;
using security::Decision;
using security::Flag;

namespace {

tl::unexpected<Error> no_such_path() { return failure(Status::not_found, "there is no such resource, or none that you may know of"); }

Flag flag_of(Verb verb) {
  switch (verb) {
    case Verb::retrieve: return Flag::read;
    case Verb::create: return Flag::create;
    case Verb::remove: return Flag::remove;
    default: return Flag::write;
  }
}

// An aPoCPath as it stands in the request: below the application, without a leading slash.
std::string_view relative(std::string_view path, std::string_view own_reference) {
  if (path.starts_with(own_reference)) path.remove_prefix(own_reference.size());
  while (path.starts_with('/')) path.remove_prefix(1);
  return path;
}

// SHALLOW: the rest itself, or with a '/' at the end of the entry one more segment. DEEP: everything below the entry.
bool fits(std::string_view entry, std::string_view rest, bool is_deep) {
  if (entry.empty()) return false;
  const bool is_open = entry.ends_with('/');
  const auto name = is_open ? entry.substr(0, entry.size() - 1) : entry;
  if (is_deep) return is_within(rest, name);
  if (!is_open) return rest == name;
  const auto below = is_within(rest, name) && rest.size() > name.size() ? rest.substr(name.size() + 1) : std::string_view{};
  return !below.empty() && below.find('/') == below.npos;
}

const model::Value* longest_fit(const model::Resource& application, std::string_view rest, std::string_view own_reference, bool is_deep) {
  const auto* paths = application.attributes.find("aPoCPaths");
  const auto* list = paths ? paths->find("aPoCPath") : nullptr;
  if (!list) return nullptr;
  const model::Value* best = nullptr;
  std::size_t longest = 0;
  for (const auto& entry : list->list()) {
    const auto* path = entry.find("path");
    const auto text = relative(path ? path->text() : std::string_view{}, own_reference);
    if (!fits(text, rest, is_deep) || text.size() < longest) continue;
    best = &entry;
    longest = text.size();
  }
  return best;
}

// OM2M puts the address itself into a path entry (procedures 5.12 step 2).
std::string_view address_among_paths(const model::Resource& application) {
  const auto* paths = application.attributes.find("aPoCPaths");
  const auto* list = paths ? paths->find("aPoCPath") : nullptr;
  if (!list) return {};
  for (const auto& entry : list->list()) {
    const auto* path = entry.find("path");
    if (path && path->text().find("://") != std::string_view::npos) return path->text();
  }
  return {};
}

std::string joined(std::string_view contact, std::string_view rest) {
  const auto query = contact.find('?');
  std::string uri(contact.substr(0, query));
  if (!rest.empty()) {
    if (!uri.ends_with('/')) uri += '/';
    uri += encode_path(rest);
  }
  return query == contact.npos ? uri : uri.append(contact.substr(query));
}

}  // namespace

Result<Route> Procedure::retarget(store::View& view) const {
  const auto located = locate(view);
  if (!located) return tl::unexpected(located.error());
  const auto& application = *located->owner;
  const auto flag = request_.verb == Verb::retrieve ? Flag::read : Flag::write;
  auto contact = text_of(application, "aPoC");
  std::string_view right;
  if (const auto address = address_among_paths(application); !address.empty()) {
    contact = address;
  } else {
    const auto base = view.find("");
    const bool is_deep = base && text_of(*base, "aPocHandling") == "DEEP";
    const auto own_reference = reference_to(application.path, policy_, Dialect::standard) + "/";
    const auto* entry = longest_fit(application, target_.rest, own_reference, is_deep);
    if (!entry || contact.empty()) {
      if (auto known = authorise(view, *located, Flag::discover); !known) return tl::unexpected(known.error());
      return no_such_path();
    }
    if (const auto* own = entry->find("accessRightID")) right = own->text();
  }
  if (right.empty()) {
    if (auto result = authorise(view, *located, flag); !result) return tl::unexpected(result.error());
  } else {
    security::AccessControl access(view, *request_.from, policy_, now_);
    const auto decision = access.check(application.path, right, text_of(application, security::authority_attribute), flag);
    if (decision == Decision::denied) return failure(Status::permission_denied, "your permissions on this path of the application lack a flag");
    if (decision == Decision::hidden) return no_such_path();
  }
  Route route;
  route.kind = Route::Kind::application;
  route.uri = joined(contact, target_.rest);
  route.application = application.path;
  return route;
}

Result<model::ResourcePtr> Procedure::group(store::View& view) const {
  const auto located = locate(view);
  if (!located) return tl::unexpected(located.error());
  const auto& group = *located->owner;
  const auto right = text_of(group, "membersContentAccessRightID");
  const auto flag = flag_of(request_.verb);
  if (right.empty()) {
    Authoriser authoriser(view, registry_, policy_, *request_.from, now_);
    const auto decision = authoriser.resource(group, flag);
    if (decision == Decision::denied) return failure(Status::permission_denied, "your permissions on this group lack the flag of the method");
    if (decision == Decision::hidden) return no_such_path();
    return located->owner;
  }
  security::AccessControl access(view, *request_.from, policy_, now_);
  const auto decision = access.check(group.path, right, text_of(group, security::authority_attribute), flag);
  if (decision == Decision::denied) return failure(Status::permission_denied, "your permissions on the members of this group lack the flag of the method");
  if (decision == Decision::hidden) return no_such_path();
  return located->owner;
}

}  // namespace nscl::core
