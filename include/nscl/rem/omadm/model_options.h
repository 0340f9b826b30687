// SPDX-License-Identifier: Apache-2.0
// DmModelOptions: how DM clients of a model are treated ([[model]] of mapping tables; docs/models.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace nscl::rem::omadm {

/// What a client shows of itself, from the weakest.
enum class DmAuthentication : unsigned char { off, basic, md5, mac };

struct DmModelOptions {
  std::optional<DmAuthentication> authentication = {};   ///< the least that is taken of it, not `off`; nothing: as of all (DmOptions)
  bool uses_atomic = false;             ///< several Replaces are wrapped in Atomic; otherwise what was set is set back on a failure
  bool cred_in_each_message = true;     ///< also after the client said 212
  bool status_for_results = false;      ///< Status 200 for each Results
  bool hmac_by_rfc_2104 = false;        ///< x-syncml-hmac is HMAC-MD5 with B64(MD5(name:password)) as its key
  bool raw_binary = false;              ///< WBXML: octets as OPAQUE with Format bin, not as base64 text
  std::size_t get_items = 20;           ///< of one Get
  std::uint64_t message_size = 16'384;  ///< octets of a message it takes, if it does not tell
  std::uint64_t own_message_size = 65'536;   ///< MaxMsgSize that it is told
  bool operator==(const DmModelOptions&) const = default;
};

}  // namespace nscl::rem::omadm
