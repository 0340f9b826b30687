// SPDX-License-Identifier: Apache-2.0
// Who is told later how a request ended (procedures 1.4; rem.md 2.8).
#pragma once

#include <optional>

#include <nscl/core/primitive.h>

#include "effect.h"

namespace nscl::rem {

/// True if the request, once it is answered STATUS_ACCEPTED, is told its outcome at a contact.
bool is_told_later(const core::RequestIndication& request);

/// Nothing if it is not.
std::optional<Addressee> addressee_of(const core::RequestIndication& request, Time from);

/// The request, as far as the answer to it depends on it.
core::RequestIndication request_of(const Addressee& addressee);

/// The one of this request, which still waits itself; null if there is none: it was told already.
Addressee* find_addressee(Effect& effect, const core::RequestIndication& request);

}  // namespace nscl::rem
