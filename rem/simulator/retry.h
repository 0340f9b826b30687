// SPDX-License-Identifier: Apache-2.0
// When a device comes again after a session that failed.
#pragma once

#include <chrono>
#include <optional>

#include <nscl/base/time.h>
#include <nscl/net/web_client.h>

namespace nscl::rem::simulator {

/// 7 s, 15 s, 30 s ... 3840 s, multiplied by `scale`.
std::chrono::milliseconds pause_after(unsigned failures, double scale);
/// What an answer wants, a day at most; nullopt: it does not say, or not in a way that can be read.
std::optional<std::chrono::seconds> retry_after(const net::WebAnswer& answer, Time now);

}  // namespace nscl::rem::simulator
