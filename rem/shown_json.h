// SPDX-License-Identifier: Apache-2.0
// JSON as operators are shown it.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include <nscl/base/time.h>

namespace nscl::rem {

using ShownJson = nlohmann::ordered_json;

/// In ASCII, so that nothing that came from outside steers a terminal.
inline std::string dump_ascii(const ShownJson& json) { return json.dump(-1, ' ', true, ShownJson::error_handler_t::replace); }

inline ShownJson time_or_null(Time time) { return time == never || time == Time{} ? ShownJson() : ShownJson(format_date_time(time)); }
inline ShownJson text_or_null(const std::string& text) { return text.empty() ? ShownJson() : ShownJson(text); }

}  // namespace nscl::rem
