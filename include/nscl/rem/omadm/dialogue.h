// SPDX-License-Identifier: Apache-2.0
// Dialogue: whose message is the next in a session of OMA-DM, what its header says, and what was answered last (rem.md 3.3).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <nscl/rem/omadm/syncml.h>

namespace nscl::rem::omadm {

/// What a POST is answered with, by HTTP 200.
struct DmReply {
  std::string octets;              ///< a message
  Encoding encoding = Encoding::xml;
  std::string hmac = {};           ///< x-syncml-hmac; empty: none
  bool is_secret = false;          ///< it may hold passwords
};

class Dialogue {
 public:
  /// `first`: the header of the device's first message. `url`: where it posts to. `token`: by which it is found again, told as RespURI.
  Dialogue(const SyncHdr& first, Encoding encoding, std::string url, std::string token);

  const std::string& device() const { return device_; }
  const std::string& device_name() const { return name_.empty() ? device_ : name_; }   ///< as which it authenticates, if it does not say so elsewhere
  const std::string& session_id() const { return session_id_; }
  const std::string& token() const { return token_; }
  Encoding encoding() const { return encoding_; }

  enum class Turn : unsigned char {
    next,       ///< the message that is due
    repeated,   ///< the last one again: our answer was lost
    wrong,
  };
  Turn turn_of(const SyncHdr& header, std::string_view digest) const;
  /// A message whose turn it is; `digest`: SHA-256 of what it was read from.
  void hear(const SyncHdr& header, std::string digest);

  /// Our next message, with nothing in it.
  DmMessage blank() const;
  /// The MsgID of the last one that was said.
  std::string said_id() const { return std::to_string(said_); }
  /// That answers the last message; it is kept for a repetition.
  void say(DmReply reply);
  const DmReply& last() const { return last_; }
  /// Forgets what was said.
  void forget();

 private:
  std::string device_, name_, session_id_;
  std::string version_dtd_, version_protocol_;
  Encoding encoding_;
  std::string url_, token_;
  std::uint64_t heard_ = 0, said_ = 0;   ///< MsgIDs; 0: nothing yet
  std::string digest_;                   ///< of the last message that was heard
  DmReply last_;
};

/// Gives every status, result and command of the message a CmdID: 1, 2, 3...
void number(DmMessage& message);

/// The status of a command, or of the header where `command` is null, without its CmdID.
StatusElement status_for(const SyncHdr& header, const CommandElement* command, int code);
StatusElement status_for(const SyncHdr& header, const ResultsElement& results, int code);

/// An Alert of ours: 1222, 1223, 1225.
CommandElement alert_of(int code);
/// The code of an Alert; 0: none.
int alert_code(const CommandElement& alert);

}  // namespace nscl::rem::omadm
