// SPDX-License-Identifier: Apache-2.0
// The keys and certificates by which others are called, from their files.
#pragma once

#include <memory>

#include <nscl/app/config.h>
#include <nscl/net/outgoing_tls.h>

namespace nscl::app {

/// Throws ConfigError with everything that is wrong, one problem a line.
std::shared_ptr<const net::OutgoingTls::Contexts> read_outgoing_tls(const Config& config);

}  // namespace nscl::app
