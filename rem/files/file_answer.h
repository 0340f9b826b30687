// SPDX-License-Identifier: Apache-2.0
// The octets of a file as an answer.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <nscl/net/web.h>
#include <nscl/store/management.h>

#include "state.h"

namespace nscl::rem {

/// Called with the octets of the file that have gone over: from where the answer began to where it is.
using Moved = std::function<void(std::uint64_t begin, std::uint64_t end)>;

/// A text for whoever calls, and nothing of the inside.
net::WebResponse plain(unsigned status, std::string text);

/// 200, 206, 304 or 416 as the request asks for; 404 if the octets cannot be read, 409 if they are not those of the digest. `slot` is held
/// until the answer is written. `file` outlives the call only.
net::Task<net::WebResponse> answer_file(const net::WebRequest& request, Files::State& state, const store::ManagedFile& file, Slot slot, Moved moved);

}  // namespace nscl::rem
