// SPDX-License-Identifier: Apache-2.0
// Messages of OMA-DM 1.1 to 1.3 (SyncML), in XML or WBXML; no sockets, no state (rem.md 3.3, 3.6, 3.8).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nscl/base/error.h>

namespace nscl::rem::omadm {

/// How a message is written; a session keeps to one.
enum class Encoding : unsigned char { xml, wbxml };

/// Of an Item, a command, a Cred, a Chal or the header. Empty: not there.
struct Meta {
  std::string format, type, mark;
  std::string next_nonce;                          ///< base64, as it stands
  std::optional<std::uint64_t> size;               ///< octets of a large object, in its first chunk
  std::optional<std::uint64_t> max_msg_size, max_obj_size;   ///< octets
  bool operator==(const Meta&) const = default;
};

struct Item {
  std::string target, source;                      ///< LocURI; empty: not there
  std::string source_name = {};                    ///< LocName of the source
  Meta meta = {};
  /// Text; zero octets at its end are cut, but for Format bin and chunks. What is no text of XML is base64 here. Elements are their XML in one line.
  std::optional<std::string> data = {};
  bool is_base64 = false;                          ///< `data` was octets that are no text, and becomes octets again in WBXML
  bool more_data = false;                          ///< a chunk that others follow
  bool operator==(const Item&) const = default;
};
/// The octets that `data` stands for: what chunks are put together of.
std::string octets_of(const Item& item);

struct Cred {
  std::string type;                                ///< "syncml:auth-basic", "syncml:auth-md5"
  std::string format;                              ///< "b64"
  std::string data;                                ///< never shown
  bool operator==(const Cred&) const = default;
};

struct Chal {
  std::string type, format;
  std::string next_nonce;                          ///< base64
  bool operator==(const Chal&) const = default;
};

struct StatusElement {
  std::string id, msg_ref, cmd_ref, cmd;           ///< CmdRef "0" and Cmd "SyncHdr": of the header
  std::vector<std::string> target_refs, source_refs;
  std::optional<Cred> cred = {};
  std::optional<Chal> chal = {};
  std::string data;                                ///< the code
  std::vector<Item> items = {};
  /// The code as a number; 0: none, or no number.
  int code() const;
  bool operator==(const StatusElement&) const = default;
};

struct ResultsElement {
  std::string id, msg_ref, cmd_ref;
  std::string target_ref = {}, source_ref = {};
  Meta meta = {};
  std::vector<Item> items;
  bool operator==(const ResultsElement&) const = default;
};

/// Get, Add, Replace, Delete, Copy, Exec, Alert, Atomic, Sequence, and what only others than DM servers send.
struct CommandElement {
  enum class Kind : unsigned char { get, add, replace, remove, copy, exec, alert, atomic, sequence, other };
  Kind kind = Kind::other;
  std::string name = {};                           ///< of the element; to be set for `other` only
  std::string id = {};
  bool no_response = false;
  Meta meta = {};
  std::string data = {};                           ///< Alert: its code
  std::string correlator = {};                     ///< Exec, Alert
  std::vector<Item> items = {};
  std::vector<CommandElement> commands = {};       ///< of Atomic and Sequence
  bool operator==(const CommandElement&) const = default;
};
/// "Get", "Delete"...
std::string_view name_of(const CommandElement& command);

struct SyncHdr {
  std::string version_dtd = "1.2", version_protocol = "DM/1.2";
  std::string session_id, msg_id;
  std::string target, source;                      ///< LocURI
  std::string source_name = {};                    ///< LocName
  std::string resp_uri = {};
  bool no_response = false;
  std::optional<Cred> cred = {};
  Meta meta = {};
  bool operator==(const SyncHdr&) const = default;
};

using BodyElement = std::variant<StatusElement, ResultsElement, CommandElement>;

struct DmMessage {
  SyncHdr header;
  std::vector<BodyElement> body;                   ///< in the order in which they stand
  bool is_final = false;
  bool operator==(const DmMessage&) const = default;
};

struct SyncmlLimits {
  std::size_t octets = 1u << 20;                   ///< of a message; of the texts of one in WBXML 8 times this
  std::size_t depth = 32;
  std::size_t commands = 1000;                     ///< statuses and results included
  std::size_t items = 4000;                        ///< in a message
};

/// The encoding that a media type names, parameters ignored: "application/vnd.syncml.dm+xml", "+wbxml", and both without ".dm". Without a
/// type that says so: by the first octet. nullopt: neither.
std::optional<Encoding> encoding_of(std::string_view content_type, std::string_view body);
/// "application/vnd.syncml.dm+xml" or "+wbxml".
std::string_view media_type(Encoding encoding);

/// bad_request: no SyncML, or beyond a limit; the text says what and where. Never more work or memory than the limits allow.
Result<DmMessage> read_message(std::string_view octets, Encoding encoding, const SyncmlLimits& limits = {});

/// In the order of elements that rem.md 3.3 gives; WBXML by libwbxml2 with DM 1.2's header `02 A4 01 6A 00`. internal_server_error:
/// a text in it cannot be written (U+0000).
Result<std::string> write_message(const DmMessage& message, Encoding encoding);

}  // namespace nscl::rem::omadm
