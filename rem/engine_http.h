// SPDX-License-Identifier: Apache-2.0
// What servers of management protocols have in common of HTTP.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <nscl/net/web.h>
#include <nscl/rem/session_table.h>

namespace nscl::rem {

inline constexpr const char* too_many_from_there = "too many sessions begin from this address\n";
inline constexpr std::chrono::seconds busy_time{60};

/// A text for people; `retry_after` 0: not told.
net::WebResponse respond(unsigned status, std::string text, std::chrono::seconds retry_after = {});
/// 503: this address begins too many sessions.
net::WebResponse crowded();
/// What admit() gives for a request that is let in.
net::WebResponse admitted();

/// The path of a target in origin-form or absolute-form.
std::string_view path_of(std::string_view target);
/// 404 for another path than `path`, unless that is empty; 405 for another method than POST. Else nothing.
std::optional<net::WebResponse> refuse_target(const net::WebRequest& request, std::string_view path);

/// What is kept with the connection; `own` holds it where there is none, and the session is bound to nothing.
SessionTable::Line& line_of(SessionTable& sessions, const net::WebRequest& request, std::shared_ptr<SessionTable::Line>& own);

}  // namespace nscl::rem
