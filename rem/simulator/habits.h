// SPDX-License-Identifier: Apache-2.0
// What the clients that are imitated do otherwise than the standard says.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <nscl/rem/simulator.h>
#include <nscl/rem/tr069/rpc.h>

namespace nscl::rem::simulator {

struct Habits {
  std::string_view user_agent;
  // HTTP
  bool opens_empty = false;          ///< the first POST is empty, to get a challenge
  bool sends_basic_first = false;    ///< Basic before anybody asks
  bool signs_inform_only = false;    ///< Authorization with the Inform alone
  bool knows_qop = true;             ///< else Digest as in RFC 2069, with an empty uri
  bool counts = true;                ///< nc goes up
  bool keeps_cookies = true;
  bool echoes_attributes = false;    ///< of cookies, as a part of them
  bool keeps_cookies_over = false;   ///< the next Inform has them too
  bool knows_file_logins = true;     ///< else files are fetched without the credentials of the RPC
  bool dies_of_status = false;       ///< any answer that is no 2xx ends it for good
  bool hates_declarations = false;   ///< an XML declaration ends the session
  // CWMP
  std::string_view first_event;      ///< empty: 0 BOOTSTRAP and 1 BOOT
  std::string_view event_of_reset;   ///< the same
  bool names_reboot = true;          ///< M Reboot
  bool names_transfers = true;       ///< M Download, M Upload
  bool announces_transfers = true;   ///< 7 TRANSFER COMPLETE
  bool sends_keys = true;            ///< CommandKey of events
  bool keeps_parameter_key = true;
  bool skips_unknown = false;        ///< an RPC it does not know is answered by an empty POST, else by 9000
  bool knows_faults_of_names = true; ///< else an unknown name makes GetParameterValues answer an empty list
  std::span<const std::string_view> methods;   ///< it knows; empty: all
};

const Habits& habits_of(Style style);

/// Changes a written message to how this client writes it.
void dress(Style style, std::string& document, const tr069::Message& message);

}  // namespace nscl::rem::simulator
