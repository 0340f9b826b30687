// SPDX-License-Identifier: Apache-2.0
// The time stamping authority from its configuration.
#pragma once

#include <memory>

#include <nscl/app/config.h>
#include <nscl/security/time_stamping.h>

namespace nscl::app {

/// Without a certificate in the configuration it has no stamper. Throws std::runtime_error with a text for the operator if
/// the files cannot be used.
std::unique_ptr<security::TimeStamping> make_time_stamping(const TimestampOptions& options, store::Store& store, const Clock& clock);

}  // namespace nscl::app
