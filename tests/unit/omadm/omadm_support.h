// SPDX-License-Identifier: Apache-2.0
// Messages of OMA-DM in one line of a test.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <nscl/rem/omadm/credentials.h>
#include <nscl/rem/omadm/syncml.h>

#include "../codec/shared_files.h"

namespace nscl::rem::omadm {

/// Of the server in the examples of the specification.
inline Secret server_digest() { return digest_of("funambol", Secret("srvpwd")); }

inline std::filesystem::path dm_recordings() { return nscl::test::shared() / "spec/vectors/rem"; }

/// Tests that need the recordings, and are skipped where they are not at hand.
class WithDmRecordings : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(dm_recordings())) GTEST_SKIP() << "no recordings at " << dm_recordings();
  }

  static std::string recorded(std::string_view file) {
    auto text = nscl::test::content_of(dm_recordings() / file);
    EXPECT_FALSE(text.empty()) << file;
    return text;
  }
};

inline DmMessage read_dm(std::string_view octets, Encoding encoding = Encoding::xml) {
  auto message = read_message(octets, encoding);
  EXPECT_TRUE(message) << (message ? "" : message.error().detail) << " in " << octets.substr(0, 2000);
  return message ? std::move(*message) : DmMessage{};
}

inline std::string written_dm(const DmMessage& message, Encoding encoding = Encoding::xml) {
  auto octets = write_message(message, encoding);
  EXPECT_TRUE(octets) << (octets ? "" : octets.error().detail);
  return octets.value_or(std::string());
}

/// SyncHdr of session 1, message 1, from device "d".
inline const std::string dm_header =
    "<SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>1</SessionID><MsgID>1</MsgID>"
    "<Target><LocURI>s</LocURI></Target><Source><LocURI>d</LocURI></Source></SyncHdr>";

/// A message with that header around `body`.
inline std::string in_syncml(std::string_view body) {
  return "<SyncML xmlns=\"SYNCML:SYNCML1.2\">" + dm_header + "<SyncBody>" + std::string(body) + "</SyncBody></SyncML>";
}

/// What is refused, with `part` in the text that tells why.
inline void expect_bad_message(std::string_view octets, Encoding encoding, std::string_view part, const SyncmlLimits& limits = {}) {
  const auto message = read_message(octets, encoding, limits);
  ASSERT_FALSE(message) << octets.substr(0, 200);
  EXPECT_EQ(message.error().status, Status::bad_request);
  EXPECT_NE(message.error().detail.find(part), std::string::npos) << message.error().detail;
}

template <class Element>
const Element& element_at(const DmMessage& message, std::size_t index) {
  static const Element none{};
  const bool is_there = index < message.body.size() && std::holds_alternative<Element>(message.body[index]);
  EXPECT_TRUE(is_there) << "element " << index;
  return is_there ? std::get<Element>(message.body[index]) : none;
}

/// The only item of the only command of a message.
inline Item only_item(const DmMessage& message) {
  const auto& command = element_at<CommandElement>(message, 0);
  EXPECT_EQ(command.items.size(), 1u);
  return command.items.empty() ? Item{} : command.items.front();
}

/// A message whose only command is a Replace of `item`.
inline DmMessage with_item(Item item) {
  DmMessage message;
  message.header = {.session_id = "1", .msg_id = "1", .target = "s", .source = "d"};
  message.is_final = true;
  CommandElement replace{.kind = CommandElement::Kind::replace, .id = "1"};
  replace.items.push_back(std::move(item));
  message.body.emplace_back(std::move(replace));
  return message;
}

}  // namespace nscl::rem::omadm
