// SPDX-License-Identifier: Apache-2.0
// What management objects have in common (TS 102 921 10.29, 10.30; resources.md 4.1).
#pragma once

#include <string_view>
#include <vector>

#include <nscl/core/hooks.h>
#include <nscl/model/mgmt_types.h>
#include <nscl/model/resource_type.h>

namespace nscl::core {

/// Descriptors of mgmtObj and parameters, and of the models that extend them: the inherited attributes, then `own`.
/// `xsi_type` is the schema type; empty for mgmtObj and parameters themselves. `fixed_id`: the name that the standard
/// gives to the only resource of the type, empty if there may be several.
model::ResourceType mgmt_obj_type(std::string_view name, std::string_view xsi_type = {}, std::vector<model::Attribute> own = {});
model::ResourceType parameters_type(std::string_view name, std::string_view xsi_type = {}, std::vector<model::Attribute> own = {},
                                    std::string_view fixed_id = {});

/// Rows of the models' tables. `by_entity`: applications may read, only the managed entity may write.
model::Attribute mo_attribute(std::string_view name, const model::DataType& type, model::Presence create = model::O);
model::Attribute by_entity(std::string_view name, const model::DataType& type, model::Presence create = model::O);
model::Attribute trigger(std::string_view name, model::Presence create = model::O);

/// before_create and before_update of a model: what only the managed entity writes stays as it is over mIa, and what the
/// model demands is not lost.
Result<void> check_new_object(HookContext& context);
Result<void> check_changed_object(HookContext& context);

}  // namespace nscl::core
