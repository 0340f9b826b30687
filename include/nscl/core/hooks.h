// SPDX-License-Identifier: Apache-2.0
// HookContext: what the code of a resource type may see and touch while its procedure runs.
#pragma once

#include <optional>

#include <nscl/base/error.h>
#include <nscl/base/time.h>
#include <nscl/core/policy.h>
#include <nscl/core/primitive.h>
#include <nscl/model/registry.h>
#include <nscl/model/resource.h>
#include <nscl/security/access_control.h>
#include <nscl/security/integrity.h>
#include <nscl/store/transaction.h>

namespace nscl::core {

class Outbound;

struct HookContext {
  store::View& view;
  store::Transaction* transaction;         ///< null in on_retrieve
  const model::Registry& registry;
  const Policy& policy;
  const RequestIndication& request;
  security::AccessControl& access;
  model::Resource& resource;               ///< being created or updated; a copy of the stored one otherwise
  const model::Resource* before;           ///< stored state, in the update hooks
  model::Object* representation;           ///< in on_retrieve
  Time now;
  Outbound* outbound = nullptr;            ///< null: nobody is told of changes
  security::Integrity* integrity = nullptr;   ///< null: nobody judges what SCLs tell of themselves
  bool altered = false;                    ///< set when the SCL gives a value other than the requested one (M*)
  bool abandoned = false;                  ///< set by abandon() in an update

  std::optional<Error> refusal = std::nullopt;   ///< set by a before_ hook: the answer, and the resource stays as it was; what else was written stays

  /// Writes another resource than the one the procedure is about: a new lastModifiedTime, and whoever must know is told.
  void change(model::Resource changed, const model::Resource& before);

  /// The resource cannot stay as it would become: a CREATE is refused; after an UPDATE the resource is deleted.
  Result<void> abandon(std::string reason);

  /// Canonical path of a local reference inside the resource; "\n" if it is not local.
  std::string local_path(std::string_view reference) const;
};

}  // namespace nscl::core
