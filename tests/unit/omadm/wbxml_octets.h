// SPDX-License-Identifier: Apache-2.0
// WBXML of SyncML 1.2, token by token.
#pragma once

#include <string>
#include <string_view>

namespace nscl::rem::omadm::wbxml {

constexpr unsigned char sync_ml = 0x2D, sync_hdr = 0x2C, sync_body = 0x2B, session_id = 0x25, msg_id = 0x1B, source = 0x27, loc_uri = 0x17, replace = 0x20, item = 0x14, data = 0x0F,
                        meta = 0x1A, cred = 0x0E, chal = 0x09, status = 0x29, more_data = 0x34;
constexpr unsigned char format = 0x07, type = 0x13, next_nonce = 0x10;   // of page 1

inline const std::string head("\x02\xA4\x01\x6A\x00", 5);

inline std::string octet(unsigned value) { return std::string(1, static_cast<char>(value)); }
inline std::string text(std::string_view of) { return octet(0x03) + std::string(of) + octet(0); }
/// Up to 16,383 octets.
inline std::string opaque(std::string_view of) {
  const auto size = of.size() < 128 ? octet(static_cast<unsigned>(of.size())) : octet(0x80 | static_cast<unsigned>(of.size() >> 7)) + octet(of.size() & 0x7F);
  return octet(0xC3) + size + std::string(of);
}
inline std::string element(unsigned char tag, std::string_view inner) { return octet(0x40u | tag) + std::string(inner) + octet(0x01); }
/// Meta with an element of its own page in it.
inline std::string in_meta(unsigned char tag, std::string_view inner) {
  return element(meta, octet(0) + octet(1) + element(tag, inner)) + octet(0) + octet(0);
}

/// A message around `body`, without what stands in front of its first element.
inline std::string body_with(std::string_view body) {
  return element(sync_ml, element(sync_hdr, element(session_id, text("1")) + element(msg_id, text("1")) + element(source, element(loc_uri, text("d")))) + element(sync_body, body));
}
inline std::string message_with(std::string_view body) { return head + body_with(body); }
/// A message with one Replace of one Item.
inline std::string message_of_item(std::string_view inner) { return message_with(element(replace, element(item, inner))); }

}  // namespace nscl::rem::omadm::wbxml
