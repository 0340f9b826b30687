// SPDX-License-Identifier: Apache-2.0
#include "tree.h"

#include <nscl/base/bytes.h>
#include <nscl/core/procedure.h>
#include <nscl/core/representation.h>

namespace nscl::rem {
namespace {

core::RequestIndication own_request(model::Verb verb) {
  core::RequestIndication request;
  request.verb = verb;
  request.from = std::make_shared<security::Requestor>(security::Requestor{"", "", true});
  return request;
}

}  // namespace

std::string Tree::free_path(std::string path) {
  constexpr std::size_t suffix_length = 6;
  return transaction_.find(path) ? path + "_" + random_name(suffix_length) : path;
}

std::string Tree::reference(std::string_view path) const { return core::reference_to(path, *policy_, core::Dialect::standard); }

Result<model::ResourcePtr> Tree::put_new(model::Resource resource) {
  const auto request = own_request(model::Verb::create);
  const core::Target target;
  core::Procedure procedure(registry_, *policy_, request, target, now_, core::Partners{&outbound_});
  return procedure.put_new(transaction_, std::move(resource));
}

Result<model::ResourcePtr> Tree::put_changed(model::Resource changed, const model::Resource& before) {
  const auto request = own_request(model::Verb::update);
  const core::Target target;
  core::Procedure procedure(registry_, *policy_, request, target, now_, core::Partners{&outbound_});
  return procedure.put_changed(transaction_, std::move(changed), before);
}

Result<void> Tree::erase(std::string_view path) {
  const auto resource = transaction_.find(path);
  if (!resource) return {};
  const auto request = own_request(model::Verb::remove);
  const core::Target target;
  core::Procedure procedure(registry_, *policy_, request, target, now_, core::Partners{&outbound_});
  return procedure.erase_resource(transaction_, *resource);
}

}  // namespace nscl::rem
