// SPDX-License-Identifier: Apache-2.0
// What all announceable and ...Annc types have in common (TS 102 921 10.3.2.8).
#pragma once

#include <nscl/core/hooks.h>

namespace nscl::core {

/// before_create of an announced resource: link names an original; below an scl it does not outlive that.
Result<void> check_announcement(HookContext& context);
/// before_update of one: nor does it later.
Result<void> check_announcement_update(HookContext& context);

/// The registered SCL that an entry of a sclList names, by its id or by the absolute URI of its sclBase; null if there is
/// none. `outbound` knows the URIs: without it only ids are found.
model::ResourcePtr registered_scl(store::View& view, std::string_view reference, Outbound* outbound, Time now);

/// Before a resource that can be announced is written: entries of its announceTo/sclList that name no registered SCL, or
/// one that stands there already, are dropped, and the answer shows it (procedures 5.11). Fails with forbidden if there are too many.
Result<void> settle_announce_to(HookContext& context);

/// Note of who registered an application or scl: its owner under default rights.
void remember_registrant(HookContext& context);

}  // namespace nscl::core
