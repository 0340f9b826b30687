// SPDX-License-Identifier: Apache-2.0
#include <nscl/base/unexpected.h>

#include <nscl/base/bytes.h>
#include <nscl/base/log.h>

namespace nscl {

Error unexpected_failure(std::string_view event, std::string_view reason) {
  const auto correlation = random_name(12);
  log::error(event, {{"correlation", correlation}, {"reason", reason}});
  return {Status::internal_server_error, "unexpected failure; the operator finds it in the log as " + correlation};
}

}  // namespace nscl
