// SPDX-License-Identifier: Apache-2.0
#include "secrets.h"

#include <nscl/rem/secret_names.h>
#include <nscl/rem/task.h>

namespace nscl::rem {
namespace {

void blank(std::vector<Leaf>& leaves) {
  for (auto& leaf : leaves) if (is_secret(leaf.path)) leaf.value.clear();
}

void blank(std::vector<Argument>& arguments) {
  for (auto& argument : arguments) {
    if (is_secret(argument.name)) argument.value.clear();
    blank(argument.parts);
  }
}

}  // namespace

std::string without_secrets(const std::string& body) {
  auto task = task_from_json(body);
  if (!task) return {};
  if (auto* set = std::get_if<SetLeaves>(&*task)) blank(set->leaves);
  if (auto* add = std::get_if<AddInstance>(&*task)) blank(add->leaves);
  if (auto* command = std::get_if<Command>(&*task)) blank(command->arguments);
  return to_json(*task);
}

}  // namespace nscl::rem
