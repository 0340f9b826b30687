// SPDX-License-Identifier: Apache-2.0
// ModelOptions: in what a model of CPE needs to be treated differently (docs/models.md).
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <nscl/rem/tr069/inform.h>
#include <nscl/rem/tr069/values.h>

namespace nscl::rem::tr069 {

/// As it stands here, for models that nothing is known of.
struct ModelOptions {
  ValueStyle style{.boolean_words = true, .date_milliseconds = false};   ///< of values that are set
  std::size_t gpv_batch = 32;           ///< names in a GetParameterValues
  std::size_t spv_batch = 64;           ///< parameters in a SetParameterValues
  bool skip_root_gpn = false;           ///< the root object is too large to be listed
  bool no_gpn = false;                  ///< GetParameterNames is not used at all: whole objects are read
  bool cookie_path = false;             ///< the cookie of a session has a Path
  bool end_with_200 = false;            ///< a session ends with 200 and nothing in it, not with 204
  std::string download_scheme = {};     ///< "http" or "https": of the URLs of our files; empty: that of files.url
  bool success_on_timeout = false;      ///< a Download may never be reported: then another SoftwareVersion tells that it is done
  std::optional<Event> reboot_event = {};   ///< that alone ends a Reboot; nothing: 1 BOOT, or M Reboot with its key
  bool basic_calls = false;             ///< its connection requests are answered by Basic, if it wants that
  std::chrono::seconds rpc_timeout{0};  ///< that it may work on an RPC; 0: acs.answer_time

  bool operator==(const ModelOptions&) const = default;
};

/// Whether one of an Inform's events is that of the model; nothing: the model has none.
std::optional<bool> ends_reboot(const ModelOptions& model, const std::vector<EventStruct>& events);

}  // namespace nscl::rem::tr069
